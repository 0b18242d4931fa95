"""Choose the texts by which people judge a theme: two central ones, a long and argued one, and one at its border."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from pipeline.topics.documents import Document
from pipeline.topics.vectors import Floats, unit_rows

Kind = Literal["central", "argued", "borderline"]

CENTRAL: Final = 2
SHORTEST_WORDS: Final = 4  # a shorter text says little by itself
LONGEST_WORDS: Final = 60  # a longer text is seldom about one thing
ARGUED_WORDS: Final = (25, 120)
NEAR_COPY: Final = 0.6  # share of terms in common (Jaccard) from which on a text shows nothing that another does not
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True)
class Exemplar:
    """A text that shows what a theme is; ``index`` is its place among the documents."""

    kind: Kind
    index: int


def exemplars(
    documents: Sequence[Document],
    vectors: Floats,
    labels: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
) -> list[list[Exemplar]]:
    """Return the texts that show each theme.

    Central are the texts that lie in the direction in which the theme's mean leaves the mean of all texts, of 4 to 60
    words and at least as probable as half of the theme where there are such. Argued is a text
    of 25 to 120 words that is at least as probable as half of the theme, for its probability and its many terms.
    Borderline is the text whose two best themes are closest. What a theme does not have is left out: nothing is
    argued where all answers are short, and with one theme nothing is at its border.

    Parameters
    ----------
    documents : sequence of Document
        Distinct texts.
    vectors : ndarray of float32, shape (n_documents, n_dimensions)
        Their vectors, rows of length one or zero.
    labels : ndarray of int, shape (n_documents,)
        Theme of each, -1 for none.
    probabilities : ndarray of float, shape (n_documents, n_topics)
        How probable each theme is for each.

    Returns
    -------
    list of list of Exemplar, one list a theme
        No text twice, and no two of a theme that share most of their terms.

    Raises
    ------
    ValueError
        When the arguments are not about the same documents, or a label has no column of probabilities.
    """
    n_topics = probabilities.shape[1]
    if not len(documents) == len(vectors) == len(labels) == len(probabilities):
        lengths = f"{len(documents)}, {len(vectors)}, {len(labels)} and {len(probabilities)}"
        raise ValueError(f"documents, vectors, labels and probabilities differ in number: {lengths}")
    if len(labels) and labels.max() >= n_topics:
        raise ValueError(f"theme {labels.max()} has no probabilities: there are {n_topics} themes")
    assigned = vectors[labels >= 0].astype(np.float64)
    mean = assigned.mean(axis=0) if n_topics > 1 and len(assigned) else np.zeros(vectors.shape[1])
    return [
        _Choice(documents, vectors - mean, probabilities, np.flatnonzero(labels == topic), topic).choose()
        for topic in range(n_topics)
    ]


class _Choice:
    """The texts of one theme, and those chosen so far."""

    def __init__(
        self,
        documents: Sequence[Document],
        vectors: npt.NDArray[np.float64],
        probabilities: npt.NDArray[np.floating],
        members: npt.NDArray[np.int64],
        topic: int,
    ) -> None:
        self._documents, self._topic = documents, topic
        self._members = np.asarray([i for i in members.tolist() if documents[i].text.strip()], dtype=np.int64)
        self._vectors = unit_rows(vectors[self._members].astype(np.float32)).astype(np.float64)
        self._probabilities = probabilities[self._members].astype(np.float64)
        self._words = np.asarray([len(_WORD.findall(documents[i].text)) for i in self._members.tolist()], dtype=int)
        self._chosen: list[Exemplar] = []

    def choose(self) -> list[Exemplar]:
        if len(self._members):
            readable = (self._words >= SHORTEST_WORDS) & (self._words <= LONGEST_WORDS)
            own = self._probabilities[:, self._topic]
            good = readable & (own >= np.median(own))
            nearest = _ranked(-(self._vectors @ self._vectors.sum(axis=0)))
            tiers = (good, readable & ~good, self._words > LONGEST_WORDS, self._words < SHORTEST_WORDS)
            self._take("central", [place for tier in tiers for place in nearest[tier[nearest]]], CENTRAL)
            self._take("argued", self._argued(), 1)
            self._take("borderline", self._borderline(), 1)
        return self._chosen

    def _argued(self) -> Iterable[np.int64]:
        own = self._probabilities[:, self._topic]
        least, most = ARGUED_WORDS
        long = (self._words >= least) & (self._words <= most)
        terms = np.asarray([len(set(self._documents[i].terms)) for i in self._members.tolist()])
        ranked = _ranked(-own * np.sqrt(terms))
        sure = own >= np.median(own)
        return [*ranked[(long & sure)[ranked]], *ranked[(long & ~sure)[ranked]]]

    def _borderline(self) -> Iterable[np.int64]:
        if self._probabilities.shape[1] < 2:
            return []
        two = np.sort(self._probabilities, axis=1)[:, -2:]
        ranked = _ranked(two[:, 1] - two[:, 0])
        readable = (self._words >= SHORTEST_WORDS) & (self._words <= ARGUED_WORDS[1])
        return [*ranked[readable[ranked]], *ranked[~readable[ranked]]]

    def _take(self, kind: Kind, ranked: Iterable[np.int64], n: int) -> None:
        """Choose the first `n` texts that are none of those chosen, nor near copies of one."""
        for place in ranked:
            if n == 0:
                return
            index = int(self._members[place])
            if not any(_near_copies(self._documents[index], self._documents[other.index]) for other in self._chosen):
                self._chosen.append(Exemplar(kind, index))
                n -= 1


def _ranked(costs: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    # Rounded, so that sums in another order on another machine do not change who comes first.
    return np.argsort(np.round(costs, 9), kind="stable")


def _near_copies(one: Document, other: Document) -> bool:
    first, second = set(one.terms), set(other.terms)
    if not first or not second:
        return _WORD.findall(one.text.lower()) == _WORD.findall(other.text.lower())
    return len(first & second) >= NEAR_COPY * len(first | second)
