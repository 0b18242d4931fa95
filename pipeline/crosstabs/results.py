"""Cross-tabulations as they are shown: rows are themes, columns modalities; of a hidden cell nothing but its mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from pipeline.crosstabs.association import Test, exclusive_test, residual, several_test
from pipeline.crosstabs.counting import Counted, Counting
from pipeline.crosstabs.layouts import Layout
from pipeline.crosstabs.suppression import LEAST, Shown, protect
from pipeline.crosstabs.variables import Column, Variable
from pipeline.crosstabs.witnesses import Margins

WORTH_SHOWING: Final = 3
"""How many tables of a question are shown first."""

_LEVEL: Final = 0.01  # p-values of tables that are worth showing first, corrected for the number of themes


@dataclass(frozen=True)
class Cell:
    """What is shown of the answers in one column that have a theme.

    Parameters
    ----------
    count : int or None
        How many there are; None where hidden.
    mark : str or None
        What stands in the place of a hidden count, « <5 » or « masqué »; None where it is shown.
    share : float or None
        `count` in the base of its column, from 0 to 1; None where one of them is hidden.
    residual : float or None
        The adjusted standardised residual (`association.residual`): how much more often, or less, the theme is there
        in this column than in the other answers. None where a count is hidden or an expected count under 5.
    """

    count: int | None
    mark: str | None = None
    share: float | None = None
    residual: float | None = None


@dataclass(frozen=True)
class Row:
    """A theme: its cells in the order of the columns, its total (None where under 5), and its test, if there is one."""

    theme_id: str
    label: str
    total: int | None
    cells: tuple[Cell, ...]
    test: Test | None = None


@dataclass(frozen=True)
class Crosstab:
    """The themes of an open question by one variable.

    An answer can have several themes, so that rows do not add up to the base; nor do columns add up to a total where
    the variable is not exclusive. Tests are of one theme each.

    Parameters
    ----------
    question_id : str
        The open question.
    variable : Variable
        What its themes are crossed with.
    columns : tuple of Column
        The modalities. Of the variable's columns all but « sans réponse » (or the like) where every answer has one.
    base : int
        The readable answers to the question.
    bases : tuple of Cell
        The readable answers in each column; `share` is in all of them.
    rows : tuple of Row
        The themes, the most frequent first.
    """

    question_id: str
    variable: Variable
    columns: tuple[Column, ...]
    base: int
    bases: tuple[Cell, ...]
    rows: tuple[Row, ...]

    @property
    def strongest(self) -> Row | None:
        """The theme with the largest effect of those that were tested; of two the more frequent."""
        tested = [(row.test.effect, row) for row in self.rows if row.test is not None]
        return max(tested, key=lambda pair: pair[0])[1] if tested else None

    @property
    def effect(self) -> float:
        """The effect of that theme; 0 where none could be tested."""
        row = self.strongest
        return 0.0 if row is None or row.test is None else row.test.effect

    @property
    def p(self) -> float | None:
        """The least p-value of the themes, times their number (Bonferroni); None where none could be tested.

        It says whether any theme has to do with the variable. It is no test of the whole table: themes overlap.
        """
        found = [row.test.p for row in self.rows if row.test is not None]
        return min(1.0, len(found) * min(found)) if found else None


@dataclass(frozen=True)
class QuestionCrosstabs:
    """All tables of one open question."""

    question_id: str
    base: int
    without_theme: int
    tables: tuple[Crosstab, ...]


class Crosstabs:
    """The cross-tabulations of a dataset.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A connection with the files of the dataset as views (`figures.dataset_connection`); temporary tables are added.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._counting = Counting(connection)

    @property
    def variables(self) -> list[Variable]:
        """What themes are crossed with: kind of author, region, département, period, then the closed questions."""
        return [layout.variable for layout in self._counting.layouts]

    def questions(self) -> Iterator[QuestionCrosstabs]:
        """Yield the tables of each question that has readable answers and themes, by question_id."""
        for counted in self._counting.counts():
            if counted.themes:
                yield self._tables(counted)

    def question(self, question_id: str) -> QuestionCrosstabs | None:
        """Return the tables of one question; None where it has no readable answer or no theme."""
        for counted in self._counting.counts(question_id):
            return self._tables(counted) if counted.themes else None
        return None

    def _tables(self, counted: Counted) -> QuestionCrosstabs:
        tables = [crosstab(counted, layout) for layout in self._counting.layouts]
        found = tuple(table for table in tables if table is not None)
        return QuestionCrosstabs(counted.question_id, counted.base, counted.without_theme, found)


