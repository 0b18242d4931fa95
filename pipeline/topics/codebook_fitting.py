"""Give answers to the themes of a codebook from the words of the themes alone, without a labelled answer.

The words of a theme and of a text are compared as vectors. What is sure enough then trains the classifier that every
other set of themes has, with the rest as texts of no theme (self-training: Yarowsky 1995), so that an ordinary set of
themes comes out. Counting the words that stand there beside, and letting texts that are alike share scores, was better
on the questions that it was tuned on and no better on others.
"""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.assigner import Assigner, fit_assigner
from pipeline.topics.codebook import CodebookEntry, fold
from pipeline.topics.documents import Document
from pipeline.topics.fitting import distinct, known_lengths
from pipeline.topics.labels import name_topics
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import Floats, WordVectors, common_component, remove_component, unit_rows

Ints = npt.NDArray[np.int64]
Terms = tuple[str, ...]
Analyse = Callable[[list[str]], list[Document]]

CHANCE: Final = 0.1
"""Share of the scores of texts with themes other than their best that reach the level at which a theme fits."""
LOWEST_LEVEL: Final = 0.25  # a theme fits no text whose score is lower, whatever the other scores are
NEXT_BEST: Final = 0.85  # a theme whose score is at least this share of the best one is learned from the text as well
MOST_THEMES: Final = 3  # of one text
SAMPLE: Final = 4000  # distinct texts that the classifier learns from, at the most


def codebook_themes(
    codebook_entries: Sequence[CodebookEntry],
    documents: Sequence[Document],
    vectors: WordVectors,
    analyse: Analyse,
    *,
    questionnaire: str | None,
    question_id: str | None,
    model: str,
    random_state: int = 0,
) -> tuple[ThemeSet, Ints, Floats]:
    """Give documents to the themes of a codebook, and learn a classifier that does.

    Parameters
    ----------
    codebook_entries : sequence of CodebookEntry
        The themes (`Codebook.leaves` of the question).
    documents : sequence of Document
        Whole answers to the question, copies included.
    vectors : WordVectors
        Vectors of their words.
    analyse : callable
        Makes documents of texts, as the documents were made.
    questionnaire, question_id, model
        See `fitting.fit_themes`.
    random_state : int
        Seed of the sample and the classifier.

    Returns
    -------
    themes : ThemeSet
        Topics in the order of the entries.
    labels : ndarray of int64, shape (n_documents,)
        Best theme of each document; -1 where none is likelier than any theme. None is learned from the texts whose best
        score is under `chance_level`, and from texts of chance.
    scores : ndarray of float32, shape (n_documents, n_entries)
        Probability of each theme; rows of documents that no theme fits are zeros.

    Raises
    ------
    ValueError
        When there is no entry.
    """
    if not codebook_entries:
        raise ValueError("a codebook needs at least one theme")
    n_themes = len(codebook_entries)
    words = theme_words(codebook_entries, analyse)
    different = distinct(documents, vectors)
    terms = [document.terms for document in different]
    embedding = vectors.embed(terms)
    component = common_component(embedding) if different else np.zeros(vectors.n_dimensions, np.float32)
    probabilities = np.zeros((len(different), n_themes), np.float32)
    best = np.full(len(different), -1)
    own = vectors.embed(words)
    # A theme teaches its own words, so that one that no text is sure of is in the classifier too.
    if not different:
        assigner = _learn(own, np.arange(n_themes), n_themes, component, _chance([(), ()], vectors, random_state))
    else:
        chosen = _sample(len(different), random_state)
        rows, targets, unfitted = _lessons(theme_scores(words, embedding[chosen], vectors, component))
        lessons = np.vstack([own, embedding[chosen][rows]])
        targets = np.concatenate([np.arange(n_themes), targets])
        none = _chance([terms[i] for i in chosen], vectors, random_state)
        none = np.vstack([embedding[chosen][unfitted], none])
        assigner = _learn(lessons, targets, n_themes, component, none)
        probabilities = assigner.probabilities(embedding)
        highest = probabilities.max(axis=1)
        fits = (highest > 0) & (highest >= 1 - probabilities.sum(axis=1))
        probabilities[~fits] = 0
        best = np.where(fits, probabilities.argmax(axis=1), -1)
    place = {document.terms: i for i, document in enumerate(different)}
    places = np.asarray([place.get(document.terms, -1) for document in documents], dtype=np.int64)
    labels = np.append(best, -1)[places]
    scores = np.vstack([probabilities, np.zeros((1, n_themes), np.float32)])[places]
    topics = _topics(codebook_entries, question_id, questionnaire, model, different, best, labels)
    return ThemeSet(questionnaire, question_id, topics, assigner), labels, scores


def leftover(documents: Sequence[Document], labels: Ints) -> list[Document]:
    """Return the documents that no theme fits (label -1), to be clustered apart."""
    return [document for document, label in zip(documents, labels, strict=True) if label < 0]


