"""Residuals and tests are those of the books and of SciPy, and rest on enough answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from scipy.stats.contingency import expected_freq

from pipeline.crosstabs.association import LEAST_EXPECTED, effect_size, exclusive_test, residual, several_test

WOMEN, MEN = (762, 327, 468), (484, 239, 477)
"""Agresti, An Introduction to Categorical Data Analysis (2007), tables 2.5 and 2.8: gender by party identification."""
PARTIES = tuple(map(sum, zip(WOMEN, MEN, strict=True)))


def test_residuals_are_those_that_agresti_prints() -> None:
    found = [residual(n, sum(WOMEN), party, sum(PARTIES)) for n, party in zip(WOMEN, PARTIES, strict=True)]
    assert [round(value or 0, 2) for value in found] == [4.50, 0.70, -5.32]


def test_chi_square_is_the_one_that_agresti_prints() -> None:
    found = exclusive_test(WOMEN, PARTIES, sum(WOMEN), sum(PARTIES))
    assert found is not None and round(found.statistic, 1) == 30.1 and found.degrees == 2 and found.p < 0.001


counts = st.lists(st.tuples(st.integers(12, 900), st.integers(12, 900)), min_size=2, max_size=8)


@settings(deadline=None)
@given(counts)
def test_residuals_and_tests_agree_with_scipy(pairs: list[tuple[int, int]]) -> None:
    table = np.array(pairs).T
    base, total = int(table.sum()), int(table[0].sum())
    columns = [int(n) for n in table.sum(axis=0)]
    expected = expected_freq(table)
    scale = np.sqrt(expected[0] * (1 - total / base) * (1 - np.array(columns) / base))
    found = [residual(int(n), total, column, base) for n, column in zip(table[0], columns, strict=True)]
    for value, n, mean, by, least in zip(found, table[0], expected[0], scale, expected.min(axis=0), strict=True):
        if least >= LEAST_EXPECTED and value is not None:
            assert value == pytest.approx((n - mean) / by, abs=1e-9)
    if expected.min() >= LEAST_EXPECTED:
        test = exclusive_test([int(n) for n in table[0]], columns, total, base)
        result = chi2_contingency(table, correction=False)
        if all(min(column, base - column) * min(total, base - total) / base >= LEAST_EXPECTED for column in columns):
            assert test is not None
            assert (test.statistic, test.degrees) == (pytest.approx(result.statistic, abs=1e-9), result.dof)
            assert test.p == pytest.approx(result.pvalue, abs=1e-12)
            assert test.effect == pytest.approx(corrected(result.statistic, base, 2, len(columns)), abs=1e-9)


def corrected(statistic: float, n: int, rows: int, columns: int) -> float:
    """Bergsma (2013), as written there for any number of rows and columns."""
    square = max(0.0, statistic / n - (rows - 1) * (columns - 1) / (n - 1))
    few, many = (size - (size - 1) ** 2 / (n - 1) for size in (rows, columns))
    return min(1.0, math.sqrt(square / (min(few, many) - 1)))


def test_an_effect_is_nothing_where_columns_are_alike_and_all_where_a_column_says_all() -> None:
    assert effect_size(chi2_contingency([[50, 100], [50, 100]], correction=False).statistic, 300, 2) == 0
    assert effect_size(chi2_contingency([[150, 0], [0, 150]], correction=False).statistic, 300, 2) == pytest.approx(1)


def test_too_little_expected_gives_no_residual_and_no_column_of_its_own() -> None:
    assert residual(3, 20, 20, 100) is None  # 4 expected
    assert residual(100, 100, 30, 100) is None  # every answer has the theme
    found = exclusive_test([30, 20, 1, 0], [100, 100, 4, 3], 51, 207)
    assert found is not None and found.degrees == 1  # the two small columns with one of the others
    whole = exclusive_test([30, 21], [100, 107], 51, 207)
    other = exclusive_test([31, 20], [107, 100], 51, 207)
    assert found in (whole, other)
    assert exclusive_test([3, 2], [6, 4], 5, 10) is None


def test_hidden_columns_are_one_column_of_what_the_totals_leave() -> None:
    told = exclusive_test([40, 20, None, None], [100, 100, 60, 60], 100, 320)
    assert told == exclusive_test([40, 20, 40], [100, 100, 120], 100, 320)


def test_of_several_answers_the_column_that_differs_most_counts_with_the_number_of_columns() -> None:
    found = several_test([1.0, None, -3.0], 1000)
    one = chi2_contingency([[1, 0], [0, 1]], correction=False)
    assert one.dof == 1 and found is not None and found.statistic == 9
    assert found.p == pytest.approx(2 * math.erfc(3 / math.sqrt(2)))  # two columns, both sides of the normal
    assert several_test([None, None], 1000) is None
