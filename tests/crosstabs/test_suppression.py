"""Small cells are hidden, and nobody who knows all that is shown can compute one of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pipeline.crosstabs.suppression import HELD, LEAST, SMALL, Shown, ShownTable, protect
from pipeline.crosstabs.witnesses import Margins

Answer = tuple[tuple[int, ...], tuple[int, ...], int]
"""The columns of an answer, its themes, and how many answers are like it."""

numbers = st.one_of(st.integers(0, 12), st.integers(5, 60), st.integers(0, 3))


def margins_of(answers: Sequence[Answer], n_columns: int, n_themes: int, exclusive: bool, apart: int | None) -> Margins:
    themes = [[0] * n_columns for _ in range(n_themes)]
    without, base = [0] * n_columns, [0] * n_columns
    totals = [0] * (n_themes + 2)
    for columns, named, times in answers:
        rows = [themes[theme] for theme in named] or [without]
        for column in columns:
            for row in (*rows, base):
                row[column] += times
        for theme in named or (n_themes,):
            totals[theme] += times
        totals[-1] += times
    return Margins(themes, without, base, totals, exclusive, apart)


@st.composite
def tables(draw: st.DrawFn, exclusive: bool) -> Margins:
    """Return tables with room for other counts, and tight ones, where each answer has one theme, as in the simplest."""
    n_columns, n_themes = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    named: list[tuple[int, ...]] = [(theme,) for theme in range(n_themes)]
    if draw(st.booleans()):
        named.append(())
    if draw(st.booleans()):
        named.append(tuple(range(n_themes)))
    columns: list[tuple[int, ...]] = [(column,) for column in range(n_columns)]
    apart = None
    if not exclusive:
        apart = draw(st.sampled_from([None, n_columns - 1]))
        columns += draw(st.sampled_from([[(0, 1)], [(0, 1), tuple(range(n_columns))]]))
        columns = [some for some in columns if apart not in some or len(some) == 1]
    times = draw(st.lists(numbers, min_size=len(columns) * len(named), max_size=len(columns) * len(named)))
    likes = [(some, themes) for some in columns for themes in named]
    return margins_of(
        [(some, themes, n) for (some, themes), n in zip(likes, times, strict=True)],
        n_columns,
        n_themes,
        exclusive,
        apart,
    )


class Reader:
    """Who knows all that is shown of a table, the totals of its rows, and what the marks mean."""

    def __init__(self, margins: Margins, shown: ShownTable) -> None:
        self.n_columns = len(margins.base)
        self.n_themes = len(margins.themes)
        self.names = [(row, column) for row in range(self.n_themes + 2) for column in range(self.n_columns)]
        unknown: list[Shown] = [HELD] * self.n_columns
        rows = [*shown.themes, unknown, shown.base]
        self.bounds = []
        for row, column in self.names:
            cell = rows[row][column]
            # A row without a mark for small counts may hide some under the other one.
            bare = row == self.n_themes or all(other == HELD for other in rows[row])
            least = LEAST if not bare else 0
            small, held = (0, LEAST - 1), (least, None)
            self.bounds.append(small if cell == SMALL else held if cell == HELD else (cell, cell))
        self.equal: list[tuple[np.ndarray, int]] = []
        self.at_most: list[tuple[np.ndarray, int]] = []
        for row, total in enumerate(margins.totals):
            others = [column for column in range(self.n_columns) if column != margins.apart]
            if margins.exclusive:
                self.equal.append((self.sum([(row, column) for column in range(self.n_columns)]), total))
                continue
            apart = [] if margins.apart is None else [(row, margins.apart)]
            self.at_most.append((-self.sum([(row, column) for column in range(self.n_columns)]), -total))
            self.at_most += [(self.sum([(row, column), *apart]), total) for column in others]
        for column in range(self.n_columns):
            base, without = (self.n_themes + 1, column), (self.n_themes, column)
            all_themes = [(row, column) for row in range(self.n_themes)]
            self.at_most.append((self.sum([base]) - self.sum([*all_themes, without]), 0))
            self.at_most += [(self.sum([one, without]) - self.sum([base]), 0) for one in all_themes]

    def sum(self, places: Sequence[tuple[int, int]]) -> np.ndarray:
        row = np.zeros(len(self.names))
        for place in places:
            row[self.names.index(place)] = 1
        return row

    def width(self, row: int, column: int) -> float:
        """Return how far apart the least and the greatest value are that a cell can have."""
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * self.sum([(row, column)]),
                A_ub=np.array([left for left, _ in self.at_most]) if self.at_most else None,
                b_ub=[right for _, right in self.at_most] or None,
                A_eq=np.array([left for left, _ in self.equal]) if self.equal else None,
                b_eq=[right for _, right in self.equal] or None,
                bounds=self.bounds,
            )
            if found.status == 3:
                return float("inf")
            assert found.status == 0, "what is shown contradicts itself"
            ends.append(sign * found.fun)
        return ends[1] - ends[0]


def check(margins: Margins) -> None:
    shown = protect(margins)
    cells = [*shown.themes, shown.base]
    counts = [*margins.themes, margins.base]
    for found, true in zip(cells, counts, strict=True):
        for cell, count in zip(found, true, strict=True):
            assert cell in (count, HELD) or (cell == SMALL and count < LEAST)
            assert count >= LEAST or cell in (SMALL, HELD)
    reader = Reader(margins, shown)
    for place, found in enumerate(cells):
        row = place if place < reader.n_themes else place + 1
        wanted = min(2, margins.totals[row])  # three values, where the total allows it
        for column, cell in enumerate(found):
            if isinstance(cell, str) and margins.totals[-1] >= LEAST:
                assert reader.width(row, column) >= (wanted if cell == SMALL else min(1, wanted)) - 1e-6


@settings(max_examples=60, deadline=None)
@given(tables(exclusive=True))
def test_no_hidden_cell_of_answers_in_one_column_each_can_be_computed(margins: Margins) -> None:
    check(margins)


@settings(max_examples=30, deadline=None)
@given(tables(exclusive=False))
def test_no_hidden_cell_of_answers_in_several_columns_can_be_computed(margins: Margins) -> None:
    check(margins)


def row_of(parts: list[int]) -> list[Shown]:
    """Return what is shown of a theme, among as many answers that no theme was found for."""
    without = [1000] * len(parts)
    base = [part + 1000 for part in parts]
    return list(protect(Margins([parts], without, base, [sum(parts), sum(without), sum(base)])).themes[0])


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([10, 20, 30], [10, 20, 30]),
        ([3, 20, 30], [SMALL, HELD, 30]),  # 53 - 20 - 30 would give it
        ([2, 5, 30], [SMALL, HELD, 30]),
        ([0, 5, 30], [SMALL, HELD, HELD]),  # with 5 alone held back, nothing but 0 and 5 would be possible
        ([1, 2, 3, 40], [SMALL, SMALL, SMALL, 40]),
        ([4, 4, 40], [SMALL, SMALL, HELD]),  # 8 is 4 and 4
        ([4, 4], [HELD, HELD]),
        ([4], [SMALL]),
        ([12], [12]),
    ],
)
def test_only_what_is_needed_is_held_back(parts: list[int], expected: list[object]) -> None:
    assert row_of(parts) == expected


def test_a_base_that_would_tell_of_a_hidden_theme_is_held_back() -> None:
    # 30 answers in the first column, 26 of the first theme, every answer has a theme: 4 at least of the second.
    themes = [[26, 30, 60], [4, 30, 60]]
    shown = protect(Margins(themes, [0, 0, 0], [30, 60, 120], [116, 94, 0, 210]))
    assert shown.themes == ((26, 30, 60), (SMALL, HELD, 60)) and shown.base == (HELD, HELD, 120)
    # With answers without a theme, nothing follows.
    shown = protect(Margins(themes, [9, 9, 9], [39, 69, 129], [116, 94, 27, 237]))
    assert shown.themes[1][0] == SMALL and shown.base == (39, 69, 129)


def test_a_base_that_leaves_no_room_for_what_is_held_back_is_held_back_too() -> None:
    # 60 + 36 + 4 = 100: held back, the second is 36 at most, its base, so that the third would be 4.
    shown = protect(Margins([[60, 36, 4]], [40, 0, 40], [100, 36, 44], [100, 80, 180]))
    assert shown.themes[0][2] == SMALL and shown.themes[0][1] == HELD
    assert shown.base[1] == HELD or shown.themes[0][0] == HELD


def test_the_mark_of_small_counts_is_not_used_where_it_would_give_them_away() -> None:
    # One form in a column that is there only if somebody is in it.
    margins = Margins([[4, 30]], [0, 300], [4, 330], [34, 300, 334])
    assert protect(margins, [1, 0]).base[0] in (SMALL, HELD)
    assert protect(margins).themes[0] == (SMALL, HELD)
