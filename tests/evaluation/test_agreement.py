"""Agreement of reviewers: the published examples, other implementations, and what holds of any coefficient."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pipeline.evaluation.agreement import agreement, cohen_kappa, double_coded, krippendorff_alpha, masi
from pipeline.review.decisions import Decision, Target

MISSING = "."
values = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=30)
sets = st.frozensets(st.sampled_from("abcd"), max_size=3)


def units(*people: str) -> list[list[str]]:
    return [[value for value in said if value != MISSING] for said in zip(*(p.split() for p in people), strict=True)]


def decision(number: int, answer_id: str, author: str, after: list[str], kind: str = "answer") -> Decision:
    target = Target(kind=kind, answer_id=answer_id, start=0, end=3, quote="abc")
    given = {"decision_id": f"d-{number}", "at": "2026-02-03T10:00:00Z", "author": author, "action": "confirm"}
    return Decision.model_validate(given | {"target": target, "after": after})


@pytest.mark.parametrize(
    ("people", "alpha"),
    [
        (("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095),
        (("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.692),
        (
            (
                "1 2 3 3 2 1 4 1 2 . . .",
                "1 2 3 3 2 2 4 1 2 5 . 3",
                ". 3 3 3 2 3 4 2 2 5 1 .",
                "1 2 3 3 2 4 4 1 2 5 1 .",
            ),
            0.743,
        ),
    ],
)
def test_alpha_is_that_of_the_examples_of_krippendorff_2011(people: tuple[str, ...], alpha: float) -> None:
    found = krippendorff_alpha(units(*people))
    assert found is not None and round(found.value, 3) == alpha and found.low < alpha < found.high


def test_kappa_is_that_of_the_example_of_cohen_1960() -> None:
    # Proportions .44 .05 .01 / .07 .20 .03 / .09 .05 .06 of 200 patients: observed .70, by chance .41.
    table = ((88, 10, 2), (14, 40, 6), (18, 10, 12))
    pairs = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    first, second = zip(*pairs, strict=True)
    found = cohen_kappa(first, second)
    assert found is not None and found.value == pytest.approx((0.70 - 0.41) / (1 - 0.41), abs=5e-5)
    assert found.low == pytest.approx(0.39, abs=0.02) and found.high == pytest.approx(0.59, abs=0.02)


@settings(max_examples=60, deadline=None)
@given(values)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    first, second = zip(*pairs, strict=True)
    found = cohen_kappa(first, second)
    if len(set(chain(first, second))) == 1:
        assert found is None
    else:
        assert found is not None and found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(sets, sets, sets), min_size=1, max_size=12))
def test_coefficients_are_at_most_one_and_know_no_order_of_people(rows: list[tuple[frozenset[str], ...]]) -> None:
    alpha = krippendorff_alpha(rows, masi)
    assert alpha == krippendorff_alpha([row[::-1] for row in rows], masi)
    if alpha is None:
        assert len(set(chain.from_iterable(rows))) == 1
        return
    assert alpha.low <= alpha.value <= alpha.high <= 1
    assert (alpha.value == 1) == all(len(set(row)) == 1 for row in rows)
    kappa, back = (cohen_kappa([row[i] for row in rows], [row[j] for row in rows], masi) for i, j in ((0, 1), (1, 0)))
    assert (kappa is None) == (back is None)
    if kappa is not None and back is not None:
        assert kappa.value == pytest.approx(back.value, abs=2e-4) and kappa.low <= kappa.value <= kappa.high <= 1


@given(sets, sets)
def test_masi_is_a_distance_from_0_to_1(first: frozenset[str], second: frozenset[str]) -> None:
    found = masi(first, second)
    assert 0 <= found <= 1 and found == masi(second, first) and (found == 0) == (first == second)
    assert (found == 1) == (first != second and not first & second)


def test_masi_is_that_of_passonneau() -> None:
    assert masi(frozenset("ab"), frozenset("a")) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert masi(frozenset("ab"), frozenset("bc")) == pytest.approx(1 - 1 / 3 * 1 / 3)


def test_few_answers_on_which_all_agree_leave_a_doubt() -> None:
    few, many = (krippendorff_alpha([["a", "a"], ["b", "b"]] * n) for n in (3, 100))
    assert few is not None and many is not None and few.value == many.value == 1
    assert few.low < 0.5 < many.low < 1


def test_answers_with_one_value_and_values_that_are_all_the_same_say_nothing() -> None:
    assert krippendorff_alpha([]) is None and krippendorff_alpha([["a"], ["b"]]) is None
    assert krippendorff_alpha([["a", "a"]] * 5) is None and cohen_kappa([], []) is None
    assert krippendorff_alpha([["a", "b"], ["a"]]) == krippendorff_alpha([["a", "b"]])


def test_the_log_is_read_as_a_table_of_answers_that_several_decided_on() -> None:
    decisions = [
        decision(1, "a-2", "Bo", ["t-a"]),
        decision(2, "a-2", "Ana", ["t-b"]),
        decision(3, "a-1", "Ana", ["t-a"]),
        decision(4, "a-1", "Ana", ["t-b"]),
        decision(5, "a-1", "Bo", [], kind="mention"),
        decision(6, "a-2", "Ana", ["t-a", "t-b"]),
    ]
    assert double_coded(decisions) == {"a-2": {"Ana": ["t-a", "t-b"], "Bo": ["t-a"]}}
    assert list(double_coded(decisions)["a-2"]) == ["Ana", "Bo"]


def test_people_are_compared_on_themes_pair_by_pair_and_theme_by_theme() -> None:
    table = {
        "a-1": {"Ana": ["t-sub"], "Bo": ["t-a"]},
        "a-2": {"Ana": ["t-b"], "Bo": ["t-b"], "Cy": ["t-a"]},
        "a-3": {"Ana": [], "Bo": []},
        "a-4": {"Ana": ["t-b"]},
    }
    found = agreement(table, parents={"t-sub": "t-a"}, labels={"t-a": "Le train"})
    assert found is not None
    assert (found.answers, found.identical, dict(found.authors)) == (3, 2, {"Ana": 3, "Bo": 3, "Cy": 1})
    assert [(pair.first, pair.second, pair.answers) for pair in found.pairs] == [
        ("Ana", "Bo", 3),
        ("Ana", "Cy", 1),
        ("Bo", "Cy", 1),
    ]
    assert found.pairs[0].kappa is not None and found.pairs[0].kappa.value == 1
    assert [(row.theme_id, row.label, row.answers) for row in found.themes] == [
        ("t-a", "Le train", 2),
        ("t-b", "t-b", 1),
    ]
    assert agreement({"a-4": {"Ana": ["t-b"]}}) is None
