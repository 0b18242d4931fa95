from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.learning.deciding import decide, expected_f1

SHARES = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=5)


def by_enumeration(shares, chosen):
    total = 0.0
    for gold in product((False, True), repeat=len(shares)):
        weight = np.prod([p if g else 1 - p for p, g in zip(shares, gold, strict=True)])
        size = sum(chosen) + sum(gold)
        total += weight * (2 * sum(a and b for a, b in zip(chosen, gold, strict=True)) / size if size else 1)
    return total


@settings(deadline=None)
@given(SHARES)
def test_no_other_set_of_themes_is_expected_to_have_a_higher_f1(shares):
    for allow_none in (False, True):
        chosen = decide(np.asarray([shares], np.float32), allow_none=allow_none)[0]
        others = [o for o in product((False, True), repeat=len(shares)) if any(o) or allow_none]
        best = max(by_enumeration(shares, other) for other in others)
        assert by_enumeration(shares, chosen.tolist()) == pytest.approx(best, abs=1e-5)


@settings(deadline=None)
@given(SHARES)
def test_the_f1_to_expect_is_that_of_all_that_may_be_true(shares):
    ranked = sorted(shares, reverse=True)
    for k, found in enumerate(expected_f1(np.asarray([ranked], np.float32))[0]):
        assert found == pytest.approx(by_enumeration(ranked, [i < k for i in range(len(ranked))]), abs=1e-5)


def test_many_answers_and_themes_are_decided_as_they_would_be_one_by_one():
    shares = np.random.default_rng(0).random((6000, 30)).astype(np.float32) ** 6
    every = decide(shares)
    assert every.any(axis=1).all()
    assert (every[[0, 4999, 5000, 5999]] == [decide(shares[i : i + 1])[0] for i in (0, 4999, 5000, 5999)]).all()
    assert decide(np.zeros((3, 0), np.float32)).shape == (3, 0)
