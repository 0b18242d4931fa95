"""The tree of themes: heights by hand, leaves in order, and what holds of any themes."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.textometry.correspondence import correspondence
from pipeline.textometry.dendrogram import Branch, dendrogram

LINE = np.asarray([[0.0], [10.0], [1.0], [12.0]])


def test_ward_joins_what_loses_least_inertia() -> None:
    found = dendrogram(LINE)
    assert found.order == (0, 2, 1, 3)
    # √(2 · n₁n₂ / (n₁ + n₂)) times the distance of the means (Ward 1963): .5 and 11, two themes each.
    assert found.heights == pytest.approx((1, 2, np.sqrt(2) * 10.5))
    root = found.root
    assert root is not None
    assert [branch.themes for branch in root.branches] == [(0, 2), (1, 3)]
    assert [branch.position for branch in root.branches] == [0.5, 2.5]
    assert root.position == 1.5


def test_average_joins_at_the_mean_distance() -> None:
    found = dendrogram(LINE, method="average")
    assert found.heights == pytest.approx((1, 2, 10.5))
    # Distances 10, 1, 12, 9, 2, 11 beside heights 10.5, 1, 10.5, 10.5, 2, 10.5.
    assert found.fidelity == pytest.approx(np.corrcoef([10, 1, 12, 9, 2, 11], [10.5, 1, 10.5, 10.5, 2, 10.5])[0, 1])


def test_the_cosine_sees_directions_alone() -> None:
    found = dendrogram(np.asarray([[1.0, 0], [0, 1], [100, 1], [0, 0]]), method="average", metric="cosine")
    assert found.root is not None
    assert found.heights[0] == pytest.approx(1 - 100 / np.hypot(100, 1))
    assert found.heights[1:] == pytest.approx((1 - 0.5 / np.hypot(100, 1), 1))


def test_leaves_are_in_the_order_whose_neighbours_are_nearest() -> None:
    points = np.random.default_rng(3).normal(size=(6, 2))
    found = dendrogram(points)

    def length(order: tuple[int, ...]) -> float:
        return float(np.linalg.norm(np.diff(points[list(order)], axis=0), axis=1).sum())

    groups = [set(branch.themes) for branch in _all(found.root) if branch.branches]
    allowed = (
        order
        for order in permutations(range(6))
        if all(max(map(order.index, group)) - min(map(order.index, group)) == len(group) - 1 for group in groups)
    )
    assert length(found.order) == pytest.approx(min(map(length, allowed)))


@pytest.mark.parametrize("n", [0, 1])
def test_one_theme_or_none_is_a_tree_too(n: int) -> None:
    found = dendrogram(np.zeros((n, 3)))
    assert (found.order, found.heights, found.fidelity) == (tuple(range(n)), (), None)
    assert found.root == (Branch(0.0, 0.0, (0,)) if n else None)


def test_themes_that_are_alike_join_at_once() -> None:
    found = dendrogram(np.ones((4, 2)))
    assert found.heights == (0, 0, 0)
    assert found.fidelity is None
    assert sorted(found.order) == [0, 1, 2, 3]


def test_themes_that_are_as_far_from_each_other_have_no_fidelity() -> None:
    assert dendrogram(np.asarray([[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])).fidelity is None


def test_themes_lie_where_the_correspondence_analysis_puts_them() -> None:
    table = np.asarray([[9, 8, 0], [7, 9, 1], [0, 1, 9]])
    found = dendrogram(correspondence(table).columns.coordinates)
    assert found.root is not None
    assert {branch.themes for branch in found.root.branches} == {(0, 1), (2,)}


POINTS = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(-9, 9).map(float), min_size=width, max_size=width), min_size=1, max_size=9
    )
)
WAYS = st.sampled_from([("ward", "euclidean"), ("average", "euclidean"), ("average", "cosine")])


@settings(deadline=None, max_examples=40)
@given(POINTS, WAYS)
def test_what_holds_of_any_tree(points: list[list[float]], way: tuple[str, str]) -> None:
    found = dendrogram(np.asarray(points), method=way[0], metric=way[1])  # type: ignore[arg-type]
    n = len(points)
    assert sorted(found.order) == list(range(n))
    assert found.root is not None
    assert found.root.themes == found.order
    assert n < 2 or found.order[0] < found.order[-1]
    branches = _all(found.root)
    assert len(branches) == 2 * n - 1
    assert sorted(found.heights) == list(found.heights)
    assert sorted(b.height for b in branches if b.branches) == list(found.heights)
    for branch in branches:
        if branch.branches:
            first, second = branch.branches
            assert first.themes + second.themes == branch.themes
            assert max(first.height, second.height) <= branch.height + 1e-9
            assert first.position < branch.position < second.position
        else:
            assert branch.position == found.order.index(branch.themes[0])
    assert found.fidelity is None or -1 <= found.fidelity <= 1 + 1e-9


@pytest.mark.parametrize(
    ("points", "options"),
    [
        ([[np.nan], [1]], {}),
        ([[np.inf], [1]], {}),
        ([1, 2], {}),
        ([[1], [2]], {"metric": "cosine"}),
        ([[1], [2]], {"method": "single"}),
    ],
)
def test_what_cannot_be_joined_is_refused(points: list[list[float]], options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"finite numbers|does not go with"):
        dendrogram(np.asarray(points), **options)  # type: ignore[arg-type]


def _all(branch: Branch | None) -> list[Branch]:
    if branch is None:
        return []
    return [branch, *(below for part in branch.branches for below in _all(part))]
