"""Reinert's descending hierarchical classification, the method of ALCESTE, IRaMuTeQ and rainette.

Documents are rows of ones and zeros, a term each. The largest class is split in two, again and again: its documents are
put in the order of the first factor of a correspondence analysis, cut where the chi-square of the table class × term is
greatest, and moved one by one while it grows; then each side lets go of the terms that belong to the other
(M. Reinert, « Une méthode de classification descendante hiérarchique : application à l'analyse lexicale par contexte »,
Les cahiers de l'analyse des données 8(2), 1983; « Alceste, une méthodologie d'analyse des données textuelles »,
Bulletin de méthodologie sociologique 26, 1990).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.topics.reinert_split import Booleans, Integers, bisect, nearer

MAXIMUM_TERMS: Final = 3000
MINIMUM_DOCUMENTS: Final = 3
"""A term in fewer documents, of the corpus or of a class, does not count there (`tsj` of rainette)."""
CONTINGENCY: Final = 0.3
"""A term is let go by a class where its contingency coefficient for the other is greater (`cc_test` of rainette)."""
CHI_SQUARE: Final = 3.84
"""What chi-square with one degree of freedom exceeds by chance once in twenty times."""
SWALLOWED: Final = 0.5
"""A class with a greater share of the documents may have swallowed the others (rainette issue 36: 77 %)."""
DWARFED: Final = 3
"""It has where it is so many times as large as the next one."""


@dataclass(frozen=True)
class Split:
    """A class of the tree cut in two: `sizes` counts the documents of `children`, `chi_square` their table's."""

    parent: int
    children: tuple[int, int]
    sizes: tuple[int, int]
    chi_square: float


@dataclass(frozen=True, eq=False)
class Reinert:
    """What the classification found.

    Parameters
    ----------
    labels : ndarray of int64, shape (n_documents,)
        Class of each document, numbered by size (largest first, then the one with the first document); -1 for a
        document without any kept term.
    n_classes : int
        Number of classes.
    splits : tuple of Split
        The tree, in the order of splitting. Node 0 is all documents; the children of split i are 2·i + 1 and 2·i + 2.
    leaves : tuple of int, length n_classes
        Node of the tree that each class is.
    guarded : bool
        Whether one class has swallowed the others (`swallows`) and no larger minimum size helped.
    """

    labels: Integers
    n_classes: int
    splits: tuple[Split, ...]
    leaves: tuple[int, ...]
    guarded: bool

    def upper(self, n_groups: int) -> Integers:
        """Return the group of each class when only the first splits are made, shape (n_classes,).

        Groups are numbered by their first class, so by that of their largest; `n_groups` of them, or as many as there
        are classes.
        """
        above = {child: split.parent for split in self.splits[max(n_groups, 1) - 1 :] for child in split.children}
        tops = []
        for leaf in self.leaves:
            while leaf in above:
                leaf = above[leaf]
            tops.append(leaf)
        number = {top: i for i, top in enumerate(dict.fromkeys(tops))}
        return np.asarray([number[top] for top in tops], dtype=np.int64)


def reinert(
    documents: Sequence[Sequence[str]],
    n_classes: int,
    *,
    minimum_documents: int = MINIMUM_DOCUMENTS,
    maximum_terms: int = MAXIMUM_TERMS,
    minimum_size: int | None = None,
) -> Reinert:
    """Classify documents by the terms they hold.

    Parameters
    ----------
    documents : sequence of sequences of str
        Terms of each document; how often and in which order does not matter.
    n_classes : int
        Number of classes to look for. Fewer are found where nothing more can be split.
    minimum_documents : int
        Terms in fewer documents are left out (unless none is in as many).
    maximum_terms : int
        How many terms are kept, the most frequent ones.
    minimum_size : int, optional
        The least number of documents in a class; `least_size` of the number of documents when None.

    Returns
    -------
    Reinert
        The same for the same documents. Copies of one document are in one class.
    """
    vocabulary = choose_terms(documents, minimum_documents, maximum_terms)
    index = {term: i for i, term in enumerate(vocabulary)}
    return classify([[i for i in map(index.get, d) if i is not None] for d in documents], n_classes, minimum_size)


