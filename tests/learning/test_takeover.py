from __future__ import annotations

import pytest

from pipeline.learning.takeover import LEAST_REVIEWED, Takeover, answers_f1, better_than
from tests.learning.campaign import CORPUS, VECTORS, fit


def test_what_is_better_on_the_decisions_takes_over():
    wrong = [frozenset({"t-train"})] * 60
    found = better_than(wrong, CORPUS[:60], fit, VECTORS)
    assert found.takes_over and found.learnt > found.current + 0.2 and found.n_reviewed == 60
    assert found == better_than(wrong, CORPUS[:60], fit, VECTORS)


def test_what_is_right_already_stays():
    found = better_than([one.theme_ids for one in CORPUS[:60]], CORPUS[:60], fit, VECTORS)
    assert found.current == 1 and not found.takes_over


def test_an_answer_is_never_judged_by_a_fit_that_saw_it():
    seen = []

    def watched(some):
        seen.append({id(one) for one in some})
        return fit(some)

    better_than([frozenset()] * 30, CORPUS[:30], watched, VECTORS)
    assert all(sum(id(one) not in fold for fold in seen) == 1 for one in CORPUS[:30])


def test_a_handful_of_decisions_is_not_enough():
    few = LEAST_REVIEWED - 1
    assert not better_than([frozenset()] * few, CORPUS[:few], fit, VECTORS).takes_over
    assert better_than([], [], fit, VECTORS) == Takeover(0, 0.0, 0.0, 0.0)
    assert not better_than([frozenset()], CORPUS[:1], fit, VECTORS).takes_over


def test_answers_without_themes_are_right_when_they_got_none():
    assert answers_f1([set(), {"a"}, {"a"}, {"a", "b"}], [set(), set(), {"a"}, {"a"}]) == pytest.approx(
        [1, 0, 1, 2 / 3]
    )


def test_lists_of_two_lengths_are_refused():
    with pytest.raises(ValueError, match="were reviewed"):
        better_than([], CORPUS[:1], fit, VECTORS)
