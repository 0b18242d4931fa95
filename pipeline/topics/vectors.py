"""Word vectors learned from consultation answers, and the vector of a text made of them.

Positive pointwise mutual information of words that stand near each other, factorised by a truncated singular value
decomposition (Levy, Goldberg and Dagan 2015, section 2 and 3.1); texts by smooth inverse frequency (Arora, Liang and
Ma 2017, algorithm 1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float32]

SIF_CONSTANT: Final = 3e-3
CONTEXT_SMOOTHING: Final = 0.75
DIMENSIONS: Final = 300
_NOTHING_LEFT: Final = 1e-4
WINDOW: Final = 10
"""How many words before and after count as near."""


@dataclass(frozen=True)
class WordVectors:
    """Vectors of words.

    Parameters
    ----------
    vocabulary : tuple of str, length n_words
        The words, most frequent first.
    matrix : ndarray of float16, shape (n_words, n_dimensions)
        Their vectors.
    frequencies : ndarray of float32, shape (n_words,)
        Their share of all words in the training texts.
    """

    vocabulary: tuple[str, ...]
    matrix: npt.NDArray[np.float16]
    frequencies: Floats
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {word: i for i, word in enumerate(self.vocabulary)})

    @property
    def n_dimensions(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def _weighted(self) -> Floats:
        weights = SIF_CONSTANT / (SIF_CONSTANT + self.frequencies)
        return self.matrix.astype(np.float32) * weights[:, None]

    def counts(self, documents: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """Return how often each word of the vocabulary stands in each document, shape (n_documents, n_words)."""
        return count_matrix(documents, self.index)

    def embed(self, documents: Sequence[Sequence[str]]) -> Floats:
        """Return the vector of each document: the mean of its word vectors, rare words weighing more.

        Parameters
        ----------
        documents : sequence of sequences of str
            Terms of each document.

        Returns
        -------
        ndarray of float32, shape (n_documents, n_dimensions)
            Rows of length one; a document without a known word gives a row of zeros.
        """
        return unit_rows(np.asarray(self.counts(documents) @ self._weighted, dtype=np.float32))

    def embed_chance(self, lengths: Sequence[int], random_state: int = 0) -> Floats:
        """Return vectors of texts whose words are drawn by chance, each as often as the training texts use it.

        Parameters
        ----------
        lengths : sequence of int
            Words of each text, at least one.
        random_state : int
            Seed of the draw.

        Returns
        -------
        ndarray of float32, shape (len(lengths), n_dimensions)
            Rows of length one.
        """
        shares = self.frequencies.astype(np.float64)
        drawn = np.random.default_rng(random_state).choice(
            len(shares), size=int(np.sum(lengths, dtype=np.int64)), p=shares / shares.sum()
        )
        pointers = np.concatenate([[0], np.cumsum(lengths)])
        shape = (len(lengths), len(shares))
        counts = sparse.csr_matrix((np.ones(len(drawn), dtype=np.float32), drawn, pointers), shape=shape)
        counts.sum_duplicates()
        return unit_rows(np.asarray(counts @ self._weighted, dtype=np.float32))


def count_matrix(documents: Sequence[Sequence[str]], index: dict[str, int]) -> sparse.csr_matrix:
    """Return word counts, shape (n_documents, len(index)), float32; words that are not in `index` are left out."""
    indices: list[int] = []
    pointers = [0]
    for document in documents:
        indices.extend(i for i in map(index.get, document) if i is not None)
        pointers.append(len(indices))
    data = np.ones(len(indices), dtype=np.float32)
    shape = (len(documents), len(index))
    matrix = sparse.csr_matrix((data, np.asarray(indices, dtype=np.int32), np.asarray(pointers)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def unit_rows(matrix: Floats) -> Floats:
    """Return `matrix` with rows of length one; rows of zeros stay."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    scaled: Floats = np.divide(matrix, norms, out=np.zeros_like(matrix), where=norms > 0)
    return scaled


def common_component(embedding: Floats) -> Floats:
    """Return the direction that text vectors share most, shape (n_dimensions,), with a settled sign."""
    _, directions = np.linalg.eigh((embedding.T @ embedding).astype(np.float64))
    first = directions[:, -1].astype(np.float32)
    return first if first[np.argmax(np.abs(first))] > 0 else -first


def remove_component(embedding: Floats, component: Floats) -> Floats:
    """Return text vectors less what they have along `component`, rows of length one (Arora et al., last step)."""
    rest = embedding - np.outer(embedding @ component, component).astype(np.float32)
    # What is left of a text that lies along it is rounding, of which rows of length one would make a direction.
    rest[np.linalg.norm(rest, axis=1) < _NOTHING_LEFT] = 0
    return unit_rows(rest)


