"""Make themes and sub-themes of what they are called: their ids, their first event, what people read of them."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.topics.documents import Document
from pipeline.topics.labels import Naming, name_topics
from pipeline.topics.subtopics import SubtopicAssigner
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import Floats

Ints = npt.NDArray[np.int64]


def created(key: str, naming: Naming, size: int, model: str, parent_id: str | None = None) -> Topic:
    """Return a new theme of the set `key`, or a new sub-theme of `parent_id`; the same words give the same id."""
    content = "\0".join((parent_id or key, naming.label, *naming.terms))
    topic_id = "t-" + hashlib.blake2b(content.encode("utf-8"), digest_size=6).hexdigest()
    return Topic(
        topic_id,
        naming.label,
        naming.definition,
        naming.terms,
        naming.term_scores,
        size,
        ({"event": "created", "topic_id": None, "model": model},),
        naming.against,
        parent_id,
    )


def name_subtopics(
    themes: ThemeSet,
    assigner: SubtopicAssigner,
    documents: Sequence[Document],
    embedding: Floats,
    labels: Ints,
    weights: Ints,
    asked: Sequence[Container[str]],
    model: str,
) -> ThemeSet:
    """Return themes with their sub-themes, named by what tells each from its siblings.

    Parameters
    ----------
    themes : ThemeSet
        Themes without sub-themes.
    assigner : SubtopicAssigner
        What gives their texts to the sub-themes.
    documents : sequence of Document
        Distinct texts.
    embedding, labels, weights : ndarrays, as long as documents
        Their vectors, theme (-1 for none) and number of copies.
    asked : sequence of containers of str, one a theme
        Terms of which alone no label of a sub-theme is made: those of the question and of the theme's own label.
    model : str
        Name and version of the model, for the lineage.
    """
    found = assigner.choose(embedding, labels)
    subtopics: list[Topic] = []
    for theme in sorted(set(assigner.parent_of)):
        first, n_parts = assigner.parent_of.index(theme), assigner.parent_of.count(theme)
        inside = np.flatnonzero((found >= first) & (found < first + n_parts))
        parts = found[inside] - first
        names = name_topics([documents[i] for i in inside.tolist()], parts, n_parts, asked[theme])
        sizes = np.bincount(parts, weights[inside], minlength=n_parts)
        parent_id = themes.topics[theme].topic_id
        subtopics += [
            created(themes.key, name, int(size), model, parent_id) for name, size in zip(names, sizes, strict=True)
        ]
    return replace(themes, subtopics=tuple(subtopics), subtopic_assigner=assigner)
