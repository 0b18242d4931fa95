"""The answers that a page holds whole: those of its verbatims, then others, as many as its size allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from pipeline.figures import BASE_STATES, rows_of
from pipeline.typography import shown

TOTAL: Final = 600_000
"""Characters for whole answers in all pages of a report together."""
MOST: Final = 400_000
"""Characters of whole answers in one page, at the most."""
LEAST: Final = 12_000
BESIDE: Final = 150
"""Characters that the page needs for an answer beside its text."""
LONGEST: Final = 20_000
"""Characters from which an answer is left to the dataset."""


@dataclass(frozen=True)
class PageText:
    """An answer as the page holds it: the first of its copies, with the themes and sub-themes it has."""

    answer_id: str
    text: str
    topics: tuple[str, ...]
    reference: str | None
    departement: str | None
    published_at: datetime | None


@dataclass(frozen=True)
class Texts:
    """The answers of one page, and how many distinct ones the question has."""

    held: tuple[PageText, ...]
    total: int

    @property
    def complete(self) -> bool:
        return len(self.held) == self.total

    def place(self, answer_id: str) -> int | None:
        """Return the place of an answer among those held, if it is."""
        return next((place for place, text in enumerate(self.held) if text.answer_id == answer_id), None)


def room(pages: int) -> int:
    """Return the characters of whole answers that each of so many pages may hold."""
    return max(LEAST, min(MOST, TOTAL // max(1, pages)))


def texts(connection: duckdb.DuckDBPyConnection, question_id: str, wanted: Iterable[str], budget: int) -> Texts:
    """Return the answers to a question that its page holds whole.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The dataset.
    question_id : str
        The question.
    wanted : iterable of str
        Answers that come first: those that the page quotes.
    budget : int
        Characters of all of them together.

    Notes
    -----
    The others come in the order of the hash of their id, so that those shown are a random sample, the same every time.
    Copies of a text are not shown again: the first of them stands for one that is wanted.
    """
    first: Sequence[str] = sorted(set(wanted))
    sql = f"""
        WITH quoted AS (
            SELECT coalesce(duplicate_of, answer_id) FROM answers WHERE list_contains($wanted, answer_id)
        ), readable AS (
            SELECT answer_id, text, topics, reference, departement, published_at,
                CASE WHEN answer_id IN (SELECT * FROM quoted) THEN 0 ELSE 1 END AS place, md5(answer_id) AS drawn
            FROM answers
            WHERE question_id = $question AND state IN {BASE_STATES} AND duplicate_of IS NULL AND text IS NOT NULL
        ), measured AS (
            SELECT *, sum(length(text) + {BESIDE}) OVER (ORDER BY place, drawn) AS upto
            FROM readable WHERE length(text) <= least({LONGEST}, $budget - {BESIDE})
        ), held AS (
            SELECT *, list_distinct(list_concat(
                list_transform(topics, lambda t: t.theme_id), list_transform(topics, lambda t: t.topic_id)
            )) AS all_topics
            FROM measured WHERE upto <= $budget
        )
        SELECT held.* EXCLUDE (topics), total
        FROM (SELECT count(*) AS total FROM readable) LEFT JOIN held ON true ORDER BY place, drawn
    """
    rows = rows_of(connection, sql, {"wanted": list(first), "question": question_id, "budget": budget})
    held = tuple(
        PageText(
            answer_id=row["answer_id"],
            text=shown(row["text"]),
            topics=tuple(sorted(row["all_topics"])),
            reference=row["reference"],
            departement=row["departement"],
            published_at=row["published_at"],
        )
        for row in rows
        if row["answer_id"] is not None
    )
    return Texts(held, rows[0]["total"])
