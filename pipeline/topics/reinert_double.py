"""Reinert's double classification: what two classifications of longer and shorter units agree on.

The segments of an answer are joined into units of at least so many terms, once for each of two sizes, and both sets of
units are classified. Classes of the one tree are crossed with those of the other; pairs that are each other's nearest
are kept, and the disjoint ones with the greatest association are the classes (Reinert 1990; J. Barnier, « Algorithms
description » of rainette, section « Double clustering algorithm », the "classical" way). What is in none of them
changed its class with the length of the unit: it is left aside.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from pipeline.topics.reinert import (
    CHI_SQUARE,
    MAXIMUM_TERMS,
    MINIMUM_DOCUMENTS,
    Reinert,
    choose_terms,
    classify,
    least_size,
)
from pipeline.topics.reinert_split import Integers


@dataclass(frozen=True)
class Crossed:
    """A class of both trees: its node in each, how many documents are in both, chi-square of the two."""

    nodes: tuple[int, int]
    size: int
    chi_square: float


@dataclass(frozen=True, eq=False)
class DoubleReinert:
    """What both classifications agree on.

    Parameters
    ----------
    labels : ndarray of int64, shape (n_documents,)
        Class of each document, numbered by size (largest first, then the one with the first document); -1 for what is
        in no class of both, and for a document without any kept term.
    n_classes : int
        Number of classes.
    crossed : tuple of Crossed, length n_classes
        Where each class stands in the two trees.
    trees : tuple of two Reinert
        The classification of each size; their labels are those of the documents.
    """

    labels: Integers
    n_classes: int
    crossed: tuple[Crossed, ...]
    trees: tuple[Reinert, Reinert]


def reinert_double(
    documents: Sequence[Sequence[str]],
    groups: Sequence[Hashable],
    n_classes: int,
    *,
    sizes: tuple[int, int] = (10, 15),
    minimum_documents: int = MINIMUM_DOCUMENTS,
    maximum_terms: int = MAXIMUM_TERMS,
    minimum_size: int | None = None,
) -> DoubleReinert:
    """Classify segments twice, in units of two sizes, and keep the classes that both find.

    Parameters
    ----------
    documents : sequence of sequences of str
        Terms of each segment, in the order of the text.
    groups : sequence, as long as documents
        What each segment is part of: only segments of one group are joined.
    n_classes : int
        Number of classes of each tree, and the most that are returned.
    sizes : tuple of two int
        Least number of terms in a unit. The units of a group that has fewer are as long as it is.
    minimum_documents, maximum_terms
        See `reinert`; terms are counted in segments.
    minimum_size : int, optional
        The least number of segments in a class that is returned, and of units in a class of a tree; `least_size` of
        their numbers when None.

    Returns
    -------
    DoubleReinert
        The same for the same documents.
    """
    vocabulary = choose_terms(documents, minimum_documents, maximum_terms)
    index = {term: i for i, term in enumerate(vocabulary)}
    numbers = [{i for i in map(index.get, document) if i is not None} for document in documents]
    first, second = (_classify_units(numbers, groups, n_classes, size, minimum_size) for size in sizes)
    members = membership(first), membership(second)
    n_told = int(np.count_nonzero(first.labels >= 0))
    least = minimum_size if minimum_size is not None else least_size(n_told, n_classes)
    pairs = mutual_pairs(*members, n_told, least)
    held = [members[0][:, [pair.nodes[0]]].multiply(members[1][:, [pair.nodes[1]]]) for pair in pairs]
    chosen = best_disjoint(held, np.asarray([pair.chi_square for pair in pairs]), n_classes)
    rows = {i: np.sort(held[i].tocsc().indices) for i in chosen}
    order = sorted(chosen, key=lambda i: (-pairs[i].size, int(rows[i][0])))
    labels = np.full(len(documents), -1, dtype=np.int64)
    for number, i in enumerate(order):
        labels[rows[i]] = number
    return DoubleReinert(labels, len(order), tuple(pairs[i] for i in order), (first, second))


def _classify_units(
    numbers: Sequence[set[int]], groups: Sequence[Hashable], n_classes: int, size: int, minimum_size: int | None
) -> Reinert:
    unit_of = units(numbers, groups, size)
    joined: list[set[int]] = [set() for _ in range(int(unit_of.max(initial=-1)) + 1)]
    for unit, terms in zip(unit_of.tolist(), numbers, strict=True):
        if unit >= 0:
            joined[unit] |= terms
    found = classify(joined, n_classes, minimum_size)
    labels = np.append(found.labels, -1)[unit_of]
    return Reinert(labels, found.n_classes, found.splits, found.leaves, found.guarded)


def units(numbers: Sequence[Collection[int]], groups: Sequence[Hashable], size: int) -> Integers:
    """Join the segments of each group, in their order, into units of at least `size` terms.

    Returns
    -------
    ndarray of int64, shape (n_segments,)
        Unit of each segment; -1 for one without terms. What remains at the end of a group is part of its last unit.
    """
    unit_of = np.full(len(numbers), -1, dtype=np.int64)
    n_terms: list[int] = []
    before: list[int] = []
    open_units: dict[Hashable, int] = {}
    for i, (terms, group) in enumerate(zip(numbers, groups, strict=True)):
        if terms:
            unit = open_units.get(group, -1)
            if unit < 0 or n_terms[unit] >= size:
                before.append(unit)
                unit = open_units[group] = len(n_terms)
                n_terms.append(0)
            n_terms[unit] += len(terms)
            unit_of[i] = unit
    final = np.arange(len(n_terms) + 1)
    for unit in open_units.values():
        if n_terms[unit] < size and before[unit] >= 0:
            final[unit] = before[unit]
    final[-1] = -1
    joined = final[unit_of]
    # Numbers without gaps, in the order of the first segment.
    kept = np.unique(joined[joined >= 0])
    return np.where(joined >= 0, np.searchsorted(kept, joined), -1).astype(np.int64)


def membership(found: Reinert) -> sparse.csc_matrix:
    """Return which documents are in each node of a tree, shape (n_documents, n_nodes); the first node is the root."""
    parents = {child: split.parent for split in found.splits for child in split.children}
    classes = np.zeros((found.n_classes + 1, 2 * len(found.splits) + 1))
    for number, leaf in enumerate(found.leaves):
        node = leaf
        classes[number, node] = 1
        while node in parents:
            node = parents[node]
            classes[number, node] = 1
    return sparse.csc_matrix(sparse.csr_matrix(classes)[found.labels])  # the last row, label -1, is empty


def mutual_pairs(
    first: sparse.csc_matrix, second: sparse.csc_matrix, n_documents: int, minimum_size: int
) -> list[Crossed]:
    """Return the pairs of nodes that are most associated with each other, the root left out.

    Associated: chi-square of the table of both, negative where they share fewer documents than by chance. Pairs with
    fewer documents than `minimum_size`, or no more associated than by chance, are left out.
    """
    both = np.asarray((first.T @ second).todense())[1:, 1:]
    if not both.size:
        return []
    one = np.asarray(first.sum(axis=0)).ravel()[1:, None]
    other = np.asarray(second.sum(axis=0)).ravel()[None, 1:]
    gap = n_documents * both - one * other
    spread = one * (n_documents - one) * other * (n_documents - other)
    chi_square = np.sign(gap) * np.divide(n_documents * gap**2, spread, out=np.zeros_like(both), where=spread > 0)
    nearest = chi_square.argmax(axis=1)
    return [
        Crossed((i + 1, j + 1), int(both[i, j]), float(chi_square[i, j]))
        for i, j in enumerate(nearest.tolist())
        if chi_square[:, j].argmax() == i and chi_square[i, j] > CHI_SQUARE and both[i, j] >= minimum_size
    ]


def best_disjoint(held: Sequence[sparse.csc_matrix], values: npt.NDArray[np.float64], n_classes: int) -> list[int]:
    """Return which sets to keep: as many as can be without a common document, and of those the greatest sum of values.

    Parameters
    ----------
    held : sequence of sparse matrices, shape (n_documents, 1)
        Documents of each set.
    values : ndarray of float64, shape (n_sets,)
    n_classes : int
        How many to keep at most.
    """
    if not len(held) or n_classes < 1:
        return []
    # One constraint for each kind of document: at most one of the sets that hold it.
    together = sparse.csr_matrix(sparse.hstack(held))
    kinds = {tuple(np.sort(row)) for row in np.split(together.indices, together.indptr[1:-1]) if len(row)}
    apart = np.zeros((len(kinds), len(held)))
    for number, kind in enumerate(sorted(kinds)):
        apart[number, list(kind)] = 1
    ones = np.ones((1, len(held)))

    def solve(gain: npt.NDArray[np.float64], least: int, most: int) -> list[int]:
        constraints = [LinearConstraint(apart, ub=1), LinearConstraint(ones, lb=least, ub=most)]
        found = milp(-gain, integrality=np.ones(len(held)), bounds=Bounds(0, 1), constraints=constraints)
        return [int(i) for i in np.flatnonzero(found.x > 0.5)]

    most = len(solve(np.ones(len(held)), 0, n_classes))
    return solve(values / values.max(), most, most)
