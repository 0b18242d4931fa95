"""Pairs of themes that could be one: those that share terms, and those that the same answers have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import Any

import numpy as np

from pipeline.review.web.counting import Codes, QuestionView, rows_of_themes


@dataclass(frozen=True)
class Pair:
    """Two themes of one level, what they share, and how alike they are: 0 to 1."""

    first: str
    second: str
    terms: tuple[str, ...]
    together: int
    likeness: float


def similar(codes: Codes, view: QuestionView, themes: Sequence[Mapping[str, Any]], limit: int = 30) -> list[Pair]:
    """Return the pairs of themes of a question that are most alike, the most alike first.

    Likeness is half the cosine of their terms (each term once) and half that of their answers.

    Parameters
    ----------
    themes : sequence of rows
        The themes of the question, as they are now.
    """
    terms = {row["topic_id"]: {term.casefold(): term for term in row["terms"]} for row in themes}
    answers = {row["topic_id"]: rows_of_themes(codes, view.given, [row["topic_id"]])[0] for row in themes}
    found = []
    for one, other in combinations(sorted(themes, key=lambda row: str(row["topic_id"])), 2):
        first, second = one["topic_id"], other["topic_id"]
        if one["parent_id"] in (second, other["topic_id"]) or other["parent_id"] == first:
            continue
        shared = tuple(term for key, term in terms[first].items() if key in terms[second])
        together = len(np.intersect1d(answers[first], answers[second], assume_unique=True))
        likeness = (
            _cosine(len(shared), len(terms[first]), len(terms[second]))
            + _cosine(together, len(answers[first]), len(answers[second]))
        ) / 2
        if likeness > 0:
            found.append(Pair(first, second, shared, together, likeness))
    return sorted(found, key=lambda pair: (-pair.likeness, pair.first, pair.second))[:limit]


def _cosine(shared: int, one: int, other: int) -> float:
    return shared / sqrt(one * other) if shared else 0.0
