"""Give texts to the themes that clustering found: a linear classifier over text vectors.

Clustering settles themes once; the classifier repeats its choice on any later text, gives a probability, and is small
enough to ship. It follows human themes as well as the clusters do (tests/benchmarks/bench_topics.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.topics.vectors import Floats, remove_component

REGULARISATION = 10.0


@dataclass(frozen=True)
class Assigner:
    """A linear classifier of text vectors into topics.

    Parameters
    ----------
    component : ndarray, shape (n_dimensions,)
        What all texts of the question share; removed first.
    coefficients : ndarray, shape (n_topics, n_dimensions)
    intercepts : ndarray, shape (n_topics,)
    """

    component: Floats
    coefficients: Floats
    intercepts: Floats

    @property
    def n_topics(self) -> int:
        return len(self.intercepts)

    def probabilities(self, embedding: Floats) -> Floats:
        """Return the probability of each topic, shape (n_texts, n_topics); rows sum to one.

        Parameters
        ----------
        embedding : ndarray, shape (n_texts, n_dimensions)
            What `WordVectors.embed` returns. A row of zeros (no known word) gets probabilities of zero.
        """
        logits = remove_component(embedding, self.component) @ self.coefficients.T + self.intercepts
        logits -= logits.max(axis=1, keepdims=True)
        weights = np.exp(logits)
        shares: Floats = weights / weights.sum(axis=1, keepdims=True)
        shares[~embedding.any(axis=1)] = 0
        return shares


def fit_assigner(
    embedding: Floats, labels: npt.NDArray[np.int64], n_topics: int, component: Floats, random_state: int = 0
) -> Assigner:
    """Learn to repeat `labels` from text vectors.

    Parameters
    ----------
    embedding : ndarray, shape (n_texts, n_dimensions)
        Vectors as `WordVectors.embed` returns them.
    labels : ndarray of int, shape (n_texts,)
        Topic of each text, each of 0 … n_topics - 1 at least once.
    component : ndarray, shape (n_dimensions,)
        The common component of the texts of the question.
    """
    from sklearn.linear_model import LogisticRegression

    centered = remove_component(embedding, component)
    if n_topics < 2:
        return Assigner(component, np.zeros((n_topics, len(component)), np.float32), np.zeros(n_topics, np.float32))
    model = LogisticRegression(C=REGULARISATION, max_iter=300, random_state=random_state)
    model.fit(centered.astype(np.float64), labels)
    coefficients, intercepts = model.coef_, model.intercept_
    if n_topics == 2:  # scikit-learn keeps one row for two classes
        coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
        intercepts = np.concatenate([np.zeros_like(intercepts), intercepts])
    return Assigner(component, coefficients.astype(np.float32), intercepts.astype(np.float32))
