"""The counts that word vectors are learned from, partition by partition, gathered by tree reduction.

What travels is small: a hash a text, then the number of texts that hold each word, then how often two words stand near
each other. No process ever holds all texts.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline import executor
from pipeline.config import ExecutionConfig
from pipeline.topics import gathering
from pipeline.topics.vectors import near_counts
from pipeline.workspace import Workspace

Hashes = npt.NDArray[np.uint64]
Job = tuple[int, Hashes]
"""A partition, and the hashes of the texts that count in it: those that no partition before it holds."""


@dataclass(frozen=True)
class Near:
    """How often words occur, and how often two of them stand near each other (both ways), by place in a vocabulary."""

    occurrences: npt.NDArray[np.int64]
    pairs: sparse.csr_matrix

    def __add__(self, other: Near) -> Near:
        return Near(self.occurrences + other.occurrences, (self.pairs + other.pairs).tocsr())


def answers_by_question(workspace: Workspace, execution: ExecutionConfig) -> Counter[str]:
    """Return how many documents there are of each question."""
    count = partial(_questions, str(workspace.path))
    return executor.reduce_items(count, range(_parts(workspace)), execution) or Counter()


def distinct_texts(workspace: Workspace, execution: ExecutionConfig) -> list[Job]:
    """Return, for each partition, which of its texts are the first of their kind; texts of one word do not count."""
    seen = np.zeros(0, dtype=np.uint64)
    jobs: list[Job] = []
    hash_of = partial(_hashes, str(workspace.path))
    for index, found in enumerate(executor.map_items(hash_of, range(_parts(workspace)), execution)):
        new = np.setdiff1d(found, seen, assume_unique=True)
        seen = np.union1d(seen, new)
        jobs.append((index, new))
    return jobs


def texts_by_word(workspace: Workspace, jobs: Sequence[Job], execution: ExecutionConfig) -> Counter[str]:
    """Return in how many distinct texts each word stands."""
    return executor.reduce_items(partial(_words, str(workspace.path)), jobs, execution) or Counter()


def near_each_other(
    workspace: Workspace, jobs: Sequence[Job], vocabulary: Sequence[str], window: int, execution: ExecutionConfig
) -> Near:
    """Return how often the words of a vocabulary occur, and stand within `window` words of each other."""
    index = {word: place for place, word in enumerate(vocabulary)}
    found = executor.reduce_items(partial(_near, str(workspace.path), index, window), jobs, execution)
    return found or _nothing(len(index))


def _parts(workspace: Workspace) -> int:
    return len(workspace.parts("segments"))


def _questions(path: str, index: int) -> Counter[str]:
    return Counter(gathering.questions_of(Workspace(path), index))


def _hashes(path: str, index: int) -> Hashes:
    texts = {terms for terms in gathering.terms_of(Workspace(path), index) if len(terms) > 1}
    return np.unique(np.array([_hash(terms) for terms in texts], dtype=np.uint64))


def _hash(terms: tuple[str, ...]) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(terms).encode("utf-8"), digest_size=8).digest(), "big")


def _texts(path: str, job: Job) -> list[tuple[str, ...]]:
    index, wanted = job
    kept = set(wanted.tolist())
    texts = dict.fromkeys(terms for terms in gathering.terms_of(Workspace(path), index) if len(terms) > 1)
    return [terms for terms in texts if _hash(terms) in kept]


def _words(path: str, job: Job) -> Counter[str]:
    return Counter(word for terms in _texts(path, job) for word in set(terms))


def _near(path: str, index: dict[str, int], window: int, job: Job) -> Near:
    return Near(*near_counts(_texts(path, job), index, window))


def _nothing(n_words: int) -> Near:
    return Near(np.zeros(n_words, dtype=np.int64), sparse.csr_matrix((n_words, n_words), dtype=np.float64))
