"""Answers about three things in words drawn by chance, and vectors that know which words go together."""

from __future__ import annotations

from functools import partial

import numpy as np

from pipeline.learning.assigner import Reviewed, Theme, fit_reviewed
from pipeline.topics.assigner import Assigner
from pipeline.topics.documents import Document
from pipeline.topics.vectors import WordVectors, unit_rows

TOPICS = {
    "t-train": ("train", "gare", "ligne", "rail"),
    "t-impot": ("impot", "taxe", "tva", "fraude"),
    "t-ecole": ("ecole", "classe", "maitre", "eleve"),
}
OTHERS = ("faire", "mieux", "plus", "pays", "vie", "droit")


def word_vectors() -> WordVectors:
    generator = np.random.default_rng(0)
    words = [word for topic in TOPICS.values() for word in topic] + list(OTHERS)
    matrix = generator.normal(0, 0.25, (len(words), 12))
    for i in range(len(words)):
        matrix[i, min(i // 4, 3)] += 1
    return WordVectors(
        tuple(words), unit_rows(matrix).astype(np.float16), np.full(len(words), 1 / len(words), np.float32)
    )


def document(words: tuple[str, ...]) -> Document:
    text = " ".join(words)
    starts = np.cumsum([0, *(len(word) + 1 for word in words)])[: len(words)]
    return Document(
        text, words, tuple(starts.tolist()), tuple(s + len(w) for s, w in zip(starts.tolist(), words, strict=True))
    )


def answers(n: int, seed: int = 0) -> list[Reviewed]:
    """Return answers with one theme or two."""
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        mine = generator.choice(list(TOPICS), generator.integers(1, 3), replace=False)
        words = [str(word) for topic in mine for word in generator.choice(TOPICS[str(topic)], 2, replace=False)]
        words += map(str, generator.choice(OTHERS, 3))
        found.append(Reviewed(document(tuple(words)), frozenset(map(str, mine))))
    return found


VECTORS = word_vectors()
UNKNOWING = Assigner(
    np.zeros(12, np.float32), np.zeros((len(TOPICS), 12), np.float32), np.zeros(len(TOPICS), np.float32)
)
"""A classifier for which all themes are as likely."""
THEMES = tuple(Theme(topic, words[:1]) for topic, words in TOPICS.items())
CORPUS = answers(120)


fit = partial(
    fit_reviewed,
    themes=THEMES,
    documents=[one.document for one in CORPUS],
    vectors=VECTORS,
    current=UNKNOWING,
    current_ids=tuple(TOPICS),
)
