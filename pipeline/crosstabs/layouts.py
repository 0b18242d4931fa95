"""Codes: small numbers for what an answer is crossed with, and which of them each column of a variable counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from pipeline.crosstabs.variables import Column, Variable

ALL: Final = 0
"""The code that every answer has."""


@dataclass(frozen=True)
class Layout:
    """A variable with the codes of its columns.

    Parameters
    ----------
    variable : Variable
        What themes are crossed with.
    codes : tuple of (tuple of int), one a column
        The codes that count in each column.
    answered : tuple of int, optional
        The codes of answers of which the variable is known, each answer in one of them: those that are in none are
        counted in a last column. None: every answer is in a column of its own code.
    """

    variable: Variable
    codes: tuple[tuple[int, ...], ...]
    answered: tuple[int, ...] | None = None


class Numbers:
    """Codes that nothing has yet, in order."""

    def __init__(self) -> None:
        self.last = ALL

    def new(self) -> int:
        """Return the next one."""
        self.last += 1
        return self.last


def fill(connection: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write a small temporary table."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)


def folded(
    name: str, title: str, counted: Sequence[tuple[str | None, int, tuple[int, ...]]], most: int, unknown: str
) -> Layout:
    """Return a variable of which the values are known, the most frequent first, the rest of them together.

    Parameters
    ----------
    name, title : str
        Key and title of the variable.
    counted : sequence of (value, number of answers, codes)
        Its values; None is the one that is not known.
    most : int
        How many columns known values have at the most.
    unknown : str
        What the column of None is called.
    """
    known = sorted(((n, value, codes) for value, n, codes in counted if value is not None), key=lambda x: (-x[0], x[1]))
    kept = known if len(known) <= most else known[: most - 1]
    columns = [(Column(value, value), codes) for _, value, codes in kept]
    if len(known) > len(kept):
        rest = tuple(code for _, _, codes in known[len(kept) :] for code in codes)
        columns.append((Column("", "Toutes les autres valeurs", "others"), rest))
    columns += [(Column("", unknown, "missing"), codes) for value, _, codes in counted if value is None]
    variable = Variable(name, title, tuple(column for column, _ in columns))
    return Layout(variable, tuple(codes for _, codes in columns))
