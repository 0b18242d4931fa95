"""Two levels: a theme is the union of its sub-themes, and is divided only where it falls into parts that lie apart."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score

from pipeline.topics.hierarchy import Division, divide, from_tree, most_children
from pipeline.topics.reinert import reinert
from tests import corpus


@pytest.fixture(autouse=True)
def no_warning() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def blobs(sizes: list[int], apart: float, seed: int = 0, at: float = 0.0) -> np.ndarray:
    """Return round groups of points of spread one, their centres `apart` from each other."""
    chance = np.random.default_rng(seed)
    centres = np.eye(5)[: len(sizes)] * apart / np.sqrt(2) + at
    return np.vstack([centre + chance.standard_normal((n, 5)) for centre, n in zip(centres, sizes, strict=True)])


def whole(n: int) -> np.ndarray:
    return np.zeros(n, dtype=np.int64)


def check(division: Division, labels: np.ndarray) -> None:
    """Check what holds for every division."""
    assert division.leaves.dtype == np.int64 and division.leaves.shape == labels.shape
    assert np.array_equal(division.themes, labels)  # a theme is the union of its sub-themes
    assert list(division.parent_of) == sorted(division.parent_of)
    assert set(division.parent_of) == set(range(int(labels.max(initial=-1)) + 1))
    sizes = np.bincount(division.leaves[division.leaves >= 0], minlength=division.n_leaves)
    for theme in range(int(labels.max(initial=-1)) + 1):
        children = division.children(theme)
        assert (len(children) > 1) == (theme in division.divided)
        assert list(sizes[list(children)]) == sorted(sizes[list(children)], reverse=True)


@pytest.mark.parametrize("n_parts", [2, 3, 4])
def test_a_theme_of_parts_that_lie_apart_is_divided_into_them(n_parts: int) -> None:
    sizes = [60, 50, 40, 30][:n_parts]
    planted = np.repeat(np.arange(n_parts), sizes)
    found = divide(blobs(sizes, 7), whole(sum(sizes)))
    assert found.divided == (0,) and found.n_leaves == n_parts
    assert adjusted_mutual_info_score(planted, found.leaves) > 0.95


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n_texts", [60, 200, 600])
def test_a_theme_without_parts_stays_whole_be_it_round_long_or_skewed(seed: int, n_texts: int) -> None:
    chance = np.random.default_rng(seed)
    ball = chance.standard_normal((n_texts, 5))
    for points in (
        ball,
        ball * [6, 1, 1, 1, 1],  # k-means cuts it in two, with a silhouette over .5
        chance.uniform(-1, 1, (n_texts, 5)),
        chance.uniform(-1, 1, (n_texts, 5)) * [3, 1, 1, 1, 1],
        np.hstack([chance.exponential(1, (n_texts, 1)), ball[:, 1:]]),
    ):
        found = divide(points, whole(n_texts))
        assert found.divided == () and found.parent_of == (0,) and not found.leaves.any()


def test_parts_that_overlap_are_not_told_apart() -> None:
    assert divide(blobs([80, 80], 2), whole(160)).divided == ()


def test_themes_are_divided_each_by_itself() -> None:
    split, ball, small = blobs([50, 40], 7), blobs([90], 0, at=30), blobs([20, 20], 9, at=-30)
    labels = np.repeat([0, 1, 2], [90, 90, 40])
    found = divide(np.vstack([split, ball, small]), labels)
    check(found, labels)
    assert found.divided == (0,) and found.parent_of == (0, 0, 1, 2)
    alone = divide(split, whole(90))
    assert np.array_equal(alone.leaves, found.leaves[:90])


def test_texts_in_no_theme_are_in_no_sub_theme() -> None:
    labels = whole(120)
    labels[::10] = -1
    found = divide(blobs([60, 60], 7), labels)
    check(found, labels)
    assert found.divided == (0,) and (found.leaves[::10] == -1).all()


def test_a_part_that_is_too_small_goes_to_the_nearest_sibling() -> None:
    chance = np.random.default_rng(0)
    centres = np.asarray([[0, 0], [20, 0], [26, 0]])
    points = np.vstack([c + chance.standard_normal((n, 2)) for c, n in zip(centres, [60, 60, 8], strict=True)])
    found = divide(points, whole(128))
    assert np.bincount(found.leaves).tolist() == [68, 60]
    assert len(set(found.leaves[60:].tolist())) == 1


def test_a_theme_with_one_part_and_a_few_outliers_stays_whole() -> None:
    assert divide(np.vstack([blobs([90], 0), blobs([5], 0, at=40)]), whole(95)).divided == ()


def test_a_larger_theme_may_have_more_parts() -> None:
    assert [most_children(n) for n in (59, 60, 90, 120, 149, 150, 5000)] == [1, 2, 3, 4, 4, 5, 5]


def test_a_part_with_nearly_all_texts_is_the_theme_itself() -> None:
    assert divide(blobs([60, 20], 9), whole(80)).divided == (0,)
    assert divide(blobs([80, 20], 9), whole(100)).divided == ()


def test_the_same_texts_are_divided_in_the_same_way() -> None:
    points = blobs([50, 40, 30], 6)
    one, other = (divide(points.astype(np.float32), whole(120)) for _ in range(2))
    assert np.array_equal(one.leaves, other.leaves) and one.parent_of == other.parent_of


@pytest.mark.parametrize("n_texts", [0, 1, 2, 60, 200])
def test_next_to_nothing_is_divided_into_itself(n_texts: int) -> None:
    found = divide(np.ones((n_texts, 5), dtype=np.float32), whole(n_texts))
    check(found, whole(n_texts))
    assert found.divided == () and found.n_leaves == (n_texts > 0)


def test_two_places_with_many_texts_each_are_two_parts() -> None:
    found = divide(np.repeat([[0.0, 0.0], [1.0, 0.0]], 40, axis=0), whole(80))
    assert np.bincount(found.leaves).tolist() == [40, 40]


def test_a_space_of_one_dimension_is_a_space() -> None:
    assert divide(blobs([60, 60], 12)[:, :1], whole(120)).divided == (0,)


def test_a_theme_that_no_text_has_is_a_leaf() -> None:
    labels = np.repeat([0, 2], 60)
    found = divide(blobs([60, 60], 7), labels)
    check(found, labels)
    assert found.parent_of == (0, 1, 2)


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="3 labels for 4 texts"):
        divide(np.zeros((4, 2)), whole(3))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(-1, 3), max_size=60))
def test_whatever_the_themes_each_is_the_union_of_its_sub_themes(seed: int, given_labels: list[int]) -> None:
    labels = np.asarray(given_labels, dtype=np.int64)
    points = np.random.default_rng(seed).choice([0.0, 1.0, 5.0], (len(labels), 2))
    found = divide(points, labels, least_texts=8, least_child=2)
    check(found, labels)
    sizes = np.bincount(found.leaves[found.leaves >= 0], minlength=found.n_leaves)
    assert all(sizes[leaf] >= 2 for theme in found.divided for leaf in found.children(theme))


def test_reinerts_tree_gives_two_levels() -> None:
    documents, planted = corpus.documents(200)
    result = reinert([*(d.terms for d in documents), ()], 4)
    found = from_tree(result, 2)
    check(found, found.themes)
    assert set(found.parent_of) == {0, 1} and found.n_leaves == 4
    assert found.leaves[-1] == -1 == found.themes[-1]
    assert adjusted_mutual_info_score(planted, found.leaves[:-1]) > 0.8
    upper = result.upper(2)[result.labels[:-1]]
    assert adjusted_mutual_info_score(upper, found.themes[:-1]) == pytest.approx(1)
    sizes = np.bincount(found.themes[:-1])
    assert sizes[0] >= sizes[1]


@pytest.mark.parametrize("n_themes", [1, 3, 4, 9])
def test_reinerts_tree_gives_as_many_themes_as_it_can(n_themes: int) -> None:
    result = reinert([d.terms for d in corpus.documents(200)[0]], 4)
    found = from_tree(result, n_themes)
    check(found, found.themes)
    assert len(set(found.parent_of)) == min(n_themes, result.n_classes)


def test_a_tree_without_classes_gives_none() -> None:
    found = from_tree(reinert([[], []], 4), 2)
    assert found.parent_of == () and found.divided == () and found.leaves.tolist() == [-1, -1]


def test_the_parts_of_divided_themes_are_numbered_without_the_others() -> None:
    division = Division(np.asarray([0, 1, 2, 3, -1, 4]), (0, 1, 1, 2, 2), (1, 2))
    labels, parent_of = division.parts()
    assert labels.tolist() == [-1, 0, 1, 2, -1, 3] and parent_of == (1, 1, 2, 2)
    nothing, no_parent = Division(np.asarray([0, -1]), (0,), ()).parts()
    assert nothing.tolist() == [-1, -1] and no_parent == ()
