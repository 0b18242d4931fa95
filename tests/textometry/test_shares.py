"""Intervals of shares: the published figures of Newcombe, and those of SciPy one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from pipeline.textometry.shares import share_intervals


def test_the_intervals_of_newcombe() -> None:
    # Newcombe, « Two-sided confidence intervals for the single proportion », Statistics in Medicine 17, 1998, table I,
    # method 3.
    low, high = share_intervals([81, 15, 0, 1], [263, 148, 20, 29])
    assert low == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)


@settings(deadline=None)
@given(st.integers(1, 10**6), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_are_those_of_scipy(base: int, data: st.DataObject, level: float) -> None:
    count = data.draw(st.integers(0, base))
    low, high = share_intervals(count, base, level)
    expected = binomtest(count, base).proportion_ci(level, method="wilson")
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-12)
    assert 0 <= low <= count / base <= high <= 1


def test_limits_are_exactly_0_and_1_where_none_and_all_have_it() -> None:
    low, high = share_intervals([0, 7], [7, 7])
    assert low[0] == 0.0 < high[0] < 1
    assert high[1] == 1.0 > low[1] > 0


def test_nothing_is_known_without_a_base() -> None:
    low, high = share_intervals([0], [0])
    assert (low.tolist(), high.tolist()) == ([0.0], [1.0])


@pytest.mark.parametrize(("count", "base"), [(3, 2), (-1, 2), (np.nan, 2), (1, np.inf)])
def test_what_is_no_share_is_refused(count: float, base: float) -> None:
    with pytest.raises(ValueError, match="from 0 to its base"):
        share_intervals(count, base)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_is_between_0_and_1(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        share_intervals(1, 2, level)
