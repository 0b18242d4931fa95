"""Intervals from resamples: the same every time, and as wide as they should be."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.evaluation.intervals import (
    RESAMPLES,
    normal_score,
    percentile_scores,
    precision_recall_f1,
    resamples,
    standard_error,
)


def test_resamples_are_the_same_every_time_and_others_with_another_seed() -> None:
    first, again, other = (np.array(list(resamples(5, seed))) for seed in ([0, 1], [0, 1], [0, 2]))
    assert first.shape == (RESAMPLES, 5) and set(first.ravel().tolist()) == set(range(5))
    assert (first == again).all() and (first != other).any()


def test_the_standard_error_of_a_mean_is_that_of_the_textbook() -> None:
    values = np.random.default_rng(0).normal(size=400)
    found = standard_error(lambda places: float(values[places].mean()), 400, 0)
    assert found == pytest.approx(values.std() / 20, rel=0.15)


def test_an_interval_holds_what_lies_between_its_percentiles() -> None:
    drawn = np.linspace(0, 1, 1001)[:, None] * [1, 2]
    one, two = percentile_scores(np.array([0.5, 1.0]), drawn)
    assert (one.value, one.low, one.high) == (0.5, 0.025, 0.975)
    assert (two.low, two.high) == (0.05, 1.95)
    assert str(one) == "0.500 (0.025–0.975)"


def test_a_normal_interval_ends_at_one() -> None:
    found = normal_score(0.9, 0.1)
    assert (found.low, found.high) == (0.704, 1.0)


def test_what_has_no_denominator_counts_as_zero() -> None:
    assert precision_recall_f1(np.array([[0, 0, 0], [4, 2, 1]])).tolist() == [[0, 0, 0], [0.5, 0.25, 1 / 3]]
