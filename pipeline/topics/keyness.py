"""Which terms tell a theme from the others: signed log-likelihood (Dunning 1993; G² of a 2 × 2 table)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import xlogy

SIGNIFICANT: Final = 3.84
"""G² beyond which a difference is no chance at 5 % (χ² with one degree of freedom)."""


def keyness(
    counts: sparse.csr_matrix,
    labels: npt.NDArray[np.int64],
    n_topics: int,
    sizes: npt.NDArray[np.float64] | None = None,
) -> npt.NDArray[np.float64]:
    """Return the signed G² of each term in each topic against all the others.

    Parameters
    ----------
    counts : sparse matrix, shape (n_documents, n_terms)
        How often each term stands in each document.
    labels : ndarray of int, shape (n_documents,)
        Topic of each document; -1 for none.
    n_topics : int
        Number of topics.
    sizes : ndarray of float64, shape (n_documents,), optional
        What the counts are out of, at least the count of any term; the sum of the counts when None. With counts of
        0 and 1 and sizes of 1, documents are compared instead of words.

    Returns
    -------
    ndarray of float64, shape (n_topics, n_terms)
        Positive where the term is more frequent in the topic than elsewhere, negative where it is rarer.
    """
    used = labels >= 0
    member = sparse.csr_matrix(
        (np.ones(used.sum()), (labels[used], np.flatnonzero(used))), shape=(n_topics, len(labels))
    )
    inside = np.asarray((member @ counts).todense(), dtype=np.float64)
    term_totals = inside.sum(axis=0)
    topic_totals = inside.sum(axis=1, keepdims=True) if sizes is None else (member @ sizes)[:, None]
    total = topic_totals.sum()
    if total == 0:
        return np.zeros_like(inside)
    outside = term_totals - inside
    outside_totals = total - topic_totals
    expected = topic_totals * term_totals / total
    statistic = 2 * (
        _gain(inside, expected)
        + _gain(outside, outside_totals * term_totals / total)
        + _gain(topic_totals - inside, topic_totals * (total - term_totals) / total)
        + _gain(outside_totals - outside, outside_totals * (total - term_totals) / total)
    )
    return np.asarray(np.where(inside >= expected, statistic, -statistic))


def _gain(observed: npt.NDArray[np.float64], expected: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # A cell where nothing is observed adds nothing; where something is, something is expected too.
    return np.asarray(xlogy(observed, np.divide(observed, expected, out=np.ones_like(observed), where=observed > 0)))
