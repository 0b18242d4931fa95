"""Learn the themes of a question from what people decided, and let what was learned take over where it is better.

What people made is a theme of the model from then on, where enough answers show what it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from pipeline.learning.assigner import Reviewed, Theme, fit_reviewed
from pipeline.learning.features import learn_features
from pipeline.learning.lessons import Lessons
from pipeline.learning.takeover import LEAST_REVIEWED, better_than
from pipeline.tables import REVIEWER
from pipeline.topics.codebook import CodebookEntry
from pipeline.topics.codebook_fitting import theme_words
from pipeline.topics.coding import analyse
from pipeline.topics.documents import Document
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import WordVectors

LEAST_TAUGHT: Final = 8
"""Reviewed answers that a theme that people made needs to be one that the machine gives."""

Words = Mapping[str, tuple[str, ...]]
"""Terms of what people called themes, by topic_id."""


def names_of(lessons: Lessons) -> Words:
    """Return the terms of the names and definitions of themes that people wrote or decided on."""
    decided = [one for one in lessons.themes if one.reviewed]
    entries = [CodebookEntry(0, one.label, one.definition) for one in decided]
    return {one.topic_id: terms for one, terms in zip(decided, theme_words(entries, analyse), strict=True)}


def learn(
    themes: ThemeSet,
    documents: Sequence[Document],
    answers: Sequence[str],
    lessons: Lessons,
    words: Words,
    vectors: WordVectors,
    *,
    minimum_score: float,
    random_state: int = 0,
) -> ThemeSet:
    """Return the themes with what was learned, where that is better than what they give (`better_than`).

    Parameters
    ----------
    themes : ThemeSet
        Themes of one question; what they learned earlier is left aside.
    documents : sequence of Document
        All whole answers to it.
    answers : sequence of str
        The answer that each of them is.
    lessons : Lessons
    words : mapping
    vectors : WordVectors
    minimum_score : float
        Probability under which a segment is of no theme, without what is learned.
    random_state : int
    """
    bare = replace(themes, taught=(), learned=None, takeover=None)
    taught = lessons.answers.get(themes.key, {})
    if len(taught) < LEAST_REVIEWED:
        return bare
    places = _Places(bare, lessons)
    given = {key: places.of(ids) for key, ids in taught.items()}
    made = places.learnable(given.values())
    alive = [topic for topic in themes.topics if places.alive(topic.topic_id)]
    known = {topic.topic_id for topic in (*alive, *made)}
    reviewed, current = [], []
    for document, answer_id in zip(documents, answers, strict=True):
        wanted = given.get(answer_id)
        # Of an answer all of whose themes cannot be given, nothing is learned: it is not one without themes.
        if wanted is not None and (wanted & known or not taught[answer_id]):
            reviewed.append(Reviewed(document, wanted & known))
            current.append(places.of(_as_it_is(bare, document, vectors, minimum_score)) & known)
    if len(reviewed) < LEAST_REVIEWED or not known:
        return bare
    named = [Theme(one.topic_id, words.get(one.topic_id) or one.terms) for one in (*alive, *made)]
    fit = partial(
        fit_reviewed,
        themes=named,
        documents=documents,
        vectors=vectors,
        current=themes.assigner,
        current_ids=[topic.topic_id for topic in themes.topics],
        features=learn_features(documents, vectors, random_state),
        random_state=random_state,
    )
    takeover = better_than(current, reviewed, fit, vectors, random_state=random_state)
    if not takeover.takes_over:
        return replace(bare, takeover=takeover)
    return replace(bare, takeover=takeover, taught=made, learned=fit(reviewed))


def _as_it_is(themes: ThemeSet, document: Document, vectors: WordVectors, minimum_score: float) -> frozenset[str]:
    """Return the themes of an answer as its segments have them without what was learned (`assigning.assign`)."""
    segments = document.segments()
    if not segments:
        return frozenset()
    shares = themes.assigner.probabilities(vectors.embed(segments))
    best = shares.argmax(axis=1)
    enough = shares[np.arange(len(best)), best] >= max(minimum_score, np.finfo(np.float32).tiny)
    return frozenset(themes.topics[place].topic_id for place in best[enough].tolist())


class _Places:
    """Where a theme or sub-theme, of the machine or of people, stands among the themes that can be learned."""

    def __init__(self, themes: ThemeSet, lessons: Lessons) -> None:
        self._moves = lessons.moves
        self._topics = {topic.topic_id for topic in themes.topics}
        self._parents = {topic.topic_id: str(topic.parent_id) for topic in themes.subtopics}
        of_parts = {whole for part, whole in self._parents.items() if part not in lessons.moves}
        self._alive = (self._topics - lessons.moves.keys()) | of_parts
        self._made = {one.topic_id: one for one in lessons.themes if one.by_people and one.question_id == themes.key}

    def alive(self, topic_id: str) -> bool:
        """Say whether a theme of the machine, or a sub-theme of it, is still one."""
        return topic_id in self._alive

    def of(self, topic_ids: Sequence[str] | frozenset[str]) -> frozenset[str]:
        """Return the themes that some stand for; what stands for none is left out."""
        return frozenset(found for one in topic_ids if (found := self._top(one)) is not None)

    def learnable(self, given: Iterable[frozenset[str]]) -> tuple[Topic, ...]:
        """Return the themes that people made and that enough answers have, as themes of the model."""
        counts = Counter(one for ids in given for one in ids)
        lineage = ({"event": "created", "topic_id": None, "model": REVIEWER},)
        return tuple(
            Topic(key, one.label, one.definition, (), (), counts[key], lineage, status="reviewed")
            for key, one in sorted(self._made.items())
            if counts[key] >= LEAST_TAUGHT and key not in self._topics
        )

    def _top(self, topic_id: str) -> str | None:
        if topic_id in self._topics and self.alive(topic_id):
            return topic_id
        now = self._moves.get(topic_id, topic_id)
        if now is None:
            return None
        if now in self._topics:
            return now
        if now in self._parents:
            return self._parents[now]
        one = self._made.get(now)
        return None if one is None else one.topic_id if one.parent_id is None else self._top(one.parent_id)
