"""How far a share may be from what more answers of the same kind would show: intervals of Wilson.

Wilson (« Probable inference, the law of succession, and statistical inference », JASA 22, 1927), which Brown, Cai and
DasGupta (« Interval estimation for a binomial proportion », Statistical Science 16, 2001) recommend: it stays between 0
and 1, and has a width where the share is 0. Answers of volunteers are no sample: it says nothing of who did not answer.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]


def share_intervals(counts: npt.ArrayLike, bases: npt.ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the limits of Wilson's interval for each share.

    Parameters
    ----------
    counts, bases : array of numbers from 0 on
        How many have it, and out of how many; broadcast against each other.
    level : float
        How often such intervals hold the true share, 0 to 1.

    Returns
    -------
    low, high : ndarray of float64
        From 0 to 1 where the base is 0: nothing is known.

    Raises
    ------
    ValueError
        When a count is below 0 or above its base, or the level is not between 0 and 1.
    """
    count, base = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in (counts, bases)))
    if not ((count >= 0) & (count <= base) & np.isfinite(base)).all():
        raise ValueError("a share is a count from 0 to its base")
    if not 0 < level < 1:
        raise ValueError("the level of an interval is between 0 and 1")
    square = ndtri((1 + level) / 2) ** 2
    variance = np.divide(count * (base - count), base, out=np.zeros(base.shape), where=base > 0)
    spread = np.sqrt(square * (variance + square / 4))
    low = (count + square / 2 - spread) / (base + square)
    high = (count + square / 2 + spread) / (base + square)
    return np.where(count == 0, 0.0, low), np.where(count == base, 1.0, high)
