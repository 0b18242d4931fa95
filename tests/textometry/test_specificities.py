"""Specificities: the published figures of Lafon and of R textometry, and exact arithmetic with whole numbers."""

from __future__ import annotations

from math import comb, log10

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.textometry.specificities import SIGNIFICANT, specific_words, specificities, specificity


def exact(k: int, occurrences: int, size: int, total: int) -> float:
    """Return the specificity by counting, in whole numbers, the draws that Lafon (1980) counts."""
    sign = k * total - occurrences * size
    if sign == 0:
        return 0.0
    first, last = (k, min(occurrences, size)) if sign > 0 else (max(0, occurrences + size - total), k)
    ways = draws = comb(occurrences, first) * comb(total - occurrences, size - first)
    for i in range(first, last):
        draws = draws * (occurrences - i) * (size - i) // ((i + 1) * (total - occurrences - size + i + 1))
        ways += draws
    found = log10(ways) - log10(comb(total, size))
    return -found if sign > 0 else found


@pytest.mark.parametrize(
    ("k", "size", "published"),
    [
        (14, 6903, -6.693709e-05),  # D4; « 66,937 × 10⁻⁶ » on page 149 of Lafon (1980)
        (45, 8395, 0.2420638),  # D1
        (4, 1084, -0.4001917),  # D9, pages 140–141
    ],
)
def test_peuple_in_the_speeches_of_robespierre(k: int, size: int, published: float) -> None:
    # « peuple », 296 times in 61,449 words: specificities.probabilities(robespierre) of R textometry 0.1.3, whose sign
    # tells the side (tests/specificities.probabilities.Rout of the package).
    found = float(specificity(np.asarray(k), np.asarray(296), np.asarray(size), 61449))
    assert np.sign(found) == np.sign(published)
    assert 10 ** -abs(found) == pytest.approx(abs(published), rel=2e-7)


def test_the_table_that_r_textometry_publishes() -> None:
    # specificities.lexicon.new(lexicon, sublexicon) of words A to M, tests/specificities.lexicon.new.Rout.
    lexicon = np.asarray([1, 2, 1, 3, 2, 1, 2, 2, 2, 4, 1, 3, 4])
    part = np.asarray([1, 2, 1, 2, 0, 0, 1, 0, 0, 3, 0, 0, 0])
    published = [0.4472, 0.9243, 0.4472, 0.5469, -0.3928, -0.1919, 0.2253, -0.3928, -0.3928, 0.9365]
    published += [-0.1919, -0.6037, -0.8255]
    found = specificities(np.column_stack([part, lexicon - part]))
    assert found[:, 0] == pytest.approx(published, abs=5e-5)
    assert found[:, 1] == pytest.approx([-score for score in published], abs=5e-5)


TABLES = st.integers(1, 4).flatmap(
    lambda parts: st.lists(
        st.lists(st.integers(0, 40), min_size=parts, max_size=parts),
        min_size=1,
        max_size=6,
    )
)


@settings(deadline=None, max_examples=50)
@given(TABLES)
def test_scores_are_those_of_exact_arithmetic(rows: list[list[int]]) -> None:
    table = np.asarray(rows)
    found = specificities(table)
    for (i, j), k in np.ndenumerate(table):
        expected = exact(int(k), int(table[i].sum()), int(table[:, j].sum()), int(table.sum()))
        assert found[i, j] == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(TABLES, st.integers(0, 3))
def test_a_part_and_the_rest_of_the_corpus_have_opposite_scores(rows: list[list[int]], chosen: int) -> None:
    table = np.asarray(rows)
    part = table[:, chosen % table.shape[1]]
    found = specificities(np.column_stack([part, table.sum(axis=1) - part]))
    assert (found[:, 0] == -found[:, 1]).all()


@settings(deadline=None, max_examples=50)
@given(TABLES)
def test_the_sign_says_whether_there_are_more_than_expected(rows: list[list[int]]) -> None:
    table = np.asarray(rows)
    difference = table * table.sum() - np.outer(table.sum(axis=1), table.sum(axis=0))
    assert (np.sign(specificities(table)) == np.sign(difference)).all()


def test_scores_far_beyond_the_smallest_float_are_finite_and_in_order() -> None:
    counts = np.arange(3000, 5001)
    found = specificity(counts, np.asarray(5000), np.asarray(50_000), 1_000_000)
    assert np.isfinite(found).all()
    assert (np.diff(found) > 0).all()
    assert found[0] > 2000
    nine_in_ten = specificity(np.asarray(900), np.asarray(1000), np.asarray(20_000), 200_000)
    assert float(nine_in_ten) == pytest.approx(exact(900, 1000, 20_000, 200_000), rel=1e-9)
    fewer = specificity(np.arange(0, 400), np.asarray(5000), np.asarray(500_000), 1_000_000)
    assert (np.diff(fewer) > 0).all()
    assert fewer[0] < -1500


def test_frequent_words_are_exact_near_the_mean() -> None:
    for k in (1010, 990, 1150):
        found = float(specificity(np.asarray(k), np.asarray(2000), np.asarray(15_000), 30_000))
        assert found == pytest.approx(exact(k, 2000, 15_000, 30_000), rel=1e-8)


def test_words_without_a_row_count_in_the_sizes() -> None:
    few, many = specificities(np.asarray([[8, 2]])), specificities(np.asarray([[8, 2]]), np.asarray([100, 100]))
    assert few.tolist() == [[0, 0]]  # the corpus is that word and nothing else
    assert many[0, 0] == pytest.approx(exact(8, 10, 100, 200))


def test_empty_tables_parts_and_words_have_no_score() -> None:
    assert specificities(np.zeros((0, 3), dtype=int)).shape == (0, 3)
    assert specificities(np.zeros((2, 0), dtype=int)).shape == (2, 0)
    assert specificities(np.asarray([[0, 0], [3, 0]])).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("counts", [[[-1, 2]], [[0.5, 1]], [[np.nan, 1]], [[2**31, 1]]])
def test_what_is_no_count_is_refused(counts: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="counts are"):
        specificities(np.asarray(counts))


def test_counts_that_no_corpus_has_are_refused() -> None:
    for k, occurrences, size, total in ((5, 4, 10, 20), (5, 10, 4, 20), (0, 15, 10, 20), (1, 2, 30, 20)):
        with pytest.raises(ValueError, match="no corpus"):
            specificity(np.asarray(k), np.asarray(occurrences), np.asarray(size), total)


def test_words_of_a_part_are_told_the_strongest_first_and_by_the_alphabet() -> None:
    words = ["impôt", "école", "eau", "de", "gare"]
    table = np.asarray([[60, 0], [0, 30], [0, 30], [300, 300], [2, 1]])
    tax, school = specific_words(words, table)
    assert [one.word for one in tax.more] == ["impôt"]
    assert [one.word for one in tax.fewer] == ["eau", "école"]
    assert [one.word for one in school.more] == ["eau", "école"]
    one = tax.more[0]
    assert (one.count, one.occurrences) == (60, 60)
    assert one.expected == pytest.approx(60 * 362 / 723)
    assert one.score == pytest.approx(exact(60, 60, 362, 723))
    assert all(abs(word.score) >= SIGNIFICANT for part in (tax, school) for word in (*part.more, *part.fewer))
    assert [one.word for one in specific_words(words, table, most=1)[0].fewer] == ["eau"]
