"""The answers to one question under the themes that they have now: how many, and which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.review.answers import Verdict
from pipeline.review.themes import ReviewedThemes
from pipeline.review.web.corpus import Corpus, Flags, Ints, Reals

NONE = -1


class Codes:
    """Numbers of themes: those of the machine by their place, then those that people made."""

    def __init__(self, corpus: Corpus) -> None:
        self.code: dict[str, int] = dict(corpus.topic_code)
        self.ids: list[str] = [row["topic_id"] for row in corpus.topics]

    def __call__(self, topic_id: str | None) -> int:
        if topic_id is None:
            return NONE
        if topic_id not in self.code:
            self.code[topic_id] = len(self.ids)
            self.ids.append(topic_id)
        return self.code[topic_id]


@dataclass(frozen=True)
class Given:
    """Answers × themes as they are now, each pair once; a row without a theme has none."""

    row: Ints
    topic: Ints
    score: Reals


@dataclass(frozen=True)
class QuestionView:
    """The answers to one question as people left them.

    ``rows`` are those that could be given a theme, ``settled`` those on which a person decided.
    """

    rows: Ints
    given: Given
    settled: Ints
    own: Mapping[str, int]
    """Answers of each theme, without those of its sub-themes."""
    whole: Mapping[str, int]
    """Answers of each theme and its sub-themes; an answer of two of them counts once."""
    without: int
    """Answers without a theme."""

    def size(self, topic_id: str) -> int:
        """Return the answers of a theme, those of its sub-themes too."""
        return self.whole.get(topic_id, 0)


def moved(corpus: Corpus, codes: Codes, question: int, themes: ReviewedThemes) -> Given:
    """Return the pairs of the machine in a question with the themes moved to where people moved these."""
    places = corpus.pairs_of(question)
    places = places[corpus.readable[corpus.pairs.row[places]]]
    row, score = corpus.pairs.row[places], corpus.pairs.score[places]
    old = corpus.pairs.topic[places]
    table = np.arange(len(corpus.topics), dtype=np.int64)
    for topic_id, heir in themes.moves.items():
        if topic_id in corpus.topic_code:
            table[corpus.topic_code[topic_id]] = codes(heir)
    topic = table[old]
    split = _split_off(corpus, codes, question, themes)
    if split:
        for at in np.flatnonzero(np.isin(corpus.root[row], sorted({root for root, _ in split}))):
            new = split.get((int(corpus.root[row[at]]), int(old[at])))
            if new is not None:
                topic[at] = new
    kept = topic != NONE
    found = Given(row[kept], topic[kept], score[kept])
    return once(found) if themes.moves or split else found


def _split_off(corpus: Corpus, codes: Codes, question: int, themes: ReviewedThemes) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for root_id, parts in themes.parts.items():
        root = corpus.row_of[root_id]
        if corpus.question[root] == question:
            found |= {(root, codes(old)): codes(themes.now(new)) for old, new in parts.items()}
    return found


def once(given: Given) -> Given:
    """Return pairs with each pair of row and theme once, at its best score, by row."""
    order = np.lexsort((-given.score, given.topic, given.row))
    row, topic = given.row[order], given.topic[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(row) != 0) | (np.diff(topic) != 0)
    return Given(row[first], topic[first], given.score[order][first])


def view(
    corpus: Corpus,
    codes: Codes,
    question: int,
    base: Given,
    verdicts: Mapping[str, Sequence[Verdict]],
    themes: Iterable[Mapping[str, Any]],
) -> QuestionView:
    """Return a question as it is now.

    Parameters
    ----------
    corpus, codes, question
        The question, by its place.
    base : Given
        What `moved` returned.
    verdicts : mapping
        Those on answers to this question, by root.
    themes : iterable of rows
        Themes as they are now.
    """
    rows = corpus.rows_of(question)
    readable: Flags = corpus.readable.copy() if verdicts else corpus.readable
    spoken = np.zeros(len(corpus.root), dtype=np.bool_)
    replaced = np.zeros(len(corpus.root), dtype=np.bool_)
    added: list[tuple[int, int]] = []
    for root_id, found in verdicts.items():
        copies = corpus.copies(corpus.row_of[root_id])
        copies = copies[corpus.pending[copies]]
        whole = any(one.whole for one in found)
        spoken[copies] = True
        replaced[copies] = whole
        if whole:
            readable[copies] = not any(one.whole and one.uninformative for one in found)
        added += [(int(row), codes(key)) for one in found for key in one.topic_ids for row in copies]
    rows = rows[readable[rows]]
    given = base
    if verdicts:
        kept = ~replaced[base.row]
        new = np.array(added, dtype=np.int64).reshape(-1, 2)
        given = once(
            Given(
                np.concatenate([base.row[kept], new[:, 0]]),
                np.concatenate([base.topic[kept], new[:, 1]]),
                np.concatenate([base.score[kept], np.ones(len(new), np.float32)]),
            )
        )
    own = Counter({codes.ids[key]: int(n) for key, n in enumerate(np.bincount(given.topic)) if n})
    return QuestionView(
        rows=rows,
        given=given,
        settled=rows[spoken[rows]],
        own=own,
        whole=_whole(codes, given, own, themes),
        without=int(len(rows) - np.count_nonzero(_has(given, rows, len(corpus.root)))),
    )


def _has(given: Given, rows: Ints, length: int) -> Flags:
    flags = np.zeros(length, dtype=np.bool_)
    flags[given.row] = True
    return flags[rows]


def _whole(codes: Codes, given: Given, own: Counter[str], themes: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    parts: dict[str, list[str]] = {}
    for row in themes:
        if row["parent_id"] is not None:
            parts.setdefault(row["parent_id"], []).append(row["topic_id"])
    found = dict(own)
    for topic_id, inside in parts.items():
        if any(own[key] for key in inside):
            found[topic_id] = len(rows_of_themes(codes, given, [topic_id, *inside])[0])
    return found


def rows_of_themes(codes: Codes, given: Given, topic_ids: Iterable[str]) -> tuple[Ints, Reals]:
    """Return the rows that have one of some themes, in their order, with their best score for them."""
    wanted = np.zeros(len(codes.ids) + 1, dtype=np.bool_)
    for topic_id in topic_ids:
        if topic_id in codes.code:
            wanted[codes.code[topic_id]] = True
    inside = wanted[given.topic]
    row, score = given.row[inside], given.score[inside]
    if not len(row):
        return row, score
    starts = np.flatnonzero(np.concatenate([[True], np.diff(row) != 0]))
    return row[starts], np.maximum.reduceat(score, starts)
