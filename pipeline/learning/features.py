"""Answers as numbers: words, parts of words and word vectors side by side, and what the names of themes say of them.

The vocabulary is that of the question, learned from all its answers, reviewed or not. What is kept is words and arrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.topics.assigner import Assigner
from pipeline.topics.documents import Document
from pipeline.topics.vectors import Floats, WordVectors, common_component, count_matrix, remove_component

Doubles = npt.NDArray[np.float64]

WEIGHTS: Final = {"words": 1 / 6, "characters": 1 / 6, "vectors": 2 / 3}
"""Share of each kind of features in how alike two answers are."""
CHARACTERS: Final = (3, 5)
LEAST_WORD: Final = 2  # answers that a word must be in
LEAST_CHARACTERS: Final = 3
MOST_FEATURES: Final = 20_000  # of one kind
SAMPLE: Final = 5000  # answers that vocabularies are made of, at the most
_LOWEST: Final = 0.01  # a probability under it says no less than it


@dataclass(frozen=True)
class Features:
    """What answers to one question are turned into numbers with.

    Parameters
    ----------
    words, characters : tuple of str
        Terms, and strings of CHARACTERS characters within words, in alphabetical order.
    word_weights, character_weights : ndarray of float32
        How rare each is (inverse document frequency).
    component : ndarray of float32, shape (n_dimensions,)
        What the vectors of all answers share.
    """

    words: tuple[str, ...]
    word_weights: Floats
    characters: tuple[str, ...]
    character_weights: Floats
    component: Floats

    @property
    def n_features(self) -> int:
        return len(self.words) + len(self.characters) + len(self.component)

    @cached_property
    def _word_places(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.words)}

    @cached_property
    def _character_places(self) -> dict[str, int]:
        return {string: i for i, string in enumerate(self.characters)}

    def matrix(self, documents: Sequence[Document], vectors: WordVectors) -> sparse.csr_matrix:
        """Return the features of answers, shape (n_documents, n_features), float32; rows are of length one at most."""
        words = count_matrix([document.terms for document in documents], self._word_places)
        strings = count_matrix([character_strings(document.text) for document in documents], self._character_places)
        dense = remove_component(vectors.embed([document.terms for document in documents]), self.component)
        parts = (
            _weighted(words, self.word_weights) * np.sqrt(WEIGHTS["words"]),
            _weighted(strings, self.character_weights) * np.sqrt(WEIGHTS["characters"]),
            sparse.csr_matrix(dense * np.sqrt(WEIGHTS["vectors"])),
        )
        return sparse.hstack(parts, format="csr", dtype=np.float32)


def learn_features(documents: Sequence[Document], vectors: WordVectors, random_state: int = 0) -> Features:
    """Learn the vocabulary of a question.

    Parameters
    ----------
    documents : sequence of Document
        All answers to the question.
    random_state : int
        Seed of the sample that is read where there are more than SAMPLE.
    """
    chosen = np.arange(len(documents))
    if len(chosen) > SAMPLE:
        chosen = np.sort(np.random.default_rng(random_state).choice(len(chosen), SAMPLE, replace=False))
    read = [documents[int(i)] for i in chosen]
    words, word_weights = _vocabulary([document.terms for document in read], LEAST_WORD)
    strings, string_weights = _vocabulary([character_strings(document.text) for document in read], LEAST_CHARACTERS)
    embedding = vectors.embed([document.terms for document in read])
    nothing: Floats = np.zeros(vectors.n_dimensions, np.float32)
    component = common_component(embedding) if embedding.any() else nothing
    return Features(words, word_weights, strings, string_weights, component)


def character_strings(text: str) -> list[str]:
    """Return the strings of CHARACTERS characters within each word of a text, a space standing for its ends."""
    found = []
    for word in text.lower().split():
        padded = f" {word} "
        for length in range(CHARACTERS[0], CHARACTERS[1] + 1):
            found += [padded[i : i + length] for i in range(len(padded) - length + 1)]
    return found


@dataclass(frozen=True)
class Expectation:
    """What is known of themes before any answer is reviewed: vectors of their names, and a classifier.

    Parameters
    ----------
    names : ndarray of float32, shape (n_themes, n_dimensions)
        Vectors of the words of each theme, as `WordVectors.embed` gives them.
    assigner : Assigner
        Classifier of the set of themes that is there.
    columns : ndarray of int64, shape (n_themes,)
        Place of each theme in it, -1 for those that it does not know.
    """

    names: Floats
    assigner: Assigner
    columns: npt.NDArray[np.int64]

    def evidence(self, documents: Sequence[Document], vectors: WordVectors, component: Floats) -> Doubles:
        """Return what names and classifier say, shape (n_documents, n_themes, 4).

        The cosine of name and nearest segment, that of name and whole answer, and the logarithm of the probability of
        the theme, again for the best segment and for the whole. Answers that were not cut are one segment.
        """
        segments: list[tuple[str, ...]] = []
        owners: list[int] = []
        for place, document in enumerate(documents):
            inside = document.segments() or [()]
            segments += inside
            owners += [place] * len(inside)
        whole = vectors.embed([document.terms for document in documents])
        parts = vectors.embed(segments)
        first = np.searchsorted(owners, np.arange(len(documents)))
        found = [
            _highest(self._cosines(parts, component), first),
            self._cosines(whole, component),
            np.log(_LOWEST + _highest(self._probabilities(parts), first)),
            np.log(_LOWEST + self._probabilities(whole)),
        ]
        return np.stack(found, axis=2).astype(np.float64)

    def _cosines(self, embedding: Floats, component: Floats) -> Floats:
        bare = remove_component(embedding, component) @ remove_component(self.names, component).T
        cosines: Floats = ((embedding @ self.names.T + bare) / 2).astype(np.float32)
        return cosines

    def _probabilities(self, embedding: Floats) -> Floats:
        unknown = np.full((len(embedding), 1), 1 / (1 + len(self.columns)), np.float32)
        found: Floats = np.hstack([self.assigner.probabilities(embedding), unknown])[:, self.columns]
        return found


def _highest(values: Floats, first: npt.NDArray[np.int64]) -> Floats:
    highest: Floats = np.maximum.reduceat(values, first, axis=0) if len(first) else values
    return highest


def _vocabulary(documents: Sequence[Sequence[str]], least: int) -> tuple[tuple[str, ...], Floats]:
    counts = Counter(word for document in documents for word in set(document))
    frequent = sorted((word for word, n in counts.items() if n >= least), key=lambda word: (-counts[word], word))
    kept = sorted(frequent[:MOST_FEATURES])
    weights: Floats = np.asarray([1 + np.log((1 + len(documents)) / (1 + counts[word])) for word in kept], np.float32)
    return tuple(kept), weights


def _weighted(counts: sparse.csr_matrix, weights: Floats) -> sparse.csr_matrix:
    weighted: Any = counts.astype(np.float32)
    weighted.data = 1 + np.log(weighted.data)
    weighted = sparse.csr_matrix(weighted.multiply(weights[None, :])) if len(weights) else weighted
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1), dtype=np.float64)).ravel()
    return sparse.diags(np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)) @ weighted
