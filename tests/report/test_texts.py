"""The answers that a page holds whole: the quoted ones first, within its budget, the same every time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.texts import BESIDE, LEAST, LONGEST, MOST, TOTAL, Texts, room, texts
from tests.report.datasets import answer, dataset_of, themes


def ids(found: Texts) -> list[str]:
    return [text.answer_id for text in found.held]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 30), max_size=12),
    st.sets(st.integers(0, 11)),
    st.integers(0, 150),
    st.integers(0, 2**16),
)
def test_quoted_answers_come_first_and_the_budget_is_kept_in_any_order_of_rows(
    lengths: list[int], quoted: set[int], budget: int, seed: int
) -> None:
    rows = [answer(number, text="x" * length) for number, length in enumerate(lengths)]
    wanted = [f"a-{number:03d}" for number in quoted if number < len(rows)]
    budget += BESIDE * (budget // 15)
    found = texts(dataset_of(answers=rows), "q-1", wanted, budget)
    assert sum(len(text.text) + BESIDE for text in found.held) <= budget
    assert found.total == len(rows)
    assert found.complete == (len(found.held) == len(rows))
    fitting = [key for key in wanted if len(rows[int(key[2:])]["text"]) + BESIDE <= budget]
    first = ids(found)[: len(fitting)]
    assert set(first) <= set(fitting) and (len(found.held) <= len(fitting) or set(first) == set(fitting))
    assert found.held or not any(length + BESIDE <= budget for length in lengths)
    random.Random(seed).shuffle(rows)
    assert texts(dataset_of(answers=rows), "q-1", reversed(wanted), budget) == found


def test_those_that_are_not_quoted_are_drawn_and_not_the_first_received() -> None:
    rows = [answer(number, text="x" * 10) for number in range(100)]
    found = ids(texts(dataset_of(answers=rows), "q-1", [], 20 * (10 + BESIDE)))
    assert len(found) == 20
    assert found != sorted(found) and max(found) > "a-050"


def test_copies_other_questions_and_what_cannot_be_read_are_left_out() -> None:
    rows = [
        answer(1),
        answer(2, duplicate_of="a-001"),
        answer(3, state="unassigned"),
        answer(4, state="uninformative"),
        answer(5, "q-2"),
        answer(6, state="empty", text=None),
    ]
    found = texts(dataset_of(answers=rows), "q-1", ["a-001", "a-004", "a-005"], 1000)
    assert set(ids(found)) == {"a-001", "a-003"}
    assert found.total == 2 and found.complete


def test_of_a_quoted_copy_the_first_with_that_text_is_held() -> None:
    rows = [answer(number, text="x" * 10) for number in range(30)]
    rows.append(answer(30, text="x" * 10, duplicate_of="a-007"))
    assert ids(texts(dataset_of(answers=rows), "q-1", ["a-030"], 10 + BESIDE)) == ["a-007"]


def test_very_long_answers_are_left_to_the_dataset_and_still_counted() -> None:
    rows = [answer(1, text="x" * (LONGEST + 1)), answer(2, text="y" * LONGEST)]
    found = texts(dataset_of(answers=rows), "q-1", ["a-001"], 10 * LONGEST)
    assert ids(found) == ["a-002"] and (found.total, found.complete) == (2, False)
    alone = texts(dataset_of(answers=rows[:1]), "q-1", [], 10 * LONGEST)
    assert (alone.held, alone.total, alone.complete) == ((), 1, False)


def test_a_quoted_answer_that_is_longer_than_the_budget_does_not_keep_the_others_out() -> None:
    rows = [answer(1, text="x" * 50), answer(2, text="y" * 10)]
    assert ids(texts(dataset_of(answers=rows), "q-1", ["a-001"], 20 + BESIDE)) == ["a-002"]


def test_a_text_has_its_themes_and_sub_themes_and_no_control_character() -> None:
    rows = [answer(1, text="Un\x00deux\r\n", topics=themes(("t-b", "t-b"), ("t-a1", "t-a")), departement="69")]
    (text,) = texts(dataset_of(answers=rows), "q-1", [], 100 + BESIDE).held
    assert text.topics == ("t-a", "t-a1", "t-b")
    assert (text.text, text.reference, text.departement) == ("Un\ufffddeux\n", "4-1", "69")


def test_an_answer_is_found_by_its_place() -> None:
    found = texts(dataset_of(answers=[answer(number) for number in range(5)]), "q-1", ["a-003"], 1000)
    assert [found.place(key) for key in ids(found)] == [0, 1, 2, 3, 4]
    assert found.place("a-003") == 0 and found.place("a-none") is None


@pytest.mark.parametrize(("pages", "expected"), [(0, MOST), (1, MOST), (12, TOTAL // 12), (100_000, LEAST)])
def test_each_of_many_pages_holds_less(pages: int, expected: int) -> None:
    assert room(pages) == expected
