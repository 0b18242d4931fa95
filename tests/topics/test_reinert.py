"""Reinert's classification: its formulas against slow ones, planted classes found, next to nothing is no trouble."""

from __future__ import annotations

import random
import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import chi2_contingency
from sklearn.metrics import adjusted_mutual_info_score

from pipeline.topics.reinert import (
    Reinert,
    choose_terms,
    foreign,
    least_size,
    presence,
    reinert,
    swallows,
)
from pipeline.topics.reinert_double import best_disjoint, membership, reinert_double, units
from pipeline.topics.reinert_split import bisect, chi_square_of, cut, exchange, first_factor, nearer
from tests import corpus

NEXT_TO_NOTHING: dict[str, list[list[str]]] = {
    "no document": [],
    "one": [["gare", "train"]],
    "one, empty": [[]],
    "five, all different": [["a1", "a2"], ["b1", "b2"], ["c1"], ["d1"], ["e1"]],
    "five alike in part": [["gare", "train"], ["gare"], ["train"], ["gare", "vélo"], ["vélo"]],
    "identical": [["gare", "train"]] * 50,
    "all empty": [[]] * 40,
    "one word": [["gare"]] * 9 + [[]] * 3,
    "one word a document": [["gare"], ["train"]] * 20,
    "a large vocabulary that all share": [[f"mot{i}" for i in range(90)] + [f"seul{n}"] for n in range(12)],
}


@pytest.fixture(autouse=True)
def no_warning() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def planted(n_documents: int, seed: int = 0, noise: int = 2) -> tuple[list[list[str]], list[str]]:
    """Return documents of theme words among words that all themes share."""
    found, names = corpus.documents(n_documents, seed=seed)
    chance = random.Random(seed)
    return [[*d.terms, *(f"commun{chance.randrange(30)}" for _ in range(noise))] for d in found], names


