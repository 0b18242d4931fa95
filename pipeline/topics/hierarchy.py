"""Two levels, theme > sub-theme: a theme is the union of its sub-themes, of which each lies in one theme.

Themes come first. Each that is large enough is divided where it falls into parts that lie apart, in the space that
themes were found in (`clustering`); Reinert's classification gives its own tree.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence, Sized
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.assigner import Assigner, fit_assigner
from pipeline.topics.methods import renumber
from pipeline.topics.reinert import Reinert, least_size
from pipeline.topics.vectors import Floats, WordVectors, common_component

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
LEAST_AGREEMENT: Final = 0.2
"""How well the two halves of a text must agree on its sub-theme, by Cohen's κ.

Of answers whose words are dealt out anew among them, 35 of 91 themes are divided, with κ at .13 at most, and none is
confirmed. Of true answers 46 of 83 are, and 37 are confirmed; of the other nine about three read well, the rest are
texts with a word beside texts with another (« écouter », « écoute », « laisser »).
"""
FOLDS: Final = 5
HALVINGS: Final = 5
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

    UMAP makes parts that lie apart of words dealt out by chance as well: `confirm` asks the words.

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
    return _numbered(labels, parts)


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


def confirm(
    division: Division, documents: Sequence[Sequence[str]], vectors: WordVectors, random_state: int = 0
) -> Division:
    """Return a division without the sub-themes of themes in which one half of a text does not tell the other's.

    Words of one sub-theme stand together in texts. So the kinds of words of each text are halved by chance, and both
    halves are given to the sub-themes by a classifier that has learned from other texts (`fit_assigner`,
    cross-validated). Where the halves agree no better than chance would have them (Cohen 1960: κ, the mean of HALVINGS
    halvings, is under LEAST_AGREEMENT), the parts are but texts with this word and texts without it, and the theme
    stays whole.

    Parameters
    ----------
    division : Division
        What `divide` or `from_tree` gives.
    documents : sequence of sequences of str, length n_texts
        Terms of each text.
    vectors : WordVectors
        Vectors of the words.
    random_state : int
        Seed of halves and folds.

    Raises
    ------
    ValueError
        When there is not a document for each text of the division.
    """
    _check(documents, division.leaves)
    component = common_component(vectors.embed(documents))
    parts = []
    for theme in range(max(division.parent_of, default=-1) + 1):
        inside = np.flatnonzero(division.themes == theme)
        found = renumber(division.leaves[inside])
        if theme in division.divided:
            agreement = _agreement([documents[i] for i in inside.tolist()], found, vectors, component, random_state)
            found = found if agreement >= LEAST_AGREEMENT else np.zeros_like(found)
        parts.append(found)
    return _numbered(division.themes, parts)


def _agreement(
    documents: list[Sequence[str]], parts: Ints, vectors: WordVectors, component: Floats, random_state: int
) -> float:
    """Return how well the halves of texts agree on their part, 0 where this cannot be told."""
    from sklearn.metrics import cohen_kappa_score

    if np.bincount(parts).min() < FOLDS:
        return 0.0
    chance = np.random.default_rng(random_state)
    whole, n_parts = vectors.embed(documents), int(parts.max()) + 1
    order = chance.permutation(len(parts))
    folds = np.empty_like(parts)
    folds[order[np.argsort(parts[order], kind="stable")]] = np.arange(len(parts)) % FOLDS  # each part in all of them
    learned = [
        fit_assigner(whole[folds != fold], parts[folds != fold], n_parts, component, random_state)
        for fold in range(FOLDS)
    ]
    kinds = [sorted(set(document)) for document in documents]
    found = []
    for _ in range(HALVINGS):
        dealt = [[words[i] for i in chance.permutation(len(words)).tolist()] for words in kinds]
        halves = [vectors.embed([words[first::2] for words in dealt]) for first in (0, 1)]
        told = np.flatnonzero(halves[0].any(axis=1) & halves[1].any(axis=1))
        votes = np.zeros((2, len(parts)), dtype=np.int64)
        for fold, assigner in enumerate(learned):
            for vote, half in zip(votes, halves, strict=True):
                vote[folds == fold] = assigner.probabilities(half[folds == fold]).argmax(axis=1)
        # κ is not defined where all votes are for one part.
        differ = len(np.unique(votes[:, told])) > 1
        found.append(float(cohen_kappa_score(*votes[:, told])) if differ else 0.0)
    return float(np.mean(found))


def _numbered(labels: Ints, parts: list[Ints]) -> Division:
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


def merge_tiny(labels: Ints, space: Points, *, least: int | None = None) -> Ints:
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
        Groups numbered by size (`methods.renumber`); -1 stays.

    Raises
    ------
    ValueError
        When `space` and `labels` are of different lengths.
    """
    _check(space, labels)
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
    return _numbered(themes, [result.labels[themes == i] for i in range(int(themes.max(initial=-1)) + 1)])


