"""What analysts read in French of the names that tables use: one word for one thing, in report, card and exports."""

from __future__ import annotations

from typing import Final

STATES: Final = {
    "assigned": "Avec thème",
    "unassigned": "Sans thème",
    "uninformative": "Sans contenu",
    "off_language": "Autre langue",
    "duplicate": "Doublon",
    "closed": "Question fermée",
    "empty": "Vide",
    "trashed": "Modérée",
    "rejected": "Illisible",
}
"""Names of states, in the order in which analysts read them."""

STATUSES: Final = {"proposed": "proposé", "reviewed": "relu", "validated": "validé"}
QUESTION_KINDS: Final = {"open": "ouverte", "closed": "fermée", "choice": "à choix"}
EXEMPLAR_KINDS: Final = {"central": "central", "argued": "argumenté", "borderline": "en limite"}
ENTITIES: Final = {"ORG": "organisation", "PER": "personne", "LOC": "lieu", "MISC": "autre"}
SOURCES: Final = {"register": "registre", "model": "modèle", "learned": "appris", "reviewer": "personne"}
UNKNOWN: Final = "Non renseigné"
