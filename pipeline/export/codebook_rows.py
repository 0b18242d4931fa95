"""The rows of codebook.csv: themes as `pipeline.topics.codebook` reads them, for a later run to start from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.export.cells import is_live
from pipeline.language.terms import term_of
from pipeline.nesting import ids_of_row, nested
from pipeline.topics.codebook import fold

COLUMNS: Final = (
    *("label", "definition", "examples", "parent", "question", "topic_id", "terms"),
    *("against", "status", "n_segments"),
)
"""Columns of codebook.csv; the reader takes no notice of the last three."""

KINDS: Final = ("central", "argued")
"""The exemplars that are examples of a theme: those at its border are not."""

_WORD: Final = re.compile(r"\w+")
_BETWEEN_TERMS: Final = re.compile(r"[|,;\[\]]")
_MARK: Final = "\u200a"  # a hair space: hardly seen, not trimmed by spreadsheets, and a blank to the reader

Row = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """Rows of one codebook, and the themes that have none since no word tells them from others."""

    rows: tuple[Row, ...]
    left_out: tuple[str, ...]


def codebook_rows(topics: Sequence[Row], exemplars: Iterable[Row]) -> Rows:
    """Return the rows of themes, each followed by its sub-themes.

    A label that another theme of the same question has too is followed by a number: the reader tells themes by label.

    Parameters
    ----------
    topics : sequence of rows
        Rows of topics.parquet, either all of one question each, or all across the questions of one questionnaire.
    exemplars : iterable of rows
        Rows of exemplars.parquet.
    """
    quotes: dict[str, dict[str, None]] = {}
    for row in exemplars:
        if row["kind"] in KINDS:
            quotes.setdefault(row["topic_id"], {})[tidy(row["quote"]).replace("|", "¦")] = None
    ordered = nested(topics, ids_of_row)
    labels = _labels(ordered)
    examples = {row["topic_id"]: [quote for quote in quotes.get(row["topic_id"], ()) if quote] for row in ordered}
    kept = {row["topic_id"]: row for row in ordered if _tells(row, labels[row["topic_id"]], examples[row["topic_id"]])}
    rows = []
    for topic_id, row in kept.items():
        parent = kept.get(row["parent_id"] or "")
        rows.append(
            {
                "label": labels[topic_id],
                "definition": tidy(row["definition"]),
                "examples": "|".join(examples[topic_id]),
                "parent": labels[parent["topic_id"]] if parent and parent["parent_id"] is None else "",
                "question": row["question_id"] or "",
                "topic_id": topic_id,
                "terms": "|".join(listed_terms(row["terms"])),
                "against": "|".join(listed_terms(row["against"])),
                "status": row["status"],
                "n_segments": row["n_segments"],
            }
        )
    left_out = tuple(labels[row["topic_id"]] for row in ordered if row["topic_id"] not in kept)
    return Rows(tuple(rows), left_out)


def cell(value: object) -> str:
    """Return a value as it stands in codebook.csv.

    A hair space goes before what a spreadsheet would take for a formula; the reader of codebooks takes it away.
    """
    text = str(value)
    return _MARK + text if is_live(text) else text


def tidy(text: str) -> str:
    """Return a text on one line, without control characters and doubled blanks, as the reader gives it."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())


def listed_terms(terms: Iterable[str]) -> list[str]:
    """Return terms without what the reader cuts a list of them at."""
    clean = (tidy(_BETWEEN_TERMS.sub(" ", term)) for term in terms)
    return list(dict.fromkeys(term for term in clean if term))


def _labels(topics: Iterable[Row]) -> dict[str, str]:
    labels: dict[str, str] = {}
    taken: set[tuple[str | None, str]] = set()
    for row in topics:
        wanted = tidy(row["label"]) or row["topic_id"]
        label, number = wanted, 1
        while (row["question_id"], fold(label)) in taken:
            number += 1
            label = f"{wanted} ({number})"
        taken.add((row["question_id"], fold(label)))
        labels[row["topic_id"]] = label
    return labels


def _tells(row: Mapping[str, Any], label: str, examples: Iterable[str]) -> bool:
    texts = (label, row["definition"], *examples, *listed_terms(row["terms"]))
    return any(term_of(word, word.lower()) for text in texts for word in _WORD.findall(text))
