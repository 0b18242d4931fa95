"""Two levels: a theme is the union of its sub-themes, and is divided only where it falls into parts that lie apart."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score

from pipeline.topics.assigner import Assigner, fit_assigner
from pipeline.topics.hierarchy import (
    Division,
    LeafAssigner,
    confirm,
    divide,
    fit_leaves,
    from_tree,
    merge_tiny,
    most_children,
)
from pipeline.topics.reinert import reinert
from pipeline.topics.vectors import WordVectors, common_component, unit_rows
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
    with pytest.raises(ValueError, match="3 labels for 1 texts"):
        confirm(Division(whole(3), (0,), ()), [["gare"]], vectors_of(["gare"]))
    with pytest.raises(ValueError, match="3 labels for 4 texts"):
        merge_tiny(whole(3), np.zeros((4, 2)))


def vectors_of(words: list[str]) -> WordVectors:
    """Return vectors of words that have nothing to do with each other."""
    matrix = np.random.default_rng(0).standard_normal((len(words), 40))
    frequencies = np.full(len(words), 1 / len(words), dtype=np.float32)
    return WordVectors(
        tuple(words), (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float16), frequencies
    )


COMMON = [f"mot{i}" for i in range(40)]


def test_parts_whose_words_stand_together_are_confirmed() -> None:
    chance = random.Random(0)
    documents = [d.terms for d in corpus.documents(160, ("health", "transport"))[0]]
    documents = [[*terms, *chance.sample(COMMON, 2)] for terms in documents]
    vectors = vectors_of([*corpus.THEMES["health"], *corpus.THEMES["transport"], *COMMON])
    division = Division(np.arange(160) % 2, (0, 0), (0,))
    found = confirm(division, documents, vectors)
    assert found.divided == (0,) and np.array_equal(found.leaves, division.leaves)


def test_texts_with_a_word_and_texts_without_are_no_sub_themes() -> None:
    chance = random.Random(0)
    documents = [[("gare", "train")[n % 2], *chance.sample(COMMON, 5)] for n in range(160)]
    division = Division(np.arange(160) % 2, (0, 0), (0,))
    found = confirm(division, documents, vectors_of(["gare", "train", *COMMON]))
    assert found.divided == () and found.parent_of == (0,) and not found.leaves.any()


def test_what_is_not_confirmed_is_made_whole_and_nothing_else_changes() -> None:
    chance = random.Random(0)
    real = [d.terms for d in corpus.documents(120, ("health", "transport"))[0]]
    noise = [chance.sample(COMMON, 5) for _ in range(120)]
    documents = [*noise, *real, ["école"], (), []]
    leaves = np.asarray([*(n % 2 for n in range(120)), *(2 + n % 2 for n in range(120)), 4, -1, 3])
    division = Division(leaves, (0, 0, 1, 1, 2), (0, 1))
    vectors = vectors_of([*corpus.THEMES["health"], *corpus.THEMES["transport"], *COMMON, "école"])
    found = confirm(division, documents, vectors)
    check(found, division.themes)
    assert found.divided == (1,) and found.parent_of == (0, 1, 1, 2)
    assert adjusted_mutual_info_score(leaves[120:240], found.leaves[120:240]) == 1
    assert np.array_equal(found.leaves, confirm(division, documents, vectors).leaves)


@pytest.mark.parametrize("documents", [[["gare"]] * 40, [[]] * 40, [["gare", "train"]] * 40, [["inconnu"]] * 40])
def test_texts_that_tell_nothing_confirm_nothing(documents: list[list[str]]) -> None:
    division = Division(np.arange(40) % 2, (0, 0), (0,))
    assert confirm(division, documents, vectors_of(["gare", "train"])).divided == ()


def test_too_few_texts_confirm_nothing() -> None:
    division = Division(np.asarray([0, 0, 0, 0, 0, 0, 1, 1]), (0, 0), (0,))
    assert (
        confirm(division, [["gare", "train"]] * 6 + [["vélo", "bus"]] * 2, vectors_of(["gare", "vélo"])).n_leaves == 1
    )
    nothing = confirm(Division(whole(0), (), ()), [], vectors_of(["gare"]))
    assert nothing.parent_of == () and nothing.leaves.shape == (0,)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(-1, 3), max_size=60))
def test_whatever_the_themes_each_is_the_union_of_its_sub_themes(seed: int, given_labels: list[int]) -> None:
    labels = np.asarray(given_labels, dtype=np.int64)
    points = np.random.default_rng(seed).choice([0.0, 1.0, 5.0], (len(labels), 2))
    found = divide(points, labels, least_texts=8, least_child=2)
    check(found, labels)
    sizes = np.bincount(found.leaves[found.leaves >= 0], minlength=found.n_leaves)
    assert all(sizes[leaf] >= 2 for theme in found.divided for leaf in found.children(theme))


def test_tiny_themes_go_to_the_nearest_and_the_largest_comes_first() -> None:
    labels = np.repeat([0, 1, 2, 3], [30, 3, 40, 2])
    space = np.repeat([[0.0], [1.0], [9.0], [8.0]], [30, 3, 40, 2], axis=0)
    assert np.array_equal(merge_tiny(labels, space, least=5), np.repeat([1, 1, 0, 0], [30, 3, 40, 2]))


def test_tiny_themes_that_make_a_large_one_together_are_kept() -> None:
    labels = np.repeat([0, 1, 2], [30, 3, 3])
    space = np.repeat([[0.0], [90.0], [91.0]], [30, 3, 3], axis=0)
    assert np.bincount(merge_tiny(labels, space, least=5)).tolist() == [30, 6]


def test_of_equally_near_themes_the_first_takes_in_and_the_last_goes() -> None:
    labels = np.asarray([0, 0, 0, 1, 1, 1, 2, 3])
    space = np.asarray([[0.0]] * 3 + [[4.0]] * 3 + [[2.0], [2.0]])
    assert merge_tiny(labels, space, least=2).tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    assert merge_tiny(labels, space, least=3).tolist() == [0, 0, 0, 1, 1, 1, 0, 0]


def test_a_theme_is_tiny_under_a_tenth_of_the_mean_one() -> None:
    labels = np.repeat([0, 1, 2], [220, 90, 9])
    space = labels[:, None].astype(float)
    assert np.bincount(merge_tiny(labels, space)).tolist() == [220, 99]  # the mean theme has 106
    assert np.bincount(merge_tiny(labels[220:], space[220:])).tolist() == [90, 9]


def test_nothing_is_merged_where_there_is_one_theme_or_none() -> None:
    assert merge_tiny(whole(2), np.zeros((2, 1)), least=5).tolist() == [0, 0]
    assert merge_tiny(np.asarray([-1, -1]), np.zeros((2, 1)), least=5).tolist() == [-1, -1]
    assert merge_tiny(whole(0), np.zeros((0, 3)), least=5).tolist() == []
    assert merge_tiny(np.asarray([-1, 0, 1, 1]), np.zeros((4, 1)), least=2).tolist() == [-1, 0, 0, 0]


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


def assigners(n_each: int = 30) -> tuple[LeafAssigner, np.ndarray, Division]:
    """Return the classifiers of three themes in six dimensions, of which the first has three parts."""
    chance = np.random.default_rng(0)
    leaves = np.repeat(np.arange(5), n_each)
    embedding = unit_rows((np.eye(6)[leaves] + 0.1 * chance.standard_normal((len(leaves), 6))).astype(np.float32))
    division = Division(leaves, (0, 0, 0, 1, 2), (0,))
    themes = fit_assigner(embedding, division.themes, 3, common_component(embedding))
    return fit_leaves(embedding, division, themes), embedding, division


def test_the_sub_theme_of_a_text_is_found_again() -> None:
    assigner, embedding, division = assigners()
    assert np.array_equal(assigner.best_leaf(embedding, division.themes), division.leaves)


def test_a_sub_theme_is_one_of_the_theme_that_was_decided() -> None:
    assigner, embedding, _ = assigners()
    for theme in range(3):
        given_theme = np.full(len(embedding), theme)
        found = assigner.best_leaf(embedding, given_theme)
        assert {assigner.parent_of[leaf] for leaf in found.tolist()} == {theme}


def test_a_text_without_a_theme_or_a_known_word_is_never_in_a_sub_theme_of_another_theme() -> None:
    assigner, embedding, _ = assigners()
    rows = np.vstack([embedding[:1], np.zeros((3, 6), np.float32)])
    assert assigner.best_leaf(rows, np.asarray([-1, -1, 0, 2])).tolist() == [-1, -1, 0, 4]
    assert assigner.best_leaf(rows[:0], whole(0)).shape == (0,)


def test_the_probability_of_a_theme_is_the_sum_of_those_of_its_sub_themes() -> None:
    assigner, embedding, division = assigners()
    rows = np.vstack([embedding, np.zeros((1, 6), np.float32)])
    found = assigner.probabilities(rows)
    assert found.dtype == np.float32 and found.shape == (len(rows), 5)
    sums = np.stack([found[:, division.children(theme)].sum(axis=1) for theme in range(3)], axis=1)
    assert sums == pytest.approx(assigner.themes.probabilities(rows), abs=1e-6)
    assert not found[-1].any()


def test_where_no_theme_is_divided_a_sub_theme_is_its_theme() -> None:
    assigner, embedding, division = assigners()
    flat = Division(division.themes, (0, 1, 2), ())
    again = fit_leaves(embedding, flat, assigner.themes)
    theme = np.arange(len(embedding)) % 3
    assert np.array_equal(again.best_leaf(embedding, theme), theme)


def test_parents_that_do_not_fit_the_classifiers_are_refused() -> None:
    def assigner(n_topics: int) -> Assigner:
        return Assigner(np.zeros(2, np.float32), np.zeros((n_topics, 2), np.float32), np.zeros(n_topics, np.float32))

    with pytest.raises(ValueError, match="2 parents for 3 sub-themes"):
        LeafAssigner(assigner(2), assigner(3), (0, 1))
    for parents in ((0, 0, 0), (0, 1, 2), (0, 1, -1)):
        with pytest.raises(ValueError, match="not of each theme"):
            LeafAssigner(assigner(2), assigner(3), parents)
