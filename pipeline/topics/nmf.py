"""Groups of texts by non-negative matrix factorisation of tf-idf: the familiar baseline."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

MINIMUM_DOCUMENTS: Final = 2
"""Terms in fewer documents are left out."""


def factorise(documents: Sequence[Sequence[str]], n_topics: int, random_state: int = 0) -> npt.NDArray[np.int64]:
    """Group documents by the component that weighs most in each.

    Non-negative matrix factorisation (Lee and Seung, Nature 401, 1999) of sublinear tf-idf, from a singular value
    decomposition (Boutsidis and Gallopoulos, Pattern Recognition 41, 2008).

    Parameters
    ----------
    documents : sequence of sequences of str
        Terms of each document.
    n_topics : int
        Number of components; fewer where there are fewer terms or documents.
    random_state : int
        Seed of the decomposition.

    Returns
    -------
    ndarray of int64, shape (n_documents,)
        Group of each document; -1 for one that no component holds.
    """
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer

    labels = np.full(len(documents), -1, dtype=np.int64)
    present = Counter(term for document in documents for term in set(document))
    least = MINIMUM_DOCUMENTS if any(n >= MINIMUM_DOCUMENTS for n in present.values()) else 1
    vocabulary = sorted(term for term, n in present.items() if n >= least)
    n_components = min(n_topics, len(vocabulary), len(documents))
    if n_components < 1:
        return labels
    weighing = TfidfVectorizer(analyzer=list, vocabulary=vocabulary, sublinear_tf=True)
    matrix = weighing.fit_transform(documents)
    # The decomposition that it starts from has as many parts as the smaller side of the table at the most.
    start = "nndsvd" if n_components < min(matrix.shape) else "random"
    model = NMF(n_components, init=start, max_iter=400, random_state=random_state)
    # Where nothing is left to explain, rounding makes the error that scikit-learn reports a root of less than zero.
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # the groups have settled long before the last digits
        weights = model.fit_transform(matrix)
    known = weights.max(axis=1) > 0
    labels[known] = weights[known].argmax(axis=1)
    return labels
