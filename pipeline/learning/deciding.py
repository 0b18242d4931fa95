"""From the probability of each theme to the themes of an answer: those whose F1 is expected to be highest.

The set that maximises the expected F1 is the likeliest themes down to some rank (Waegeman et al. 2014, section 3.1, for
themes that are independent given the answer), so that each answer and theme has its own threshold.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.vectors import Floats

MOST_THEMES: Final = 8  # of one answer
CONSIDERED: Final = 16  # likeliest themes of an answer; what the others add to its F1 is left out
_CHUNK: Final = 5000


def decide(probabilities: Floats, *, allow_none: bool = False) -> npt.NDArray[np.bool_]:
    """Return which themes each answer gets, shape (n_answers, n_themes).

    Parameters
    ----------
    probabilities : ndarray, shape (n_answers, n_themes)
    allow_none : bool
        Whether an answer may have no theme, where that is likelier to be right; else it has at least the best.
    """
    chosen = np.zeros(probabilities.shape, dtype=bool)
    if not probabilities.shape[1]:
        return chosen
    for start in range(0, len(probabilities), _CHUNK):
        part = probabilities[start : start + _CHUNK]
        order = np.argsort(-part, axis=1, kind="stable")[:, :CONSIDERED]
        f1 = expected_f1(np.take_along_axis(part, order, axis=1))
        number = f1.argmax(axis=1) if allow_none else 1 + f1[:, 1:].argmax(axis=1)
        np.put_along_axis(chosen[start : start + _CHUNK], order, np.arange(order.shape[1]) < number[:, None], axis=1)
    return chosen


def expected_f1(ranked: Floats) -> npt.NDArray[np.float64]:
    """Return the F1 to expect of the k likeliest themes, shape (n_answers, most + 1), k from 0.

    Parameters
    ----------
    ranked : ndarray, shape (n_answers, n_themes)
        Probabilities of independent themes, the highest first.
    """
    shares = ranked.astype(np.float64)
    n, n_themes = shares.shape
    most = min(MOST_THEMES, n_themes)
    f1 = np.zeros((n, most + 1))
    f1[:, 0] = np.prod(1 - shares, axis=1)
    numbers = np.arange(1, n_themes + 1)
    for place in range(most):
        others = np.zeros((n, n_themes))  # probability of each number of themes beside this one
        others[:, 0] = 1
        for other in range(n_themes):
            if other != place:
                share = shares[:, other : other + 1]
                more = others[:, :-1] * share
                others = others * (1 - share)
                others[:, 1:] += more
        for k in range(place + 1, most + 1):
            f1[:, k] += shares[:, place] * (others @ (2 / (k + numbers)))
    return f1
