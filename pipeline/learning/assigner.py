"""An assigner of several themes an answer, learned from the answers that people reviewed.

It starts from what the names of the themes and the classifier that is there say, as if by one rule for all themes, and
learns where the reviewed answers differ: a logistic regression a theme on words, parts of words and word vectors, whose
penalty is the one that best foretells each reviewed answer from the others. Without any it is the rule alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit

from pipeline.learning.deciding import decide
from pipeline.learning.features import Doubles, Expectation, Features, learn_features
from pipeline.learning.logistic import fit_logistic, log_loss, scale_and_shift
from pipeline.topics.assigner import Assigner
from pipeline.topics.documents import Document
from pipeline.topics.vectors import Floats, WordVectors

RULE: Final = (3.565, 0.527, 0.410, 0.158)
"""How much each value of `Expectation.evidence` adds to the logit of a theme, RULE_START standing before: learned on
the questions that tests/benchmarks/bench_decisions.py names as tuned."""
RULE_START: Final = -1.314
SCALES: Final = (2.0, 6.0, 18.0)
"""What the regression may add to logits (variance for an answer of length one), of which one is chosen."""
FREQUENCY: Final = 1.0  # the same for how frequent a theme is
MOST_REVIEWED: Final = 2000
"""Reviewed answers that are learned from, at the most: time grows with their cube."""
_CHUNK: Final = 5000


@dataclass(frozen=True)
class Theme:
    """A theme that people may give: its id and the terms of its name, definition and examples."""

    theme_id: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Reviewed:
    """An answer that a person confirmed or corrected, with all of its themes, possibly none."""

    document: Document
    theme_ids: frozenset[str]


@dataclass(frozen=True)
class ReviewedAssigner:
    """What was learned from reviewed answers.

    Parameters
    ----------
    theme_ids : tuple of str, length n_themes
    features : Features
    expectation : Expectation
    rule : tuple of float
        How much the logit of `expected_logits` counts, and what is added to it.
    coefficients : ndarray of float32, shape (n_themes, n_features)
    intercepts : ndarray of float32, shape (n_themes,)
    allow_none : bool
        Whether the people who reviewed gave some answers no theme.
    n_reviewed : int
    """

    theme_ids: tuple[str, ...]
    features: Features
    expectation: Expectation
    rule: tuple[float, float]
    coefficients: Floats
    intercepts: Floats
    allow_none: bool
    n_reviewed: int

    def probabilities(self, documents: Sequence[Document], vectors: WordVectors) -> Floats:
        """Return the probability of each theme, float32, shape (n_documents, n_themes); themes do not exclude others.

        Parameters
        ----------
        documents : sequence of Document
            Whole answers to the question; those that were cut (`Document.cuts`) are read by segments too.
        vectors : WordVectors
            Those that the assigner was learned with.
        """
        found = [np.zeros((0, len(self.theme_ids)), np.float32)]
        for start in range(0, len(documents), _CHUNK):
            part = documents[start : start + _CHUNK]
            expected = expected_logits(self.expectation, part, vectors, self.features.component)
            added = self.features.matrix(part, vectors) @ self.coefficients.T + self.intercepts
            found.append(expit(self.rule[0] * expected + self.rule[1] + added).astype(np.float32))
        return np.vstack(found)

    def predict(self, documents: Sequence[Document], vectors: WordVectors) -> list[frozenset[str]]:
        """Return the ids of the themes of each answer (`deciding.decide`)."""
        return self.chosen(self.probabilities(documents, vectors))

    def chosen(self, probabilities: Floats) -> list[frozenset[str]]:
        """Return the ids of the themes that probabilities give to each answer."""
        rows = decide(probabilities, allow_none=self.allow_none)
        return [frozenset(self.theme_ids[i] for i in np.flatnonzero(row)) for row in rows]


def fit_reviewed(
    reviewed: Sequence[Reviewed],
    themes: Sequence[Theme],
    documents: Sequence[Document],
    vectors: WordVectors,
    current: Assigner,
    current_ids: Sequence[str],
    *,
    features: Features | None = None,
    random_state: int = 0,
) -> ReviewedAssigner:
    """Learn from reviewed answers.

    Parameters
    ----------
    reviewed : sequence of Reviewed
        Possibly none. Ids of themes that are not in `themes` are passed over.
    themes : sequence of Theme
        All themes of the question; those that no reviewed answer has are given by their names.
    documents : sequence of Document
        All answers to the question, reviewed or not: they teach the vocabulary.
    vectors : WordVectors
    current, current_ids
        The classifier that is there and the ids of its topics, in order: `ThemeSet.assigner` of themes that were found,
        or of `codebook_fitting.codebook_themes` where there are names alone. A theme may be missing there.
    features : Features, optional
        What `learn_features(documents, …)` gives, where it is known.
    random_state : int
        Seed of the samples that are read where there are very many answers.

    Raises
    ------
    ValueError
        When there is no theme, or one twice.
    """
    theme_ids = tuple(theme.theme_id for theme in themes)
    if not theme_ids or len(set(theme_ids)) < len(theme_ids):
        raise ValueError("themes must be one or more, each once")
    features = features or learn_features(documents, vectors, random_state)
    place = {theme_id: i for i, theme_id in enumerate(current_ids)}
    columns = np.asarray([place.get(theme_id, -1) for theme_id in theme_ids], dtype=np.int64)
    expectation = Expectation(vectors.embed([theme.terms for theme in themes]), current, columns)
    rule, coefficients = (1.0, 0.0), np.zeros((len(themes), features.n_features), np.float32)
    intercepts = np.zeros(len(themes), np.float32)
    taught = _sample(reviewed, random_state)
    if taught:
        given = _given(taught, theme_ids)
        answers = [one.document for one in taught]
        expected = expected_logits(expectation, answers, vectors, features.component)
        rule = scale_and_shift(expected, given)
        matrix = features.matrix(answers, vectors).astype(np.float64)
        dual, scale = _best_fit((matrix @ matrix.T).toarray(), given, rule[0] * expected + rule[1])
        coefficients = (scale * (matrix.T @ dual).T).astype(np.float32)
        intercepts = (FREQUENCY * dual.sum(axis=0)).astype(np.float32)
    none = any(not one.theme_ids for one in reviewed)
    return ReviewedAssigner(theme_ids, features, expectation, rule, coefficients, intercepts, none, len(reviewed))


def expected_logits(
    expectation: Expectation, documents: Sequence[Document], vectors: WordVectors, component: Floats
) -> Doubles:
    """Return the logit of each theme by RULE, shape (n_documents, n_themes)."""
    logits: Doubles = expectation.evidence(documents, vectors, component) @ np.asarray(RULE) + RULE_START
    return logits


def _best_fit(likeness: Doubles, given: Doubles, expected: Doubles) -> tuple[Doubles, float]:
    """Return the fit, and its scale, that best foretells each answer from the others."""
    found = []
    for scale in SCALES:
        dual, left_out = fit_logistic(scale * likeness + FREQUENCY, given, expected)
        found.append((log_loss(left_out, given), scale, dual))
    _, scale, dual = min(found, key=lambda fit: fit[:2])
    return dual, scale


def _given(reviewed: Sequence[Reviewed], theme_ids: Sequence[str]) -> Doubles:
    return np.asarray([[theme_id in one.theme_ids for theme_id in theme_ids] for one in reviewed], dtype=np.float64)


def _sample(reviewed: Sequence[Reviewed], random_state: int) -> list[Reviewed]:
    if len(reviewed) <= MOST_REVIEWED:
        return list(reviewed)
    chosen = np.random.default_rng(random_state).choice(len(reviewed), MOST_REVIEWED, replace=False)
    return [reviewed[int(i)] for i in np.sort(chosen)]
