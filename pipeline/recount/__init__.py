"""The figures of the report counted anew, from the tables alone, each under the name that the report gives it.

It shares no count with `figures`, which reads the dataset: where the two differ, one of them is wrong. Names are those
of the attribute ``data-figure`` of the pages: ``state/assigned``, ``theme/q-2/t-health/respondents``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa

from pipeline import storage, tables
from pipeline.recount.prepared import PREPARED
from pipeline.recount.queries import FIGURES
from pipeline.workspace import Workspace

__all__ = ["Figure", "Recount", "recount"]

_TABLES: Final = (
    "answers",
    "assignments",
    "contributions",
    "copy_groups",
    "files",
    "mentions",
    "organisations",
    "outcomes",
    "questions",
    "rejected",
    "segments",
    "topic_numbers",
    "topics",
)


@dataclass(frozen=True)
class Figure:
    """A number as the tables have it, and the number of which the report gives its share, where it gives one."""

    value: int
    base: int | None = None


class Recount:
    """What the tables say of each figure; `recount` makes one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def of(self, names: Iterable[str]) -> dict[str, Figure]:
        """Return the figures of those names; a name that is none is left out."""
        asked = pa.table({"name": pa.array(sorted(set(names)), pa.string())})
        self._connection.register("asked", asked)
        try:
            return self._figures("SELECT name, value, base FROM figures SEMI JOIN asked USING (name)")
        finally:
            self._connection.unregister("asked")

    def needed(self) -> dict[str, Figure]:
        """Return the figures that a report has on one of its pages in any case, by name."""
        return self._figures("SELECT name, value, base FROM figures WHERE needed ORDER BY name")

    def _figures(self, sql: str) -> dict[str, Figure]:
        return {name: Figure(value, base) for name, value, base in self._connection.execute(sql).fetchall()}


@contextmanager
def recount(workspace: Workspace) -> Iterator[Recount]:
    """Count all figures of a workspace whose dataset stage has run; tables are read a piece at a time.

    Parameters
    ----------
    workspace : Workspace
        Its tables are read, and nothing is written to it.
    """
    with tempfile.TemporaryDirectory(prefix="doleances-") as scratch, duckdb.connect(":memory:") as connection:
        spill = scratch.replace("'", "''")
        connection.execute(f"SET temp_directory = '{spill}'; SET preserve_insertion_order = false")
        for table in _TABLES:
            # What people decided stands in the place of what the machine found.
            read = f"reviewed_{table}" if f"reviewed_{table}" in tables.SCHEMAS else table
            connection.register(table, storage.parquet_dataset(workspace.parts(read), tables.SCHEMAS[read]))
        for name, sql in PREPARED.items():
            connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
        connection.execute(f"CREATE TEMP TABLE figures AS {' UNION ALL '.join(FIGURES)}")
        yield Recount(connection)
