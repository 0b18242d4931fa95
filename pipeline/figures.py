"""The figures of the report, counted in the files of the dataset with DuckDB.

Every figure is counted three ways: répondants (distinct authors, the contribution where the author is not known),
contributions, and textes uniques (copies of one text count once).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb

from pipeline import storage
from pipeline.nesting import nested

BASE_STATES: Final = ("assigned", "unassigned")
"""The states of the answers that could be given a theme: the base of every share."""

_THREE = """
    count(DISTINCT coalesce(author_id, contribution_id)) AS respondents,
    count(DISTINCT contribution_id) AS contributions,
    count(DISTINCT coalesce(duplicate_of, answer_id)) AS unique_texts,
    count(DISTINCT contribution_id) FILTER (WHERE routed) AS asked,
    count(DISTINCT contribution_id) FILTER (WHERE NOT routed) AS not_asked
"""


@dataclass(frozen=True)
class Counts:
    """One figure on the three denominators, and the contributions in it by whether they were asked the question."""

    respondents: int = 0
    contributions: int = 0
    unique_texts: int = 0
    asked: int = 0
    not_asked: int = 0

    @property
    def unknown(self) -> int:
        """Contributions of which the answer to another question does not say whether they were asked this one."""
        return self.contributions - self.asked - self.not_asked


@dataclass(frozen=True)
class Theme:
    """A theme as it occurs in the answers to one question; a theme with sub-themes counts theirs too."""

    topic_id: str
    parent_id: str | None
    label: str
    definition: str
    terms: tuple[str, ...]
    status: str
    counts: Counts
    against: tuple[str, ...] = ()
    stability: float | None = None


@dataclass(frozen=True)
class TopicNumber:
    """A number of themes that was tried, how stable it is, and whether it was chosen."""

    n_topics: int
    stability: float
    chosen: bool


@dataclass(frozen=True)
class QuestionThemes:
    """What the themes of one open question rest on."""

    question_id: str
    base: Counts = field(default_factory=Counts)
    assigned: Counts = field(default_factory=Counts)
    no_theme_fits: Counts = field(default_factory=Counts)
    too_few_answers: Counts = field(default_factory=Counts)
    themes: tuple[Theme, ...] = ()
    models: tuple[tuple[str, bool], ...] = ()
    """The models of its themes; True when they are those of this question rather than of the questionnaire."""
    numbers: tuple[TopicNumber, ...] = ()
    """The numbers of themes that were tried, where one of them was chosen by stability."""


@dataclass(frozen=True)
class Organisation:
    """An organisation, how often it is named, and the spellings seen, most frequent first."""

    organisation_id: str
    name: str
    acronym: str | None
    mentions: int
    counts: Counts
    variants: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Scope:
    """What the whole dataset covers."""

    counts: Counts
    first_day: datetime | None
    last_day: datetime | None
    departements: int


@contextmanager
def dataset_connection(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the Parquet files of a dataset as views of the same names."""
    connection = duckdb.connect(":memory:")
    try:
        with storage.on_disk(folder) as local:
            spill = str(local.parent / "tmp" / "duckdb").replace("'", "''")
            connection.execute(f"SET temp_directory = '{spill}'; SET preserve_insertion_order = false")
            for path in sorted(local.glob("*.parquet")):
                quoted = str(path).replace("'", "''")
                connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{quoted}')")
            yield connection
    finally:
        connection.close()


def scope(connection: duckdb.DuckDBPyConnection) -> Scope:
    """Return how many people and forms there are, from when and where."""
    row = rows_of(
        connection,
        f"SELECT {_THREE}, min(published_at) AS first_day, max(published_at) AS last_day, "
        "count(DISTINCT departement) AS departements FROM answers",
    )[0]
    texts = rows_of(connection, f"SELECT {_THREE} FROM answers WHERE state IN {BASE_STATES}")[0]["unique_texts"]
    return Scope(
        Counts(row["respondents"], row["contributions"], texts), row["first_day"], row["last_day"], row["departements"]
    )


