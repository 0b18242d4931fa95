"""What the report says in French of states, reasons, models and stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipeline import vocabulary
from pipeline.figures import QuestionThemes, Theme
from pipeline.ledger import OutsideTheSum
from pipeline.typography import FIRM, NARROW, number, plural

_MEANINGS: Final = {
    "assigned": "la réponse a reçu au moins un thème proposé",
    "unassigned": "lisible, mais sans thème proposé",
    "uninformative": "« RAS », « sans avis », « voir plus haut »…",
    "off_language": "rédigée dans une autre langue que le français",
    "duplicate": "même texte, même auteur, même question, une fois de plus",
    "closed": "réponse à une question fermée : comptée, sans thème",
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
KINDS: Final = {kind: (name, _WHY[kind]) for kind, name in vocabulary.EXEMPLAR_KINDS.items()}
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


LAYOUTS: Final = {
    "official CSV": "CSV officiel",
    "official JSON": "JSON officiel",
    "text form": "formulaire en texte",
}
"""The layouts that have a French name; the others are shown under their own."""


def outside(found: OutsideTheSum) -> list[tuple[str, str]]:
    """Return what stands beside the sum of states, name and number in words, but for what is zero."""
    told = [
        ("Déjà reçues", found.already_received_contributions, found.already_received),
        ("Remplacées", found.superseded_contributions, found.superseded),
        ("Effacées à la demande", found.forgotten_contributions, 0),
    ]
    parts = []
    for name, forms, cells in told:
        if forms or cells:
            parts.append((name, plural(forms, "contribution") + (f", {plural(cells, 'réponse')}" if cells else "")))
    if found.repaired:
        parts.append(("Encodage réparé", plural(found.repaired, "réponse")))
    if found.postcodes_unknown:
        parts.append(("Code postal étranger ou illisible", plural(found.postcodes_unknown, "contribution")))
    return parts


OUTSIDE: Final = {
    "Déjà reçues": "présentes aussi dans un autre fichier ou un envoi antérieur, elles ne comptent qu’une fois",
    "Remplacées": "un fichier plus récent donne une autre version de la même contribution ; seule celle-ci compte",
    "Effacées à la demande": "elles ne sont ni dans les tables, ni dans le jeu de données, ni dans cette page",
    "Encodage réparé": "« Ã© » est redevenu « é » ; le texte d’origine est conservé dans les tables",
    "Code postal étranger ou illisible": "ces contributions sont comptées, mais dans aucun département",
}
"""What each of them means."""


def model_name(model: str) -> str:
    """Return "grand-debat-2019/1" as « grand-debat-2019 (version 1) », a local model under its own number."""
    name, _, version = model.partition("/")
    return f"local {version}" if name == "local" else f"{name} (version{FIRM}{version})"


def origin(found: QuestionThemes, parameters: dict[str, Any]) -> str:
    """Say which model the themes of a question come from, and why that one.

    Parameters
    ----------
    found : QuestionThemes
        The figures of the question, with the models of its themes.
    parameters : dict
        The parameters of the topics stage in the manifest.
    """
    if found.models:
        return " ".join(_one_origin(model, own, parameters) for model, own in found.models)
    if found.too_few_answers.contributions:
        return "Aucun thème : trop peu de réponses pour en trouver, et aucun modèle n’en a pour cette question."
    return "Aucun thème ne convient assez bien à ces réponses."


def _one_origin(model: str, own: bool, parameters: dict[str, Any]) -> str:
    if model.startswith("local/"):
        why = "elle en compte assez pour avoir ses propres thèmes"
        if isinstance(parameters.get("topics"), int):
            why = f"{plural(parameters['topics'], 'thème')} par question, comme demandé"
        if parameters.get("codebook"):
            given = "Thèmes du plan de codage, s’il en a pour cette question, et thèmes proposés pour le reste."
            return f"{given} Modèle {model_name(model)}."
        how = _METHODS.get(parameters.get("method", "vectors"), "")
        return f"Thèmes trouvés dans les réponses reçues à cette question{how} : {why}. Modèle {model_name(model)}."
    scope = "appris sur cette même question" if own else "communs à toutes les questions du questionnaire"
    if parameters.get("model", "auto") != "auto":
        why = "c’est le modèle demandé pour cette analyse"
    elif own:
        why = "les réponses reçues ici sont trop peu nombreuses pour y trouver des thèmes propres"
    else:
        why = "les réponses reçues ici sont trop peu nombreuses, et le modèle n’a pas de thèmes pour cette question"
    return f"Thèmes du modèle {model_name(model)}, {scope} : {why}."


_METHODS: Final = {
    "reinert": ", par la classification de Reinert",
    "nmf": ", par factorisation de matrices (NMF)",
}
_REASONS: Final = {
    "no_theme_fits": "aucun thème ne convient assez bien",
    "too_few_answers": "trop peu de réponses pour trouver des thèmes",
    "set_phrase": "formule toute faite",
    "no_content_word": "aucun mot porteur de sens",
}
_REASONS_OF: Final = {
    "unassigned": ("no_theme_fits", "too_few_answers"),
    "uninformative": ("set_phrase", "no_content_word"),
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


def reasons(state: str, counts: Mapping[str, int]) -> str:
    """Return « (aucun thème ne convient assez bien : 12) », the reasons of a state with their numbers, or nothing."""
    if state == "off_language":
        found = [(key.partition(":")[2], n) for key, n in counts.items() if key.startswith("not_french:")]
        named = [(_LANGUAGES.get(code, code), n) for code, n in found]
    else:
        named = [(_REASONS[key], counts[key]) for key in _REASONS_OF.get(state, ()) if counts.get(key)]
    named.sort(key=lambda reason: (-reason[1], reason[0]))
    text = f"{NARROW}; ".join(f"{name}{FIRM}: {number(n)}" for name, n in named)
    return f" ({text})" if text else ""


def theme_groups(themes: Sequence[Theme]) -> list[tuple[str | None, list[Theme]]]:
    """Return themes under a heading each: those that people gave or reviewed apart from those that are only proposed.

    Sub-themes stay with their theme. Where all are of one kind there is no heading.
    """
    groups: dict[str, list[Theme]] = {"reviewed": [], "proposed": []}
    of_theme: dict[str, str] = {}
    for theme in themes:
        group = of_theme.get(theme.parent_id or "") or ("proposed" if theme.status == "proposed" else "reviewed")
        of_theme[theme.topic_id] = group
        groups[group].append(theme)
    filled: list[tuple[str | None, list[Theme]]] = [(GROUPS[name], found) for name, found in groups.items() if found]
    return filled if len(filled) > 1 else [(None, list(themes))]


def rank_change(rise: int) -> str:
    """Return « ▲2 » for a theme that rises by two ranks, « ▼1 » for one that falls by one, « = » for one that stays."""
    return "=" if not rise else f"▲{rise}" if rise > 0 else f"▼{-rise}"
