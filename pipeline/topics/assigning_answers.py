"""Give whole answers to the themes that were learned from decisions, and say which segment speaks of which.

An answer can have more themes than segments: those that stand beside the first of a segment count as it does, as what
people decided does (`tables.COUNTED_AT_ALL_RANKS`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.learning.assigner import ReviewedAssigner
from pipeline.tables import LEARNED
from pipeline.topics.documents import Document
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import Floats, WordVectors

Placed = tuple[int, str, Document]
"""Place of a segment, to sort by, its segment_id, and its text and terms."""


@dataclass(frozen=True)
class WholeAnswer:
    """An answer, and its segments in their order."""

    document: Document
    segments: tuple[Placed, ...]


def assign_answers(
    themes: ThemeSet,
    learned: ReviewedAssigner,
    answers: Sequence[WholeAnswer],
    vectors: WordVectors,
    minimum_score: float,
) -> list[tuple[int, dict[str, Any]]]:
    """Give answers to themes.

    Parameters
    ----------
    learned : ReviewedAssigner
        What was learned of the question of `themes`.
    minimum_score : float
        Probability under which a segment does not speak of a theme that its answer has. A theme that no segment
        reaches it for stands in the one that is nearest.

    Returns
    -------
    list of (place, row)
        Rows of the table `assignments`, best first for each segment. The score is the probability that the answer has
        the theme, the margin what it is above the best theme that the answer has not.
    """
    read = [one for one in answers if one.document.terms]
    shares = learned.probabilities([one.document for one in read], vectors)
    given = learned.chosen(shares)
    several = [one for one, ids in zip(read, given, strict=True) if ids and len(_spoken(one)) > 1]
    inside = iter(learned.probabilities([part for one in several for _, _, part in _spoken(one)], vectors))
    column = {topic_id: place for place, topic_id in enumerate(learned.theme_ids)}
    spoken: list[Document] = []
    rows: list[tuple[int, dict[str, Any]]] = []
    for one, ids, row in zip(read, given, shares, strict=True):
        segments = _spoken(one)
        if not ids or not segments:
            continue
        chosen = sorted((column[topic_id] for topic_id in ids), key=lambda place: (-row[place], place))
        others = np.delete(row, chosen)
        best_other = float(others.max()) if len(others) else 0.0
        of_segments = row[None, :] if len(segments) == 1 else np.stack([next(inside) for _ in segments])
        shared = _shared_out(chosen, of_segments, minimum_score)
        for (place, segment_id, part), held in zip(segments, shared, strict=True):
            for rank, theme in enumerate(held, start=1):
                content = {
                    "segment_id": segment_id,
                    "topic_id": learned.theme_ids[theme],
                    "rank": rank,
                    "score": round(float(row[theme]), 4),
                    "margin": round(max(float(row[theme]) - best_other, 0.0), 4),
                    "source": LEARNED,
                }
                rows.append((place, content))
                spoken.append(part)
    _divide(themes, [row for _, row in rows], spoken, vectors)
    return rows


def _spoken(answer: WholeAnswer) -> list[Placed]:
    return [one for one in answer.segments if one[2].terms]


def _shared_out(chosen: Sequence[int], shares: Floats, minimum_score: float) -> list[list[int]]:
    """Return the themes of each segment: its best one, then those of the answer that are the best of none."""
    held: list[list[int]] = [[] for _ in shares]
    for segment, row in enumerate(shares):
        best = max(chosen, key=lambda theme: row[theme])  # the likeliest of the answer among equals
        if row[best] >= minimum_score:
            held[segment].append(best)
    there = {theme for themes in held for theme in themes}
    for theme in chosen:
        if theme not in there:
            held[int(shares[:, theme].argmax())].append(theme)
    return held


def _divide(
    themes: ThemeSet, rows: Sequence[dict[str, Any]], segments: Sequence[Document], vectors: WordVectors
) -> None:
    """Put the sub-theme that a segment is nearest to in the place of a theme that is divided."""
    divided = {topic.parent_id for topic in themes.subtopics}
    places = {topic.topic_id: place for place, topic in enumerate(themes.topics) if topic.topic_id in divided}
    chosen = [number for number, row in enumerate(rows) if row["topic_id"] in places]
    embedding = vectors.embed([segments[number].terms for number in chosen])
    wanted = np.asarray([places[rows[number]["topic_id"]] for number in chosen], dtype=np.int64)
    for number, found in zip(chosen, themes.subtopics_of(embedding, wanted).tolist(), strict=True):
        if found >= 0:
            rows[number]["topic_id"] = themes.subtopics[found].topic_id
