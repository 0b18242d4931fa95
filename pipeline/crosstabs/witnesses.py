"""Whether hidden counts could be others: tables that differ from the true one in hidden cells alone, and are possible.

Who reads a cross-tabulation knows the cells that are shown, the total of each row, how many answers have no theme, and
what « <5 » and « masqué » stand for. A hidden count is safe when other values of it agree with all of that. Each such
value is proven by a witness: a few counts of the true table moved by 1 or 2, so that every sum still holds. What has no
witness of this kind is taken for unsafe, even where a cleverer one could be found.

In one column, answers with a theme are the union of its themes: no theme has more of them than there are, and together
the themes have no fewer. Answers without a theme by column are known to nobody; they are a row that is always hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Place = tuple[int, int]
"""A row and a column."""

_STEPS: Final = (1, -1, 2, -2)


@dataclass(frozen=True)
class Margins:
    """The counts of one table.

    Parameters
    ----------
    themes : sequence of sequences of int, shape (n_themes, n_columns)
        Answers by theme and column.
    without : sequence of int, shape (n_columns,)
        Answers without a theme.
    base : sequence of int, shape (n_columns,)
        All readable answers.
    totals : sequence of int, shape (n_themes + 2,)
        The total of each theme, of the answers without a theme, and of all.
    exclusive : bool
        Whether every answer stands in one column. Else it stands in one at least.
    apart : int, optional
        The column, if there is one, of answers that stand in no other: « sans réponse ».
    """

    themes: Sequence[Sequence[int]]
    without: Sequence[int]
    base: Sequence[int]
    totals: Sequence[int]
    exclusive: bool = True
    apart: int | None = None


class Witnesses:
    """Look for other values of hidden cells.

    Parameters
    ----------
    margins : Margins
        The true counts. Rows are numbered: themes, then answers without a theme, then the base.
    """

    def __init__(self, margins: Margins) -> None:
        self._cells = [*margins.themes, margins.without, margins.base]
        self._totals = margins.totals
        self._exclusive = margins.exclusive
        self._apart = margins.apart
        self._n_columns = len(margins.base)
        self.without, self.base = len(margins.themes), len(margins.themes) + 1
        self.bounds: dict[Place, tuple[int, int]] = {}
        """The least and the greatest count that what stands in the place of a hidden cell allows."""
        for column in range(self._n_columns):
            self.bounds[self.without, column] = (0, sum(margins.base))

    def values(self, place: Place, columns: bool = True) -> int:
        """Return how many values of a hidden cell have a witness, up to 3, the true one among them.

        Parameters
        ----------
        place : tuple of int
            Row and column.
        columns : bool
            Whether the sums of columns must hold too, or those of rows alone.
        """
        found = 1
        for step in _STEPS:
            if self._fits(place, step) and any(self._holds(move, columns) for move in self._moves(place, step)):
                found += 1
                if found == 3:
                    break
        return found

    def _moves(self, place: Place, step: int) -> Iterator[dict[Place, int]]:
        row, column = place
        base, without = self.base, self.without
        rises = row == base  # then more answers of a column must be of some row of it, else fewer of another row
        themes = [theme for theme in range(without) if theme != row]
        if not self._exclusive:
            yield {place: step}
            yield {place: step, (without, column): step if rises else -step}
            if not rises:
                yield {place: step, (base, column): step}
            else:
                for theme in themes:
                    yield {place: step, (theme, column): step}
        partners = [other for other in range(self._n_columns) if other != column and self._fits((row, other), -step)]
        for other in partners:
            yield {place: step, (row, other): -step}
        for other in partners:
            moved = {place: step, (row, other): -step}
            change = step if rises else -step
            yield moved | {(without, column): change, (without, other): -change}
            if not rises:
                yield moved | {(base, column): step, (base, other): -step}
            for theme in themes:
                if self._fits((theme, column), change) and self._fits((theme, other), -change):
                    yield moved | {(theme, column): change, (theme, other): -change}

    def _fits(self, place: Place, step: int) -> bool:
        bounds = self.bounds.get(place)
        return bounds is not None and bounds[0] <= self._cells[place[0]][place[1]] + step <= bounds[1]

    def _holds(self, move: Mapping[Place, int], columns: bool) -> bool:
        if not all(self._fits(place, step) for place, step in move.items()):
            return False
        # Where an answer is in one column alone, every move leaves the sums of rows as they are.
        if not self._exclusive and not all(self._row_holds(row, move) for row in {row for row, _ in move}):
            return False
        return not columns or all(self._column_holds(column, move) for column in {column for _, column in move})

    def _row_holds(self, row: int, move: Mapping[Place, int]) -> bool:
        counts = [count + move.get((row, column), 0) for column, count in enumerate(self._cells[row])]
        apart = 0 if self._apart is None else counts.pop(self._apart)
        return max(counts, default=0) + apart <= self._totals[row] <= sum(counts) + apart

    def _column_holds(self, column: int, move: Mapping[Place, int]) -> bool:
        counts = [cells[column] + move.get((row, column), 0) for row, cells in enumerate(self._cells)]
        base, without = counts.pop(), counts.pop()
        return max(counts, default=0) + without <= base <= sum(counts) + without
