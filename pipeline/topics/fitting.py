"""Find the themes of one set of texts: clustering settles them, a classifier repeats them, their words name them."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.config import TopicsConfig
from pipeline.topics import identity
from pipeline.topics.assigner import Assigner, fit_assigner
from pipeline.topics.documents import Document
from pipeline.topics.labels import Naming, name_topics
from pipeline.topics.methods import Method, group
from pipeline.topics.stability import Curve
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import Floats, WordVectors, common_component, remove_component


def distinct(documents: Sequence[Document], vectors: WordVectors) -> list[Document]:
    """Return the documents with other terms than those before, of which at least one is in the vectors."""
    kept: dict[tuple[str, ...], Document] = {}
    for document in documents:
        if document.terms not in kept and any(term in vectors.index for term in document.terms):
            kept[document.terms] = document
    return list(kept.values())


def known_lengths(texts: Sequence[Sequence[str]], vectors: WordVectors) -> list[int]:
    """Return how many known words each text has, one for a text without any."""
    return [max(sum(term in vectors.index for term in text), 1) for text in texts]


def fit_themes(
    documents: Sequence[Document],
    vectors: WordVectors,
    *,
    questionnaire: str | None,
    question_id: str | None,
    model: str,
    method: Method = "vectors",
    n_topics: int | None = None,
    neighbours: int = 30,
    sample: int = 4000,
    minimum_score: float = 0.0,
    random_state: int = 0,
    asked: Container[str] = (),
    before: ThemeSet | None = None,
) -> ThemeSet | None:
    """Find the themes of `documents`.

    Parameters
    ----------
    documents : sequence of Document
        Whole answers (themes found among segments follow people's less closely); copies are
        fitted once and counted as often as they stand there.
    vectors : WordVectors
        Vectors of their words.
    questionnaire, question_id : str or None
        What the themes belong to.
    model : str
        Name and version of the model that they become part of, for their lineage.
    method : str
        How groups of texts are found: see `methods.group`.
    n_topics : int, optional
        How many to look for; chosen when None (`methods.group`).
    neighbours, sample, minimum_score, random_state
        See `TopicsConfig`.
    asked : container of str
        Terms of the wording of the question, which name no theme alone.
    before : ThemeSet, optional
        The themes of an earlier fit on some of these texts: they are looked for first, and those that are found again
        keep their ids (`identity`).

    Returns
    -------
    ThemeSet or None
        None when no text holds a known word, or none is in a group.
    """
    different = distinct(documents, vectors)
    if not different:
        return None
    fitted = _sample(different, sample, random_state)
    k = None if n_topics is None else min(n_topics, len(fitted))
    terms = [document.terms for document in fitted]
    embedding = vectors.embed(terms)
    start = assign(before.assigner, embedding, minimum_score) if before is not None else None
    found = group(method, terms, vectors, k, neighbours=neighbours, random_state=random_state, start=start)
    labels = found.labels
    k = int(labels.max()) + 1
    if k == 0:
        return None
    grouped = labels >= 0
    chance = vectors.embed_chance(known_lengths(terms, vectors), random_state)
    component = common_component(embedding)
    assigner = fit_assigner(embedding[grouped], labels[grouped], k, component, random_state, chance=chance)
    everything = vectors.embed([document.terms for document in different])
    final = assign(assigner, everything, minimum_score)
    names = name_topics(different, final, k, asked)
    by_terms = {document.terms: label for document, label in zip(different, final, strict=True)}
    sizes = np.zeros(k, dtype=int)
    for document in documents:
        label = by_terms.get(document.terms, -1)
        if label >= 0:
            sizes[label] += 1
    key = question_id or f"questionnaire:{questionnaire}"
    topics = tuple(_topic(key, naming, int(size), model) for naming, size in zip(names, sizes, strict=True))
    if found.stability is not None:
        sure = (round(float(share), 3) for share in found.stability)
        topics = tuple(replace(topic, stability=share) for topic, share in zip(topics, sure, strict=True))
    gone: tuple[Topic, ...] = ()
    if before is not None:
        matching = _go_on(before, topics, final, everything, assigner, minimum_score, model)
        topics, gone = matching.topics, before.gone + matching.gone
    return ThemeSet(questionnaire, question_id, topics, assigner, curve=_points(found.curve), gone=gone)


def _points(curve: Curve | None) -> tuple[tuple[int, float], ...]:
    if curve is None:
        return ()
    return tuple((k, round(float(mean), 3)) for k, mean in zip(curve.numbers, curve.means, strict=True))


def _go_on(
    before: ThemeSet,
    topics: tuple[Topic, ...],
    labels: npt.NDArray[np.int64],
    embedding: Floats,
    assigner: Assigner,
    minimum_score: float,
    model: str,
) -> identity.Matching:
    """Match new themes with the old ones that they go on with."""
    old = assign(before.assigner, embedding, minimum_score)
    shape = (len(before.topics), len(topics))
    overlap = identity.shared_texts(old, labels, *shape)
    apart = remove_component(embedding, assigner.component)
    similarity = identity.similarity_of_centroids(apart, old, labels, *shape)
    reserved = [topic.topic_id for topic in before.gone]
    return identity.match(before.topics, topics, overlap, similarity, model=model, reserved=reserved)


def fit_question(
    documents: Sequence[Document],
    vectors: WordVectors,
    settings: TopicsConfig,
    *,
    questionnaire: str | None,
    question_id: str | None,
    model: str,
    asked: Container[str],
    n_topics: int | None = None,
) -> ThemeSet | None:
    """Find themes as `fit_themes` does, as the settings of the stage say; `n_topics` wins over theirs."""
    return fit_themes(
        documents,
        vectors,
        questionnaire=questionnaire,
        question_id=question_id,
        model=model,
        method=settings.method,
        n_topics=n_topics or (settings.topics if isinstance(settings.topics, int) else None),
        neighbours=settings.neighbours,
        sample=settings.fit_sample,
        minimum_score=settings.minimum_score,
        random_state=settings.seed,
        asked=asked,
    )


def assign(assigner: Assigner, embedding: Floats, minimum_score: float) -> npt.NDArray[np.int64]:
    """Return the most probable topic of each text, -1 where its probability is under `minimum_score`."""
    probabilities = assigner.probabilities(embedding)
    best = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1) >= max(minimum_score, np.finfo(np.float32).tiny)
    return np.where(sure, best, -1)


def _sample(documents: list[Document], size: int, random_state: int) -> list[Document]:
    if len(documents) <= size:
        return documents
    chosen = np.random.default_rng(random_state).choice(len(documents), size, replace=False)
    return [documents[i] for i in np.sort(chosen)]


def _topic(key: str, naming: Naming, size: int, model: str) -> Topic:
    content = "\0".join((key, naming.label, *naming.terms))
    topic_id = "t-" + hashlib.blake2b(content.encode("utf-8"), digest_size=6).hexdigest()
    lineage: tuple[dict[str, Any], ...] = ({"event": "created", "topic_id": None, "model": model},)
    return Topic(
        topic_id, naming.label, naming.definition, naming.terms, naming.term_scores, size, lineage, naming.against
    )
