"""What the sheets of an export count, asked of the files of the dataset with DuckDB, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from pipeline.export.source import NAMES, Source


@dataclass(frozen=True)
class ThemeCount:
    """A theme or sub-theme of a question and its answers: three denominators; sub-themes count in their theme."""

    question_id: str
    topic_id: str
    theme_id: str
    n_answers: int
    n_contributions: int
    n_respondents: int
    n_texts: int


_OF_TOPICS: Final = """
    WITH given AS (
        SELECT answer_id, contribution_id, question_id, author_id, duplicate_of, unnest(topics) AS topic
        FROM answers WHERE state = 'assigned'
    ), held AS (
        SELECT DISTINCT answer_id, contribution_id, question_id, author_id, duplicate_of,
            topic.topic_id AS topic_id, topic.theme_id AS theme_id FROM given
        UNION
        SELECT answer_id, contribution_id, question_id, author_id, duplicate_of, topic.theme_id, topic.theme_id
        FROM given
    )
"""


@contextmanager
def views(source: Source, scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the files of a dataset as views of the same names; what does not fit in memory goes to `scratch`."""
    with duckdb.connect() as connection:
        for name in NAMES:
            path = str(source.folder / f"{name}.parquet").replace("'", "''")
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")
        place = str(scratch).replace("'", "''")
        connection.execute(f"SET threads = 1; SET memory_limit = '1GB'; SET temp_directory = '{place}'")
        yield connection


class Counts:
    """The counts of one dataset.

    Parameters
    ----------
    source : Source
        The dataset.
    scratch : Path
        A folder for what does not fit in memory.
    """

    def __init__(self, source: Source, scratch: Path) -> None:
        self._source = source
        self._scratch = scratch

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with views(self._source, self._scratch) as connection:
            return connection.execute(query).fetchall()

    def themes(self) -> list[ThemeCount]:
        """Return the themes and sub-themes of each question, the most frequent theme first, its sub-themes below it."""
        query = f"""
            {_OF_TOPICS}, counted AS (
                SELECT question_id, topic_id, theme_id, count(*) AS n, count(DISTINCT contribution_id) AS forms,
                    count(DISTINCT coalesce(author_id, contribution_id)) AS people,
                    count(DISTINCT coalesce(duplicate_of, answer_id)) AS texts
                FROM held GROUP BY question_id, topic_id, theme_id
            )
            SELECT c.* FROM counted c
            JOIN counted t ON t.question_id = c.question_id AND t.topic_id = c.theme_id AND t.theme_id = c.theme_id
            ORDER BY c.question_id, t.n DESC, c.theme_id, c.topic_id != c.theme_id, c.n DESC, c.topic_id
        """
        return [ThemeCount(*row) for row in self._rows(query)]

    def states(self) -> dict[str, dict[str, int]]:
        """Return the number of answers in each state, by question."""
        query = "SELECT question_id, state, count(*) FROM answers GROUP BY ALL ORDER BY ALL"
        found: dict[str, dict[str, int]] = {}
        for question_id, state, n in self._rows(query):
            found.setdefault(question_id, {})[state] = n
        return found

    def organisations(self) -> dict[str, int]:
        """Return the number of answers that name each organisation."""
        query = """
            SELECT organisation_id, count(DISTINCT answer_id) FROM mentions WHERE organisation_id IS NOT NULL
            GROUP BY ALL ORDER BY ALL
        """
        return dict(self._rows(query))
