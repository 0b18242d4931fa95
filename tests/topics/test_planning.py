"""Which themes a question gets, its own, the model's or none, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.config import TopicsConfig
from pipeline.topics.assigner import Assigner
from pipeline.topics.bundle import Bundle, ThemeSet
from pipeline.topics.planning import ANSWERS_A_TOPIC, LEAST_ANSWERS, choose, describe
from pipeline.topics.vectors import WordVectors


def themes(questionnaire: str, question_id: str | None) -> ThemeSet:
    assigner = Assigner(np.zeros(2, np.float32), np.zeros((0, 2), np.float32), np.zeros(0, np.float32))
    return ThemeSet(questionnaire, question_id, (), assigner)


@pytest.fixture
def model() -> Bundle:
    vectors = WordVectors((), np.zeros((0, 2), np.float16), np.zeros(0, np.float32))
    sets = [themes("organisation", "q-1"), themes("organisation", None)]
    return Bundle("shipped", "1", vectors, {found.key: found for found in sets})


AUTO = TopicsConfig()


@pytest.mark.parametrize(("n_answers", "source"), [(299, "model"), (300, "own")])
def test_a_question_that_the_model_knows_needs_many_answers_for_themes_of_its_own(
    model: Bundle, n_answers: int, source: str
) -> None:
    choice = choose("q-1", "organisation", n_answers, model, AUTO)
    assert choice.source == source
    assert "300" in choice.reason


def test_a_question_with_few_answers_gets_the_themes_of_the_model_for_it(model: Bundle) -> None:
    choice = choose("q-1", "organisation", 10, model, AUTO)
    assert choice.source == "model" and "shipped/1 for the question," in choice.reason


def test_else_those_of_its_questionnaire(model: Bundle) -> None:
    choice = choose("q-9", "organisation", 10, model, AUTO)
    assert choice.source == "model" and "shipped/1 for the questionnaire," in choice.reason


@pytest.mark.parametrize(("n_answers", "source"), [(0, "none"), (LEAST_ANSWERS - 1, "none"), (LEAST_ANSWERS, "own")])
def test_a_question_that_no_model_knows_needs_fewer(model: Bundle, n_answers: int, source: str) -> None:
    assert choose("q-9", "another", n_answers, model, AUTO).source == source
    assert choose("q-1", "organisation", n_answers, None, AUTO).source == source


def test_a_question_without_themes_says_why(model: Bundle) -> None:
    choice = choose("q-9", "another", 3, model, AUTO)
    assert choice.source == "none"
    assert "unassigned" in choice.reason and "too few" in choice.reason and "50 needed" in choice.reason


def test_a_model_that_a_person_names_is_used_however_many_answers_there_are(model: Bundle) -> None:
    assert choose("q-1", "organisation", 10_000, model, TopicsConfig(model="shipped")).source == "model"


def test_a_named_model_that_has_no_themes_for_a_question_leaves_it_to_its_own_answers(model: Bundle) -> None:
    named = TopicsConfig(model="shipped")
    assert choose("q-9", "another", 60, model, named).source == "own"
    assert choose("q-9", "another", 10, model, named).source == "none"


@pytest.mark.parametrize("n_topics", [1, 3, 12])
def test_a_number_of_themes_that_a_person_gives_means_themes_of_the_question_s_own(
    model: Bundle, n_topics: int
) -> None:
    asked = TopicsConfig(topics=n_topics, model="shipped")
    enough = max(2, ANSWERS_A_TOPIC * n_topics)
    choice = choose("q-1", "organisation", enough, model, asked)
    assert choice.source == "own" and f"{n_topics} each as asked for" in choice.reason
    assert choose("q-1", "organisation", enough - 1, model, asked).source == "model"
    assert choose("q-1", "organisation", enough - 1, None, asked).source == "none"


def test_the_minimum_of_the_configuration_counts(model: Bundle) -> None:
    assert choose("q-1", "organisation", 20, model, TopicsConfig(minimum_answers=20)).source == "own"
    assert choose("q-9", "another", 20, model, TopicsConfig(minimum_answers=20)).source == "own"
    assert choose("q-1", "organisation", 20, model, TopicsConfig(topics=12, minimum_answers=20)).source == "own"


def test_what_the_run_says_brings_questions_of_one_choice_together_with_their_answers(model: Bundle) -> None:
    counts = {"organisation 1": 3000, "organisation 3": 400, "organisation 5": 12}
    choices = {name: (choose("q-1", "organisation", n, model, AUTO), n) for name, n in counts.items()}
    own, shipped = describe(choices)
    assert own.endswith(": organisation 1 (3,000), organisation 3 (400)")
    assert shipped.endswith(": organisation 5 (12)")


def test_a_run_without_questions_says_nothing() -> None:
    assert describe({}) == []
