"""Decisions and what became of them, in French."""

from __future__ import annotations

import re
from typing import Any, Final

from pipeline.review.activity import Trouble, topic_ids
from pipeline.review.decisions import Decision
from pipeline.review.web.site import Site
from pipeline.typography import typeset

LABELS: Final = {"ORG": "organisation", "PER": "personne", "LOC": "lieu", "MISC": "autre nom"}
"""Kinds of mentions."""

STATUS: Final = {"proposed": "proposé", "reviewed": "relu", "validated": "validé"}
"""What people did with a theme."""

EXEMPLARS: Final = {"central": "typique", "argued": "argumenté", "borderline": "à la limite"}

_TROUBLES: Final = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"it undoes (.+), which is not in the log", r"elle annule \1, qui n’est pas dans le journal"),
        (r"there is no answer (.+)", r"il n’y a pas de réponse \1"),
        (r"there is no theme (.+)", r"il n’y a pas de thème \1"),
        (r"there is no organisation (.+)", r"il n’y a pas d’organisation \1"),
        (r"there is a theme (.+) already", r"il y a déjà un thème \1"),
        (r"(.+) does not say .+ there \(any more\)", r"la réponse \1 ne dit pas (ou plus) cela à cet endroit"),
        (r"theme (.+) was retired|(.+) was retired", r"le thème a été retiré"),
        (r"theme (.+) was merged into (.+)", r"le thème \1 a été réuni avec \2"),
        (r"theme (.+) is not one of question (.+)", r"le thème \1 n’est pas de la question \2"),
        (r"theme (.+) cannot be merged into itself", r"un thème ne peut être réuni avec lui-même"),
        (r"(.+) and (.+) are themes of different questions", r"\1 et \2 sont des thèmes de questions différentes"),
        (r"(.+) is a sub-theme of (.+)", r"\1 est un sous-thème de \2"),
        (
            r"(.+) is no theme that could have sub-themes",
            r"\1 ne peut avoir de sous-thèmes : il n’y a que deux niveaux",
        ),
        (r"(.+) has sub-themes itself.*", r"\1 a lui-même des sous-thèmes, et il n’y a que deux niveaux"),
        (r"it gives no label|it gives a new theme no .*", r"le nom du thème manque"),
        (r"it gives no definition", r"la définition manque"),
        (r"it gives no spelling", r"l’orthographe manque"),
        (r"it names no theme", r"aucun thème n’est nommé"),
        (r"it does not say into what", r"il n’est pas dit en quoi le diviser"),
        (r"(.+) is \w+: it has no themes", r"\1 n’est pas une réponse à classer"),
        (r"(.+) decided otherwise on .+", r"\1 en a décidé autrement"),
        (r"its mention is not in the text|its quote is not what stands there", r"le passage n’est pas dans le texte"),
    )
)


def why(trouble: Trouble) -> str:
    """Return why a decision was not carried out."""
    for pattern, text in _TROUBLES:
        found = pattern.fullmatch(trouble.detail)
        if found:
            return typeset(found.expand(text))
    return trouble.detail


def told(site: Site, decision: Decision) -> str:
    """Return what a decision says, without its author."""
    if decision.undoes is not None:
        undone = site.state.by_id.get(decision.undoes)
        return "annule : " + (told(site, undone) if undone and undone.undoes is None else "une décision")
    say = _WORDS.get(decision.action)
    return typeset(say(site, decision)) if say else decision.action


def _quoted(value: Any, limit: int = 80) -> str:
    text = " ".join(str(value or "").split())
    return f"« {text if len(text) <= limit else text[: limit - 1] + '…'} »"


def _text_of(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else value


def _themes(site: Site, value: Any) -> str:
    return ", ".join(_quoted(site.label(key)) for key in topic_ids(value)) or "aucun thème"


def _rename(site: Site, one: Decision) -> str:
    return f"nomme {_quoted(_text_of(one.after, 'label'))} (avant : {_quoted(_text_of(one.before, 'label'))})"


def _define(site: Site, one: Decision) -> str:
    return f"définit : {_quoted(_text_of(one.after, 'definition'), 300)}"


def _merge(site: Site, one: Decision) -> str:
    return f"réunit {_quoted(site_label(site, one))} avec {_themes(site, one.after)}"


def site_label(site: Site, one: Decision) -> str:
    """Return the label that the theme of a decision had from the machine, or has now."""
    topic_id = one.target.id or ""
    if topic_id in site.state.rows or topic_id not in site.corpus.topic_code:
        return site.label(topic_id)
    return str(site.corpus.topics[site.corpus.topic_code[topic_id]]["label"])


def _split(site: Site, one: Decision) -> str:
    given = _text_of(one.after, "into")
    parts = [part for part in given if isinstance(part, dict)] if isinstance(given, list) else []
    return f"divise {_quoted(site_label(site, one))} : {', '.join(_quoted(part.get('label')) for part in parts)}"


def _create(site: Site, one: Decision) -> str:
    return f"crée le thème {_quoted(_text_of(one.after, 'label'))}"


def _mention(site: Site, one: Decision) -> str:
    label = LABELS.get(str(_text_of(one.after, "label") if isinstance(one.after, dict) else ""), "")
    verb = "signale" if one.action == "mention_add" else "corrige"
    return f"{verb} un nom ({label})" if label else f"{verb} un nom"


def _link(site: Site, one: Decision) -> str:
    found = site.organisations.get(str(_text_of(one.after, "organisation_id")))
    return f"rattache un nom à {_quoted(found['name'])}" if found else "détache un nom de son organisation"


def _alias(site: Site, one: Decision) -> str:
    found = site.organisations.get(one.target.id or "")
    name = found["name"] if found else one.target.id
    return f"ajoute l’orthographe {_quoted(_text_of(one.after, 'alias'))} à {_quoted(name)}"


def _note(site: Site, one: Decision) -> str:
    if one.target.kind == "double" and isinstance(one.after, dict):
        share = one.after.get("share")
        return f"fait coder deux fois {100 * share if isinstance(share, int | float) else 0:.0f} % des réponses"
    return f"note : {_quoted(one.note, 200)}" if one.note else "note"


_WORDS: Final = {
    "rename": _rename,
    "define": _define,
    "merge": _merge,
    "split": _split,
    "create": _create,
    "retire": lambda site, one: f"retire le thème {_quoted(site_label(site, one))}",
    "reparent": lambda site, one: (
        f"place {_quoted(site_label(site, one))} sous {_themes(site, one.after)}"
        if one.after
        else f"fait de {_quoted(site_label(site, one))} un thème à part entière"
    ),
    "validate": lambda site, one: f"valide le thème {_quoted(site_label(site, one))}",
    "assign": lambda site, one: f"donne {_themes(site, one.after)}",
    "unassign": lambda site, one: f"laisse : {_themes(site, one.after)}",
    "confirm": lambda site, one: f"confirme {_themes(site, one.after)}",
    "uninformative": lambda site, one: "dit que la réponse ne dit rien",
    "mention_add": _mention,
    "mention_edit": _mention,
    "mention_delete": lambda site, one: "dit que ce n’est pas un nom",
    "link": _link,
    "alias": _alias,
    "note": _note,
}
