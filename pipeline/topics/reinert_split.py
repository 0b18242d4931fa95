"""Cut one class in two: the step that Reinert's classification repeats (`pipeline.topics.reinert`).

Documents are put in the order of the first factor of a correspondence analysis, cut where the chi-square of the table
class × term is greatest, and moved one by one while it grows (Reinert 1983).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

BLOCKS: Final = 1024
"""Up to so many documents are tried on the other side one by one, more in so many blocks."""
PASSES: Final = 10
"""How often all are tried at most; fifty agreed no better with people on seven questions."""
DENSE: Final = 64
"""Tables of so many terms are decomposed whole."""
TOLERANCE: Final = 1e-9
"""A gain of chi-square that is smaller, relatively, is rounding."""


def bisect(matrix: sparse.csr_matrix, weights: Integers, minimum_size: int) -> tuple[Booleans, float] | None:
    """Cut documents in two so that the chi-square of the table class × term is great.

    Parameters
    ----------
    matrix : sparse matrix of float64, shape (n_rows, n_terms)
        Rows of ones, none empty.
    weights : ndarray of int64, shape (n_rows,)
        How many documents each row stands for.
    minimum_size : int
        The least number of documents on a side.

    Returns
    -------
    tuple of (ndarray of bool, shape (n_rows,); float), or None
        Which rows are on the second side, and the chi-square; None where there is no such cut.
    """
    matrix = matrix[:, np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]))]
    if len(weights) < 2 or matrix.shape[1] < 2 or weights.sum() < 2 * minimum_size:
        return None
    side = cut(matrix, weights, first_factor(matrix, weights), minimum_size)
    return None if side is None else exchange(matrix, weights, side, minimum_size)


def first_factor(matrix: sparse.csr_matrix, weights: Integers) -> Floats:
    """Return the coordinate of each row on the first factor of the correspondence analysis of the table.

    Notes
    -----
    The factor is the first eigenvector of D^-½ Xᵀ W R⁻¹ X D^-½, terms × terms (X the ones, W the weights, R the sums of
    rows, D the weighted sums of columns), less the trivial one, √D (Greenacre 1984, section 4.1).
    """
    totals = matrix.T @ weights
    lengths = np.diff(matrix.indptr)
    scale = 1 / np.sqrt(totals)
    trivial = np.sqrt(totals / totals.sum())
    mass = weights / lengths

    def apply(vector: Floats) -> Floats:
        vector = vector.ravel()
        return np.asarray(scale * (matrix.T @ (mass * (matrix @ (scale * vector)))) - trivial * (trivial @ vector))

    n_terms = len(totals)
    start = np.random.default_rng(0).standard_normal(n_terms)
    if np.linalg.norm(apply(start)) <= TOLERANCE * np.linalg.norm(start):
        return np.zeros(len(weights))  # the rows are alike
    if n_terms <= DENSE:
        vector = np.linalg.eigh(np.column_stack([apply(unit) for unit in np.eye(n_terms)]))[1][:, -1]
    else:
        operator = LinearOperator((n_terms, n_terms), matvec=apply, dtype=np.float64)
        try:
            vector = eigsh(operator, k=1, which="LA", v0=start, tol=1e-4, maxiter=50)[1][:, 0]
        except ArpackNoConvergence:  # factors of nearly equal strength: any mixture of them will do
            vector = start
            for _ in range(PASSES):
                vector = apply(vector) / np.linalg.norm(vector)
    vector = vector if vector[np.argmax(np.abs(vector))] > 0 else -vector
    return np.asarray(matrix @ (scale * vector) / lengths)


def cut(matrix: sparse.csr_matrix, weights: Integers, coordinates: Floats, minimum_size: int) -> Booleans | None:
    """Return the rows after the best cut of their order.

    With n_j how often term j occurs, a_j how often before the cut, N and A their sums, chi-square is
    N² / (A (N - A)) · (S - A² / N) with S = Σ a_j² / n_j. A document adds (2 w a_j + w²) / n_j for each of its terms,
    w its weight and a_j the sum of the term's column so far: one pass over the ones, however many cuts there are.
    """
    order = np.argsort(coordinates, kind="stable")
    columns = matrix[order].tocsc()
    weight = weights[order].astype(np.float64)
    own = weight[columns.indices]
    before = np.concatenate([[0.0], np.cumsum(own)])
    lengths = np.diff(columns.indptr)
    so_far = before[:-1] - np.repeat(before[columns.indptr[:-1]], lengths)
    totals = np.diff(before[columns.indptr])
    gains = (2 * own * so_far + own**2) / np.repeat(totals, lengths)
    sums: Floats = np.cumsum(np.bincount(columns.indices, gains, minlength=len(order)), dtype=np.float64)[:-1]
    occurrences: Floats = np.cumsum(weight * np.bincount(columns.indices, minlength=len(order)))
    values = chi_square_of(sums, occurrences[:-1], float(occurrences[-1]))
    documents: Floats = np.cumsum(weight)
    allowed = (documents[:-1] >= minimum_size) & (documents[-1] - documents[:-1] >= minimum_size)
    if not allowed.any():
        return None
    best = int(np.argmax(np.where(allowed, values, -1.0)))
    side = np.ones(len(order), dtype=bool)
    side[order[: best + 1]] = False
    return side


def chi_square_of(sums: Floats, occurrences: Floats, total: float) -> Floats:
    """Return N² / (A (N - A)) · (S - A² / N); see `cut`. Where one side is empty, 0."""
    product = occurrences * (total - occurrences)
    return np.divide(total * (total * sums - occurrences**2), product, out=np.zeros_like(sums), where=product > 0)


def exchange(
    matrix: sparse.csr_matrix, weights: Integers, side: Booleans, minimum_size: int
) -> tuple[Booleans, float] | None:
    """Move rows to the other side while chi-square grows, in the order of the rows.

    Up to BLOCKS rows are tried one by one. More are tried in as many blocks: those of a block that would each make it
    grow move together, or the best alone if they do not do so together.

    Returns
    -------
    tuple of (ndarray of bool, float), or None
        None when chi-square is zero: the documents are alike.
    """
    side = side.copy()
    weight = weights.astype(np.float64)
    lengths = np.diff(matrix.indptr)
    inverse = 1 / (matrix.T @ weight)
    own = weight**2 * (matrix @ inverse)
    occurrences: Floats = weight * lengths
    total = float(occurrences.sum())
    one = matrix.T @ np.where(side, 0.0, weight)
    sums, mass = inverse @ one**2, one.sum()
    best = chi_square_of(sums, mass, total)
    sizes = np.asarray([weights[~side].sum(), weights[side].sum()])
    bounds = np.unique(np.linspace(0, len(side), min(len(side), BLOCKS) + 1).astype(np.int64)).tolist()
    for _ in range(PASSES):
        moves = 0
        for start, end in pairwise(bounds):
            ones = slice(matrix.indptr[start], matrix.indptr[end])
            terms, firsts = matrix.indices[ones], matrix.indptr[start:end] - ones.start
            here, leaving = side[start:end], weights[start:end]
            sign = np.where(here, 1.0, -1.0)
            spare = sizes - minimum_size
            shared = np.add.reduceat((one * inverse)[terms], firsts)
            new_sums = sums + 2 * weight[start:end] * sign * shared + own[start:end]
            values = chi_square_of(new_sums, mass + sign * occurrences[start:end], total)
            better = (values > best * (1 + TOLERANCE)) & (leaving <= spare[here.astype(int)])
            for together in (True, False):
                if not better.any():
                    break
                if not together:
                    better = np.arange(len(better)) == np.argmax(np.where(better, values, -1.0))
                change = np.asarray([leaving[better & ~here].sum(), leaving[better & here].sum()])
                signed = np.repeat(np.where(better, sign * weight[start:end], 0.0), lengths[start:end])
                moved = one + np.bincount(terms, signed, minlength=len(one))
                value = chi_square_of(inverse @ moved**2, moved.sum(), total)
                if value > best * (1 + TOLERANCE) and (change <= spare).all():
                    one, sums, mass, best = moved, inverse @ moved**2, moved.sum(), value
                    sizes = sizes - change + change[::-1]
                    side[start:end] ^= better
                    moves += 1
                    break
        if not moves:
            break
    return (side, float(best)) if best > TOLERANCE * total else None


def nearer(matrix: sparse.csr_matrix, weights: Integers, side: Booleans, others: sparse.csr_matrix) -> Booleans:
    """Return which of other rows are nearer to the second side's profile, by the distance of chi-square.

    The first side has those that are as near to both.
    """
    totals = matrix.T @ weights
    inverse = np.divide(1.0, totals, out=np.zeros(len(totals)), where=totals > 0)
    profiles = [p / max(p.sum(), 1) for p in (matrix.T @ np.where(s, weights, 0) for s in (~side, side))]
    lengths = np.maximum(np.diff(others.indptr), 1)
    gap = others @ (inverse * (profiles[1] - profiles[0])) / lengths
    return np.asarray(gap > inverse @ (profiles[1] ** 2 - profiles[0] ** 2) / 2)
