"""Logistic regression of several themes at once, from how alike answers are, beside what is expected of each.

Ridge-penalised logistic regression in its dual form is the mode of a Gaussian process (Rasmussen and Williams 2006,
algorithm 3.1). What each answer would get if it were left out comes with the fit (the cavity of Laplace's
approximation, as in Vehtari et al. 2016, section 3.5), so that no penalty needs a fit a fold.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from pipeline.learning.features import Doubles

STEPS: Final = 30
ENOUGH: Final = 1e-4
_FLATTEST: Final = 1e-6


def fit_logistic(kernel: Doubles, given: Doubles, expected: Doubles) -> tuple[Doubles, Doubles]:
    """Fit one logistic regression a theme.

    Parameters
    ----------
    kernel : ndarray, shape (n_answers, n_answers)
        Inner products of the features of answers, over the penalty.
    given : ndarray of 0 and 1, shape (n_answers, n_themes)
    expected : ndarray, shape (n_answers, n_themes)
        Logits to which the regression adds.

    Returns
    -------
    dual : ndarray, shape (n_answers, n_themes)
        ``kernel_with_others @ dual`` is what to add to the logits expected of others.
    left_out : ndarray, shape (n_answers, n_themes)
        Logits of each answer as the others alone would have it.
    """
    dual, left_out = np.zeros_like(expected), np.zeros_like(expected)
    for theme in range(given.shape[1]):
        dual[:, theme], left_out[:, theme] = _fit_one(kernel, given[:, theme], expected[:, theme])
    return dual, left_out


def log_loss(logits: Doubles, given: Doubles) -> float:
    """Return the mean of minus the logarithm of the probability of what is given."""
    return float(np.logaddexp(0, (1 - 2 * given) * logits).mean()) if given.size else 0.0


def scale_and_shift(logits: Doubles, given: Doubles) -> tuple[float, float]:
    """Return (a, b) with which ``a * logits + b`` fits what is given, near (1, 0) while little is."""
    flat, wanted = logits.ravel(), given.ravel()
    columns = np.stack([flat, np.ones_like(flat)], axis=1)
    start, penalty = np.array([1.0, 0.0]), np.diag([10.0, 1.0])
    found = start.copy()
    for _ in range(STEPS):
        shares = expit(columns @ found)
        slope = columns.T @ (wanted - shares) - penalty @ (found - start)
        step = np.linalg.solve((columns * (shares * (1 - shares))[:, None]).T @ columns + penalty, slope)
        found = found + step
        if np.abs(step).max() < ENOUGH:
            break
    return float(found[0]), float(found[1])


def _fit_one(kernel: Doubles, given: Doubles, expected: Doubles) -> tuple[Doubles, Doubles]:
    n = len(kernel)
    added, best, objective = np.zeros(n), np.zeros(n), -np.inf
    for _ in range(STEPS):
        shares = expit(added + expected)
        curvature = np.maximum(shares * (1 - shares), _FLATTEST)
        root = np.sqrt(curvature)
        pulled = curvature * added + given - shares
        factor = cho_factor(np.eye(n) + root[:, None] * kernel * root)
        dual = pulled - root * cho_solve(factor, root * (kernel @ pulled))
        # A full step may overshoot where the logits expected are far off; halving it ends in a better place.
        for _ in range(10):
            following = kernel @ dual
            value = _objective(following, dual, given, expected)
            if value >= objective - 1e-12:
                break
            dual = (dual + best) / 2
        moved = np.abs(following - added).max(initial=0)
        added, best, objective = following, dual, value
        if moved < ENOUGH:
            break
    shares = expit(added + expected)
    curvature = np.maximum(shares * (1 - shares), _FLATTEST)
    root = np.sqrt(curvature)
    inverse = cho_solve(cho_factor(np.eye(n) + root[:, None] * kernel * root), np.eye(n))
    left = np.maximum(np.diag(inverse), _FLATTEST)  # 1 - curvature × variance
    variance = (1 - np.diag(inverse)) / curvature
    return best, added - (given - shares) * variance / left + expected


def _objective(added: Doubles, dual: Doubles, given: Doubles, expected: Doubles) -> float:
    return float(-np.logaddexp(0, (1 - 2 * given) * (added + expected)).sum() - added @ dual / 2)
