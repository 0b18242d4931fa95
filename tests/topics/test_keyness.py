"""Keyness: the log-likelihood of Dunning (1993) for a 2 × 2 table, computed by hand beside ours."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from pipeline.topics.keyness import keyness


def log_likelihood(k1: float, n1: float, k2: float, n2: float) -> float:
    """Return -2 log λ of two binomials, as Dunning (1993) writes it, with the words that are not the term."""

    def likelihood(p: float, k: float, n: float) -> float:
        return (k * log(p) if k else 0) + ((n - k) * log(1 - p) if n - k else 0)

    p1, p2, p = k1 / n1, k2 / n2, (k1 + k2) / (n1 + n2)
    return 2 * (likelihood(p1, k1, n1) + likelihood(p2, k2, n2) - likelihood(p, k1, n1) - likelihood(p, k2, n2))


def scores(rows: list[list[int]], labels: list[int], n_topics: int) -> np.ndarray:
    return keyness(sparse.csr_matrix(np.asarray(rows, dtype=np.float32)), np.asarray(labels), n_topics)


def test_the_score_is_the_statistic_of_dunning() -> None:
    # « the swiss » in a Swiss corpus, the first line of the article’s table of bigrams.
    found = scores([[110, 2442], [111, 29114]], [0, 1], 2)
    assert found[0, 0] == pytest.approx(270.72, abs=0.01)
    assert found[0, 0] == pytest.approx(log_likelihood(110, 2552, 111, 29225), rel=1e-6)


def test_more_frequent_is_positive_rarer_is_negative_and_equal_is_nothing() -> None:
    found = scores([[10, 1, 5], [1, 10, 5]], [0, 1], 2)
    assert found[0, 0] > 0 > found[0, 1]
    assert found[1, 1] > 0 > found[1, 0]
    assert found[0, 2] == pytest.approx(0, abs=1e-9)


def test_documents_of_no_theme_do_not_count() -> None:
    assert scores([[5, 1], [1, 5], [100, 0]], [0, 1, -1], 2) == pytest.approx(scores([[5, 1], [1, 5]], [0, 1], 2))


def test_no_document_and_no_word_give_zeros() -> None:
    assert scores([[1, 2]], [-1], 2).tolist() == [[0, 0], [0, 0]]
    assert (
        keyness(sparse.csr_matrix((0, 3), dtype=np.float32), np.empty(0, dtype=np.int64), 2).tolist() == [[0] * 3] * 2
    )


def test_a_theme_without_documents_has_scores_that_are_numbers() -> None:
    assert np.isfinite(scores([[5, 1], [1, 5]], [0, 0], 3)).all()


@given(
    st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=2, max_size=8),
    st.lists(st.integers(-1, 2), min_size=8, max_size=8),
)
def test_scores_are_numbers_and_those_of_the_formula(rows: list[list[int]], labels: list[int]) -> None:
    found = scores(rows, labels[: len(rows)], 3)
    assert np.isfinite(found).all()
    table = np.asarray(rows)
    chosen = np.asarray(labels[: len(rows)])
    for topic in range(3):
        inside, outside = table[chosen == topic], table[(chosen != topic) & (chosen >= 0)]
        if inside.sum() and outside.sum():
            for term in range(3):
                k1, k2 = inside[:, term].sum(), outside[:, term].sum()
                expected = log_likelihood(k1, inside.sum(), k2, outside.sum())
                assert abs(found[topic, term]) == pytest.approx(expected, abs=1e-3, rel=1e-3)