def question_themes(connection: duckdb.DuckDBPyConnection) -> dict[str, QuestionThemes]:
    """Return the figures of each question that has an answer to be given a theme."""
    groups: dict[str, dict[str, Counts]] = {}
    sql = f"""
        SELECT question_id, CASE WHEN grouping(grp) = 1 THEN 'base' ELSE grp END AS grp, {_THREE}
        FROM (SELECT *, coalesce(reason, state) AS grp FROM answers WHERE state IN {BASE_STATES})
        GROUP BY GROUPING SETS ((question_id), (question_id, grp))
    """
    for row in rows_of(connection, sql):
        groups.setdefault(row["question_id"], {})[row["grp"]] = _counts(row)
    themes = _themes(connection)
    models = _models(connection)
    numbers = _numbers(connection)
    return {
        question_id: QuestionThemes(
            question_id,
            **found,
            themes=tuple(themes.get(question_id, ())),
            models=tuple(models.get(question_id, ())),
            numbers=tuple(numbers.get(question_id, ())),
        )
        for question_id, found in groups.items()
    }


def _themes(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Theme]]:
    sql = f"""
        WITH named AS (
            SELECT question_id, author_id, contribution_id, duplicate_of, answer_id, routed,
                unnest(topics).topic_id AS topic_id
            FROM answers WHERE state = 'assigned'
        ), whole AS (
            SELECT * FROM named
            UNION ALL
            SELECT named.* REPLACE (topics.parent_id AS topic_id)
            FROM named JOIN topics USING (topic_id) WHERE topics.parent_id IS NOT NULL
        ), counted AS (SELECT question_id, topic_id, {_THREE} FROM whole GROUP BY question_id, topic_id)
        SELECT counted.*, parent_id, label, definition, terms, status, against, stability
        FROM counted JOIN topics USING (topic_id)
        ORDER BY counted.question_id, contributions DESC, unique_texts DESC, topic_id
    """
    found: dict[str, list[Theme]] = {}
    for row in rows_of(connection, sql):
        found.setdefault(row["question_id"], []).append(
            Theme(
                row["topic_id"],
                row["parent_id"],
                row["label"],
                row["definition"],
                tuple(row["terms"]),
                row["status"],
                _counts(row),
                tuple(row["against"]),
                row["stability"],
            )
        )
    return {
        question_id: nested(themes, lambda theme: (theme.topic_id, theme.parent_id))
        for question_id, themes in found.items()
    }


def _numbers(connection: duckdb.DuckDBPyConnection) -> dict[str, list[TopicNumber]]:
    sql = "SELECT question_id, n_topics, stability, chosen FROM topic_numbers ORDER BY question_id, n_topics"
    found: dict[str, list[TopicNumber]] = {}
    for row in rows_of(connection, sql):
        found.setdefault(row.pop("question_id"), []).append(TopicNumber(**row))
    return found


def _models(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, bool]]]:
    sql = """
        SELECT DISTINCT used.question_id AS question_id, model, topics.question_id IS NOT NULL AS own
        FROM (SELECT DISTINCT question_id, unnest(topics).topic_id AS topic_id FROM answers) AS used
        JOIN topics USING (topic_id) ORDER BY ALL
    """
    found: dict[str, list[tuple[str, bool]]] = {}
    for row in rows_of(connection, sql):
        found.setdefault(row["question_id"], []).append((row["model"], row["own"]))
    return found


def organisations(
    connection: duckdb.DuckDBPyConnection, limit: int, variants: int = 8
) -> tuple[list[Organisation], int]:
    """Return the organisations named most, and how many there are in all."""
    sql = f"""
        WITH counted AS (
            SELECT organisation_id, count(*) AS mentions, {_THREE} FROM mentions JOIN answers USING (answer_id)
            WHERE organisation_id IS NOT NULL GROUP BY organisation_id
        )
        SELECT counted.*, name, acronym FROM counted JOIN organisations USING (organisation_id)
        ORDER BY mentions DESC, contributions DESC, name, organisation_id
    """
    rows = rows_of(connection, sql)
    spellings: dict[str, list[tuple[str, int]]] = {}
    sql = f"""
        SELECT organisation_id, surface, count(*) AS n FROM mentions WHERE organisation_id IS NOT NULL
        GROUP BY organisation_id, surface
        QUALIFY row_number() OVER (PARTITION BY organisation_id ORDER BY count(*) DESC, surface) <= {variants:d}
        ORDER BY organisation_id, n DESC, surface
    """
    for row in rows_of(connection, sql):
        spellings.setdefault(row["organisation_id"], []).append((row["surface"], row["n"]))
    found = [
        Organisation(
            row["organisation_id"],
            row["name"],
            row["acronym"],
            row["mentions"],
            _counts(row),
            tuple(spellings[row["organisation_id"]]),
        )
        for row in rows[:limit]
    ]
    return found, len(rows)


def _counts(row: dict[str, Any]) -> Counts:
    return Counts(**{name: row[name] for name in Counts.__dataclass_fields__})


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Return the answer to a query as dictionaries."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
