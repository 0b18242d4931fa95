"""Themes and organisations of a finished workspace in a few rows: what `run` prints. Read from the masked dataset."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from pipeline import storage

QUOTE_LENGTH: Final = (30, 160)
"""Characters of a quote that reads well on one or two lines of a terminal."""


@dataclass(frozen=True)
class ThemeCount:
    """A theme of one question, the answers that speak of it, and a quote of the segment that is surest of it."""

    question_id: str
    question: str
    topic_id: str
    label: str
    n_answers: int
    quote: str | None


@dataclass(frozen=True)
class OrganisationCount:
    """An organisation and how often it is named."""

    organisation_id: str
    name: str
    n_mentions: int
    n_answers: int


def themes(dataset: Path) -> list[ThemeCount]:
    """Return the themes of each question, sub-themes counted in them, most frequent first, in order of questions."""
    shortest, longest = QUOTE_LENGTH
    query = f"""
        WITH answered AS (
            SELECT given.question_id, coalesce(topics.parent_id, given.topic_id) AS topic_id, answer_id
            FROM (SELECT question_id, answer_id, unnest(topics).topic_id AS topic_id FROM answers) AS given
            JOIN topics USING (topic_id)
        ), counted AS (
            SELECT question_id, topic_id, count(DISTINCT answer_id) AS n FROM answered GROUP BY question_id, topic_id
        ), quoted AS (
            SELECT a.question_id, s.theme_id AS topic_id, s.text, row_number() OVER (
                PARTITION BY a.question_id, s.theme_id
                ORDER BY length(s.text) NOT BETWEEN {shortest} AND {longest}, s.score DESC, s.segment_id
            ) AS place
            FROM segments s JOIN answers a USING (answer_id)
            WHERE s.theme_id IS NOT NULL
        )
        SELECT c.question_id, concat(q.questionnaire, ' ', q.number, '. ', q.title), c.topic_id, topics.label, c.n,
            t.text
        FROM counted c
        JOIN questions q USING (question_id)
        JOIN topics ON topics.topic_id = c.topic_id
        LEFT JOIN quoted t ON t.question_id = c.question_id AND t.topic_id = c.topic_id AND t.place = 1
        ORDER BY q.questionnaire, q.number, c.question_id, c.n DESC, c.topic_id
    """
    rows = _rows(dataset, query)
    return [ThemeCount(q, title, topic, label, n, _short(quote)) for q, title, topic, label, n, quote in rows]


def organisations(dataset: Path, limit: int = 25) -> tuple[list[OrganisationCount], int]:
    """Return the organisations named most, and how many are named in all."""
    query = """
        SELECT o.organisation_id, o.name, o.n_mentions, count(DISTINCT m.answer_id) AS n_answers
        FROM organisations o
        LEFT JOIN mentions m USING (organisation_id)
        GROUP BY o.organisation_id, o.name, o.n_mentions
        ORDER BY o.n_mentions DESC, o.organisation_id
    """
    rows = _rows(dataset, query)
    return [OrganisationCount(*row) for row in rows[:limit]], len(rows)


def to_json(dataset: Path) -> dict[str, Any]:
    """Return themes and organisations as plain lists, for ``run --json``."""
    named, _ = organisations(dataset, limit=1_000_000)
    return {"themes": [asdict(theme) for theme in themes(dataset)], "organisations": [asdict(o) for o in named]}


def _rows(dataset: Path, query: str) -> list[Any]:
    """Return the answer to a query over the files of the dataset, which are views of their names."""
    with storage.on_disk(dataset) as folder, duckdb.connect() as connection:
        for path in sorted(folder.glob("*.parquet")):
            quoted = str(path).replace("'", "''")
            connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{quoted}')")
        return connection.execute(query).fetchall()


def _short(quote: str | None) -> str | None:
    if quote is None:
        return None
    line = " ".join(quote.split())
    limit = QUOTE_LENGTH[1]
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
