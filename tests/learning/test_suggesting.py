from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.learning.suggesting import suggest

GENERATOR = np.random.default_rng(1)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40), st.integers(0, 50), st.integers(0, 5))
def test_answers_come_once_and_never_those_that_were_reviewed(n_answers, n, seed):
    generator = np.random.default_rng(seed)
    reviewed = generator.random(n_answers) < 0.4
    shares = generator.random((n_answers, 3)).astype(np.float32)
    embedding = generator.normal(size=(n_answers, 4)).astype(np.float32)
    found = suggest(shares, embedding, reviewed, n, seed)
    assert len(found) == min(n, int((~reviewed).sum())) == len(set(found.tolist()))
    assert not reviewed[found].any()
    assert np.array_equal(found, suggest(shares, embedding, reviewed, n, seed))


def test_what_is_uncertain_comes_first():
    shares = np.asarray([[0.99], [0.5], [0.01]], np.float32)
    assert suggest(shares, np.eye(3, dtype=np.float32), np.zeros(3, bool), 3)[0] == 1


def test_answers_that_say_the_same_are_not_asked_twice():
    embedding = np.asarray([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    shares = np.asarray([[0.5], [0.5], [0.5], [0.7]], np.float32)
    assert 3 in suggest(shares, embedding, np.zeros(4, bool), 2)
    assert suggest(shares, embedding, np.asarray([True, False, False, False]), 1) == [3]


def test_themes_that_were_reviewed_less_are_asked_first():
    reviewed = np.asarray([True] * 8 + [False] * 2)
    shares = np.asarray([[0.95, 0.05]] * 8 + [[0.5, 0.05], [0.05, 0.5]], np.float32)
    assert suggest(shares, np.eye(10, dtype=np.float32), reviewed, 1) == [9]


def test_answers_without_a_vector_come_last():
    embedding = np.asarray([[0, 0], [1, 0]], np.float32)
    assert suggest(np.asarray([[0.5], [0.9]], np.float32), embedding, np.zeros(2, bool), 2).tolist() == [1, 0]


@pytest.mark.slow
def test_fifty_thousand_answers_take_seconds():
    embedding = GENERATOR.normal(size=(50_000, 300)).astype(np.float32)
    start = time.process_time()
    assert len(suggest(GENERATOR.random((50_000, 20)), embedding, GENERATOR.random(50_000) < 0.02, 200)) == 200
    assert time.process_time() - start < 10
