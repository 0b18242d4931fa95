"""Small cells of cross-tabulations: hidden, and not to be computed back from what is shown.

A count under `LEAST` is shown as « <5 » (it may be zero). Where totals and the other cells would give it away, more
cells are held back, as « masqué », the smallest first: in its row, then bases of columns. At least `VALUES` values are
then possible for each hidden small count, and two for each that is held back (witnesses.py says when a value is
possible). Where nothing is left to hold back, the whole row reads « masqué », which then may stand for a small count.

Totals of themes and of a question are known elsewhere, and judged as known. A table is judged by itself: two tables
that group one variable in different ways can tell more together than each alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.crosstabs.witnesses import Margins, Place, Witnesses

LEAST: Final = 5
"""The smallest count that is shown."""

VALUES: Final = 3
"""How many values each hidden small count can have, at least, for who knows all that is shown."""

SMALL: Final = f"<{LEAST}"
HELD: Final = "masqué"

Shown = int | str


@dataclass(frozen=True)
class ShownTable:
    """What is shown of a table: the base, and the themes in their order, column by column."""

    base: tuple[Shown, ...]
    themes: tuple[tuple[Shown, ...], ...]


def protect(
    margins: Margins, least: Sequence[int] = (), hidden: Mapping[int, str] = MappingProxyType({})
) -> ShownTable:
    """Return what is shown of a table.

    Parameters
    ----------
    margins : Margins
        The true counts.
    least : sequence of int, shape (n_columns,), optional
        What everybody knows of the base of each column: one where a column is there only if it has an answer.
    hidden : mapping, optional
        Marks of the rows whose totals are hidden in the table that this one is a part of: nothing is shown of them.
        Themes are numbered in their order; the base comes after one more, the answers without a theme.
    """
    table = _Table(margins, least or [0] * len(margins.base))
    for row, mark in hidden.items():
        table.hide_row(row, mark)
    return table.shown()


class _Table:
    def __init__(self, margins: Margins, least: Sequence[int]) -> None:
        self._margins = margins
        self._witnesses = Witnesses(margins)
        self._columns = range(len(margins.base))
        self._least = least
        self._most = max(margins.totals, default=0)
        self._counts = {place: self._count(place) for place in self._places()}
        self._cells: dict[Place, Shown] = dict(self._counts)
        self._safe: set[Place] = set()
        for (row, column), count in self._counts.items():
            if count < LEAST:
                self._hide((row, column), SMALL, 0, LEAST - 1)

    def _places(self) -> list[Place]:
        rows = [*range(len(self._margins.themes)), self._witnesses.base]
        return [(row, column) for row in rows for column in self._columns]

    def _count(self, place: Place) -> int:
        row, column = place
        return self._margins.base[column] if row == self._witnesses.base else self._margins.themes[row][column]

    def _hide(self, place: Place, mark: str, lowest: int, highest: int) -> None:
        known = self._least[place[1]] if place[0] == self._witnesses.base else 0
        self._cells[place] = mark
        self._witnesses.bounds[place] = (max(lowest, known), highest)

    def hide_row(self, row: int, mark: str) -> None:
        for column in self._columns:
            self._hide((row, column), mark, 0, self._most)
            self._safe.add((row, column))

    def shown(self) -> ShownTable:
        # One column is the total under another name: nothing that could be held back would change that.
        while len(self._columns) > 1 and any(self._hold(place) for place in self._unsafe()):
            pass
        rows = [tuple(self._cells[row, column] for column in self._columns) for row in range(self._witnesses.without)]
        return ShownTable(tuple(self._cells[self._witnesses.base, column] for column in self._columns), tuple(rows))

    def _unsafe(self) -> list[Place]:
        """Return the first hidden cell of each row that could be computed.

        What is hidden later makes no safe cell unsafe: the counts that witness for it are hidden already.
        """
        found: dict[int, Place] = {}
        for place, mark in self._cells.items():
            if isinstance(mark, str) and place not in self._safe and place[0] not in found:
                if self._witnesses.values(place) >= self._wanted(place):
                    self._safe.add(place)
                else:
                    found[place[0]] = place
        return list(found.values())

    def _wanted(self, place: Place) -> int:
        if self._cells[place] != SMALL:
            return 2
        row = place[0]
        return VALUES if row == self._witnesses.base else min(VALUES, self._margins.totals[row] + 1)

    def _hold(self, place: Place) -> bool:
        """Hide more to make a cell safe, and say whether there was more to hide."""
        row, column = place
        if self._witnesses.values(place, columns=False) < self._wanted(place):
            return self._hold_smallest(row) or self._blur([row]) or self._blur(range(self._witnesses.base + 1))
        base = self._witnesses.base
        if isinstance(self._cells[base, column], int):
            self._hold_cell((base, column))
            return True
        return self._hold_smallest(base) or self._hold_smallest(row) or self._blur(range(self._witnesses.base + 1))

    def _hold_smallest(self, row: int) -> bool:
        left = [(self._counts[row, column], column) for column in self._columns if self._is_shown((row, column))]
        if left:
            self._hold_cell((row, min(left)[1]))
        return bool(left)

    def _hold_cell(self, place: Place) -> None:
        self._hide(place, HELD, LEAST, self._most)

    def _is_shown(self, place: Place) -> bool:
        return isinstance(self._cells[place], int)

    def _blur(self, rows: Sequence[int]) -> bool:
        """Let « masqué » stand for any count in whole rows, and say whether that is new."""
        changed = False
        for place in self._counts:
            if place[0] in rows:
                before = self._witnesses.bounds.get(place)
                self._hide(place, HELD, 0, self._most)
                changed |= self._witnesses.bounds[place] != before
        return changed
