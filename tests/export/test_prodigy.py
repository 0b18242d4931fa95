"""Prodigy: what is written comes back the same, and only what a person was shown and accepted counts."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from pipeline.export.corrected import Corrected, Skipped, Wrong
from pipeline.export.prodigy import corrected, write
from tests.export.task_datasets import annotated, came_back, empty, finished, read_back, said, source_in, source_of

TASK: dict[str, Any] = {
    "text": "La CAF ferme",
    "spans": [{"start": 3, "end": 6, "label": "ORG", "token_start": 1, "token_end": 1}],
    "options": [{"id": "t-1", "text": "Guichets (t-1)"}],
    "accept": ["t-1"],
    "meta": {"answer_id": "a-1"},
    "answer": "accept",
}


def rows_of(place: Path, *tasks: Any) -> list[Any]:
    return came_back(place, corrected, *tasks)


@settings(max_examples=40, deadline=None)
@given(annotated())
def test_any_text_with_its_labels_comes_back_as_it_went_out(answers: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as place:
        source = source_of(Path(place) / "d", answers)
        write(source, folder := empty(Path(place) / "out"))
        lines = (folder / "tasks.jsonl").read_text("utf-8").split("\n")[:-1]
        assert len(lines) == len(answers) and all(len(line.splitlines()) == 1 for line in lines)
        tasks = [json.loads(line) for line in lines]
        assert read_back(rows_of(Path(place), *(task | {"answer": "accept"} for task in tasks))) == said(source)


def test_the_options_are_the_themes_of_the_question_and_those_of_the_machine_are_ticked(tmp_path: Path) -> None:
    workspace = finished(tmp_path / "w")
    write(source_in(workspace), tmp_path)
    tasks = [json.loads(line) for line in (tmp_path / "tasks.jsonl").read_text("utf-8").splitlines()]
    first = tasks[0]
    assert [option["id"] for option in first["options"]] == ["t-health", "t-post", "t-unused"]
    assert first["accept"] == ["t-health", "t-post"]
    assert first["options"][1]["text"] == "Poste et transports (t-post)"
    assert [first["text"][span["start"] : span["end"]] for span in first["spans"]] == ["CAF", "[nom]"]
    assert "Jeanne" not in json.dumps(tasks) and "answer" not in first
    assert first["meta"]["answer_id"].startswith("a-")
    # The copy of the first answer is no task; nor is what says nothing, was moderated or cannot be read.
    assert len(tasks) == 4 and len({task["text"] for task in tasks}) == 4
    told = (tmp_path / "LISEZ-MOI.md").read_text("utf-8")
    assert "1 copies" in told and "4 réponses" in told and "«\u00a0RAS\u00a0»" in told


def test_a_copy_whose_original_is_no_task_is_one(tmp_path: Path) -> None:
    answers = [
        {"answer_id": "a-0", "text": "Un mot", "state": "trashed", "mentions": []},
        {"answer_id": "a-1", "text": "Un mot", "state": "assigned", "mentions": [], "duplicate_of": "a-0"},
        {"answer_id": "a-2", "text": "Un mot", "state": "assigned", "mentions": [], "duplicate_of": "a-0"},
    ]
    source = source_of(tmp_path / "d", [row | {"question_id": "q-1", "contribution_id": "c-1"} for row in answers])
    assert [task[0] for task in said(source)] == ["a-1"]


@pytest.mark.parametrize(
    ("view", "themes", "spans"),
    [("choice", True, False), ("ner_manual", False, True), ("blocks", True, True), (None, True, True)],
)
def test_what_the_interface_did_not_show_is_not_decided(
    tmp_path: Path, view: str | None, themes: bool, spans: bool
) -> None:
    (row,) = rows_of(tmp_path, TASK | ({"_view_id": view} if view else {}))
    assert (row.themes is not None, row.spans is not None) == (themes, spans)


def test_only_accepted_tasks_count_and_the_others_are_told_apart(tmp_path: Path) -> None:
    unseen = {key: value for key, value in TASK.items() if key != "answer"}
    rows = rows_of(tmp_path, TASK, TASK | {"answer": "reject"}, TASK | {"answer": "ignore"}, unseen)
    assert isinstance(rows[0], Corrected)
    assert rows[1:] == [Skipped(2, "rejected"), Skipped(3, "ignored"), Skipped(4, "not_reviewed")]


@pytest.mark.parametrize(
    "change",
    [
        {"spans": [{"start": 3, "end": 60, "label": "ORG"}]},
        {"spans": [{"start": 6, "end": 3, "label": "ORG"}]},
        {"spans": [{"start": -3, "end": 6, "label": "ORG"}]},
        {"spans": [{"start": True, "end": 6, "label": "ORG"}]},
        {"spans": [{"start": 2, "end": 3, "label": "ORG"}]},
        {"spans": [{"start": 3, "end": 6, "label": "CAT"}]},
        {"spans": [{"start": 3, "end": 6, "label": []}]},
        {"spans": "CAF"},
        {"accept": "t-1"},
        {"accept": [1]},
        {"answer": "perhaps"},
        {"answer": []},
        {"text": None},
        {"meta": []},
        {"meta": {"answer_id": 3}},
    ],
)
def test_a_row_that_makes_no_sense_is_told_and_the_next_one_taken(tmp_path: Path, change: dict[str, Any]) -> None:
    wrong, good = rows_of(tmp_path, TASK | change, TASK)
    assert isinstance(wrong, Wrong) and wrong.line == 1 and wrong.detail
    assert isinstance(good, Corrected) and good.line == 2
