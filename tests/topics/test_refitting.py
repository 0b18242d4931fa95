"""Themes and sub-themes that are fitted again keep their ids, and are divided as they were until they have grown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.topics.fitting import assign, fit_themes
from pipeline.topics.hierarchy import Division
from pipeline.topics.refitting import GROWN, hold_divisions
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import WordVectors, train_vectors
from tests import corpus

DOCUMENTS, _ = corpus.documents(440, seed=3)


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return train_vectors([d.terms for d in DOCUMENTS], minimum_documents=2, n_dimensions=20)


def fit(n_documents: int, vectors: WordVectors, before: ThemeSet | None = None) -> ThemeSet:
    found = fit_themes(
        DOCUMENTS[:n_documents],
        vectors,
        questionnaire="q",
        question_id="q-1",
        model=f"local/{n_documents}",
        n_topics=2,
        before=before,
    )
    assert found is not None
    return found


@pytest.fixture(scope="module")
def first(vectors: WordVectors) -> ThemeSet:
    return fit(400, vectors)


def test_sub_themes_keep_their_ids_and_their_answers_when_a_tenth_more_come(
    vectors: WordVectors, first: ThemeSet
) -> None:
    again = fit(440, vectors, first)
    assert first.subtopics and [t.topic_id for t in again.topics] == [t.topic_id for t in first.topics]
    assert {t.topic_id for t in again.subtopics} == {t.topic_id for t in first.subtopics}
    parents = {t.topic_id for t in again.topics}
    assert all(t.parent_id in parents and t.lineage[-1]["event"] in ("kept", "renamed") for t in again.subtopics)
    embedding = vectors.embed([d.terms for d in DOCUMENTS[:400]])

    def ids(themes: ThemeSet) -> np.ndarray:
        part = themes.subtopics_of(embedding, assign(themes.assigner, embedding, 0.0))
        return np.asarray([*(t.topic_id for t in themes.subtopics), ""], dtype=object)[part]

    assert (ids(first) == ids(again)).mean() >= 0.9


def test_a_theme_that_goes_on_is_divided_as_it_was_and_one_that_has_grown_anew(
    vectors: WordVectors, first: ThemeSet
) -> None:
    embedding = vectors.embed([d.terms for d in DOCUMENTS])
    labels = assign(first.assigner, embedding, 0.0)
    whole = Division(labels, (0, 1), ())  # the new fit would divide nothing
    held = hold_divisions(whole, first.topics, first, embedding)
    assert np.array_equal(held.themes, labels)
    assert {first.topics[t].topic_id for t in held.divided} == {t.parent_id for t in first.subtopics}
    grown = [replace(topic, n_answers=int(GROWN * topic.n_answers) + 1) for topic in first.topics]
    assert hold_divisions(whole, grown, first, embedding).divided == ()
    others = [replace(topic, topic_id=f"t-other{i}") for i, topic in enumerate(first.topics)]
    assert hold_divisions(whole, others, first, embedding).divided == ()


def test_a_theme_that_was_whole_stays_whole(vectors: WordVectors, first: ThemeSet) -> None:
    embedding = vectors.embed([d.terms for d in DOCUMENTS])
    labels = assign(first.assigner, embedding, 0.0)
    undivided = replace(first, subtopics=(), subtopic_assigner=None)
    cut = Division(2 * labels + np.arange(len(labels)) % 2, (0, 0, 1, 1), (0, 1))
    assert hold_divisions(cut, first.topics, undivided, embedding).divided == ()