def combine(
    first: ThemeSet,
    second: ThemeSet | None,
    documents: Sequence[Document],
    labels: Ints,
    vectors: WordVectors,
    *,
    random_state: int = 0,
) -> ThemeSet:
    """Join the themes of a codebook and those found in what it leaves over, under one classifier.

    Two classifiers that were learned apart do not share a scale, so one is learned again from the labels of both.

    Parameters
    ----------
    first : ThemeSet
        Themes of the codebook.
    second : ThemeSet or None
        Themes of `leftover`; None when there are none: then `first` is returned.
    documents, labels
        What `codebook_themes` was given and returned.

    Returns
    -------
    ThemeSet
        The topics of `first`, then those of `second` (a label that `first` has too gets « (autre) »).
    """
    if second is None or not second.topics:
        return first
    n_first, n_themes = len(first.topics), len(first.topics) + len(second.topics)
    label_of = {document.terms: int(label) for document, label in zip(documents, labels, strict=True)}
    different = distinct(documents, vectors)
    embedding = vectors.embed([document.terms for document in different])
    component = common_component(embedding) if different else first.assigner.component
    others = n_first + second.assigner.probabilities(embedding).argmax(axis=1)
    known = np.asarray([label_of[document.terms] for document in different], dtype=np.int64)
    targets = np.where(known >= 0, known, others)
    chosen = _sample(len(different), random_state)
    # A theme that no text of the sample has is learned from its old coefficients.
    missing = np.setdiff1d(np.arange(n_themes), targets[chosen])
    old = unit_rows(np.vstack([first.assigner.coefficients, second.assigner.coefficients]))
    lessons, targets = np.vstack([embedding[chosen], old[missing]]), np.concatenate([targets[chosen], missing])
    taken = {fold(topic.label) for topic in first.topics}
    renamed = tuple(replace(topic, label=_free(topic.label, taken)) for topic in second.topics)
    chance = _chance([different[int(i)].terms for i in chosen] or [(), ()], vectors, random_state)
    assigner = _learn(lessons, targets, n_themes, component, chance)
    return ThemeSet(
        first.questionnaire,
        first.question_id,
        first.topics + renamed,
        assigner,
        curve=second.curve,
        sought=second.sought,
    )


def theme_words(entries: Sequence[CodebookEntry], analyse: Analyse) -> list[Terms]:
    """Return the terms of each theme, as often as its label, definition, examples and terms have them.

    A term that more than half of four themes or more have (« Réponses où reviennent … ») is left out where another
    one is left.
    """
    texts = ["\n".join((entry.label, entry.definition, *entry.examples, *entry.terms)) for entry in entries]
    words = [document.terms for document in analyse(texts)]
    shared = Counter(term for terms in words for term in set(terms))
    common = {term for term, n in shared.items() if len(entries) >= 4 and 2 * n > len(entries)}
    return [tuple(term for term in terms if term not in common) or terms for terms in words]


def theme_scores(words: Sequence[Terms], embedding: Floats, vectors: WordVectors, component: Floats) -> Floats:
    """Return how well each theme fits each text, shape (n_texts, n_themes), float32.

    The mean of the cosine of their vectors (Arora et al. 2017) as they are and without the common component.
    """
    themes = vectors.embed(words)
    centred = remove_component(embedding, component) @ remove_component(themes, component).T
    scores: Floats = ((embedding @ themes.T + centred) / 2).astype(np.float32)
    return scores


def chance_level(scores: Floats) -> float:
    """Return the score from which on a theme fits a text.

    It is what a share `CHANCE` of the scores of texts with themes other than their best reaches: a text fits a theme
    when it is nearer to it than nine texts in ten are to a theme that is not theirs.
    """
    others = np.sort(scores, axis=1)[:, :-1]
    return max(float(np.quantile(others, 1 - CHANCE)), LOWEST_LEVEL) if others.size else LOWEST_LEVEL


def _lessons(scores: Floats) -> tuple[Ints, Ints, Ints]:
    """Return which texts teach which theme, the best and those that fit nearly as well; then those that none fits."""
    level = chance_level(scores)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :MOST_THEMES]
    ranked = np.take_along_axis(scores, order, axis=1)
    rows, ranks = np.nonzero((ranked >= level) & (ranked >= NEXT_BEST * ranked[:, :1]))
    return rows, order[rows, ranks], np.flatnonzero(ranked[:, 0] < level)


def _chance(terms: Sequence[Terms], vectors: WordVectors, random_state: int) -> Floats:
    """Return as many vectors of texts of chance, as long as these texts."""
    return vectors.embed_chance(known_lengths(terms, vectors), random_state)


def _learn(embedding: Floats, labels: Ints, n_topics: int, component: Floats, chance: Floats) -> Assigner:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # scikit-learn doubts classes that few texts have
        return fit_assigner(embedding, labels, n_topics, component, chance=chance)


def _sample(n: int, random_state: int) -> Ints:
    if n <= SAMPLE:
        return np.arange(n)
    return np.sort(np.random.default_rng(random_state).choice(n, SAMPLE, replace=False))


def _topics(
    entries: Sequence[CodebookEntry],
    question_id: str | None,
    questionnaire: str | None,
    model: str,
    different: Sequence[Document],
    best: Ints,
    labels: Ints,
) -> tuple[Topic, ...]:
    names = name_topics(different, best, len(entries))
    sizes = np.bincount(labels[labels >= 0], minlength=len(entries))
    key = question_id or f"questionnaire:{questionnaire}"
    return tuple(
        Topic(
            topic_id_of(entry, key),
            entry.label,
            entry.definition or (name.definition if size else ""),
            name.terms if size else (),
            name.term_scores if size else (),
            int(size),
            ({"event": "created", "topic_id": entry.topic_id, "model": model},),
            name.against if size else (),
            status="reviewed",
        )
        for entry, name, size in zip(entries, names, sizes, strict=True)
    )


def topic_id_of(entry: CodebookEntry, key: str) -> str:
    """Return the id of a theme in the set `key`: the same whatever its definition.

    The id that the entry has is kept if it names its question; a theme for all questions is another in each of them.
    """
    if entry.topic_id and (entry.question or key.startswith("questionnaire:")):
        return entry.topic_id
    content = "\0".join(("codebook", key, entry.topic_id or fold(entry.label)))
    return "t-" + hashlib.blake2b(content.encode("utf-8"), digest_size=6).hexdigest()


def _free(label: str, taken: set[str]) -> str:
    while fold(label) in taken:
        label += " (autre)"
    taken.add(fold(label))
    return label
