"""Which answers are worth reviewing next: those that are uncertain, unlike each other, and of themes little reviewed.

Measured, it teaches no faster than reviewing in random order (tests/benchmarks/README.md): it finds what is doubtful.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.vectors import Floats, unit_rows

SHORTLIST: Final = 3000
"""The most uncertain answers that are compared with each other, at the most (ten an answer wanted, if that is less)."""
_TINY: Final = 1e-6


def suggest(
    probabilities: Floats,
    embedding: Floats,
    reviewed: npt.NDArray[np.bool_],
    n: int,
    random_state: int = 0,
) -> npt.NDArray[np.int64]:
    """Return the places of the answers to review next, the best first.

    Parameters
    ----------
    probabilities : ndarray, shape (n_answers, n_themes)
        Of themes that do not exclude each other (`ReviewedAssigner.probabilities`).
    embedding : ndarray of float32, shape (n_answers, n_dimensions)
        Vectors of the answers. What has none (a row of zeros) comes last.
    reviewed : ndarray of bool, shape (n_answers,)
        Answers that need no review.
    n : int
        How many are wanted; fewer are returned where fewer are left.
    random_state : int
        Seed of the order of answers of the same worth.
    """
    vectors = unit_rows(embedding)
    left = np.flatnonzero(~reviewed)
    n = min(max(n, 0), len(left))
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    worth = _doubt(probabilities[left], _need(probabilities, reviewed)) * vectors[left].any(axis=1)
    # Equal ones in random order: the first of a file are often of one day or one place.
    mixed = np.random.default_rng(random_state).permutation(len(left))
    order = mixed[np.argsort(-worth[mixed], kind="stable")][: max(n, min(SHORTLIST, 10 * n))]
    return left[order[_spread(worth[order], vectors[left[order]], vectors[reviewed], n)]]


def _need(probabilities: Floats, reviewed: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return how much each theme needs reviews: less the more of the reviewed answers are likely to have it."""
    had = probabilities[reviewed].sum(axis=0, dtype=np.float64)
    need: npt.NDArray[np.float64] = 1 / np.sqrt(1 + had)
    return need / need.sum() * len(need) if len(need) else need


def _doubt(probabilities: Floats, need: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the entropy of the themes of each answer, summed with their need."""
    shares = np.clip(probabilities.astype(np.float64), _TINY, 1 - _TINY)
    entropy = -(shares * np.log(shares) + (1 - shares) * np.log1p(-shares))
    doubt: npt.NDArray[np.float64] = entropy @ need
    return doubt


def _spread(worth: npt.NDArray[np.float64], vectors: Floats, seen: Floats, n: int) -> npt.NDArray[np.int64]:
    """Return `n` places, each time that of the most worth times its distance to what was seen or chosen."""
    nearest = np.zeros(len(vectors), np.float32)
    for start in range(0, len(seen), 1000):
        nearest = np.maximum(nearest, (vectors @ seen[start : start + 1000].T).max(axis=1))
    free = np.ones(len(vectors), dtype=bool)
    chosen = np.zeros(n, dtype=np.int64)
    for i in range(n):
        gain = np.where(free, worth * np.clip(1 - nearest, _TINY, 1), -1.0)
        chosen[i] = int(gain.argmax())
        free[chosen[i]] = False
        nearest = np.maximum(nearest, vectors @ vectors[chosen[i]])
    return chosen