def least_size(n_documents: int, n_classes: int) -> int:
    """Return how many documents a class must have: a tenth of the mean class, and 3 at least."""
    return max(3, n_documents // (10 * max(n_classes, 1)))


def choose_terms(documents: Sequence[Sequence[str]], minimum_documents: int, maximum_terms: int) -> list[str]:
    """Return the terms that stand in `minimum_documents` documents, the most frequent first, at most so many."""
    present: Counter[str] = Counter()
    for document in documents:
        present.update(set(document))
    least = min(minimum_documents, max(present.values(), default=0))
    return sorted((t for t, n in present.items() if n >= least), key=lambda t: (-present[t], t))[:maximum_terms]


def classify(documents: Sequence[Collection[int]], n_classes: int, minimum_size: int | None = None) -> Reinert:
    """Classify documents that are given by the numbers of their terms (see `reinert`)."""
    matrix, weights, row_of = presence(documents)
    least = minimum_size if minimum_size is not None else least_size(int(weights.sum()), n_classes)
    tree = _grow(matrix, weights, n_classes, least)
    guarded = swallows(tree.sizes().values(), n_classes)
    if guarded and n_classes > 2:
        # Small classes broke off a large one: ask for larger ones, twice, and keep the first tree if nothing is won.
        for factor in (2, 4):
            again = _grow(matrix, weights, n_classes, least * factor)
            if not swallows(again.sizes().values(), n_classes):
                tree, guarded = again, False
                break
    return _numbered(tree, row_of, guarded)


def swallows(sizes: Iterable[int], n_classes: int) -> bool:
    """Say whether one class has more than half of the documents where `n_classes` were looked for, the rest little.

    Little: fewer classes than looked for, or none with a third of the largest where three or more were.
    """
    ordered = sorted(sizes, reverse=True)
    if n_classes < 2 or not ordered or ordered[0] <= SWALLOWED * sum(ordered):
        return False
    return len(ordered) < n_classes or (n_classes > 2 and ordered[0] > DWARFED * ordered[1])


def _numbered(tree: _Tree, row_of: Integers, guarded: bool) -> Reinert:
    node_of_row = np.full(len(tree.weights) + 1, -1, dtype=np.int64)  # the last one is for documents without terms
    for node, rows in tree.members.items():
        node_of_row[rows] = node
    nodes = node_of_row[row_of]
    first = {int(node): int(place) for node, place in zip(*np.unique(nodes, return_index=True), strict=True)}
    sizes = tree.sizes()
    leaves = sorted(first.keys() - {-1}, key=lambda node: (-sizes[node], first[node]))
    labels = np.full(len(row_of), -1, dtype=np.int64)
    for number, node in enumerate(leaves):
        labels[nodes == node] = number
    return Reinert(labels, len(leaves), tuple(tree.splits), tuple(leaves), guarded)


def presence(documents: Sequence[Collection[int]]) -> tuple[sparse.csr_matrix, Integers, Integers]:
    """Return the distinct documents as rows of ones, how often each stands there, and the row of each document.

    Returns
    -------
    matrix : sparse matrix of float64, shape (n_rows, n_terms)
        No row is empty.
    weights : ndarray of int64, shape (n_rows,)
    row_of : ndarray of int64, shape (n_documents,)
        -1 for a document without terms.
    """
    rows: dict[bytes, int] = {}
    row_of = np.full(len(documents), -1, dtype=np.int64)
    for number, document in enumerate(documents):
        if document:
            row_of[number] = rows.setdefault(array("i", sorted(set(document))).tobytes(), len(rows))
    indices = np.frombuffer(b"".join(rows), dtype=np.intc)
    pointers = np.cumsum([0, *(len(row) // indices.itemsize for row in rows)])
    shape = (len(rows), int(indices.max()) + 1 if len(indices) else 0)
    matrix = sparse.csr_matrix((np.ones(len(indices)), indices, pointers), shape=shape)
    return matrix, np.bincount(row_of[row_of >= 0], minlength=len(rows)).astype(np.int64), row_of


def _grow(matrix: sparse.csr_matrix, weights: Integers, n_classes: int, minimum_size: int) -> _Tree:
    tree = _Tree(matrix, weights, minimum_size)
    while len(tree.members) < n_classes and tree.split_largest():
        pass
    return tree


class _Tree:
    """The classes so far: the rows of each leaf, and the terms that count in it."""

    def __init__(self, matrix: sparse.csr_matrix, weights: Integers, minimum_size: int) -> None:
        self.matrix, self.weights, self.minimum_size = matrix, weights, max(minimum_size, 1)
        self.members: dict[int, Integers] = {0: np.arange(len(weights))}
        self.terms: dict[int, Booleans] = {0: np.ones(matrix.shape[1], dtype=bool)}
        self.splits: list[Split] = []
        self.closed: set[int] = set()

    def sizes(self) -> dict[int, int]:
        """Return how many documents each leaf has."""
        return {node: int(self.weights[rows].sum()) for node, rows in self.members.items()}

    def split_largest(self) -> bool:
        """Split the largest class that can be; say whether there was one."""
        sizes = self.sizes()
        for node in sorted(sizes.keys() - self.closed, key=lambda node: (-sizes[node], node)):
            if sizes[node] < 2 * self.minimum_size:
                return False
            if self._split(node):
                return True
            self.closed.add(node)
        return False

    def _split(self, node: int) -> bool:
        rows, kept = self.members[node], self.terms[node]
        whole = self.matrix[rows]
        weights = self.weights[rows]
        # A term that is rare within the class would make a factor of its own.
        frequent = np.asarray(whole.T @ weights) >= min(MINIMUM_DOCUMENTS, self.minimum_size)
        part = whole[:, kept & frequent]
        told = np.flatnonzero(np.diff(part.indptr))
        found = bisect(part[told], weights[told], self.minimum_size)
        if found is None:
            return False
        side, chi_square = found
        second = np.zeros(len(rows), dtype=bool)
        second[told] = side
        silent = np.setdiff1d(np.arange(len(rows)), told, assume_unique=True)
        second[silent] = nearer(whole[told], weights[told], side, whole[silent])
        sizes = int(weights[~second].sum()), int(weights[second].sum())
        if sizes[1] > sizes[0] or (sizes[0] == sizes[1] and second[0]):
            second, sizes = ~second, (sizes[1], sizes[0])
        children = 2 * len(self.splits) + 1, 2 * len(self.splits) + 2
        counts = np.vstack([whole[~second].T @ weights[~second], whole[second].T @ weights[second]])
        theirs = foreign(counts)
        for i, child in enumerate(children):
            self.members[child] = rows[second == bool(i)]
            self.terms[child] = kept & ~theirs[i]
        del self.members[node], self.terms[node]
        self.splits.append(Split(node, children, sizes, chi_square))
        return True


def foreign(counts: npt.NDArray[np.float64]) -> Booleans:
    """Return which terms each of two classes lets go, because they are of the other; shape (2, n_terms).

    Parameters
    ----------
    counts : ndarray of float64, shape (2, n_terms)
        In how many documents of each class a term stands.

    Notes
    -----
    With χ² that of the two observed numbers against those that the sizes of the classes make expected, and n their
    sum, the contingency coefficient is √(χ² / (χ² + n)). Rainette lets a term go by the coefficient alone, which one
    that stands in three documents of two equal classes exceeds however they fall: here χ² must be more than chance too.
    """
    totals = counts.sum(axis=0)
    expected = counts.sum(axis=1, keepdims=True) * totals / max(totals.sum(), 1)
    gaps = np.divide((counts - expected) ** 2, expected, out=np.zeros_like(counts), where=expected > 0)
    chi_square = gaps.sum(axis=0)
    coefficient = np.sqrt(np.divide(chi_square, chi_square + totals, out=np.zeros_like(totals), where=totals > 0))
    return np.asarray((coefficient > CONTINGENCY) & (chi_square > CHI_SQUARE) & (counts < expected))
