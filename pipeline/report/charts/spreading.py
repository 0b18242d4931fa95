"""Where the nodes of a graph lie: near each other where edges join them, none over another."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path
from scipy.spatial.distance import cdist

Floats = NDArray[np.floating[Any]]

_STEPS: Final = 80
_LONGEST: Final = 3.0
"""The length of an edge of hardly any weight, where that of the heaviest is 1."""


def spread(n_nodes: int, edges: list[tuple[int, int, float]]) -> Floats:
    """Return a point for each node, by majorising the stress of the distances along edges from a fixed start.

    Parameters
    ----------
    n_nodes : int
        How many nodes there are.
    edges : list of tuple
        Two different nodes and a positive weight, each pair once.

    Returns
    -------
    numpy.ndarray of shape (n_nodes, 2)
        Points whose distances tell how far nodes are along edges.
    """
    if n_nodes == 1:
        return np.zeros((1, 2))
    wanted = _distances(n_nodes, edges)
    with np.errstate(divide="ignore"):
        weights = np.where(wanted > 0, wanted**-2.0, 0.0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.inv(laplacian + 1 / n_nodes)  # points stay around nought, so that this is the pseudo-inverse
    turns = 2 * np.pi * np.arange(n_nodes) / n_nodes
    points = np.column_stack([np.cos(turns), np.sin(turns)]) * wanted.mean() / 2
    for _ in range(_STEPS):
        apart = np.maximum(_apart(points), 1e-9)
        pull = weights * wanted / apart
        np.fill_diagonal(pull, 0.0)
        points = inverse @ ((np.diag(pull.sum(axis=1)) - pull) @ points)
    return np.asarray(points)


def _distances(n_nodes: int, edges: list[tuple[int, int, float]]) -> Floats:
    heaviest = max((weight for _, _, weight in edges), default=1.0)
    lengths = [min(_LONGEST, float(np.sqrt(heaviest / weight))) for _, _, weight in edges]
    ends = ([a for a, _, _ in edges], [b for _, b, _ in edges])
    found = shortest_path(csr_array((lengths, ends), shape=(n_nodes, n_nodes)), directed=False)
    reached = found[np.isfinite(found)]
    return np.where(np.isfinite(found), found, float(reached.max()) * 0.7 + 1.0)


def _apart(points: Floats) -> Floats:
    return np.asarray(cdist(points, points))


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
        apart = _apart(points)
        lacking = np.maximum(least - apart, 0.0)
        np.fill_diagonal(lacking, 0.0)
        if lacking.max(initial=0.0) < 0.05:
            break
        away = across / np.maximum(apart, 1e-6)[:, :, None]
        points = np.clip(points + (away * (0.3 * lacking)[:, :, None]).sum(axis=1), lower, upper)
    return np.asarray(points)
