"""What the report says of states, reasons, models and stages: in French here, in its language where it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

from markupsafe import Markup

from pipeline import vocabulary
from pipeline.ledger import OutsideTheSum
from pipeline.report.languages import FRENCH, Language
from pipeline.tables import REVIEWER
from pipeline.theme_figures import QuestionThemes, Theme
from pipeline.typography import FIRM

_MEANINGS: Final = {
    "assigned": "la réponse a reçu au moins un thème proposé",
    "unassigned": "lisible, mais sans thème proposé",
    "uninformative": "« RAS », « sans avis », « voir plus haut »…",
    "off_language": "rédigée dans une autre langue que le français",
    "duplicate": "même texte, même auteur, même question, une fois de plus",
    "closed": "réponse à une question fermée : comptée, sans thème",
    "empty": "rien n’a été écrit",
    "trashed": "écartée par la modération dans l’export d’origine",
    "rejected": "le contenu de la cellule n’a pas pu être lu",
    "pending": "pas encore traitée",
}
STATES: Final = {
    state: (name, _MEANINGS[state]) for state, name in (vocabulary.STATES | {"pending": "En attente"}).items()
}
"""Name and meaning of each state, in the order of the page."""

_WHY: Final = {
    "central": "au cœur du thème",
    "argued": "long et argumenté",
    "borderline": "à la limite d’un autre thème",
}
KINDS: Final = {kind: (name, _WHY[kind]) for kind, name in vocabulary.EXEMPLAR_KINDS.items()} | {
    "dissenting": ("en désaccord", "d’après ses mots, dit non là où la plupart ne le disent pas")
}
"""Why a verbatim was chosen, and what that means."""

GROUPS: Final = {"reviewed": "Thèmes donnés ou relus par des personnes", "proposed": "Thèmes proposés par la machine"}
"""Heading of the themes of each status, where a question has both; validated themes are among the reviewed ones."""

STAGES: Final = {
    "ingest": "Lecture des fichiers",
    "tokenise": "Découpage en unités de sens",
    "entities": "Organisations",
    "topics": "Thèmes",
    "dataset": "Jeu de données",
    "report": "Rapport",
}


DENOMINATORS: Final = {
    "respondents": "répondants",
    "contributions": "contributions",
    "unique_texts": "textes uniques",
}
"""What each of the three ways to count counts, in the order of the page."""

UNITS: Final = {
    "respondents": ("répondant", None),
    "contributions": ("contribution", None),
    "unique_texts": ("texte unique", "textes uniques"),
}
"""The noun of each of them, and its plural where it has more than an s."""

EVENTS: Final = {
    "kept": "repris tel quel",
    "renamed": "repris sous un autre nom",
    "split_from": "séparé d’un thème",
    "merged_into": "réuni à un autre",
    "created": "nouveau",
    "retired": "abandonné",
}


LAYOUTS: Final = {
    "official CSV": "CSV officiel",
    "official JSON": "JSON officiel",
    "text form": "formulaire en texte",
}
"""The layouts that have a French name; the others are shown under their own."""


def figure(name: str, text: str) -> Markup:
    """Return a printed figure under the name by which `doleances verify` counts it anew, as parts.html.j2 does."""
    return Markup('<span data-figure="{}">{}</span>').format(name, text)


def outside(found: OutsideTheSum, figures: str, language: Language = FRENCH) -> list[tuple[str, Markup]]:
    """Return what stands beside the sum of states, name and number in words, but for what is zero.

    Parameters
    ----------
    found : OutsideTheSum
        What was counted, of one file or of all.
    figures : str
        The beginning of the names of its figures.
    language : Language
        What it is said in.
    """
    told = {
        "Déjà reçues": {"already_received_contributions": "contribution", "already_received": "réponse"},
        "Remplacées": {"superseded_contributions": "contribution", "superseded": "réponse"},
        "Effacées à la demande": {"forgotten_contributions": "contribution"},
        "Encodage réparé": {"repaired": "réponse"},
        "Code postal étranger ou illisible": {"postcodes_unknown": "contribution"},
    }
    parts = []
    for name, fields in told.items():
        counts = {field: getattr(found, field) for field in fields}
        first = next(iter(fields))  # is said too where only the other is not zero
        shown = [
            figure(f"{figures}/{key}", language.plural(n, fields[key]))
            for key, n in counts.items()
            if n or key == first
        ]
        if any(counts.values()):
            parts.append((language.translate(name), Markup(", ").join(shown)))
    return parts


OUTSIDE: Final = {
    "Déjà reçues": "présentes aussi dans un autre fichier ou un envoi antérieur, elles ne comptent qu’une fois",
    "Remplacées": "un fichier plus récent donne une autre version de la même contribution ; seule celle-ci compte",
    "Effacées à la demande": "elles ne sont ni dans les tables, ni dans le jeu de données, ni dans cette page",
    "Encodage réparé": "« Ã© » est redevenu « é » ; le texte d’origine est conservé dans les tables",
    "Code postal étranger ou illisible": "ces contributions sont comptées, mais dans aucun département",
}
"""What each of them means."""


def model_name(model: str, language: Language = FRENCH) -> str:
    """Return "grand-debat-2019/1" as « grand-debat-2019 (version 1) », a local model under its own number."""
    name, _, version = model.partition("/")
    if name == "local":
        return f"local {version}"
    return f"{name} ({language.say('version')}{FIRM}{version})"


def origin(found: QuestionThemes, parameters: dict[str, Any], language: Language = FRENCH) -> str:
    """Say which model the themes of a question come from, and why that one.

    Parameters
    ----------
    found : QuestionThemes
        The figures of the question, with the models of its themes.
    parameters : dict
        The parameters of the topics stage in the manifest.
    language : Language
        The language to say it in.
    """
    if found.models:
        return " ".join(_one_origin(model, own, parameters, language) for model, own in found.models)
    if found.too_few_answers.contributions:
        return language.say(
            "Aucun thème : trop peu de réponses pour en trouver, et aucun modèle n’en a pour cette question."
        )
    return language.say("Aucun thème ne convient assez bien à ces réponses.")


def _one_origin(model: str, own: bool, parameters: dict[str, Any], language: Language) -> str:
    if model == REVIEWER:
        return language.say("Certains ont été créés par des relecteurs.")
    name = model_name(model, language)
    if model.startswith("local/"):
        if parameters.get("codebook"):
            return language.say(
                "Thèmes du plan de codage, s’il en a pour cette question, et thèmes proposés pour le reste. "
                "Modèle %(model)s.",
                model=name,
            )
        why = language.say("elle en compte assez pour avoir ses propres thèmes")
        if isinstance(parameters.get("topics"), int):
            asked = language.plural(parameters["topics"], "thème")
            why = language.say("%(n)s par question, comme demandé", n=asked)
        found = _FOUND.get(parameters.get("method", "vectors"), _FOUND["vectors"])
        return language.say(found, why=why, model=name)
    if parameters.get("model", "auto") != "auto":
        why = language.say("c’est le modèle demandé pour cette analyse")
    elif own:
        why = language.say("les réponses reçues ici sont trop peu nombreuses pour y trouver des thèmes propres")
    else:
        why = language.say(
            "les réponses reçues ici sont trop peu nombreuses, et le modèle n’a pas de thèmes pour cette question"
        )
    return language.say(_SHIPPED[own], model=name, why=why)


_FOUND: Final = {
    "vectors": "Thèmes trouvés dans les réponses reçues à cette question : %(why)s. Modèle %(model)s.",
    "reinert": (
        "Thèmes trouvés dans les réponses reçues à cette question, par la classification de Reinert : %(why)s. "
        "Modèle %(model)s."
    ),
    "nmf": (
        "Thèmes trouvés dans les réponses reçues à cette question, par factorisation de matrices (NMF) : %(why)s. "
        "Modèle %(model)s."
    ),
}
_SHIPPED: Final = {
    True: "Thèmes du modèle %(model)s, appris sur cette même question : %(why)s.",
    False: "Thèmes du modèle %(model)s, communs à toutes les questions du questionnaire : %(why)s.",
}
_REASONS: Final = {
    "no_theme_fits": "aucun thème ne convient assez bien",
    "too_few_answers": "trop peu de réponses pour trouver des thèmes",
    "set_phrase": "formule toute faite",
    "no_content_word": "aucun mot porteur de sens",
    "by_reviewer": "dit par un relecteur",
}
_REASONS_OF: Final = {
    "unassigned": ("no_theme_fits", "too_few_answers"),
    "uninformative": ("set_phrase", "no_content_word", "by_reviewer"),
}
_LANGUAGES: Final = {
    "ar": "arabe",
    "br": "breton",
    "ca": "catalan",
    "co": "corse",
    "de": "allemand",
    "en": "anglais",
    "es": "espagnol",
    "eu": "basque",
    "it": "italien",
    "la": "latin",
    "nl": "néerlandais",
    "oc": "occitan",
    "pt": "portugais",
    "ro": "roumain",
}


def reasons(
    state: str, counts: Mapping[str, int], language: Language = FRENCH, question_id: str | None = None
) -> Markup:
    """Return « (aucun thème ne convient assez bien : 12) », the reasons of a state with their numbers, or nothing."""
    if state == "off_language":
        codes = {key: key.partition(":")[2] for key in counts if key.startswith("not_french:")}
        names = {key: _LANGUAGES.get(code, code) for key, code in codes.items()}
    else:
        names = {key: _REASONS[key] for key in _REASONS_OF.get(state, ()) if counts.get(key)}
    names = {key: language.translate(name) for key, name in names.items()}
    place = "" if question_id is None else f"/{question_id}"
    told = [
        Markup(language.translate("%(name)s : %(n)s"))
        % {"name": name, "n": figure(f"reason/{key}{place}", language.number(n))}
        for key, name, n in sorted(
            ((key, name, counts[key]) for key, name in names.items()), key=lambda r: (-r[2], r[1])
        )
    ]
    return Markup(" ({})").format(Markup(language.say(" ; ")).join(told)) if told else Markup("")


def theme_groups(themes: Sequence[Theme], language: Language = FRENCH) -> list[tuple[str | None, list[Theme]]]:
    """Return themes under a heading each: those that people gave or reviewed apart from those that are only proposed.

    Sub-themes stay with their theme. Where all are of one kind there is no heading.
    """
    groups: dict[str, list[Theme]] = {"reviewed": [], "proposed": []}
    of_theme: dict[str, str] = {}
    for theme in themes:
        group = of_theme.get(theme.parent_id or "") or ("proposed" if theme.status == "proposed" else "reviewed")
        of_theme[theme.topic_id] = group
        groups[group].append(theme)
    filled: list[tuple[str | None, list[Theme]]] = [
        (language.translate(GROUPS[name]), found) for name, found in groups.items() if found
    ]
    return filled if len(filled) > 1 else [(None, list(themes))]


def rank_change(rise: int) -> str:
    """Return « ▲2 » for a theme that rises by two ranks, « ▼1 » for one that falls by one, « = » for one that stays."""
    return "=" if not rise else f"▲{rise}" if rise > 0 else f"▼{-rise}"


def status_of(found: QuestionThemes, language: Language = FRENCH) -> str:
    """Return how far people have gone over the themes of a question, with who validated them, and when last."""
    if all(theme.status == "proposed" for theme in found.themes):
        return language.say("proposé par la machine")
    whole = [theme for theme in found.themes if theme.parent_id is None]
    if any(theme.status != "validated" for theme in whole):
        read = sum(theme.status != "proposed" for theme in whole)
        counts = {"read": language.number(read), "all": language.number(len(whole))}
        return language.say("en relecture, %(read)s thèmes relus sur %(all)s", **counts)
    people = sorted({theme.reviewed_by for theme in whole if theme.reviewed_by})
    days = [datetime.fromisoformat(theme.reviewed_at) for theme in whole if theme.reviewed_at]
    if not people or not days:
        return language.say("validé")
    last = max(day.replace(tzinfo=None) for day in days)
    return language.say("validé par %(people)s le %(day)s", people=", ".join(people), day=language.date(last))


def evolution(themes: Sequence[Theme], language: Language = FRENCH) -> Iterator[tuple[Theme, list[str]]]:
    """Yield what became of each theme since an earlier model; nothing where there was none."""
    if all(event == "created" for theme in themes for event in theme.lineage):
        return
    for theme in themes:
        events = list(dict.fromkeys(EVENTS.get(event, event) for event in theme.lineage))
        if events:
            yield theme, [language.translate(event) for event in events]


def words() -> Iterator[str]:
    """Yield the texts of the tables above, which pages translate when they use them."""
    yield from chain.from_iterable([*STATES.values(), *KINDS.values(), *OUTSIDE.items()])
    for table in (GROUPS, STAGES, DENOMINATORS, LAYOUTS, EVENTS, _FOUND, _SHIPPED, _REASONS, _LANGUAGES):
        yield from table.values()
    for one, many in UNITS.values():
        yield from (one, many or f"{one}s")
