"""Give texts to the themes that clustering found, or to none: a linear classifier over text vectors.

Clustering settles themes once; the classifier repeats its choice on any later text, gives a probability, and is small
enough to ship. It follows human themes as well as the clusters do (tests/benchmarks/bench_topics.py). Beside the texts
of the themes it learns from texts of chance, words drawn as often as the corpus uses them: what resembles these more
than any theme fits none.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.topics.vectors import Floats, remove_component

REGULARISATION = 10.0
_NEVER_NONE = 30.0  # a logit beside which one of zero has no weight


@dataclass(frozen=True)
class Assigner:
    """A linear classifier of text vectors into topics or none; the logit of none is zero.

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
        """Return the probability of each topic, shape (n_texts, n_topics); what rows lack to one is for none of them.

        Parameters
        ----------
        embedding : ndarray, shape (n_texts, n_dimensions)
            What `WordVectors.embed` returns. A row of zeros (no known word) gets probabilities of zero.
        """
        logits = remove_component(embedding, self.component) @ self.coefficients.T + self.intercepts
        highest = logits.max(axis=1, keepdims=True, initial=0)
        weights = np.exp(logits - highest)
        shares: Floats = weights / (weights.sum(axis=1, keepdims=True) + np.exp(-highest))
        shares[~embedding.any(axis=1)] = 0
        return shares


def fit_assigner(
    embedding: Floats,
    labels: npt.NDArray[np.int64],
    n_topics: int,
    component: Floats,
    random_state: int = 0,
    *,
    chance: Floats | None = None,
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
    chance : ndarray, shape (n_chance, n_dimensions), optional
        Vectors of texts that are in no topic (`WordVectors.embed_chance`); without them every text has a topic.
    """
    from sklearn.linear_model import LogisticRegression

    background = np.zeros((0, len(component)), np.float32) if chance is None else chance
    n_classes = n_topics + (len(background) > 0)
    if n_topics < 1 or n_classes < 2:
        nothing = np.zeros((n_topics, len(component)), np.float32)
        return Assigner(component, nothing, np.full(n_topics, _NEVER_NONE, np.float32))
    centered = remove_component(np.vstack([embedding, background]), component)
    classes = np.concatenate([labels, np.full(len(background), n_topics)])
    model = LogisticRegression(C=REGULARISATION, max_iter=300, random_state=random_state)
    with warnings.catch_warnings():  # a theme for every text or two is what a person may ask for
        warnings.filterwarnings("ignore", message="The number of unique classes", category=UserWarning)
        model.fit(centered.astype(np.float64), classes)
    coefficients, intercepts = model.coef_, model.intercept_
    if n_classes == 2:  # scikit-learn keeps one row for two classes, that of the second
        coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
        intercepts = np.concatenate([np.zeros_like(intercepts), intercepts])
    if len(background):  # only differences count, so the logit of the last class can be zero
        coefficients, intercepts = coefficients[:-1] - coefficients[-1], intercepts[:-1] - intercepts[-1]
    else:
        intercepts = intercepts + _NEVER_NONE
    return Assigner(component, coefficients.astype(np.float32), intercepts.astype(np.float32))
