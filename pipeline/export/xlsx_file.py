"""XLSX: a workbook for analysts.

Its sheets: Lisez-moi, Thèmes, Réponses, Organisations, Couverture, Croisements, and Croisements fermées where there are
closed questions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline import vocabulary
from pipeline.crosstabs.counting import Counting
from pipeline.export.arrays import in_words, labels, yes_no
from pipeline.export.closed_crossings import write_closed_crossings
from pipeline.export.columns import TABLES
from pipeline.export.counts import Counts, views
from pipeline.export.crossings import write_crossings
from pipeline.export.reading_guide import guide
from pipeline.export.source import Source
from pipeline.export.values import shortest
from pipeline.export.workbook import Book, SheetColumn

FILE: Final = "doleances.xlsx"
BETWEEN: Final = " | "

_ANSWERS: Final = (
    # (column of the dataset, width, wrapped)
    ("reference", 12, False),
    ("question", 36, True),
    ("text", 90, True),
    ("state", 14, False),
    ("theme_label", 30, True),
    ("topic_label", 30, True),
    ("topics", 40, True),
    ("organisations", 30, True),
    ("departement", 8, False),
    ("region", 18, False),
    ("author_type", 16, False),
    ("published_at", 16, False),
    ("routed", 9, False),
    ("weight", 8, False),
    ("reason", 24, False),
    ("copy_group_id", 14, False),
    ("duplicate_of", 14, False),
    ("answer_id", 14, False),
    ("contribution_id", 14, False),
    ("author_id", 14, False),
)


def write(source: Source, folder: Path) -> None:
    """Write doleances.xlsx."""
    book = Book(folder / FILE, "Réponses à une consultation, thèmes et organisations")
    counts = Counts(source, folder)
    _write_guide(book, source)
    _write_themes(book, source, counts)
    _write_answers(book, source)
    _write_organisations(book, source, counts)
    _write_coverage(book, source, counts)
    _write_crossings(book, source, folder)
    book.close()


def _write_crossings(book: Book, source: Source, scratch: Path) -> None:
    with views(source, scratch) as connection:
        counting = Counting(connection)
        found = {counted.question_id: counted for counted in counting.counts()}
    questions = list(source.rows("questions"))
    write_crossings(book, questions, counting, found)
    write_closed_crossings(book, questions, counting, found)


def _write_guide(book: Book, source: Source) -> None:
    sheet = book.sheet("Lisez-moi", [SheetColumn("Sujet", 28, True), SheetColumn("Ce qu’il faut savoir", 110, True)])
    for row in guide(source, [name for name, *_ in _ANSWERS]):
        sheet.write(row)
    sheet.close()


def _write_themes(book: Book, source: Source, counts: Counts) -> None:
    columns = [
        SheetColumn("Questionnaire", 16),
        SheetColumn("N°", 5),
        SheetColumn("Question", 40, True),
        SheetColumn("Thème", 32, True),
        SheetColumn("Sous-thème", 32, True),
        SheetColumn("Réponses", 10),
        SheetColumn("Contributions", 13),
        SheetColumn("Répondants", 11),
        SheetColumn("Textes uniques", 10),
        SheetColumn("Définition", 44, True),
        SheetColumn("Mots", 44, True),
        SheetColumn("Exemple", 70, True),
        SheetColumn("Statut", 10),
        SheetColumn("Stabilité", 9),
        SheetColumn("Identifiant du thème", 16),
        SheetColumn("Identifiant de la question", 16),
    ]
    sheet = book.sheet("Thèmes", columns)
    topics = {row["topic_id"]: row for row in source.rows("topics")}
    examples: dict[tuple[str, str], str] = {}
    for row in source.rows("exemplars"):
        if row["kind"] == "central":
            examples.setdefault((row["question_id"], row["topic_id"]), row["quote"])
    found: dict[str, list[Any]] = {}
    for count in counts.themes():
        found.setdefault(count.question_id, []).append(count)
    for question in source.rows("questions"):
        for count in found.get(question["question_id"], ()):
            topic, theme = topics[count.topic_id], topics[count.theme_id]
            sheet.write(
                [
                    question["questionnaire"],
                    question["number"],
                    question["title"],
                    theme["label"],
                    topic["label"] if topic is not theme else None,
                    count.n_answers,
                    count.n_contributions,
                    count.n_respondents,
                    count.n_texts,
                    topic["definition"],
                    ", ".join(topic["terms"]),
                    examples.get((count.question_id, count.topic_id)),
                    vocabulary.STATUSES.get(topic["status"], topic["status"]),
                    None if topic["stability"] is None else shortest(topic["stability"]),
                    count.topic_id,
                    count.question_id,
                ]
            )
    sheet.close()


def _write_answers(book: Book, source: Source) -> None:
    table = TABLES["answers"]
    sheet = book.sheet(
        "Réponses", [SheetColumn(table.column(name).heading, width, wrapped) for name, width, wrapped in _ANSWERS]
    )
    names = [name for name, *_ in _ANSWERS]
    for batch in source.batches("answers", names):
        sheet.write_columns([_shown(name, batch.column(name)) for name in names])
    sheet.close()


def _shown(name: str, values: pa.Array) -> pa.Array:
    if name == "state":
        return in_words(values, vocabulary.STATES)
    if name == "routed":
        return yes_no(values)
    if name == "topics":
        return labels(values, "label", BETWEEN)
    if name == "organisations":
        return labels(values, "name", BETWEEN)
    return values


def _write_organisations(book: Book, source: Source, counts: Counts) -> None:
    columns = [
        SheetColumn("Organisation", 40, True),
        SheetColumn("Sigle", 14),
        SheetColumn("Nature", 24),
        SheetColumn("Mentions", 10),
        SheetColumn("Réponses", 10),
        SheetColumn("Autres noms", 60, True),
        SheetColumn("SIREN", 12),
        SheetColumn("Wikidata", 12),
        SheetColumn("Identifiant de l’organisation", 22),
    ]
    sheet = book.sheet("Organisations", columns)
    answers = counts.organisations()
    rows = sorted(source.rows("organisations"), key=lambda row: (-row["n_mentions"], row["organisation_id"]))
    for row in rows:
        sheet.write(
            [
                row["name"],
                row["acronym"],
                row["kind"],
                row["n_mentions"],
                answers.get(row["organisation_id"], 0),
                BETWEEN.join(row["aliases"]),
                row["siren"],
                row["wikidata"],
                row["organisation_id"],
            ]
        )
    sheet.close()


def _write_coverage(book: Book, source: Source, counts: Counts) -> None:
    found = counts.states()
    states = [state for state in vocabulary.STATES if any(state in row for row in found.values())]
    columns = [SheetColumn("Questionnaire", 16), SheetColumn("N°", 5), SheetColumn("Question", 60, True)]
    columns += [SheetColumn("Nature", 10), SheetColumn("Reçues", 10)]
    sheet = book.sheet("Couverture", [*columns, *(SheetColumn(vocabulary.STATES[state], 12) for state in states)])
    whole = [sum(row.get(state, 0) for row in found.values()) for state in states]
    sheet.write([None, None, "Toutes les questions", None, sum(whole), *whole])
    for question in source.rows("questions"):
        row = found.get(question["question_id"], {})
        kind = vocabulary.QUESTION_KINDS.get(question["kind"], question["kind"])
        counted = [row.get(state, 0) for state in states]
        sheet.write(
            [question["questionnaire"], question["number"], question["title"], kind, sum(row.values()), *counted]
        )
    sheet.close()
