"""Small cells are hidden, and nobody who knows all that is shown can compute one of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pipeline.export.suppression import HELD, LEAST, SMALL, ShownSplit, Split, protect, protect_base, protect_split

counts = st.one_of(st.integers(0, 12), st.integers(0, 3), st.integers(0, 500))
splits = st.lists(st.lists(counts, min_size=1, max_size=4), min_size=1, max_size=4)


def as_split(parts: list[list[int]], cuts: list[int]) -> Split:
    """Return a split by regions and départements, and into kinds of authors at `cuts` of its total."""
    total = sum(map(sum, parts))
    bounds = sorted({0, total, *(cut % (total + 1) for cut in cuts)})
    authors = [high - low for low, high in pairwise(bounds)] + [0] * 2
    regions = {f"r{i}": {f"d{j}": n for j, n in enumerate(row)} for i, row in enumerate(parts)}
    return Split(total, regions, {f"k{i}": n for i, n in enumerate(authors)})


def ranges(shown: ShownSplit, total: int) -> list[tuple[float, float]]:
    """Return the least and the greatest value that each cell shown as SMALL can have, for who knows the total too."""
    names: list[object] = [*shown.regions, *shown.departements, *shown.authors]
    cells = [*shown.regions.values(), *shown.departements.values(), *shown.authors.values()]
    bounds = [(0, LEAST - 1) if cell == SMALL else (0, None) if cell == HELD else (cell, cell) for cell in cells]
    sums: list[tuple[list[object], object | None]] = [(list(shown.regions), None), (list(shown.authors), None)]
    sums += [([key for key in shown.departements if key[0] == region], region) for region in shown.regions]
    left, right = [], []
    for parts, whole in sums:
        row = np.zeros(len(names))
        for part in parts:
            row[names.index(part)] = 1
        if whole is not None:
            row[names.index(whole)] = -1
        left.append(row)
        right.append(total if whole is None else 0)
    found = []
    for place, cell in enumerate(cells):
        if cell == SMALL:
            goal = np.zeros(len(names))
            goal[place] = 1
            low = linprog(goal, A_eq=np.array(left), b_eq=right, bounds=bounds)
            high = linprog(-goal, A_eq=np.array(left), b_eq=right, bounds=bounds)
            assert low.status == 0 and high.status == 0
            found.append((low.fun, -high.fun))
    return found


@settings(max_examples=60, deadline=None)
@given(splits, st.lists(st.integers(0, 1000), max_size=3))
def test_no_small_cell_can_be_computed_from_the_others(parts: list[list[int]], cuts: list[int]) -> None:
    split = as_split(parts, cuts)
    shown = protect_split(split)
    for cell in [*shown.regions.values(), *shown.departements.values(), *shown.authors.values(), shown.total]:
        assert cell in (SMALL, HELD) or (isinstance(cell, int) and cell >= LEAST)
    if split.total >= LEAST:  # else all of it is hidden
        assert all(high - low >= 1 for low, high in ranges(shown, split.total))


@given(st.lists(counts, min_size=1, max_size=6))
def test_what_is_shown_is_true(parts: list[int]) -> None:
    for part, cell in zip(parts, protect(sum(parts), parts), strict=True):
        assert cell in (part, HELD) or (cell == SMALL and part < LEAST)


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
    assert protect(sum(parts), parts) == expected


def test_a_region_that_is_held_back_is_not_the_sum_of_its_departements() -> None:
    split = as_split([[3], [10, 12], [40, 50]], [])
    shown = protect_split(split)
    assert shown.regions == {"r0": SMALL, "r1": HELD, "r2": 90}
    assert shown.departements[("r1", "d0")] == shown.departements[("r1", "d1")] == HELD
    assert shown.departements[("r2", "d0")] == 40


def test_a_base_that_would_tell_of_a_hidden_theme_is_held_back() -> None:
    base = as_split([[30], [20, 40]], [40])
    themes = [protect_split(as_split([[26], [10, 20]], [20])), protect_split(as_split([[4], [10, 20]], [20]))]
    assert themes[1].regions["r0"] == SMALL
    # 30 answers, 26 of the first theme, every answer has a theme: 4 at least of the second.
    held = protect_base(base, themes, without_theme=0)
    assert held.regions["r0"] == HELD and held.total == 90
    # With 10 answers without a theme, nothing follows.
    assert protect_base(base, themes, without_theme=10).regions["r0"] == 30
