"""Give texts that have a theme to one of its sub-themes: a linear classifier for each theme that is divided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.topics.assigner import fit_assigner
from pipeline.topics.vectors import Floats, remove_component

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SubtopicAssigner:
    """Linear classifiers of the texts of a theme into its sub-themes.

    A text is never asked whether it has a theme, which `Assigner` decides; so a theme is always the union of its
    sub-themes.

    Parameters
    ----------
    component : ndarray, shape (n_dimensions,)
        What all texts of the question share; removed first.
    coefficients : ndarray, shape (n_subtopics, n_dimensions)
    intercepts : ndarray, shape (n_subtopics,)
    parent_of : tuple of int, length n_subtopics
        Theme of each sub-theme. Only logits of one theme are compared.
    """

    component: Floats
    coefficients: Floats
    intercepts: Floats
    parent_of: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.parent_of) != len(self.intercepts):
            raise ValueError(f"{len(self.parent_of)} parents for {len(self.intercepts)} sub-themes")

    def choose(self, embedding: Floats, topic: npt.NDArray[np.integer]) -> Ints:
        """Return the sub-theme of each text, shape (n_texts,): -1 where its theme has none, or it has no theme.

        Parameters
        ----------
        embedding : ndarray of float32, shape (n_texts, n_dimensions)
            What `WordVectors.embed` returns.
        topic : ndarray of int, shape (n_texts,)
            Theme of each text, -1 for none.
        """
        shares = self.shares(embedding, topic)
        if not self.parent_of:
            return np.full(len(topic), -1, dtype=np.int64)
        return np.where(shares.any(axis=1), shares.argmax(axis=1), -1).astype(np.int64)

    def shares(self, embedding: Floats, topic: npt.NDArray[np.integer]) -> Floats:
        """Return how a theme is shared out, shape (n_texts, n_subtopics): zeros but for the sub-themes of the theme.

        Parameters
        ----------
        embedding, topic
            As for `choose`. A row with any share sums to one.
        """
        if len(embedding) != len(topic):
            raise ValueError(f"{len(topic)} themes for {len(embedding)} texts")
        logits = remove_component(embedding, self.component) @ self.coefficients.T + self.intercepts
        inside = np.asarray(self.parent_of, dtype=np.int64)[None, :] == topic[:, None]
        highest = np.where(inside, logits, -np.inf).max(axis=1, keepdims=True, initial=np.finfo(np.float32).min)
        weights = np.where(inside, np.exp(np.minimum(logits - highest, 0)), 0)
        total = weights.sum(axis=1, keepdims=True)
        found: Floats = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0).astype(np.float32)
        return found


def no_subtopics(component: Floats) -> SubtopicAssigner:
    """Return the classifier of themes of which none is divided."""
    nothing = np.zeros((0, len(component)), np.float32)
    return SubtopicAssigner(component, nothing, np.zeros(0, np.float32), ())


def fit_subtopics(
    embedding: Floats, labels: Ints, parent_of: tuple[int, ...], component: Floats, random_state: int = 0
) -> SubtopicAssigner:
    """Learn to repeat the division of themes from text vectors.

    Parameters
    ----------
    embedding : ndarray of float32, shape (n_texts, n_dimensions)
        What `WordVectors.embed` returns.
    labels : ndarray of int64, shape (n_texts,)
        Sub-theme of each text, each of 0 … n_subtopics - 1 at least once; -1 for none.
    parent_of : tuple of int, length n_subtopics
        Theme of each sub-theme; the sub-themes of a theme follow each other.
    component : ndarray, shape (n_dimensions,)
        The common component of the texts of the question.

    Raises
    ------
    ValueError
        When there is not a label a text.
    """
    if len(embedding) != len(labels):
        raise ValueError(f"{len(labels)} labels for {len(embedding)} texts")
    fitted = [no_subtopics(component)]
    for parent in sorted(set(parent_of)):
        first, n_parts = parent_of.index(parent), parent_of.count(parent)
        inside = (labels >= first) & (labels < first + n_parts)
        one = fit_assigner(embedding[inside], labels[inside] - first, n_parts, component, random_state)
        fitted.append(SubtopicAssigner(component, one.coefficients, one.intercepts, (parent,) * n_parts))
    return SubtopicAssigner(
        component,
        np.vstack([one.coefficients for one in fitted]),
        np.concatenate([one.intercepts for one in fitted]),
        sum((one.parent_of for one in fitted), ()),
    )
