"""Two levels, theme > sub-theme: a theme is the union of its sub-themes, of which each lies in one theme.

Themes come first. Each that is large enough is divided where it falls into parts that lie apart, in the space that
themes were found in (`clustering`); Reinert's classification gives its own tree.
"""

from __future__ import annotations

import warnings
from collections.abc import Sized
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.merging import merge_tiny, renumber
from pipeline.topics.reinert import Reinert

Ints = npt.NDArray[np.int64]
Points = npt.NDArray[np.floating[Any]]

LEAST_TEXTS: Final = 60
LEAST_CHILD: Final = 15
MOST_CHILDREN: Final = 5
LEAST_SILHOUETTE: Final = 0.45
"""How far apart the sub-themes of a theme must lie, by their mean silhouette."""
LEAST_EXCESS: Final = 0.12
"""By how much this must exceed the silhouette that points without groups have where they are divided alike.

With both, balls, cubes, planks and skewed clouds of 60 to 200 made points are never divided (none of 540).
"""
LARGEST_SHARE: Final = 0.75
"""A part with a greater share of its theme is that theme, with something taken off."""
REFERENCES: Final = 5
"""How many sets of points without groups are made."""
COMPARED: Final = 2000
"""Texts of a theme from which on the silhouette, which compares all with all, is taken of so many."""
INITIALISATIONS: Final = 10