def crosstab(counted: Counted, layout: Layout) -> Crosstab | None:
    """Return the table of a question and a variable; None where there would be no two columns to compare.

    Parameters
    ----------
    counted : Counted
        The counts of the question.
    layout : Layout
        The variable and its codes.
    """
    margins, columns = whole_margins(counted, layout)
    if counted.base < LEAST or not _compares(margins, columns):
        return None
    shown = protect(margins, [int(column.kind == "missing") for column in columns])
    whole = counted.base
    bases = tuple(_cell(cell, whole) for cell in shown.base)
    rows = []
    for theme, cells in zip(counted.themes, shown.themes, strict=True):
        found = tuple(
            _cell(cell, base.count, None if base.count is None else (theme.total, base.count, whole))
            for cell, base in zip(cells, bases, strict=True)
        )
        rows.append(
            Row(
                theme.theme_id,
                theme.label,
                theme.total if theme.total >= LEAST else None,
                found,
                _test(found, bases, theme.total, whole, layout.variable.exclusive),
            )
        )
    return Crosstab(counted.question_id, layout.variable, columns, whole, bases, tuple(rows))


def whole_margins(counted: Counted, layout: Layout) -> tuple[Margins, tuple[Column, ...]]:
    """Return the counts of a variable and its columns, without that of « sans réponse » where nothing is in it."""
    margins, columns = counted.margins(layout), layout.variable.columns
    last = len(columns) - 1
    if last >= 0 and columns[last].kind == "missing" and not margins.base[last]:
        themes = [row[:last] for row in margins.themes]
        margins = Margins(
            themes, margins.without[:last], margins.base[:last], margins.totals, margins.exclusive, apart=None
        )
        columns = columns[:last]
    return margins, columns


def worth_showing(tables: Iterable[Crosstab], limit: int = WORTH_SHOWING) -> list[Crosstab]:
    """Return the few tables of a question that tell most, the largest effect first (Cramér's V, corrected for bias).

    Parameters
    ----------
    tables : iterable of Crosstab
        Tables of one question.
    limit : int
        How many at the most. Those where no theme differs more than chance would have it are left out.
    """
    found = [table for table in tables if table.effect > 0 and table.p is not None and table.p < _LEVEL]
    return sorted(found, key=lambda table: (-table.effect, table.variable.key))[:limit]


def _compares(margins: Margins, columns: Sequence[Column]) -> bool:
    """Say whether two columns have answers enough to be shown, one of them a modality."""
    enough = [column.kind for column, n in zip(columns, margins.base, strict=True) if n >= LEAST]
    return len(enough) > 1 and enough != ["missing"] * len(enough)


def _cell(cell: Shown, base: int | None, of_theme: tuple[int, int, int] | None = None) -> Cell:
    if not isinstance(cell, int):
        return Cell(None, cell)
    share = cell / base if base else None
    return Cell(cell, None, share, None if of_theme is None else residual(cell, *of_theme))


def _test(cells: Sequence[Cell], bases: Sequence[Cell], total: int, base: int, exclusive: bool) -> Test | None:
    if exclusive:
        return exclusive_test([cell.count for cell in cells], [found.count for found in bases], total, base)
    return several_test([cell.residual for cell in cells], base)
