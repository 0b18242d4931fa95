"""Go on with the themes of an earlier fit: pair the new themes and sub-themes with them (`identity`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.topics import identity
from pipeline.topics.hierarchy import Division, numbered
from pipeline.topics.merging import renumber
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import Floats, remove_component

Ints = npt.NDArray[np.int64]

GROWN: Final = 1.5
"""How many times as many answers a theme must have before it is divided anew."""


def go_on(
    old: Sequence[Topic],
    new: Sequence[Topic],
    old_labels: Ints,
    new_labels: Ints,
    embedding: Floats,
    component: Floats,
    gone: Sequence[Topic],
    model: str,
) -> identity.Matching:
    """Match new themes with the old ones that they go on with.

    Parameters
    ----------
    old, new : sequences of Topic
        Themes of both fits, or sub-themes of both.
    old_labels, new_labels : ndarray of int64, shape (n_texts,)
        What both fits give to each text, -1 for nothing.
    embedding : ndarray of float32, shape (n_texts, n_dimensions)
        Vectors of the texts.
    component : ndarray, shape (n_dimensions,)
        Their common component.
    gone : sequence of Topic
        What earlier fits merged or retired: these ids are not given again.
    model : str
        Name and version of the new model.
    """
    shape = (len(old), len(new))
    overlap = identity.shared_texts(old_labels, new_labels, *shape)
    apart = remove_component(embedding, component)
    similarity = identity.similarity_of_centroids(apart, old_labels, new_labels, *shape)
    reserved = [topic.topic_id for topic in gone]
    return identity.match(old, new, overlap, similarity, model=model, reserved=reserved)


def hold_divisions(division: Division, topics: Sequence[Topic], before: ThemeSet, embedding: Floats) -> Division:
    """Return a division in which the themes of an earlier fit are divided as they were.

    Whether a theme is divided, and where, turns on a few texts. So a theme that goes on keeps its sub-themes, or stays
    whole, until it has GROWN times the answers it had.

    Parameters
    ----------
    division : Division
        The sub-themes of the new fit.
    topics : sequence of Topic
        Its themes, with the ids of the old ones that they go on with.
    before : ThemeSet
        The earlier fit.
    embedding : ndarray of float32, shape (n_texts, n_dimensions)
        Vectors of the texts of the division.
    """
    place = {topic.topic_id: i for i, topic in enumerate(before.topics)}
    parts = []
    for theme, topic in enumerate(topics):
        inside = np.flatnonzero(division.themes == theme)
        found = renumber(division.leaves[inside])
        old = place.get(topic.topic_id)
        if old is not None and topic.n_answers < GROWN * before.topics[old].n_answers:
            found = renumber(before.subtopics_of(embedding[inside], np.full(len(inside), old)))
            found = np.maximum(found, 0)  # a theme that was whole is one part
        parts.append(found)
    return numbered(division.themes, parts)


def go_on_with_subtopics(
    before: ThemeSet, themes: ThemeSet, old_labels: Ints, new_labels: Ints, embedding: Floats, model: str
) -> ThemeSet:
    """Return `themes` with sub-themes that keep the ids of those of `before` that they go on with.

    Parameters
    ----------
    before, themes : ThemeSet
        The earlier fit and the new one, whose themes are matched already.
    old_labels, new_labels : ndarray of int64, shape (n_texts,)
        Theme that each fit gives to each text, -1 for none.
    embedding : ndarray of float32, shape (n_texts, n_dimensions)
        Vectors of the texts.
    model : str
        Name and version of the new model.
    """
    old = before.subtopics_of(embedding, old_labels)
    new = themes.subtopics_of(embedding, new_labels)
    matching = go_on(
        before.subtopics, themes.subtopics, old, new, embedding, themes.assigner.component, themes.gone, model
    )
    return replace(themes, subtopics=matching.topics, gone=themes.gone + matching.gone)
