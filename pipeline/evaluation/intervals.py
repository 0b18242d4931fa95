"""How far a figure would move with other answers: 95 % intervals from resamples of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

RESAMPLES: Final = 2000
FEW_RESAMPLES: Final = 200
"""Enough for a standard error (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 6.4)."""
_NORMAL: Final = 1.96
"""Standard errors on each side of a normal interval of 95 %."""


@dataclass(frozen=True)
class Score:
    """A share, with the limits of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def resamples(n: int, seed: int | Sequence[int], times: int = RESAMPLES) -> Iterator[Ints]:
    """Yield `times` times the places of `n` answers drawn out of `n` with replacement; one draw is held at a time."""
    random = np.random.default_rng(seed)
    for _ in range(times):
        yield random.integers(0, n, n)


def percentile_scores(point: Floats, resampled: Floats) -> list[Score]:
    """Return each figure with the percentile interval of its resamples (Efron and Tibshirani, section 13.3).

    Parameters
    ----------
    point : ndarray, shape (n_figures,)
    resampled : ndarray, shape (n_resamples, n_figures)
    """
    low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
    return [_score(*limits) for limits in zip(point.tolist(), low.tolist(), high.tolist(), strict=True)]


def standard_error(measure: Callable[[Ints], float], n: int, seed: int | Sequence[int]) -> float:
    """Return the bootstrap standard error of a figure over `n` answers (Efron and Tibshirani, algorithm 6.1).

    Parameters
    ----------
    measure : callable
        Given places of answers, some of them several times, returns the figure.
    """
    found = [measure(places) for places in resamples(n, seed, FEW_RESAMPLES)]
    return float(np.std(found, ddof=1))


def normal_score(value: float, error: float) -> Score:
    """Return a figure of at most 1 with the normal interval of its standard error (Efron and Tibshirani, section 13.2).

    For figures that resamples raise: answers drawn twice agree with themselves, so that mutual information grows, even
    adjusted for chance. Of made answers (70 to 1,000, a third to a half of them mislabelled) the percentile interval of
    AMI held the true value 10 to 82 times in 100, this one 88 to 97 times.
    """
    return _score(value, value - _NORMAL * error, min(1.0, value + _NORMAL * error))


def precision_recall_f1(counts: Any) -> Floats:
    """Return precision, recall and F1 of rows of (gold, predicted, correct); what has no denominator counts as 0."""
    gold, predicted, correct = (counts[:, i].astype(np.float64) for i in range(3))
    pairs = ((correct, predicted), (correct, gold), (2 * correct, gold + predicted))
    return np.column_stack([np.divide(up, down, out=np.zeros_like(up), where=down > 0) for up, down in pairs])


def _score(value: float, low: float, high: float) -> Score:
    return Score(round(value, 4), round(low, 4), round(high, 4))
