"""Figures of the themes of a workspace against those of people, worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sklearn.metrics import adjusted_mutual_info_score

from pipeline.errors import DoleancesError, ExitCode
from pipeline.evaluation.assignment_figures import AssignmentEvaluation
from pipeline.evaluation.assignments import evaluate_assignments
from pipeline.workspace import Workspace
from tests.evaluation.consultations import COPIED, TAX, consultation, write_gold

LINES: list[dict[str, object]] = [
    {"question": "2", "text": COPIED, "themes": ["Trains"]},
    {"question": "2", "text": COPIED, "themes": ["trains"]},
    {"question": "2", "text": "Des médecins. Des billets", "themes": ["Prix des billets", "Trains"]},
    {"question": "2", "text": "Rien de tout cela ne va", "themes": ["Médecins"]},
    {"question": "2", "text": "Jeanne Martin attend un médecin", "themes": ["Médecins"]},
    {"question": "2", "text": "Des écoles", "themes": []},
    {"question": "2", "text": "Des ponts", "themes": ["Ponts"]},
    {"question": "3", "text": "Baisser la TVA", "themes": ["taxes"]},
    {"question": "3", "text": COPIED, "themes": ["taxes"]},
    {"question": TAX, "text": "Baisser la CSG de 3 euros", "themes": ["charges"]},
    {"question": "q-3", "text": "Baisser la CSG de 4 euros", "themes": ["charges", "taxes"]},
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return consultation(tmp_path_factory.mktemp("consultation"))


@pytest.fixture(scope="module")
def result(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> AssignmentEvaluation:
    return evaluate_assignments(write_gold(tmp_path_factory.mktemp("gold"), *LINES), workspace)


def test_what_was_found_and_what_not_is_told(result: AssignmentEvaluation) -> None:
    assert (result.lines, result.found) == (11, 10)
    assert [(one.line, one.reason) for one in result.not_found] == [(7, "no answer to q-2 says « Des ponts »")]
    assert result.states == {"assigned": 9, "unassigned": 1}
    assert [one.question_id for one in result.questions] == ["q-2", "q-3"]
    assert "11 gold lines: 10 found (9 assigned, 1 unassigned), 1 not found\n  line 7: no answer" in str(result)


def test_themes_are_matched_by_name_where_most_are_equal_and_else_one_to_one(result: AssignmentEvaluation) -> None:
    near, tax = result.questions
    assert near.matching == "labels" and tax.matching == "best"
    assert {one.theme: one.labels for one in tax.themes} == {"taxes": ("TVA",), "charges": ("CSG",)}


def test_precision_and_recall_of_each_theme_count_answers(result: AssignmentEvaluation) -> None:
    counts = {one.theme: (one.gold, one.found, one.correct) for one in result.questions[0].themes}
    # Sub-themes of trains count as trains; the fares of form 3 as both of what people say.
    assert counts == {"Trains": (3, 3, 3), "Médecins": (2, 2, 1), "Prix des billets": (1, 1, 1)}
    doctors = next(one for one in result.questions[0].themes if one.theme == "Médecins")
    assert (doctors.precision.value, doctors.recall.value, doctors.f1.value) == (0.5, 0.5, 0.5)
    assert result.questions[0].unmatched == ("Écoles (1)",)


def test_sample_f1_and_the_share_unassigned_are_over_answers(result: AssignmentEvaluation) -> None:
    near, tax = result.questions
    # 1, 1, of {doctors, fares, trains} two: .8, nothing found: 0, 1, a theme where people saw none: 0
    assert near.figures.sample_f1.value == pytest.approx((1 + 1 + 0.8 + 0 + 1 + 0) / 6, abs=1e-4)
    assert tax.figures.sample_f1.value == pytest.approx((1 + 1 + 1 + 2 / 3) / 4, abs=1e-4)
    assert result.figures.sample_f1.value == pytest.approx((3.8 + 3 + 2 / 3) / 10, abs=1e-4)
    assert result.figures.unassigned.value == 0.1 and near.figures.unassigned.value == round(1 / 6, 4)
    # Right: 5 of 7 found (one of them schools) and 6 of people; 4 of 4 found and 5 of people.
    assert near.figures.precision.value == round(5 / 7, 4) and near.figures.recall.value == round(5 / 6, 4)
    assert result.figures.f1.value == round(2 * 9 / (11 + 11), 4)


def test_ami_is_that_of_the_main_theme_of_answers_with_one(result: AssignmentEvaluation) -> None:
    near, tax = result.questions
    expected = adjusted_mutual_info_score([0, 0, 1, 1], [0, 0, 2, 1])
    assert near.figures.ami is not None and near.figures.ami.value == round(expected, 4)
    assert tax.figures.ami is not None and tax.figures.ami.value == 1
    assert result.figures.ami is not None and result.figures.ami.value == pytest.approx((expected + 1) / 2, abs=1e-4)


def test_intervals_hold_their_figure_and_are_the_same_every_time(
    result: AssignmentEvaluation, workspace: Workspace, tmp_path: Path
) -> None:
    path = write_gold(tmp_path, *LINES)
    assert evaluate_assignments(path, workspace).to_dict() == result.to_dict()
    assert evaluate_assignments(path, workspace, seed=1).to_dict() != result.to_dict()
    figures = result.figures
    for score in (figures.unassigned, figures.sample_f1, figures.precision, figures.recall, figures.f1):
        assert 0 <= score.low < score.value < score.high <= 1
    assert json.loads(json.dumps(result.to_dict()))["figures"]["f1"]["low"] == figures.f1.low


def test_an_interval_is_as_wide_as_so_few_answers_make_it(workspace: Workspace, tmp_path: Path) -> None:
    # One of four unassigned: a binomial of 4 and 1/4 has its percentiles at 0 and 3.
    lines = [LINES[0], LINES[3], LINES[4], LINES[5]]
    found = evaluate_assignments(write_gold(tmp_path, *lines), workspace).figures.unassigned
    assert (found.value, found.low, found.high) == (0.25, 0.0, 0.75)


def test_names_are_not_guessed_where_labels_are_asked_for(workspace: Workspace, tmp_path: Path) -> None:
    path = write_gold(tmp_path, *LINES[7:])
    (tax,) = evaluate_assignments(path, workspace, how="labels").questions
    assert tax.figures.f1.value == 0 and tax.unmatched == ("CSG (2)", "TVA (2)")
    assert "by people, and no theme stands for it: taxes (3); charges (2)" in str(
        evaluate_assignments(path, workspace, how="labels")
    )


def test_answers_with_one_theme_or_none_have_no_ami(workspace: Workspace, tmp_path: Path) -> None:
    found = evaluate_assignments(write_gold(tmp_path, LINES[0]), workspace)
    assert found.figures.ami is None and "AMI        not measured" in str(found)
    nothing = evaluate_assignments(write_gold(tmp_path, LINES[5]), workspace)
    assert nothing.questions[0].themes == () and nothing.figures.f1.value == 0


def test_a_gold_file_of_something_else_is_told_in_one_line(workspace: Workspace, tmp_path: Path) -> None:
    path = write_gold(tmp_path, {"question": "FI8", "text": "a\nb", "themes": []})
    with pytest.raises(DoleancesError, match=r"E313 .*gold\.jsonl, line 1: no question is called « FI8 »") as caught:
        evaluate_assignments(path, workspace)
    assert caught.value.exit_code == ExitCode.WRONG_USAGE


def test_a_dataset_that_is_not_up_to_date_is_not_measured(tmp_path: Path) -> None:
    workspace = consultation(tmp_path / "w")
    workspace.manifest["stages"]["topics"]["fingerprint"] = "another"
    workspace.save_manifest()
    with pytest.raises(DoleancesError, match=r"E202 .*dataset is not up to date"):
        evaluate_assignments(write_gold(tmp_path, *LINES), workspace)