@dataclass(frozen=True, eq=False)
class Division:
    """The sub-themes of themes.

    Parameters
    ----------
    leaves : ndarray of int64, shape (n_texts,)
        Sub-theme of each text, numbered over all themes: theme by theme, the largest first in each; -1 for none.
    parent_of : tuple of int, length n_leaves
        Theme of each sub-theme. A theme that is not divided has itself as its only one.
    divided : tuple of int
        Themes with two sub-themes or more, in order.
    """

    leaves: Ints
    parent_of: tuple[int, ...]
    divided: tuple[int, ...]

    @property
    def n_leaves(self) -> int:
        return len(self.parent_of)

    @property
    def themes(self) -> Ints:
        """Theme of each text, shape (n_texts,): that of its sub-theme, or -1."""
        return np.append(np.asarray(self.parent_of, dtype=np.int64), -1)[self.leaves]

    def children(self, theme: int) -> tuple[int, ...]:
        """Return the sub-themes of a theme."""
        return tuple(leaf for leaf, parent in enumerate(self.parent_of) if parent == theme)

    def parts(self) -> tuple[Ints, tuple[int, ...]]:
        """Return the sub-themes of divided themes alone, numbered anew.

        Returns
        -------
        labels : ndarray of int64, shape (n_texts,)
            Sub-theme of each text, -1 for a text in none or in a theme that is not divided.
        parent_of : tuple of int
            Theme of each sub-theme.
        """
        kept = [leaf for leaf, parent in enumerate(self.parent_of) if parent in self.divided]
        number = np.full(self.n_leaves + 1, -1, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        return number[self.leaves], tuple(self.parent_of[leaf] for leaf in kept)


def divide(
    space: Points,
    labels: Ints,
    *,
    least_texts: int = LEAST_TEXTS,
    least_child: int = LEAST_CHILD,
    random_state: int = 0,
) -> Division:
    """Divide each theme that is large enough into sub-themes, where it has any.

    A theme of n texts is divided by k-means into 2 to `most_children` parts. A division is real where no part holds
    more than LARGEST_SHARE of the theme, and the mean silhouette (Rousseeuw 1987) is LEAST_SILHOUETTE or more and
    exceeds by LEAST_EXCESS that of points without groups, drawn from a normal distribution with the covariance of the
    theme (the null of SigClust: Liu, Hayes, Nobel and Marron 2008, section 2): a theme that is merely long can be cut
    in two as well. Of real divisions that with the greatest excess is kept, of equals the one with fewer parts. Where
    none is real the theme stays whole.

    UMAP makes parts that lie apart of words dealt out by chance as well: `confirming.confirm` asks the words.

    Parameters
    ----------
    space : ndarray of float, shape (n_texts, n_dimensions)
        Where distinct texts lie, what UMAP gives.
    labels : ndarray of int, shape (n_texts,)
        Theme of each, 0 … n_themes - 1; -1 for none.
    least_texts : int
        Themes with fewer texts are not divided.
    least_child : int
        Parts with fewer texts are merged into the sibling whose centre is nearest, the smallest part first.
    random_state : int
        Seed of k-means and of the points without groups.

    Returns
    -------
    Division
        The same for the same texts: what other themes hold does not matter to a theme.

    Raises
    ------
    ValueError
        When `space` and `labels` are of different lengths.
    """
    _check(space, labels)
    parts = []
    for theme in range(int(labels.max(initial=-1)) + 1):
        points = np.asarray(space[labels == theme], dtype=np.float64)
        found = np.zeros(len(points), dtype=np.int64)
        parts.append(_divide_one(points, least_child, random_state) if len(points) >= least_texts else found)
    return numbered(labels, parts)


def most_children(n_texts: int, least_child: int = LEAST_CHILD) -> int:
    """Return into how many parts a theme may be divided: so many that the mean part has twice the least, 5 at most."""
    return min(MOST_CHILDREN, n_texts // (2 * max(least_child, 1)))


def _divide_one(points: Points, least_child: int, random_state: int) -> Ints:
    best, best_excess = np.zeros(len(points), dtype=np.int64), 0.0
    for k in range(2, most_children(len(points), least_child) + 1):
        parts = merge_tiny(_k_means(points, k, random_state), points, least=least_child)
        score = _silhouette(points, parts, random_state)
        if score >= LEAST_SILHOUETTE and np.bincount(parts).max() <= LARGEST_SHARE * len(parts):
            excess = score - _without_groups(points, int(parts.max()) + 1, random_state)
            if excess >= LEAST_EXCESS and excess > best_excess:
                best, best_excess = parts, excess
    return best


def _k_means(points: Points, k: int, random_state: int) -> Ints:
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # texts that are alike fill fewer parts, rightly
        found = KMeans(k, n_init=INITIALISATIONS, random_state=random_state).fit_predict(points)
    return np.asarray(found, dtype=np.int64)


def _silhouette(points: Points, parts: Ints, random_state: int) -> float:
    """Return the mean silhouette of a division, -1 where it has one part or as many as points."""
    from sklearn.metrics import silhouette_score

    if len(points) > COMPARED:
        chosen = np.random.default_rng(random_state).choice(len(points), COMPARED, replace=False)
        points, parts = points[chosen], parts[chosen]
    if not 1 < len(np.unique(parts)) < len(points):
        return -1.0
    return float(silhouette_score(points, parts))


def _without_groups(points: Points, k: int, random_state: int) -> float:
    """Return the mean silhouette of normal points with the covariance of `points`, divided into `k` parts."""
    chance = np.random.default_rng(random_state)
    values, directions = np.linalg.eigh(np.cov(points, rowvar=False).reshape(points.shape[1], -1))
    spread = directions * np.sqrt(np.clip(values, 0, None))
    n_made = min(len(points), COMPARED)
    made = (chance.standard_normal((n_made, points.shape[1])) @ spread.T for _ in range(REFERENCES))
    return float(np.mean([_silhouette(one, _k_means(one, k, random_state), random_state) for one in made]))


def numbered(labels: Ints, parts: list[Ints]) -> Division:
    """Return the division of themes from the part, numbered from 0, of each text of each theme."""
    leaves = np.full(len(labels), -1, dtype=np.int64)
    parent_of: list[int] = []
    divided = []
    for theme, found in enumerate(parts):
        leaves[labels == theme] = len(parent_of) + renumber(found)
        n_children = max(len(np.unique(found)), 1)  # a theme without any text is a leaf too
        parent_of += [theme] * n_children
        if n_children > 1:
            divided.append(theme)
    return Division(leaves, tuple(parent_of), tuple(divided))


def from_tree(result: Reinert, n_themes: int) -> Division:
    """Return Reinert's classes as sub-themes of the classes that the first splits of his tree make.

    Parameters
    ----------
    result : Reinert
        The tree; its classes become sub-themes.
    n_themes : int
        How many themes the first splits give, or as many as there are classes. They are numbered by size, the largest
        first, then the one with the first document, as `Reinert.upper` does not.
    """
    upper = np.append(result.upper(n_themes), -1)
    themes = renumber(upper[result.labels])
    return numbered(themes, [result.labels[themes == i] for i in range(int(themes.max(initial=-1)) + 1)])


def _check(texts: Sized, labels: Ints) -> None:
    if len(texts) != len(labels):
        raise ValueError(f"{len(labels)} labels for {len(texts)} texts")