def train_vectors(
    documents: Sequence[Sequence[str]],
    *,
    minimum_documents: int = 20,
    n_dimensions: int = DIMENSIONS,
    window: int = WINDOW,
    excluded: frozenset[str] = frozenset(),
    random_state: int = 0,
) -> WordVectors:
    """Learn word vectors from texts.

    Parameters
    ----------
    documents : sequence of sequences of str
        Terms of each distinct text, in order.
    minimum_documents : int
        Words in fewer documents are left out.
    n_dimensions : int
        Length of the vectors; fewer when the vocabulary is smaller.
    window : int
        How many words before and after count as near.
    excluded : frozenset of str
        Words to leave out, names of people for example.
    random_state : int
        Seed of the decomposition.

    Raises
    ------
    ValueError
        When fewer than three words are frequent enough.
    """
    present = Counter(word for document in documents for word in set(document))
    vocabulary = choose_vocabulary(present, minimum_documents, excluded)
    index = {word: i for i, word in enumerate(vocabulary)}
    return from_counts(vocabulary, *near_counts(documents, index, window), n_dimensions, random_state)


def choose_vocabulary(
    present: Mapping[str, int], minimum_documents: int, excluded: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Return the words that get a vector, most frequent first.

    Parameters
    ----------
    present : mapping
        In how many texts each word stands.

    Raises
    ------
    ValueError
        When fewer than three words are frequent enough.
    """
    frequent = (w for w, n in present.items() if n >= minimum_documents and w not in excluded)
    vocabulary = tuple(sorted(frequent, key=lambda w: (-present[w], w)))
    if len(vocabulary) < 3:
        raise ValueError(f"{len(vocabulary)} words stand in {minimum_documents} texts or more: too few for vectors")
    return vocabulary


def near_counts(
    documents: Sequence[Sequence[str]], index: dict[str, int], window: int
) -> tuple[npt.NDArray[np.int64], sparse.csr_matrix]:
    """Return how often the words of `index` occur, and how often two stand within `window` words of each other.

    Counts of some documents and of others add up to those of all of them.
    """
    flat, owner = _flatten(documents, index)
    return np.bincount(flat, minlength=len(index)), _nearness(flat, owner, len(index), window)


def from_counts(
    vocabulary: tuple[str, ...],
    occurrences: npt.NDArray[np.int64],
    near: sparse.csr_matrix,
    n_dimensions: int = DIMENSIONS,
    random_state: int = 0,
) -> WordVectors:
    """Learn word vectors from counts (`near_counts`) of the words of a vocabulary."""
    matrix = _factorise(_positive_information(near), min(n_dimensions, len(vocabulary) - 1), random_state)
    return WordVectors(vocabulary, matrix.astype(np.float16), (occurrences / occurrences.sum()).astype(np.float32))


def _flatten(
    documents: Sequence[Sequence[str]], index: dict[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    words: list[int] = []
    lengths = np.zeros(len(documents), dtype=np.int64)
    for number, document in enumerate(documents):
        known = [i for i in map(index.get, document) if i is not None]
        words.extend(known)
        lengths[number] = len(known)
    return np.asarray(words, dtype=np.int64), np.repeat(np.arange(len(documents)), lengths)


def _nearness(
    flat: npt.NDArray[np.int64], owner: npt.NDArray[np.int64], n_words: int, window: int
) -> sparse.csr_matrix:
    """Count how often two words stand within `window` words of each other in one document (symmetric)."""
    total = sparse.csr_matrix((n_words, n_words), dtype=np.float64)
    for distance in range(1, window + 1):
        same = owner[distance:] == owner[:-distance]
        pairs = flat[:-distance][same] * n_words + flat[distance:][same]
        keys, counts = np.unique(pairs, return_counts=True)
        rows, columns = np.divmod(keys, n_words)
        total += sparse.csr_matrix((counts.astype(np.float64), (rows, columns)), shape=(n_words, n_words))
    return (total + total.T).tocsr()


def _positive_information(near: sparse.csr_matrix) -> sparse.csr_matrix:
    words = np.asarray(near.sum(axis=1)).ravel()
    contexts = words**CONTEXT_SMOOTHING
    pairs = near.tocoo()
    information = np.log(pairs.data * contexts.sum() / (words[pairs.row] * contexts[pairs.col]))
    keep = information > 0
    return sparse.csr_matrix((information[keep], (pairs.row[keep], pairs.col[keep])), shape=near.shape)


def _factorise(information: sparse.csr_matrix, n_dimensions: int, random_state: int) -> Floats:
    from sklearn.utils.extmath import randomized_svd

    left, values, _ = randomized_svd(information, n_dimensions, n_iter=5, random_state=random_state)
    return unit_rows((left * np.sqrt(values)).astype(np.float32))
