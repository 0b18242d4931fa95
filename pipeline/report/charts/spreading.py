"""Push discs apart that lie over each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Floats = NDArray[np.floating[Any]]


def separate(points: Floats, radii: Floats, frame: tuple[float, float, float, float], steps: int = 60) -> Floats:
    """Return points pushed apart until the discs around them do not overlap, if the frame has the room.

    Parameters
    ----------
    points, radii : numpy.ndarray of shapes (n, 2) and (n,)
        Middles of the discs, and how far each reaches.
    frame : tuple of float
        Left, top, right and bottom, which middles never leave.
    steps : int
        How often at most they are pushed.
    """
    least = radii[:, None] + radii[None, :]
    lower, upper = np.array(frame[:2]), np.array(frame[2:])
    points = np.clip(points, lower, upper)
    for _ in range(steps):
        across = points[:, None, :] - points[None, :, :]
        apart = cdist(points, points)
        lacking = np.maximum(least - apart, 0.0)
        np.fill_diagonal(lacking, 0.0)
        if lacking.max(initial=0.0) < 0.05:
            break
        away = across / np.maximum(apart, 1e-6)[:, :, None]
        points = np.clip(points + (away * (0.3 * lacking)[:, :, None]).sum(axis=1), lower, upper)
    return np.asarray(points)
