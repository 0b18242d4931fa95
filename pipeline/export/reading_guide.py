"""The sheet Lisez-moi: what a workbook is, how to read it, and what its columns hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from pipeline.crosstabs import suppression
from pipeline.export.columns import TABLES
from pipeline.export.source import Source
from pipeline.typography import number, typeset

_MASKED = (
    "Les noms de personnes privées, courriels, téléphones, adresses et autres identifiants reconnus sont remplacés par "
    "[nom], [courriel], [téléphone]… Le masquage est automatique et en manque : relisez avant de publier."
)
_NOT_MASKED = (
    "ATTENTION : les données personnelles ne sont PAS masquées dans ce classeur. Ne le publiez pas, ne l’envoyez pas "
    "par courriel, effacez-le quand vous n’en avez plus besoin."
)


def guide(source: Source, answer_columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the rows of the sheet: a subject, and what there is to know.

    Parameters
    ----------
    source : Source
        The dataset.
    answer_columns : sequence of str
        Columns of the sheet Réponses, by their English names.
    """
    for subject, text in _texts(source):
        yield subject, typeset(text)
    for entry in source.manifest.get("inputs", []):
        name = PurePath(str(entry.get("name") or entry.get("path") or "?")).name
        yield "Fait à partir de", f"{name} (SHA-256 {entry.get('sha256', '?')})"
    for column_name in answer_columns:
        column = TABLES["answers"].column(column_name)
        yield typeset(f"Colonne « {column.heading} »"), typeset(column.meaning)


def _texts(source: Source) -> Iterator[tuple[str, str]]:
    yield (
        "Ce que c’est",
        (
            "Les réponses libres à une consultation, avec les thèmes proposés par la machine et les organisations. "
            f"{number(source.count('answers'))} réponses reçues, {number(source.count('questions'))} questions."
        ),
    )
    yield "Données personnelles", _MASKED if source.masked else _NOT_MASKED
    yield (
        "Qui répond",
        (
            "Des volontaires : ils ne sont pas représentatifs de la population, et les effectifs ne se lisent pas "
            "comme un sondage."
        ),
    )
    yield (
        "Thèmes",
        (
            "Question par question. « proposé » : par la machine, tant que personne ne l’a relu. Une réponse peut "
            "avoir plusieurs thèmes : leur somme dépasse le nombre de réponses. Les sous-thèmes comptent dans leur "
            "thème. Quatre comptes : réponses, contributions (formulaires), répondants (auteurs), textes uniques."
        ),
    )
    yield (
        "Réponses",
        (
            "Toutes les réponses reçues, dans l’ordre reçu, même vides : filtrez la colonne « État ». La suite est "
            "dans « Réponses 2 » s’il y en a plus que n’en tient une feuille."
        ),
    )
    yield "Organisations", "Les organisations du registre et celles qui ont été trouvées, les plus citées d’abord."
    yield "Couverture", "Ce que chaque réponse reçue est devenue. « Reçues » est la somme des états, toujours."
    yield (
        "Croisements",
        (
            "Pour chaque question, le nombre de réponses de chaque thème par type d’auteur, période (semaines, ou mois "
            "à partir de quatre mois), région et département. "
            f"« {suppression.SMALL} » : moins de {suppression.LEAST} réponses, peut-être aucune. "
            f"« {suppression.HELD} » : caché aussi, sans quoi une soustraction donnerait un nombre caché. "
            "« Toutes les réponses lisibles » est la base des pourcentages : les réponses avec ou sans thème, sans les "
            "vides, les doublons et les sans contenu. Chaque tableau est protégé seul : ne publiez pas deux découpages "
            "d’une même variable."
        ),
    )
    yield (
        "Croisements fermées",
        (
            "Une ligne par question, thème et réponse à une question fermée du même formulaire : filtrez. « Base » : "
            "les réponses lisibles à la question ouverte dont le formulaire a donné cette réponse ; « Part » : "
            "l’effectif dans cette base. À une question à choix, un formulaire peut compter dans plusieurs réponses ; "
            "« Sans réponse » : le formulaire n’a pas répondu, ou la question ne lui était pas posée. « Toutes les "
            "autres réponses » : les plus rares ensemble. « Résidu » : résidu standardisé ajusté (Haberman). Au-delà "
            "de 2, ou sous -2, le thème est plus, ou moins, fréquent dans cette réponse que dans les autres, au-delà "
            "de ce que fait le hasard ; vide si un effectif attendu est inférieur à 5 ou si un nombre est caché. Sur "
            "beaucoup de lignes, une sur vingt dépasse 2 par hasard, et des textes copiés font monter les résidus."
        ),
    )
    yield (
        "Formules",
        ("Aucune cellule n’est une formule : une réponse qui commence par = + - ou @ est un texte et le reste."),
    )
