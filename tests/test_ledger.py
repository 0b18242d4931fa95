"""The coverage ledger: received is the sum of the states, however it is cut."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import errors, tables
from pipeline.ledger import coverage
from pipeline.tables import INGEST_STATES, STATES
from pipeline.workspace import Workspace
from tests.workspaces import Builder, small


def settle(workspace: Workspace, states: list[str]) -> None:
    """Write `outcomes` with the given states, in order."""
    waiting = iter(states)
    for index in range(len(workspace.parts("answers"))):
        ids = workspace.read_part("answers", index, ["answer_id"])["answer_id"].to_pylist()
        rows = [{"answer_id": answer_id, "state": next(waiting)} for answer_id in ids]
        workspace.write_part("outcomes", index, tables.from_rows("outcomes", rows))


@settings(max_examples=40, deadline=None)
@given(
    cells=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.integers(0, 2),
            st.integers(1, 3),
            st.sampled_from(INGEST_STATES),
            st.sampled_from(STATES),
        ),
        max_size=30,
    )
)
def test_received_is_the_sum_of_the_states_in_total_by_question_and_by_file(
    cells: list[tuple[int, int, int, str, str]],
) -> None:
    with TemporaryDirectory() as folder:
        build = Builder(Path(folder))
        for number in (1, 2, 3):
            build.question(number, f"Question {number} ?")
        ordered = sorted(enumerate(cells), key=lambda cell: cell[1][0])
        for number, (partition, file, question, state, _) in ordered:
            while len(build.parts) <= partition:
                build.new_partition()
            form = build.contribution(number, source_file=f"f{file}.csv")
            build.answer(form, f"q-{question}", "Un mot", state)
        workspace = build.write()
        final = [cell[4] for _, cell in ordered]
        settle(workspace, final)
        for settled, expected in ((False, [cell[3] for cell in cells]), (True, final)):
            found = coverage(workspace, settled=settled)
            assert found.received == len(cells) == sum(found.states.values())
            assert found.states == Counter(expected)
            for rows in (found.questions, found.files):
                assert sum(row.received for row in rows) == found.received
                assert all(row.received == sum(row.states.values()) for row in rows)
                assert sum((Counter(row.states) for row in rows), Counter()) == Counter(found.states)
            assert found.contributions == len(cells)


def test_states_are_those_of_ingest_until_the_dataset_stage_is_done(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    before = coverage(workspace)
    assert not before.settled
    assert before.states["pending"] == 7
    settle(workspace, ["assigned"] * before.received)
    workspace.manifest["stages"]["dataset"] = {"status": "done"}
    after = coverage(workspace)
    assert after.settled
    assert after.states == {"assigned": before.received}


def test_questions_are_in_the_order_of_the_questionnaire_and_states_in_that_of_precedence(tmp_path: Path) -> None:
    found = coverage(small(tmp_path))
    assert [question.number for question in found.questions] == [1, 2, 3]
    assert list(found.states) == [*(state for state in STATES if state in found.states), "pending"]
    assert [(file.source_file, file.contributions) for file in found.files] == [
        ("formulaires.csv", 2),
        ("suite.csv", 3),
    ]


def test_what_could_not_be_read_is_listed_with_file_and_line(tmp_path: Path) -> None:
    found = coverage(small(tmp_path))
    assert found.rejected_total == 1
    assert (found.rejected[0].file, found.rejected[0].line) == ("suite.csv", 12)
    assert found.rejected[0].reason.startswith("E109")


def test_the_ledger_goes_into_json(tmp_path: Path) -> None:
    found = coverage(small(tmp_path))
    assert json.loads(json.dumps(found.to_dict()))["received"] == found.received


def test_a_workspace_without_tables_has_received_nothing(tmp_path: Path) -> None:
    found = coverage(Workspace(tmp_path))
    assert (found.received, found.states, found.questions, found.files) == (0, {}, (), ())


def test_outcomes_of_other_answers_are_refused(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    for index in range(2):
        workspace.write_part("outcomes", index, tables.from_rows("outcomes", [{"answer_id": "a-x", "state": "empty"}]))
    with pytest.raises(errors.DoleancesError, match="E213"):
        coverage(workspace, settled=True)
