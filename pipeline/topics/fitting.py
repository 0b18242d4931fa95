"""Find the themes of one set of texts: clustering settles them, a classifier repeats them, their words name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.config import TopicsConfig
from pipeline.topics.assigner import Assigner, fit_assigner
from pipeline.topics.confirming import confirm
from pipeline.topics.created import created, name_subtopics
from pipeline.topics.documents import Document
from pipeline.topics.labels import name_topics
from pipeline.topics.methods import Method, group
from pipeline.topics.refitting import go_on, go_on_with_subtopics, hold_divisions
from pipeline.topics.stability import Curve
from pipeline.topics.subtopics import fit_subtopics
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import Floats, WordVectors, common_component

Ints = npt.NDArray[np.int64]


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
    asked: Collection[str] = (),
    before: ThemeSet | None = None,
    divided: bool = True,
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
    asked : collection of str
        Terms of the wording of the question, which name no theme alone.
    before : ThemeSet, optional
        The themes of an earlier fit on some of these texts: they are looked for first, and those that are found again
        keep their ids (`identity`).
    divided : bool
        Look for sub-themes (`hierarchy.divide`, `confirming.confirm`) too.

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
    terms, answers = _units(fitted, vectors) if method == "reinert" else ([d.terms for d in fitted], None)
    embedding = vectors.embed(terms)
    start = assign(before.assigner, embedding, minimum_score) if before is not None else None
    found = group(
        method, terms, vectors, k, neighbours=neighbours, random_state=random_state, start=start, answers=answers
    )
    labels = found.labels
    k = int(labels.max(initial=-1)) + 1
    if k == 0:
        return None
    grouped = labels >= 0
    chance = vectors.embed_chance(known_lengths(terms, vectors), random_state)
    component = common_component(embedding)
    assigner = fit_assigner(embedding[grouped], labels[grouped], k, component, random_state, chance=chance)
    everything = vectors.embed([document.terms for document in different])
    final = assign(assigner, everything, minimum_score)
    weights = copies(documents, different)
    sizes = np.bincount(final[final >= 0], weights[final >= 0], minlength=k)
    key = question_id or f"questionnaire:{questionnaire}"
    names = name_topics(different, final, k, asked)
    topics = tuple(created(key, naming, int(size), model) for naming, size in zip(names, sizes, strict=True))
    if found.stability is not None:
        sure = (round(float(share), 3) for share in found.stability)
        topics = tuple(replace(topic, stability=share) for topic, share in zip(topics, sure, strict=True))
    gone: tuple[Topic, ...] = ()
    if before is not None:
        old = assign(before.assigner, everything, minimum_score)
        matching = go_on(before.topics, topics, old, final, everything, component, before.gone, model)
        topics, gone = matching.topics, before.gone + matching.gone
    curve = _points(found.curve)
    themes = ThemeSet(questionnaire, question_id, topics, assigner, curve=curve, gone=gone, sought=found.sought)
    if divided and found.division is not None:
        confirmed = confirm(found.division, terms, vectors, random_state)
        if before is not None:
            confirmed = hold_divisions(confirmed, topics, before, embedding)
        subtopic_assigner = fit_subtopics(embedding, *confirmed.parts(), component, random_state)
        asked_of = [{*asked, *naming.label_terms} for naming in names]
        themes = name_subtopics(themes, subtopic_assigner, different, everything, final, weights, asked_of, model)
    if before is not None:
        themes = go_on_with_subtopics(before, themes, old, final, everything, model)
    return themes


def _points(curve: Curve | None) -> tuple[tuple[int, float], ...]:
    if curve is None:
        return ()
    return tuple((k, round(float(mean), 3)) for k, mean in zip(curve.numbers, curve.means, strict=True))


def _units(documents: Sequence[Document], vectors: WordVectors) -> tuple[list[tuple[str, ...]], Ints]:
    """Return the terms of the segments of documents, and the document that each is part of."""
    parts = [(terms, i) for i, document in enumerate(documents) for terms in document.segments()]
    known = [(terms, i) for terms, i in parts if any(term in vectors.index for term in terms)]
    return [terms for terms, _ in known], np.asarray([i for _, i in known], dtype=np.int64)


def copies(documents: Sequence[Document], different: Sequence[Document]) -> Ints:
    """Return how often the terms of each of `different` stand among all documents."""
    counts = Counter(document.terms for document in documents)
    return np.asarray([counts[document.terms] for document in different], dtype=np.int64)


def fit_question(
    documents: Sequence[Document],
    vectors: WordVectors,
    settings: TopicsConfig,
    *,
    questionnaire: str | None,
    question_id: str | None,
    model: str,
    asked: Collection[str],
    n_topics: int | None = None,
    divided: bool = True,
    before: ThemeSet | None = None,
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
        before=before,
        divided=divided,
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
