"""Communities of a weighted graph: greedy modularity (Newman, « Fast algorithm for detecting community structure »,
Physical Review E 69, 2004), which draws nothing by chance."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_ROUNDING: Final = 1e-12
"""Gains of modularity that differ by less are equal."""


def communities(weights: Floats) -> Ints:
    """Return the community of each node.

    Parameters
    ----------
    weights : ndarray, shape (n_nodes, n_nodes)
        Weight of the edge between two nodes, 0 for none; symmetric, without loops. For some hundred nodes at most.

    Returns
    -------
    ndarray of int64, shape (n_nodes,)
        Numbered by size, the largest first, then the one with the first node. A node without edges is alone.
    """
    n = len(weights)
    label = np.arange(n)
    if weights.sum() > 0:
        between = weights / weights.sum()
        ends = between.sum(axis=1)
        while True:
            gain = np.where(between > 0, between - np.outer(ends, ends), -1.0)
            np.fill_diagonal(gain, -1.0)
            best = gain.max(initial=-1.0)
            if best <= _ROUNDING:
                break
            # The first of the best pairs: its first node is the smaller one, the table being symmetric.
            one, other = divmod(int((gain >= best - _ROUNDING).argmax()), n)
            between[one] += between[other]
            between[:, one] += between[:, other]
            between[other], between[:, other] = 0, 0
            ends[one], ends[other] = ends[one] + ends[other], 0
            label[label == other] = one
    found, first, sizes = np.unique(label, return_index=True, return_counts=True)
    rank = np.empty(n, dtype=np.int64)
    rank[found[np.lexsort((first, -sizes))]] = np.arange(len(found))
    return rank[label]


def modularity(weights: Floats, label: Ints) -> float:
    """Return the modularity of communities: the share of weight inside them, less what chance would put there."""
    if not weights.sum() > 0:
        return 0.0
    between = weights / weights.sum()
    ends = between.sum(axis=1)
    return float((between - np.outer(ends, ends))[label[:, None] == label[None, :]].sum())
