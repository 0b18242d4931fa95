"""The tree of the themes of a question: which lie nearest, and which groups of them next.

Agglomerative clustering (Ward 1963, or the mean distance), with leaves in the order in which neighbours are nearest
(Bar-Joseph, Gifford and Jaakkola, « Fast optimal leaf ordering for hierarchical clustering », Bioinformatics 17, 2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import cophenet, leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import pdist

Floats = npt.NDArray[np.float64]
Method = Literal["ward", "average"]
Metric = Literal["euclidean", "cosine"]

_ROUNDING: Final = 1e-9
"""Distances that differ less, relatively, are equal."""
_KNOWN: Final = (("ward", "euclidean"), ("average", "euclidean"), ("average", "cosine"))


@dataclass(frozen=True)
class Branch:
    """A theme, or two branches that join.

    Parameters
    ----------
    height : float
        Where the two join; 0 for a theme.
    position : float
        Where it is drawn along the leaves: the rank of a theme, else midway between its two branches.
    themes : tuple of int
        Themes below it, in the order of the leaves.
    branches : tuple of Branch
        Two, the first drawn first; none for a theme.
    """

    height: float
    position: float
    themes: tuple[int, ...]
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Dendrogram:
    """A tree of themes.

    Parameters
    ----------
    root : Branch or None
        The tree; None where there is no theme.
    order : tuple of int
        Themes in the order of the leaves.
    heights : tuple of float
        Where branches join, from the lowest to the highest.
    fidelity : float or None
        How well heights tell the distances of themes: their correlation (cophenetic; Sokal and Rohlf 1962). None where
        there are fewer than three themes, or all are as far from each other.
    """

    root: Branch | None
    order: tuple[int, ...]
    heights: tuple[float, ...]
    fidelity: float | None


def dendrogram(
    points: npt.NDArray[np.floating[Any]], *, method: Method = "ward", metric: Metric = "euclidean"
) -> Dendrogram:
    """Return the tree of themes.

    Parameters
    ----------
    points : ndarray of float, shape (n_themes, n_dimensions)
        Where each theme lies: the mean of the vectors of its texts, or its coordinates in a correspondence analysis of
        words by themes (`correspondence(…).columns`), whose distances are those of their words.
    method : {"ward", "average"}
        "ward" joins the two groups that lose least inertia, "average" those whose themes are nearest on the mean.
    metric : {"euclidean", "cosine"}
        With "cosine", themes without any coordinate are as far from all others as themes that share nothing. "ward"
        wants "euclidean".

    Returns
    -------
    Dendrogram
        Drawn so that the theme with the smaller number is at the end where leaves begin.

    Raises
    ------
    ValueError
        When coordinates are no finite numbers, or the method does not go with the metric.
    """
    places = np.asarray(points, dtype=np.float64)
    if places.ndim != 2 or not np.isfinite(places).all():
        raise ValueError("themes have coordinates that are finite numbers")
    if (method, metric) not in _KNOWN:
        raise ValueError(f"the method {method!r} does not go with the metric {metric!r}")
    n = len(places)
    if n < 2:
        leaves = tuple(Branch(0.0, 0.0, (theme,)) for theme in range(n))
        return Dendrogram(leaves[0] if leaves else None, tuple(range(n)), (), None)
    distances = _distances(places, metric)
    joined = optimal_leaf_ordering(linkage(distances, method), distances)
    order = leaves_list(joined).tolist()
    turned = order[0] > order[-1]
    order = order[::-1] if turned else order
    return Dendrogram(_tree(joined, order), tuple(order), tuple(joined[:, 2].tolist()), _fidelity(joined, distances))


def _distances(places: Floats, metric: Metric) -> Floats:
    found = np.asarray(pdist(places, metric))
    # The angle of a theme at the centre is not defined, and rounding puts some just below 0.
    return np.asarray(np.maximum(np.nan_to_num(found, nan=1.0), 0.0))


def _tree(joined: Floats, order: list[int]) -> Branch:
    rank = {theme: place for place, theme in enumerate(order)}
    branches = [Branch(0.0, float(rank[theme]), (theme,)) for theme in range(len(order))]
    for one, other, height, _ in joined.tolist():
        first, second = sorted((branches[int(one)], branches[int(other)]), key=lambda branch: branch.position)
        middle = (first.position + second.position) / 2
        branches.append(Branch(height, middle, first.themes + second.themes, (first, second)))
    return branches[-1]


def _fidelity(joined: Floats, distances: Floats) -> float | None:
    heights = cophenet(joined)
    if len(distances) < 3 or any(np.ptp(a) <= _ROUNDING * a.max() for a in (distances, heights)):
        return None
    return float(np.corrcoef(heights, distances)[0, 1])
