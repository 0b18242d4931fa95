"""New answers are told apart from old ones where they speak of something else, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.topics.novelty import LEAST, novel
from pipeline.topics.vectors import unit_rows

COMPONENT = np.zeros(20, np.float32)


def texts(centres: list[int], n: int, seed: int) -> np.ndarray:
    """Return vectors about some axes, as many about each."""
    chance = np.random.default_rng(seed)
    points = np.vstack([np.eye(20)[axis] + 0.1 * chance.normal(size=(n, 20)) for axis in centres])
    return unit_rows(points.astype(np.float32))


def test_new_texts_of_the_same_kind_bring_nothing_new() -> None:
    embedding = np.vstack([texts([0, 1, 2], 60, 0), texts([0, 1, 2], 10, 1)])
    assert not novel(embedding, np.arange(len(embedding)) >= 180, COMPONENT).any()


def test_new_texts_about_something_else_are_found_among_those_that_are_not() -> None:
    embedding = np.vstack([texts([0, 1, 2], 60, 0), texts([0, 1], 10, 1), texts([5], 30, 2)])
    found = novel(embedding, np.arange(len(embedding)) >= 180, COMPONENT)
    assert found[200:].mean() > 0.9
    assert found[:200].mean() < 0.02
    assert not found[:180].any()


def test_fewer_texts_than_a_theme_needs_are_not_looked_at() -> None:
    embedding = np.vstack([texts([0, 1], 60, 0), texts([5], LEAST - 1, 2)])
    assert not novel(embedding, np.arange(len(embedding)) >= 120, COMPONENT).any()


def test_the_same_texts_give_the_same_answer() -> None:
    embedding = np.vstack([texts([0, 1, 2], 60, 0), texts([5], 30, 2)])
    new = np.arange(len(embedding)) >= 180
    assert (novel(embedding, new, COMPONENT) == novel(embedding, new, COMPONENT)).all()


def test_marks_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        novel(texts([0], 10, 0), np.zeros(9, bool), COMPONENT)
