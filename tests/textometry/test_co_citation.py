"""Themes cited together: counts and chance by hand, and never on a few answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from pipeline.textometry.co_citation import co_cited

ANSWERS = [{0, 1}] * 20 + [{0}] * 5 + [{1, 2}] * 5 + [{2}] * 40 + [{2, 3}] * 10 + [{3}] * 2


def test_two_themes_that_go_together() -> None:
    (one,) = [pair for pair in co_cited(ANSWERS, 4) if pair.first == 0]
    assert (one.first, one.second, one.together) == (0, 1, 20)
    assert one.expected == pytest.approx(25 * 25 / 82)
    assert one.lift == pytest.approx(20 / (25 * 25 / 82))
    fisher = fisher_exact([[20, 5], [5, 52]], alternative="greater")
    assert 10**-one.score == pytest.approx(fisher.pvalue)


def test_themes_that_avoid_each_other_or_meet_by_chance_are_not_told() -> None:
    assert [(pair.first, pair.second) for pair in co_cited(ANSWERS, 4)] == [(0, 1)]
    assert (1, 2) in [(pair.first, pair.second) for pair in co_cited(ANSWERS, 4, least_score=-100)]


def test_pairs_of_few_answers_are_not_told() -> None:
    answers = [{0, 1}] * 4 + [{2}] * 500
    assert co_cited(answers, 3) == ()
    assert len(co_cited(answers, 3, least_together=4)) == 1


def test_a_theme_that_is_given_twice_counts_once() -> None:
    assert co_cited([[0, 1, 0, 1]] * 6 + [[2]] * 60, 3) == co_cited([[1, 0]] * 6 + [[2]] * 60, 3)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sets(st.integers(0, 4)), max_size=40))
def test_what_holds_of_any_answers(answers: list[set[int]]) -> None:
    pairs = co_cited(answers, 5, least_together=1, least_score=-1000)
    for pair in pairs:
        assert pair.first < pair.second
        assert pair.together == sum(pair.first in one and pair.second in one for one in answers)
        assert np.sign(pair.score) == np.sign(round(pair.lift - 1, 12))
    assert [pair.score for pair in pairs] == sorted((pair.score for pair in pairs), reverse=True)
    assert co_cited(answers[::-1], 5, least_together=1, least_score=-1000) == pairs


@pytest.mark.parametrize("answers", [[{3}], [{-1}]])
def test_a_theme_that_is_not_there_is_refused(answers: list[set[int]]) -> None:
    with pytest.raises(ValueError, match="from 0 to 2"):
        co_cited(answers, 3)


def test_no_answer_and_no_theme_give_no_pair() -> None:
    assert co_cited([], 3) == co_cited([set()], 3) == co_cited([], 0) == ()
