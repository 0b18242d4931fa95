"""The ways to find groups of texts, behind one function; each algorithm has a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from pipeline.topics import clustering
from pipeline.topics.nmf import factorise
from pipeline.topics.reinert import reinert
from pipeline.topics.vectors import WordVectors

Method = Literal["vectors", "reinert", "nmf"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)


def group(
    method: Method,
    documents: Sequence[Sequence[str]],
    vectors: WordVectors,
    n_topics: int,
    *,
    neighbours: int = 30,
    random_state: int = 0,
    start: npt.NDArray[np.int64] | None = None,
) -> npt.NDArray[np.int64]:
    """Group documents.

    Parameters
    ----------
    method : {"vectors", "reinert", "nmf"}
        ``vectors``: word vectors beside latent semantic analysis, UMAP, k-means (`clustering`); ``reinert``: descending
        hierarchical classification (`reinert`); ``nmf``: non-negative matrix factorisation (`nmf`).
    documents : sequence of sequences of str
        Terms of each document.
    vectors : WordVectors
        Vectors of their words; only ``vectors`` looks at them.
    n_topics : int
        How many groups to look for; fewer where the documents do not hold as many.
    neighbours, random_state, start
        See `clustering.cluster`; only ``vectors`` looks for the groups of an earlier fit.

    Returns
    -------
    ndarray of int64, shape (n_documents,)
        Group of each document, 0 … n_groups - 1, largest first (then the one with the first document), none empty; -1
        for a document in none.
    """
    if method == "reinert":
        return reinert(documents, n_topics).labels
    if method == "nmf":
        return renumber(factorise(documents, n_topics, random_state))
    if not documents:
        return np.zeros(0, dtype=np.int64)
    features = clustering.features(documents, vectors, random_state)
    k = min(n_topics, len(documents))
    return renumber(clustering.cluster(features, k, neighbours=neighbours, random_state=random_state, start=start))


def renumber(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return groups numbered by size, largest first, then by their first document; -1 stays."""
    found, first, inverse, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    order = [int(i) for i in np.lexsort((first, -sizes)) if found[i] >= 0]
    rank = np.full(len(found), -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[inverse]
