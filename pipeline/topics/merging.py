"""Number groups of texts by their size, and merge those that are tiny into their neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.topics.reinert import least_size


def merge_tiny(
    labels: npt.NDArray[np.int64], space: npt.NDArray[np.floating[Any]], *, least: int | None = None
) -> npt.NDArray[np.int64]:
    """Merge groups with too few texts into others.

    The smallest group (of equals, the last) is merged into the one whose mean is nearest in `space` (of equals, the
    first), and so on while a group has fewer than `least` texts and is not the only one.

    Parameters
    ----------
    labels : ndarray of int, shape (n_texts,)
        Group of each text; -1 for none.
    space : ndarray of float, shape (n_texts, n_dimensions)
    least : int, optional
        How many texts a group must have: a tenth of the mean group and 3 at least when None (`reinert.least_size`).

    Returns
    -------
    ndarray of int64, shape (n_texts,)
        Groups numbered by size (`renumber`); -1 stays.

    Raises
    ------
    ValueError
        When `space` and `labels` are of different lengths.
    """
    if len(space) != len(labels):
        raise ValueError(f"{len(labels)} labels for {len(space)} texts")
    merged = renumber(labels)
    n_groups = int(merged.max(initial=-1)) + 1
    wanted = least_size(int((merged >= 0).sum()), n_groups) if least is None else least
    sizes = np.bincount(merged[merged >= 0], minlength=n_groups)
    points = np.asarray(space, dtype=np.float64)
    sums = np.zeros((n_groups, points.shape[1]))
    np.add.at(sums, merged[merged >= 0], points[merged >= 0])
    while (alive := np.flatnonzero(sizes)).size > 1:
        smallest = int(alive[::-1][np.argmin(sizes[alive[::-1]])])
        if sizes[smallest] >= wanted:
            break
        others = alive[alive != smallest]
        means = sums[others] / sizes[others, None]
        distances = ((means - sums[smallest] / sizes[smallest]) ** 2).sum(axis=1)
        nearest = int(others[np.argmin(distances)])
        merged[merged == smallest] = nearest
        sums[nearest] += sums[smallest]
        sizes[nearest] += sizes[smallest]
        sizes[smallest] = 0
    return renumber(merged)


def renumber(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return groups numbered by size, largest first, then by their first document; -1 stays."""
    found, first, inverse, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    order = [int(i) for i in np.lexsort((first, -sizes)) if found[i] >= 0]
    rank = np.full(len(found), -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[inverse]
