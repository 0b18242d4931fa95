"""What a person should read before trusting the themes of a question: the surest doubts first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import duckdb

from pipeline.figures import rows_of
from pipeline.report.copies import excerpt
from pipeline.typography import shown

SHOWN: Final = 10
CLOSE: Final = 0.1
"""A margin under which a segment could as well have the next theme."""
_QUOTE: Final = 300  # characters


@dataclass(frozen=True)
class Doubtful:
    """A segment whose theme is hardly more likely than the next."""

    answer_id: str
    reference: str | None
    quote: str
    theme_id: str
    next_theme_id: str | None
    margin: float


@dataclass(frozen=True)
class Overlap:
    """Two themes that are hard to tell apart: segments between them, and answers that have both."""

    one: str
    other: str
    hesitating: int
    answers: int


@dataclass(frozen=True)
class Unassigned:
    """An answer that can be read and has no theme."""

    answer_id: str
    reference: str | None
    quote: str


@dataclass(frozen=True)
class Doubts:
    """The doubts of one question; `close` of `segments` segments with a theme could as well have another."""

    segments: int = 0
    close: int = 0
    doubtful: tuple[Doubtful, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    unassigned: tuple[Unassigned, ...] = ()
    words: tuple[tuple[str, int], ...] = field(default=())
    """The most frequent terms of the answers without a theme, and how many of them have each."""
    labels: dict[str, str] = field(default_factory=dict)
    """The labels of the themes that segments could as well have, of which some may have no answer at all."""


def doubts(connection: duckdb.DuckDBPyConnection, question_id: str) -> Doubts:
    """Return the doubts about the themes of a question."""
    total = _rows(
        connection,
        f"SELECT count(*) AS segments, count(*) FILTER (WHERE margin < {CLOSE}) AS close FROM themed",
        question_id,
    )[0]
    return Doubts(
        **total,
        doubtful=_doubtful(connection, question_id),
        overlaps=_overlaps(connection, question_id),
        unassigned=_unassigned(connection, question_id),
        words=_words(connection, question_id),
        labels=_labels(connection, question_id),
    )


_THEMED: Final = """
    WITH themed AS (
        SELECT segments.*, answers.reference, answers.duplicate_of, contribution_id,
            coalesce(topics.parent_id, topics.topic_id) AS next_theme_id
        FROM segments JOIN answers USING (answer_id)
        LEFT JOIN topics ON topics.topic_id = segments.next_topic_id
        WHERE answers.question_id = $question AND segments.topic_id IS NOT NULL
    )
"""


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, question_id: str) -> list[dict[str, Any]]:
    return rows_of(connection, _THEMED + sql, {"question": question_id})


def _doubtful(connection: duckdb.DuckDBPyConnection, question_id: str) -> tuple[Doubtful, ...]:
    sql = f"""
        SELECT answer_id, reference, text, theme_id, next_theme_id, margin FROM themed
        WHERE duplicate_of IS NULL AND margin < {CLOSE} AND next_theme_id IS DISTINCT FROM theme_id
        QUALIFY row_number() OVER (PARTITION BY answer_id ORDER BY margin, segment_id) = 1
        ORDER BY margin, segment_id LIMIT {SHOWN}
    """
    return tuple(
        Doubtful(
            row["answer_id"],
            row["reference"],
            excerpt(shown(row["text"]), _QUOTE),
            row["theme_id"],
            row["next_theme_id"],
            row["margin"],
        )
        for row in _rows(connection, sql, question_id)
    )


def _overlaps(connection: duckdb.DuckDBPyConnection, question_id: str) -> tuple[Overlap, ...]:
    sql = f"""
        , pairs AS (
            SELECT least(theme_id, next_theme_id) AS one, greatest(theme_id, next_theme_id) AS other,
                count(*) AS hesitating
            FROM themed WHERE margin < {CLOSE} AND next_theme_id <> theme_id GROUP BY ALL
        ), given AS (SELECT DISTINCT answer_id, theme_id FROM themed),
        together AS (
            SELECT a.theme_id AS one, b.theme_id AS other, count(*) AS together_in
            FROM given AS a JOIN given AS b ON a.answer_id = b.answer_id AND a.theme_id < b.theme_id GROUP BY ALL
        )
        SELECT one, other, hesitating, coalesce(together_in, 0) AS answers
        FROM pairs LEFT JOIN together USING (one, other)
        ORDER BY hesitating DESC, answers DESC, one, other LIMIT {SHOWN}
    """
    return tuple(Overlap(**row) for row in _rows(connection, sql, question_id))


def _labels(connection: duckdb.DuckDBPyConnection, question_id: str) -> dict[str, str]:
    sql = """
        SELECT DISTINCT following.topic_id AS topic_id, following.label AS label
        FROM themed JOIN topics AS following ON following.topic_id = next_theme_id ORDER BY ALL
    """
    return {row["topic_id"]: row["label"] for row in _rows(connection, sql, question_id)}


def _unassigned(connection: duckdb.DuckDBPyConnection, question_id: str) -> tuple[Unassigned, ...]:
    sql = f"""
        SELECT answer_id, reference, text FROM answers
        WHERE question_id = $question AND state = 'unassigned' AND duplicate_of IS NULL
        ORDER BY md5(answer_id) LIMIT {SHOWN}
    """
    rows = rows_of(connection, sql, {"question": question_id})
    return tuple(
        Unassigned(row["answer_id"], row["reference"], excerpt(shown(row["text"] or ""), _QUOTE)) for row in rows
    )


def _words(connection: duckdb.DuckDBPyConnection, question_id: str) -> tuple[tuple[str, int], ...]:
    sql = """
        SELECT list_distinct(flatten(list(terms))) AS terms FROM segments JOIN answers USING (answer_id)
        WHERE question_id = $question AND state = 'unassigned' GROUP BY answer_id
    """
    counts: Counter[str] = Counter()
    for row in rows_of(connection, sql, {"question": question_id}):
        counts.update(row["terms"])
    frequent = [(term, n) for term, n in counts.items() if n > 1]
    return tuple(sorted(frequent, key=lambda pair: (-pair[1], pair[0]))[:SHOWN])
