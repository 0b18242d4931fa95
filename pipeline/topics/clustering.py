"""Find groups of texts that speak of the same thing: LSA ⊕ SIF features, a neighbourhood graph, k-means.

The order of methods measured for this product is in tests/benchmarks; this one came first.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.topics.vectors import Floats, WordVectors, common_component, count_matrix, remove_component, unit_rows
from pipeline.topics.warm_start import held_together, initial_centres

LSA_DIMENSIONS: Final = 50
EMBEDDING_DIMENSIONS: Final = 5
INITIALISATIONS: Final = 10


def choose_number(n_texts: int) -> int:
    """Return how many themes to look for among `n_texts` distinct texts: 2·n^¼, between 4 and 20.

    A rule of thumb: about 8 for 300 texts, 12 for 1,300, 16 for 4,000, which is what people write codebooks of.
    """
    return int(np.clip(round(2 * n_texts**0.25), 4, 20))


def features(documents: Sequence[Sequence[str]], vectors: WordVectors, random_state: int = 0) -> Floats:
    """Return the latent semantic analysis of the documents beside their word-vector embedding.

    Parameters
    ----------
    documents : sequence of sequences of str
        Terms of each document.
    vectors : WordVectors
        Vectors that the embedding is made of.

    Returns
    -------
    ndarray of float32, shape (n_documents, ≤ LSA_DIMENSIONS + vectors.n_dimensions)
        Both halves have rows of length one, so they weigh the same.
    """
    embedding = vectors.embed(documents)
    meaning = remove_component(embedding, common_component(embedding))
    return np.hstack([_latent(documents, random_state), meaning])


def _latent(documents: Sequence[Sequence[str]], random_state: int) -> Floats:
    from sklearn.utils.extmath import randomized_svd

    present = Counter(word for document in documents for word in set(document))
    vocabulary = sorted(word for word, n in present.items() if n >= 2)
    n_dimensions = min(LSA_DIMENSIONS, len(vocabulary) - 1, len(documents) - 1)
    if n_dimensions < 1:
        return np.zeros((len(documents), 1), dtype=np.float32)
    counts = count_matrix(documents, {word: i for i, word in enumerate(vocabulary)})
    weights = np.log((1 + len(documents)) / (1 + np.asarray([present[w] for w in vocabulary]))) + 1
    counts.data = 1 + np.log(counts.data)
    weighted = (counts @ sparse.diags(weights)).tocsr().astype(np.float32)
    norms = sparse.linalg.norm(weighted, axis=1)
    weighted = sparse.diags(np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)) @ weighted
    left, values, _ = randomized_svd(weighted, n_dimensions, n_iter=5, random_state=random_state)
    return unit_rows((left * values).astype(np.float32))


def cluster(matrix: Floats, n_clusters: int, *, neighbours: int = 30, random_state: int = 0) -> npt.NDArray[np.int64]:
    """Group rows: UMAP to 5 dimensions over cosine neighbours, then k-means (`space_of`, then `cut`)."""
    return cut(
        space_of(matrix, neighbours=neighbours, random_state=random_state), n_clusters, random_state=random_state
    )


def space_of(matrix: Floats, *, neighbours: int = 30, random_state: int = 0) -> Floats:
    """Return the space in which groups are looked for: UMAP to 5 dimensions over cosine neighbours.

    Parameters
    ----------
    matrix : ndarray of float32, shape (n_texts, n_features)
        Features of distinct texts.
    neighbours : int
        Size of the neighbourhood.
    random_state : int
        Seed.

    Returns
    -------
    ndarray of float32, shape (n_texts, EMBEDDING_DIMENSIONS)
        `matrix` itself where there are too few texts for a neighbourhood.
    """
    return _embed(matrix, neighbours, random_state) if len(matrix) > 3 * EMBEDDING_DIMENSIONS else matrix


def cut(
    space: Floats, n_clusters: int, *, random_state: int = 0, start: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.int64]:
    """Group the rows of a space by k-means.

    Parameters
    ----------
    space : ndarray of float32, shape (n_texts, n_dimensions)
        What `space_of` returns.
    n_clusters : int
        Number of groups, at most n_texts.
    random_state : int
        Seed.
    start : ndarray of int, shape (n_texts,), optional
        Group of each row in an earlier fit, -1 where there is none: these groups are looked for first (`warm_start`).

    Returns
    -------
    ndarray of int64, shape (n_texts,)
        Group of each row, below n_clusters; rows that are alike may fill fewer groups.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    centres = None
    if start is not None:
        space = held_together(start, space)
        centres = initial_centres(start, space, n_clusters, random_state=random_state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # texts that are alike fill fewer groups, rightly
        if centres is None:
            model = KMeans(n_clusters, n_init=INITIALISATIONS, random_state=random_state)
        else:
            model = KMeans(n_clusters, init=centres, n_init=1, random_state=random_state)
        return np.asarray(model.fit_predict(space), dtype=np.int64)


def _embed(matrix: Floats, neighbours: int, random_state: int) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # UMAP says at every call that a seed means one thread
        from umap import UMAP

        _keep_compiled()
        n_neighbours = min(neighbours, len(matrix) - 1)
        reducer = UMAP(
            n_components=EMBEDDING_DIMENSIONS,
            n_neighbors=n_neighbours,
            metric="cosine",
            min_dist=0.0,
            random_state=random_state,
            n_jobs=1,
            precomputed_knn=nearest(matrix, n_neighbours),
        )
        return np.asarray(reducer.fit_transform(matrix), dtype=np.float32)


@cache
def _keep_compiled() -> None:
    """Let Numba find what it compiles of UMAP again on the disk: that takes ten seconds of each process that fits."""
    from umap import layouts, umap_

    with suppress(RuntimeError):  # there is no place to write
        umap_.smooth_knn_dist.enable_caching()
        umap_.compute_membership_strengths.enable_caching()
        layouts._nb_optimize_layout_euclidean_single_epoch.enable_caching()


def nearest(matrix: Floats, k: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the `k` nearest rows of each row (itself first) and their cosine distances, exactly.

    Exact neighbours of a few thousand texts cost less than building an approximate index, and never vary.
    """
    unit = unit_rows(matrix)
    indices = np.empty((len(unit), k), dtype=np.int64)
    distances = np.empty((len(unit), k), dtype=np.float32)
    for start in range(0, len(unit), 1024):
        block = 1 - unit[start : start + 1024] @ unit.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -1  # a row is its own first neighbour
        best = np.argsort(block, axis=1, kind="stable")[:, :k]
        indices[start : start + len(block)] = best
        distances[start : start + len(block)] = np.clip(np.take_along_axis(block, best, axis=1), 0, None)
    return indices, distances