@dataclass(frozen=True, eq=False)
class LeafAssigner:
    """Two linear classifiers: one decides the theme of a text, the other which sub-theme of that theme it has.

    Parameters
    ----------
    themes : Assigner
        Of n_themes topics.
    leaves : Assigner
        Of n_leaves topics.
    parent_of : tuple of int, length n_leaves
        Theme of each sub-theme; each theme has one or more.
    """

    themes: Assigner
    leaves: Assigner
    parent_of: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.parent_of) != self.leaves.n_topics:
            raise ValueError(f"{len(self.parent_of)} parents for {self.leaves.n_topics} sub-themes")
        if set(self.parent_of) != set(range(self.themes.n_topics)):
            raise ValueError(f"sub-themes are of the themes {sorted(set(self.parent_of))}, not of each theme there is")

    def best_leaf(self, embedding: Floats, theme: Ints) -> Ints:
        """Return the most probable sub-theme of each text among those of its theme, shape (n_texts,).

        Parameters
        ----------
        embedding : ndarray of float32, shape (n_texts, n_dimensions)
            What `WordVectors.embed` returns.
        theme : ndarray of int, shape (n_texts,)
            Theme of each text, -1 for none, which gets -1. A text with a theme but without a known word gets the first
            sub-theme, so that a theme is always the union of its sub-themes.
        """
        _check(embedding, theme)
        parents = np.asarray(self.parent_of)
        inside = np.where(parents[None, :] == theme[:, None], self.leaves.probabilities(embedding), -1)
        return np.where(theme >= 0, inside.argmax(axis=1), -1).astype(np.int64)

    def probabilities(self, embedding: Floats) -> Floats:
        """Return the probability of each sub-theme, shape (n_texts, n_leaves): those of a theme add up to the theme's.

        Parameters
        ----------
        embedding : ndarray of float32, shape (n_texts, n_dimensions)
            A row of zeros (no known word) gets probabilities of zero.
        """
        parents = np.asarray(self.parent_of)
        member = (parents[:, None] == np.arange(self.themes.n_topics)).astype(np.float32)
        # Far from all texts of a theme, the shares of its sub-themes may vanish: they are even then.
        shares = self.leaves.probabilities(embedding) + np.finfo(np.float32).tiny
        within = shares / (shares @ member)[:, parents]
        return np.asarray(within * self.themes.probabilities(embedding)[:, parents], dtype=np.float32)


def fit_leaves(embedding: Floats, division: Division, themes: Assigner, random_state: int = 0) -> LeafAssigner:
    """Learn to repeat a division from text vectors.

    Parameters
    ----------
    embedding : ndarray of float32, shape (n_texts, n_dimensions)
        Vectors as `WordVectors.embed` returns them, of the texts of the division.
    division : Division
        Each sub-theme with one text at least.
    themes : Assigner
        What decides themes, with the common component of the texts of the question.

    Raises
    ------
    ValueError
        When there is not a vector a text, or a theme has no sub-theme.
    """
    _check(embedding, division.leaves)
    grouped = division.leaves >= 0
    leaves = fit_assigner(
        embedding[grouped], division.leaves[grouped], division.n_leaves, themes.component, random_state
    )
    return LeafAssigner(themes, leaves, division.parent_of)


def _check(texts: Sized, labels: Ints) -> None:
    if len(texts) != len(labels):
        raise ValueError(f"{len(labels)} labels for {len(texts)} texts")
