"""Themes of an earlier model stay as they are; what is new becomes proposed themes beside them."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.topics.assigner import Assigner
from pipeline.topics.bundle import load
from pipeline.topics.extending import add_rows, extend
from pipeline.topics.fitting import assign, fit_themes
from pipeline.topics.theme_files import ThemeSet
from tests.corpus import documents

THREE = ("health", "transport", "taxes")


@pytest.fixture(scope="module")
def vectors(tiny_model):  # type: ignore[no-untyped-def]
    return load(tiny_model).vectors


@pytest.fixture(scope="module")
def before(vectors) -> ThemeSet:  # type: ignore[no-untyped-def]
    found = fit_themes(
        documents(150, THREE)[0], vectors, questionnaire=None, question_id="q-1", model="local/1", n_topics=3
    )
    assert found is not None
    return found


def extended(before: ThemeSet, vectors, added: tuple[str, ...]) -> ThemeSet:  # type: ignore[no-untyped-def]
    old, more = documents(150, THREE)[0], documents(40, added, seed=5)[0]
    new = [False] * len(old) + [True] * len(more)
    return extend(before, old + more, new, vectors, model="local/2", minimum_score=0.3)


def test_more_of_the_same_keeps_every_theme_and_every_coefficient(before: ThemeSet, vectors) -> None:  # type: ignore[no-untyped-def]
    after = extended(before, vectors, THREE)
    assert [t.topic_id for t in after.topics] == [t.topic_id for t in before.topics]
    assert (after.assigner.coefficients == before.assigner.coefficients).all()
    assert {t.lineage[-1]["event"] for t in after.topics} == {"kept"}
    assert {t.lineage[-1]["model"] for t in after.topics} == {"local/2"}


def test_what_no_theme_speaks_of_becomes_one_proposed_theme(before: ThemeSet, vectors) -> None:  # type: ignore[no-untyped-def]
    after = extended(before, vectors, ("school",))
    assert [t.topic_id for t in after.topics[:3]] == [t.topic_id for t in before.topics]
    (created,) = after.topics[3:]
    assert created.status == "proposed"
    assert created.lineage == ({"event": "created", "topic_id": None, "model": "local/2"},)
    school = vectors.embed([document.terms for document in documents(40, ("school",), seed=5)[0]])
    assert (assign(after.assigner, school, 0.3) == 3).mean() >= 0.8


def test_old_answers_keep_their_theme_when_one_is_added(before: ThemeSet, vectors) -> None:  # type: ignore[no-untyped-def]
    after = extended(before, vectors, ("school",))
    embedding = vectors.embed([document.terms for document in documents(150, THREE)[0]])
    assert (assign(before.assigner, embedding, 0.3) == assign(after.assigner, embedding, 0.3)).mean() >= 0.95


def test_ids_and_labels_of_new_themes_are_those_of_no_other(before: ThemeSet, vectors) -> None:  # type: ignore[no-untyped-def]
    after = extended(before, vectors, ("school",))
    assert len({t.topic_id for t in after.topics}) == len({t.label for t in after.topics}) == 4


def test_the_rows_of_earlier_themes_are_as_they_were() -> None:
    chance = np.random.default_rng(0)
    old = Assigner(np.zeros(4, np.float32), chance.normal(size=(2, 4)).astype(np.float32), np.zeros(2, np.float32))
    points = np.eye(4, dtype=np.float32)[chance.integers(0, 4, 80)]
    targets = np.where(points[:, 3] == 1, 2, np.where(points[:, 0] == 1, 0, -1))
    found = add_rows(old, points, targets, 1)
    assert (found.coefficients[:2] == old.coefficients).all()
    assert (found.intercepts[:2] == old.intercepts).all()
    assert (found.probabilities(points[targets == 2]).argmax(axis=1) == 2).all()
    assert (found.probabilities(points[targets != 2])[:, 2] < 0.5).all()
