"""Where segments lie on a plane, near those that use the same words."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.manifold import TSNE
from sklearn.preprocessing import normalize

Floats = npt.NDArray[np.float64]

LEAST: Final = 12
"""Segments under which a plane shows nothing."""
_DIMENSIONS: Final = 40
_PERPLEXITY: Final = 25.0
_ITERATIONS: Final = 400
_SEED: Final = 0


def plane(counts: Any, chosen: npt.NDArray[np.int64]) -> Floats:
    """Return the places of some segments on a plane.

    Parameters
    ----------
    counts : sparse matrix, shape (n_segments, n_words)
        Words of all segments: those that are not shown help to tell which words go together.
    chosen : ndarray of int64, shape (n_chosen,)
        Rows that are shown.

    Returns
    -------
    ndarray of float64, shape (n_chosen, 2)
        Latent semantic analysis (Deerwester et al. 1990), then t-SNE (van der Maaten and Hinton 2008). The axes mean
        nothing. Without enough segments or words, no rows.
    """
    if len(chosen) < LEAST or counts.shape[1] < LEAST:
        return np.zeros((0, 2))
    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    dimensions = min(_DIMENSIONS, *(side - 1 for side in counts.shape))
    latent = normalize(TruncatedSVD(dimensions, random_state=_SEED).fit_transform(weighed)[chosen])
    perplexity = min(_PERPLEXITY, (len(chosen) - 1) / 3)
    places = TSNE(
        2, perplexity=perplexity, init="pca", max_iter=_ITERATIONS, random_state=_SEED, n_jobs=1
    ).fit_transform(latent)
    return np.asarray(places, dtype=np.float64)
