"""The states of answers on the three denominators."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures import Counts
from pipeline.report.states import RECEIVED, states
from tests.report.datasets import answer, dataset_of
from tests.report.expected import three

STATES = ("assigned", "unassigned", "empty", "closed", "duplicate")
FORMS = st.lists(
    st.tuples(st.sampled_from(["p-1", "p-2", None]), st.sampled_from(STATES), st.sampled_from(STATES), st.booleans()),
    max_size=8,
)


def counts(rows: list[dict[str, Any]]) -> tuple[int, int, int]:
    found = three(rows)
    return found["respondents"], found["contributions"], found["unique_texts"]


def told(found: Counts) -> tuple[int, int, int]:
    return found.respondents, found.contributions, found.unique_texts


@settings(max_examples=25, deadline=None)
@given(FORMS)
def test_each_state_is_counted_three_ways_and_contributions_of_a_question_add_up(
    forms: list[tuple[str | None, str, str, bool]],
) -> None:
    rows = []
    for number, (author, first, second, copied) in enumerate(forms):
        more = {"contribution_id": f"c-{number}", "author_id": author}
        copy = {"duplicate_of": rows[0]["answer_id"]} if copied and rows else {}
        rows.append(answer(2 * number, "q-1", first, **more, **copy))
        rows.append(answer(2 * number + 1, "q-2", second, **more))
    whole, by_question = states(dataset_of(answers=rows))
    assert whole.keys() - {RECEIVED} == {row["state"] for row in rows}
    for state, found in whole.items():
        assert told(found) == counts([row for row in rows if state in (RECEIVED, row["state"])])
    for question_id, here in by_question.items():
        for state, found in here.items():
            assert told(found) == counts(
                [row for row in rows if row["question_id"] == question_id and state in (RECEIVED, row["state"])]
            )
        added = sum(found.contributions for state, found in here.items() if state != RECEIVED)
        assert here[RECEIVED].contributions == added == len(forms)


def test_someone_whose_answers_are_in_two_states_counts_in_both_and_once_in_all() -> None:
    rows = [answer(1, state="assigned", author_id="p"), answer(2, state="empty", author_id="p")]
    _, by_question = states(dataset_of(answers=rows))
    assert {state: found.respondents for state, found in by_question["q-1"].items()} == {
        "assigned": 1,
        "empty": 1,
        RECEIVED: 1,
    }
