"""Whether what was learned from decisions is better than the assignment that is there, on the decisions themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.learning.assigner import Reviewed, ReviewedAssigner
from pipeline.topics.vectors import WordVectors

FOLDS: Final = 5
LEAST_REVIEWED: Final = 20
"""Reviewed answers below which nothing takes over."""
SURENESS: Final = 0.95
DRAWS: Final = 2000


@dataclass(frozen=True)
class Takeover:
    """Sample-F1 of both on the reviewed answers, the learned one by cross-validation.

    ``lower`` is what the difference is above with a probability of SURENESS, by a paired bootstrap of answers (Efron
    and Tibshirani 1993, chapter 13).
    """

    n_reviewed: int
    current: float
    learnt: float
    lower: float

    @property
    def takes_over(self) -> bool:
        return self.n_reviewed >= LEAST_REVIEWED and self.lower > 0


def better_than(
    current: Sequence[Collection[str]],
    reviewed: Sequence[Reviewed],
    fit: Callable[[Sequence[Reviewed]], ReviewedAssigner],
    vectors: WordVectors,
    *,
    n_folds: int = FOLDS,
    random_state: int = 0,
) -> Takeover:
    """Compare what is there with what would be learned.

    Parameters
    ----------
    current : sequence of collections of str, length n_reviewed
        Ids of the themes that each reviewed answer has without the decisions.
    reviewed : sequence of Reviewed
    fit : callable
        Learns from some of the reviewed answers (`fit_reviewed` with all else settled).
    n_folds : int
    random_state : int
        Seed of the folds and of the bootstrap.

    Raises
    ------
    ValueError
        When the two are not of one length.
    """
    if len(current) != len(reviewed):
        raise ValueError(f"{len(current)} answers have themes, {len(reviewed)} were reviewed")
    if len(reviewed) < 2:
        return Takeover(len(reviewed), 0.0, 0.0, 0.0)
    generator = np.random.default_rng(random_state)
    fold = generator.permutation(len(reviewed)) % min(n_folds, len(reviewed))
    learnt: list[Collection[str]] = [frozenset()] * len(reviewed)
    for number in range(int(fold.max()) + 1):
        assigner = fit([one for one, of in zip(reviewed, fold, strict=True) if of != number])
        held = np.flatnonzero(fold == number).tolist()
        for place, given in zip(held, assigner.predict([reviewed[i].document for i in held], vectors), strict=True):
            learnt[place] = given
    gold = [one.theme_ids for one in reviewed]
    before, after = answers_f1(current, gold), answers_f1(learnt, gold)
    drawn = generator.integers(0, len(gold), (DRAWS, len(gold)))
    lower = float(np.quantile((after - before)[drawn].mean(axis=1), 1 - SURENESS))
    return Takeover(len(gold), round(float(before.mean()), 4), round(float(after.mean()), 4), round(lower, 4))


def answers_f1(found: Sequence[Collection[str]], gold: Sequence[Collection[str]]) -> npt.NDArray[np.float64]:
    """Return the F1 of the themes of each answer, 1 where it has none and got none."""
    pairs = zip(map(set, found), map(set, gold), strict=True)
    return np.asarray([2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0 for a, b in pairs], dtype=np.float64)
