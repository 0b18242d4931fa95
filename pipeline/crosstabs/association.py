"""How much a theme and a variable have to do with each other: residuals of cells, and a test of each theme.

Answers can have several themes, so that the rows of a table of themes do not exclude each other: a χ² of the whole
table would count an answer twice. Each theme is tested by itself, « has it » against « has it not ». The answers are of
volunteers, copies of one text among them: p-values order what is worth reading, and prove nothing about the population.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import chi2

LEAST_EXPECTED: Final = 5
"""Expected counts of the cells that a residual or a test rests on, at the least (Cochran's rule)."""

_PAIR: Final = 2  # columns of the smallest table


@dataclass(frozen=True)
class Test:
    """The test of one theme.

    Parameters
    ----------
    statistic : float
        Pearson's χ² of having the theme by column; of several answers a form, that of the column that differs most.
    degrees : int
        Its degrees of freedom.
    p : float
        The probability of a χ² as large or larger if theme and variable had nothing to do with each other; of several
        answers a form, times the number of columns (Bonferroni).
    effect : float
        Cramér's V, corrected for bias: 0, nothing; 1, the column says it all.
    """

    __test__ = False  # pytest would take it for one of its own

    statistic: float
    degrees: int
    p: float
    effect: float


def expected_least(total: int, base: int, column: int) -> float:
    """Return the least of the four expected counts of « has the theme » by « is in the column »."""
    return min(total, base - total) * min(column, base - column) / base if base else 0.0


def residual(count: int, total: int, column: int, base: int) -> float | None:
    """Return the adjusted standardised residual of a cell; None where an expected count is less than LEAST_EXPECTED.

    With ``e = total · column / base`` it is ``(count - e) / sqrt(e · (1 - total / base) · (1 - column / base))``, which
    is about normal, with variance 1, where theme and column have nothing to do with each other: beyond ±2 a cell
    calls for a look, beyond ±3 for an explanation. Its square is the χ² of the table of two by two.

    Parameters
    ----------
    count : int
        Answers in the column that have the theme.
    total, column, base : int
        Answers that have the theme, that are in the column, and all.

    References
    ----------
    S. J. Haberman (1973). The analysis of residuals in cross-classified tables. Biometrics 29(1), 205-220.
    A. Agresti (2013). Categorical Data Analysis, 3rd ed., section 3.3.1. Wiley.

    Examples
    --------
    >>> round(residual(762, 1557, 1246, 2757), 2)  # Agresti (2007), table 2.5: women, Democrats
    4.5
    """
    if expected_least(total, base, column) < LEAST_EXPECTED:
        return None
    expected = total * column / base
    return float((count - expected) / math.sqrt(expected * (1 - total / base) * (1 - column / base)))


def exclusive_test(counts: Sequence[int | None], columns: Sequence[int | None], total: int, base: int) -> Test | None:
    """Test a theme by a variable of which each answer has one value; None where too little is shown or expected.

    Nothing but what is shown goes into it: what is hidden is one column, whose sum the totals give.

    Parameters
    ----------
    counts, columns : sequence of (int or None), shape (n_columns,)
        Answers with the theme, and all, by column; None where hidden.
    total, base : int
        Their sums, the hidden ones among them.
    """
    kept = []
    for count, column in zip(counts, columns, strict=True):
        if count is not None and column is not None and expected_least(total, base, column) >= LEAST_EXPECTED:
            kept.append((column, count))
    rest = base - sum(column for column, _ in kept), total - sum(count for _, count in kept)
    kept.sort()
    # Columns of which too little is expected are told with the others that are like them.
    while kept and rest[0] > 0 and min(total, base - total) * rest[0] / base < LEAST_EXPECTED:
        column, count = kept.pop(0)
        rest = rest[0] + column, rest[1] + count
    if rest[0]:
        kept.append(rest)
    if len(kept) < _PAIR:
        return None
    with_theme = np.array([count for _, count in kept], dtype=float)
    whole = np.array([column for column, _ in kept], dtype=float)
    observed = np.array([with_theme, whole - with_theme])
    expected = np.outer(observed.sum(axis=1), whole) / base
    statistic = float(((observed - expected) ** 2 / expected).sum())
    degrees = len(kept) - 1
    return Test(statistic, degrees, float(chi2.sf(statistic, degrees)), effect_size(statistic, base, len(kept)))


def several_test(residuals: Sequence[float | None], base: int) -> Test | None:
    """Test a theme by a variable of which an answer can have several values, from the residuals that are shown.

    The columns are then no classes of one table: each is tested by itself (the square of its residual is the χ² of
    the table of two by two), and the one that differs most counts, its p-value times the number of columns (Agresti
    and Liu 1999, Biometrics 55(3), 936-943, on modelling such answers; Bonferroni's bound).
    """
    squares = [found**2 for found in residuals if found is not None]
    if not squares:
        return None
    statistic = max(squares)
    p = min(1.0, len(squares) * float(chi2.sf(statistic, 1)))
    return Test(statistic, 1, p, effect_size(statistic, base, _PAIR))


def effect_size(statistic: float, base: int, columns: int) -> float:
    """Return Cramér's V of a table of two rows, corrected for bias.

    The uncorrected V of independent variables is well above 0 where there are many columns and few answers.

    References
    ----------
    W. Bergsma (2013). A bias-correction for Cramér's V and Tschuprow's T. Journal of the Korean Statistical Society
    42(3), 323-328.
    """
    if base < _PAIR or columns < _PAIR:
        return 0.0
    square = max(0.0, statistic / base - (columns - 1) / (base - 1))
    rows = 2 - 1 / (base - 1)
    wide = columns - (columns - 1) ** 2 / (base - 1)
    least = min(rows, wide) - 1
    return float(min(1.0, math.sqrt(square / least))) if least > 0 else 0.0