def table(seed: int = 0, n_rows: int = 60, n_terms: int = 25) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Return rows of ones, none empty, every term somewhere, and their weights."""
    chance = np.random.default_rng(seed)
    dense = chance.random((n_rows, n_terms)) < 0.15
    dense[np.arange(n_rows), np.arange(n_rows) % n_terms] = True
    return sparse.csr_matrix(dense.astype(float)), chance.integers(1, 4, n_rows)


def slow_chi_square(matrix: sparse.csr_matrix, weights: np.ndarray, side: np.ndarray) -> float:
    dense = matrix.toarray() * weights[:, None]
    return float(chi2_contingency(np.vstack([dense[~side].sum(0), dense[side].sum(0)]), correction=False).statistic)


def test_the_factor_is_that_of_a_correspondence_analysis() -> None:
    for n_terms in (25, 80):  # decomposed whole, and by iteration
        matrix, weights = table(n_rows=200, n_terms=n_terms)
        shares = matrix.toarray() * weights[:, None]
        shares /= shares.sum()
        rows, columns = shares.sum(1), shares.sum(0)
        residuals = (shares - np.outer(rows, columns)) / np.sqrt(np.outer(rows, columns))
        left = np.linalg.svd(residuals, full_matrices=False)[0][:, 0] / np.sqrt(rows)
        assert abs(np.corrcoef(left, first_factor(matrix, weights))[0, 1]) > 0.999


@pytest.mark.parametrize("minimum_size", [1, 40])
def test_the_cut_is_the_best_of_all_in_its_order(minimum_size: int) -> None:
    matrix, weights = table()
    coordinates = first_factor(matrix, weights)
    side = cut(matrix, weights, coordinates, minimum_size)
    assert side is not None
    order = np.argsort(coordinates, kind="stable")
    values = []
    for place in range(1, len(order)):
        other = np.isin(np.arange(len(order)), order[place:])
        if min(weights[other].sum(), weights[~other].sum()) >= minimum_size:
            values.append(slow_chi_square(matrix, weights, other))
    assert slow_chi_square(matrix, weights, side) == pytest.approx(max(values))


def test_no_single_move_is_better_after_exchanging() -> None:
    matrix, weights = table()
    side = np.arange(len(weights)) % 2 == 1
    found = exchange(matrix, weights, side, 1)
    assert found is not None
    final, value = found
    assert value == pytest.approx(slow_chi_square(matrix, weights, final))
    assert value > 2 * slow_chi_square(matrix, weights, side)
    for i in range(len(final)):
        moved = final.copy()
        moved[i] = not moved[i]
        assert slow_chi_square(matrix, weights, moved) <= value * (1 + 1e-8)


def test_exchanging_in_blocks_grows_chi_square_too(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, weights = table(n_rows=400)
    side = np.arange(len(weights)) % 2 == 1
    one_by_one = exchange(matrix, weights, side, 1)
    monkeypatch.setattr("pipeline.topics.reinert_split.BLOCKS", 5)
    blocks = exchange(matrix, weights, side, 1)
    assert one_by_one is not None and blocks is not None
    assert blocks[1] == pytest.approx(slow_chi_square(matrix, weights, blocks[0]))
    assert blocks[1] > 0.9 * one_by_one[1]


def test_a_weight_stands_for_so_many_copies() -> None:
    matrix, weights = table()
    repeated = np.repeat(np.arange(len(weights)), weights)
    once = bisect(matrix, weights, 5)
    many = bisect(matrix[repeated], np.ones(len(repeated), dtype=np.int64), 5)
    assert once is not None and many is not None
    assert once[1] == pytest.approx(many[1], rel=0.05)


def test_chi_square_is_nothing_where_a_side_is_empty() -> None:
    assert chi_square_of(np.asarray([0.0, 5.0]), np.asarray([0.0, 5.0]), 5.0).tolist() == [0, 0]


def test_a_term_of_the_other_side_is_let_go_and_a_rare_or_shared_one_is_not() -> None:
    counts = np.asarray([[40.0, 1.0, 2.0, 30.0, 0.0], [1.0, 40.0, 1.0, 30.0, 0.0]])
    assert foreign(counts).tolist() == [[False, True, False, False, False], [True, False, False, False, False]]


def test_documents_without_a_term_of_the_split_go_where_their_words_are() -> None:
    matrix = sparse.csr_matrix(np.asarray([[1.0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 0]]))
    others = sparse.csr_matrix(np.asarray([[0.0, 1, 0, 0], [0, 0, 0, 1]]))
    side = np.asarray([False, False, True, True])
    assert nearer(matrix, np.ones(4, dtype=np.int64), side, others).tolist() == [False, True]


def test_copies_are_one_row_whatever_the_order_of_their_words() -> None:
    matrix, weights, row_of = presence([[2, 0], [], [0, 2, 2], [1]])
    assert matrix.toarray().tolist() == [[1, 0, 1], [0, 1, 0]]
    assert weights.tolist() == [2, 1] and row_of.tolist() == [0, -1, 0, 1]


def test_the_most_frequent_terms_are_kept_and_ties_go_by_the_alphabet() -> None:
    documents = [["b", "b", "a", "c"], ["b", "a"], ["c", "b"], ["rare"]]
    assert choose_terms(documents, 2, 2) == ["b", "a"]
    assert choose_terms(documents, 2, 9) == ["b", "a", "c"]
    assert choose_terms([["b"], ["a"]], 3, 9) == ["a", "b"]


def test_planted_classes_are_found_among_words_that_all_share() -> None:
    documents, names = planted(400)
    found = reinert(documents, 4)
    assert found.n_classes == 4 and not found.guarded
    assert adjusted_mutual_info_score(names, found.labels) > 0.95


def test_classes_are_numbered_by_size_and_the_tree_tells_their_sizes() -> None:
    documents, _ = planted(300, seed=1)
    found = reinert([*documents, [], ["inconnu"]], 6)
    assert found.labels[-2:].tolist() == [-1, -1]
    sizes = np.bincount(found.labels[:-2])
    assert sizes.tolist() == sorted(sizes, reverse=True)
    assert len(found.splits) == found.n_classes - 1 == 5
    told = {child: size for split in found.splits for child, size in zip(split.children, split.sizes, strict=True)}
    assert [told[leaf] for leaf in found.leaves] == sizes.tolist()
    assert {split.parent for split in found.splits} | set(found.leaves) == set(range(11))
    assert all(split.chi_square > 0 for split in found.splits)


def test_two_levels_are_cut_from_one_tree() -> None:
    documents, _ = planted(300, seed=1)
    found = reinert(documents, 6)
    for n_groups in range(1, 8):
        upper = found.upper(n_groups)
        assert len(set(upper.tolist())) == min(n_groups, 6) and upper[0] == 0
        coarse = reinert(documents, n_groups, minimum_size=least_size(300, 6))
        if n_groups <= 6:
            assert adjusted_mutual_info_score(coarse.labels, upper[found.labels]) == pytest.approx(1)


def test_the_same_documents_give_the_same_classes_and_copies_are_together() -> None:
    documents, _ = planted(200, seed=3)
    first, second = reinert(documents, 5), reinert([list(reversed(d)) for d in documents], 5)
    assert first.labels.tobytes() == second.labels.tobytes() and first.splits == second.splits
    twice = reinert([*documents, *documents], 5)
    assert twice.labels[:200].tolist() == twice.labels[200:].tolist()


def test_a_few_documents_apart_do_not_become_a_class_of_their_own() -> None:
    documents, _ = planted(400)
    strange = [["étrange", "bizarre", f"mot{i}"] for i in range(4)]
    found = reinert(documents + strange, 4)
    assert np.bincount(found.labels).min() >= least_size(404, 4) == 10
    alone = reinert(documents + strange, 5, minimum_size=3)
    assert np.bincount(alone.labels).min() == 4


def test_a_class_that_swallows_the_others_is_split_with_a_larger_minimum() -> None:
    # Each tiny group shares no word with the others: the first factors are theirs.
    documents, _ = planted(300)
    tiny = [[f"île{group}", f"mer{group}"] for group in range(3) for _ in range(4)]
    found = reinert(documents + tiny, 4, minimum_size=4)
    assert not found.guarded
    assert np.bincount(found.labels).max() < 0.5 * len(found.labels)


def test_a_class_that_cannot_be_split_is_kept_and_said() -> None:
    documents, _ = planted(60)
    found = reinert([["rien"]] * 200 + documents, 4)
    assert found.guarded and np.bincount(found.labels)[0] >= 200
    assert found.labels[:200].tolist() == [0] * 200


def test_what_counts_as_swallowing() -> None:
    assert swallows([77, 23], 5)
    assert swallows([80, 10, 10], 3)
    assert not swallows([60, 30, 10], 3)
    assert not swallows([90, 10], 2)
    assert not swallows([100], 1)
    assert swallows([100], 2)
    assert not swallows([], 4)


@pytest.mark.parametrize("name", NEXT_TO_NOTHING)
@pytest.mark.parametrize("n_classes", [0, 1, 3, 50])
def test_next_to_nothing_gives_fewer_classes(name: str, n_classes: int) -> None:
    documents = NEXT_TO_NOTHING[name]
    for found in (reinert(documents, n_classes), reinert_double(documents, [0] * len(documents), n_classes)):
        assert found.labels.dtype == np.int64 and found.labels.shape == (len(documents),)
        assert found.n_classes == int(found.labels.max(initial=-1)) + 1 <= max(n_classes, 1)
    assert (reinert(documents, n_classes).n_classes == 0) == (not any(documents))


WORDS = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=40)


@settings(max_examples=60, deadline=None)
@given(documents=WORDS, n_classes=st.integers(0, 9), minimum_size=st.none() | st.integers(1, 6))
def test_whatever_the_documents_classes_part_them(
    documents: list[list[str]], n_classes: int, minimum_size: int | None
) -> None:
    found = reinert(documents, n_classes, minimum_documents=1, minimum_size=minimum_size)
    assert [label < 0 for label in found.labels] == [not document for document in documents]
    sizes = np.bincount(found.labels[found.labels >= 0])
    assert len(sizes) == found.n_classes == len(found.leaves) <= max(n_classes, 1)
    if found.n_classes > 1:
        assert sizes.min() >= (minimum_size if minimum_size is not None else 3)
    by_words: dict[frozenset[str], int] = {}
    for document, label in zip(documents, found.labels.tolist(), strict=True):
        assert by_words.setdefault(frozenset(document), label) == label


def test_units_join_segments_of_one_answer_only() -> None:
    lengths = [2, 2, 3, 0, 1, 5, 1, 1]
    groups = ["a", "a", "a", "a", "a", "b", "b", "c"]
    # a: 2+2, then 3+1; b: 5 and the rest; c is shorter than a unit.
    assert units([set(range(n)) for n in lengths], groups, 4).tolist() == [0, 0, 1, -1, 1, 2, 2, 3]
    assert units([set(range(n)) for n in lengths], groups, 5).tolist() == [0, 0, 0, -1, 0, 1, 1, 2]
    assert units([], [], 5).tolist() == []


def test_double_classification_finds_what_both_sizes_agree_on() -> None:
    documents, names = corpus.documents(240)
    segments, groups, themes = [], [], []
    for number, (document, name) in enumerate(zip(documents, names, strict=True)):
        for i in range(0, len(document.terms), 2):
            segments.append([*document.terms[i : i + 2], f"commun{(number * 7 + i) % 23}"])
            groups.append(number)
            themes.append(name)
    found = reinert_double(segments, groups, 4, sizes=(4, 8))
    kept = found.labels >= 0
    assert found.n_classes == 4 and kept.mean() > 0.8
    assert adjusted_mutual_info_score(np.asarray(themes)[kept], found.labels[kept]) > 0.9
    assert [crossed.size for crossed in found.crossed] == np.bincount(found.labels[kept]).tolist()
    members = [membership(tree) for tree in found.trees]
    for number, crossed in enumerate(found.crossed):
        inside = [np.ravel(m[:, [n]].todense()) > 0 for m, n in zip(members, crossed.nodes, strict=True)]
        assert ((found.labels == number) == (inside[0] & inside[1])).all()
    again = reinert_double(segments, groups, 4, sizes=(4, 8))
    assert again.labels.tobytes() == found.labels.tobytes() and again.crossed == found.crossed


def test_double_classification_of_single_segments_is_the_simple_one() -> None:
    documents, _ = planted(200)
    simple, double = reinert(documents, 4), reinert_double(documents, range(200), 4)
    assert double.labels.tolist() == simple.labels.tolist()


def test_membership_of_a_node_is_that_of_its_children() -> None:
    documents, _ = planted(200)
    found: Reinert = reinert([*documents, []], 5)
    members = membership(found).toarray()
    assert members[-1].sum() == 0 and members[:-1, 0].all()
    for split in found.splits:
        assert (members[:, split.parent] == members[:, split.children[0]] + members[:, split.children[1]]).all()
        assert members[:, list(split.children)].sum(axis=0).tolist() == list(split.sizes)


@pytest.mark.parametrize("seed", range(8))
def test_the_best_disjoint_sets_are_the_best_of_all(seed: int) -> None:
    chance = np.random.default_rng(seed)
    dense = chance.random((12, 8)) < 0.25
    dense[chance.integers(0, 12, 8), np.arange(8)] = True
    values = chance.integers(1, 100, 8).astype(float)
    for n_classes in (1, 3, 8):
        found = best_disjoint([sparse.csc_matrix(dense[:, [i]].astype(float)) for i in range(8)], values, n_classes)
        possible = [
            (len(sets), values[list(sets)].sum())
            for n in range(1, n_classes + 1)
            for sets in combinations(range(8), n)
            if (dense[:, list(sets)].sum(axis=1) <= 1).all()
        ]
        assert (len(found), values[found].sum()) == pytest.approx(max(possible))
