"""The figures of the report, counted in the files of the dataset with DuckDB.

Every figure is counted three ways: répondants (distinct authors, the contribution where the author is not known),
contributions, and textes uniques (copies of one text count once).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb

from pipeline import storage

DENOMINATORS: Final = ("respondents", "contributions", "unique_texts")
"""The three ways to count, in the order of the page."""

BASE_STATES: Final = ("assigned", "unassigned")
"""The states of the answers that could be given a theme: the base of every share."""

_COUNTED: Final = {
    "respondents": ("coalesce(author_id, contribution_id)", "true"),
    "contributions": ("contribution_id", "true"),
    "unique_texts": ("coalesce(duplicate_of, answer_id)", "true"),
    "asked": ("contribution_id", "routed"),
    "not_asked": ("contribution_id", "NOT routed"),
}


def counted(prefix: str = "", also: str = "true") -> str:
    """Return the SQL that counts rows of answers in the three ways, under the names of the fields of `Counts`."""
    return ", ".join(
        f"count(DISTINCT {what}) FILTER (WHERE {where} AND {also}) AS {prefix}{name}"
        for name, (what, where) in _COUNTED.items()
    )


_THREE: Final = counted()


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


def organisations(
    connection: duckdb.DuckDBPyConnection, limit: int, variants: int = 8, question_id: str | None = None
) -> tuple[list[Organisation], int]:
    """Return the organisations named most, and how many there are in all; in the answers to one question if given."""
    values = {"question": question_id}
    sql = f"""
        WITH counted AS (
            SELECT organisation_id, count(*) AS mentions, {_THREE} FROM mentions JOIN answers USING (answer_id)
            WHERE organisation_id IS NOT NULL AND ($question IS NULL OR question_id = $question)
            GROUP BY organisation_id
        )
        SELECT counted.*, name, acronym FROM counted JOIN organisations USING (organisation_id)
        ORDER BY mentions DESC, contributions DESC, name, organisation_id
    """
    rows = rows_of(connection, sql, values)
    spellings: dict[str, list[tuple[str, int]]] = {}
    sql = f"""
        SELECT organisation_id, surface, count(*) AS n FROM mentions JOIN answers USING (answer_id)
        WHERE organisation_id IS NOT NULL AND ($question IS NULL OR question_id = $question)
        GROUP BY organisation_id, surface
        QUALIFY row_number() OVER (PARTITION BY organisation_id ORDER BY count(*) DESC, surface) <= {variants:d}
        ORDER BY organisation_id, n DESC, surface
    """
    for row in rows_of(connection, sql, values):
        spellings.setdefault(row["organisation_id"], []).append((row["surface"], row["n"]))
    found = [
        Organisation(
            row["organisation_id"],
            row["name"],
            row["acronym"],
            row["mentions"],
            counts_of(row),
            tuple(spellings[row["organisation_id"]]),
        )
        for row in rows[:limit]
    ]
    return found, len(rows)


def counts_of(row: dict[str, Any], prefix: str = "") -> Counts:
    return Counts(**{name: row[prefix + name] for name in Counts.__dataclass_fields__})


def rows_of(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return the answer to a query, with values for what it names ``$name``, as dictionaries."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
