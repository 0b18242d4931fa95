"""A text that has a theme is given to one of its sub-themes, and a theme that is not divided to none."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.topics.subtopics import SubtopicAssigner, fit_subtopics, no_subtopics
from pipeline.topics.vectors import common_component, unit_rows


def fitted(n_each: int = 30) -> tuple[SubtopicAssigner, np.ndarray, np.ndarray, np.ndarray]:
    """Return the classifier of four themes of which the second has three parts and the last two; texts of each."""
    chance = np.random.default_rng(0)
    leaves = np.repeat(np.arange(7), n_each)
    embedding = unit_rows((np.eye(8)[leaves] + 0.1 * chance.standard_normal((len(leaves), 8))).astype(np.float32))
    themes = np.asarray([0, 1, 1, 1, 2, 3, 3])[leaves]
    parts = np.asarray([-1, 0, 1, 2, -1, 3, 4])[leaves]
    return fit_subtopics(embedding, parts, (1, 1, 1, 3, 3), common_component(embedding)), embedding, themes, parts


def test_the_sub_theme_of_a_text_is_found_again() -> None:
    assigner, embedding, themes, parts = fitted()
    assert np.array_equal(assigner.choose(embedding, themes), parts)


def test_a_sub_theme_is_one_of_the_theme_that_was_decided() -> None:
    assigner, embedding, _, _ = fitted()
    for theme, allowed in {0: {-1}, 1: {0, 1, 2}, 2: {-1}, 3: {3, 4}}.items():
        found = assigner.choose(embedding, np.full(len(embedding), theme))
        assert set(found.tolist()) <= allowed and len(found) == len(embedding)


def test_a_text_without_a_theme_has_no_sub_theme_and_one_without_a_known_word_keeps_its_theme_whole() -> None:
    assigner, embedding, _, _ = fitted()
    rows = np.vstack([embedding[:1], np.zeros((2, 8), np.float32)])
    found = assigner.choose(rows, np.asarray([-1, -1, 3]))
    assert found[:2].tolist() == [-1, -1] and found[2] in (3, 4)
    assert assigner.choose(rows[:0], np.zeros(0, dtype=np.int64)).shape == (0,)


def test_themes_of_which_none_is_divided_have_no_sub_theme() -> None:
    _, embedding, themes, _ = fitted()
    component = common_component(embedding)
    for assigner in (no_subtopics(component), fit_subtopics(embedding, np.full(len(embedding), -1), (), component)):
        assert set(assigner.choose(embedding, themes).tolist()) == {-1}


def test_learning_twice_gives_the_same_bytes() -> None:
    assert fitted()[0].coefficients.tobytes() == fitted()[0].coefficients.tobytes()


def test_what_does_not_fit_together_is_refused() -> None:
    assigner, embedding, _, parts = fitted()
    with pytest.raises(ValueError, match="2 themes for 210 texts"):
        assigner.choose(embedding, np.zeros(2, dtype=np.int64))
    with pytest.raises(ValueError, match="5 labels for 210 texts"):
        fit_subtopics(embedding, parts[:5], (0, 0), assigner.component)
    with pytest.raises(ValueError, match="1 parents for 5 sub-themes"):
        SubtopicAssigner(assigner.component, assigner.coefficients, assigner.intercepts, (1,))
