"""Put the themes of a codebook under the themes that it names as their parents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.topics.assigner import fit_assigner
from pipeline.topics.codebook import CodebookEntry
from pipeline.topics.codebook_fitting import topic_id_of
from pipeline.topics.documents import Document
from pipeline.topics.fitting import assign, distinct, known_lengths
from pipeline.topics.subtopics import SubtopicAssigner
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import WordVectors, unit_rows


def nested(
    flat: ThemeSet,
    entries: Sequence[CodebookEntry],
    everyone: Sequence[CodebookEntry],
    documents: Sequence[Document],
    vectors: WordVectors,
    *,
    random_state: int = 0,
) -> ThemeSet:
    """Return themes of which those of `entries` with a parent are sub-themes.

    What decides between themes is learned anew, from the texts that `flat` gives to each theme or to one of its
    sub-themes; between the sub-themes of a theme its classifier decides as before.

    Parameters
    ----------
    flat : ThemeSet
        The themes of `entries`, in their order, then proposed ones, all of one level.
    entries : sequence of CodebookEntry
        What texts can be given to.
    everyone : sequence of CodebookEntry
        All entries of the question, parents included.
    documents : sequence of Document
        Whole answers to the question.
    vectors : WordVectors
        Vectors of their words.
    random_state : int
        Seed of the classifier.
    """
    named = {entry.parent for entry in entries}
    above = {entry.label: _parent(entry, flat) for entry in everyone if entry.label in named}
    if not above:
        return flat
    parent_of = [above[entry.parent].topic_id if entry.parent else None for entry in entries]
    parent_of += [None] * (len(flat.topics) - len(entries))
    alone = [topic for topic, parent in zip(flat.topics, parent_of, strict=True) if parent is None]
    order = [*above.values(), *alone]
    place = {topic.topic_id: i for i, topic in enumerate(order)}
    theme_of = np.asarray(
        [place[parent or topic.topic_id] for topic, parent in zip(flat.topics, parent_of, strict=True)]
    )
    different = distinct(documents, vectors)
    terms = [document.terms for document in different]
    embedding = vectors.embed(terms)
    labels = assign(flat.assigner, embedding, 0.0)
    told = np.flatnonzero((labels >= 0) & (flat.assigner.probabilities(embedding).sum(axis=1) >= 0.5))
    # A theme that no text is given to is learned from the coefficients it has.
    lessons = np.vstack([embedding[told], unit_rows(flat.assigner.coefficients)])
    targets = np.concatenate([theme_of[labels[told]], theme_of])
    chance = vectors.embed_chance(known_lengths([terms[int(i)] for i in told] or [(), ()], vectors), random_state)
    component = flat.assigner.component
    assigner = fit_assigner(lessons, targets, len(order), component, random_state, chance=chance)
    inside = [i for i, parent in enumerate(parent_of) if parent is not None]
    inside.sort(key=lambda i: (int(theme_of[i]), i))
    within = SubtopicAssigner(
        component,
        flat.assigner.coefficients[inside],
        flat.assigner.intercepts[inside],
        tuple(int(theme_of[i]) for i in inside),
    )
    subtopics = tuple(replace(flat.topics[i], parent_id=parent_of[i]) for i in inside)
    sizes = {topic.topic_id: 0 for topic in order}
    for topic in subtopics:
        sizes[str(topic.parent_id)] += topic.n_answers
    topics = tuple(replace(topic, n_answers=topic.n_answers or sizes[topic.topic_id]) for topic in order)
    return replace(flat, topics=topics, assigner=assigner, subtopics=subtopics, subtopic_assigner=within)


def _parent(entry: CodebookEntry, flat: ThemeSet) -> Topic:
    lineage = ({"event": "created", "topic_id": entry.topic_id, "model": flat.topics[0].lineage[0]["model"]},)
    return Topic(topic_id_of(entry, flat.key), entry.label, entry.definition, (), (), 0, lineage, status="reviewed")
