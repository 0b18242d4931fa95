"""What a column of a plain table is, told from its name: the names that people and platforms give, best first."""

from __future__ import annotations

import re
from typing import Final

from pipeline.ingest.matching import normalise_wording

_CAMEL: Final = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")

REFERENCE: Final = (
    *("reference", "ref", "id contribution", "contribution id", "id reponse", "identifiant de la reponse"),
    *(
        "id de la reponse",
        "response id",
        "submission id",
        "id proposition",
        "numero de contribution",
        "no de contribution",
    ),
    *("id", "identifiant", "identifier", "numero", "no", "num", "uuid", "cle", "key"),
)
AUTHOR: Final = (
    *("author id", "auteur id", "id auteur", "identifiant auteur", "identifiant de l auteur", "auteur", "author"),
    *("user id", "id utilisateur", "user", "utilisateur", "participant id", "id participant", "participant"),
    *("contributeur", "repondant", "id repondant", "respondent id", "respondent", "author name", "username", "pseudo"),
    *("pseudonyme", "email", "e mail", "mail", "courriel", "adresse e mail", "adresse email", "adresse mail"),
    *("nom et prenom", "nom prenom", "nom"),
)
AUTHOR_TYPE: Final = (
    *("author type", "type d auteur", "type auteur", "type de l auteur", "type de contributeur", "type de repondant"),
    *("type de participant", "categorie d auteur", "categorie de l auteur", "user type", "profil"),
)
PUBLISHED: Final = (
    *("published at", "date de publication", "publie le", "publiee le", "submitted at", "submitdate", "submit date"),
    *("date de soumission", "date de depot", "depose le", "deposee le", "created at", "date de creation", "cree le"),
    *("date de la contribution", "date contribution", "date de contribution", "date de reponse", "date reponse"),
    *("date", "horodateur", "horodatage", "timestamp", "datestamp", "date de saisie", "date submitted"),
)
POSTCODE: Final = (
    *("author zip code", "code postal", "codepostal", "code postal de residence", "votre code postal"),
    *("quel est votre code postal", "cp", "zip", "zip code", "zipcode", "postcode", "post code", "postal code"),
)
WEIGHT: Final = (
    *("weight", "poids", "ponderation", "poids de redressement", "redressement", "coefficient de redressement"),
    *("coefficient de ponderation", "coef", "w"),
)
TRASHED: Final = ("trashed", "modere", "moderee", "supprime", "supprimee")

QUESTION: Final = (
    *("question", "questions", "intitule de la question", "libelle de la question", "titre de la question"),
    *("texte de la question", "intitule question", "question title", "question text", "question label"),
    *("question titre", "libelle question", "nom de la question"),
)
TEXT: Final = (
    *("verbatim", "verbatims", "reponse", "reponses", "texte de la reponse", "contribution", "contributions"),
    *("texte", "text", "answer", "response", "contenu", "content", "body", "avis", "commentaire", "commentaires"),
    *("comment", "comments", "proposition", "propositions", "proposal", "observation", "observations", "remarque"),
    *("remarques", "suggestion", "suggestions", "doleance", "doleances", "message", "description", "valeur", "value"),
    *("reponse libre", "expression libre", "texte libre", "formatted value", "texte de la contribution"),
)

FIELDS: Final = {
    "reference": REFERENCE,
    "author": AUTHOR,
    "author_type": AUTHOR_TYPE,
    "published_at": PUBLISHED,
    "postcode": POSTCODE,
    "weight": WEIGHT,
    "trashed": TRASHED,
}
"""Names by field of `pipeline.ingest.records.FIELDS`."""


def folded(name: str) -> str:
    """Return a column name as the lists here write it.

    >>> folded("authorZipCode"), folded("N° de contribution"), folded("created_at")
    ('author zip code', 'no de contribution', 'created at')
    """
    return normalise_wording(_CAMEL.sub(" ", name.strip().replace("°", "o")), brackets=True)


def rank(name: str, known: tuple[str, ...]) -> int | None:
    """Return the place of a name in one of these lists, or None."""
    plain = folded(name)
    return known.index(plain) if plain in known else None
