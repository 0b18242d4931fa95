"""How the terms of themes hang together, and which method is first; the rest is in pipeline/evaluation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.keyness import keyness
from pipeline.topics.vectors import count_matrix

Ints = npt.NDArray[np.int64]

TOP_TERMS: Final = 10


def top_terms(documents: Sequence[Sequence[str]], labels: Ints) -> list[list[str]]:
    """Return the TOP_TERMS most specific terms of each class (signed G²), by the same rule for every method."""
    classes = sorted(set(labels.tolist()) - {-1})
    numbered = np.full(len(labels), -1, dtype=np.int64)
    for i, label in enumerate(classes):
        numbered[labels == label] = i
    vocabulary = sorted({term for document in documents for term in document})
    scores = keyness(count_matrix(documents, {term: i for i, term in enumerate(vocabulary)}), numbered, len(classes))
    orders = np.argsort(-scores, axis=1, kind="stable")[:, :TOP_TERMS]
    return [[vocabulary[i] for i in order if row[i] > 0] for order, row in zip(orders, scores, strict=True)]


def diversity(tops: Sequence[Sequence[str]]) -> float:
    """Return the share of distinct terms among the top terms of all classes (Dieng, Ruiz and Blei 2020, section 5)."""
    listed = [term for top in tops for term in top]
    return len(set(listed)) / len(listed) if listed else 0.0


def npmi(tops: Sequence[Sequence[str]], reference: Sequence[Sequence[str]]) -> float:
    """Return the mean normalised pointwise mutual information of pairs of top terms, mean over classes.

    Two terms are together when one document of `reference` holds both (Bouma 2009, equation 7; Lau, Newman and Baldwin
    2014); those that never are get -1.
    """
    holding: dict[str, set[int]] = {term: set() for top in tops for term in top}
    for number, document in enumerate(reference):
        for term in set(document) & holding.keys():
            holding[term].add(number)
    means = []
    for top in tops:
        pairs = [_pair(holding[a], holding[b], len(reference)) for a, b in combinations(top, 2)]
        if pairs:
            means.append(sum(pairs) / len(pairs))
    return float(np.mean(means)) if means else 0.0


def _pair(first: set[int], second: set[int], n: int) -> float:
    both = len(first & second)
    if not both:
        return -1.0
    if both == n:
        return 1.0
    return float(np.log(both * n / (len(first) * len(second))) / -np.log(both / n))


def firsts(rows: Sequence[dict[str, Any]], ours: str, name: str = "AMI") -> tuple[int, int]:
    """Return on how many questions the mean of `ours` over seeds beats that of every other method, and of how many."""
    sums: dict[str, Counter[str]] = {}
    for row in rows:
        sums.setdefault(row["question"], Counter())[row["method"]] += row[name]
    first = sum(totals[ours] >= max(totals.values()) for totals in sums.values())
    return first, len(sums)
