"""doccano: what is written comes back the same through the exports of its three kinds of project."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from pipeline.export.corrected import Corrected, Skipped, Wrong
from pipeline.export.doccano import corrected, write
from pipeline.export.tasks import NAME_LENGTH
from tests.export.task_datasets import (
    THEMES,
    annotated,
    came_back,
    empty,
    finished,
    read_back,
    said,
    source_in,
    source_of,
)

ROW: dict[str, Any] = {
    "id": 7,
    "text": "La CAF ferme",
    "entities": [[3, 6, "ORG"]],
    "cats": ["Guichets (t-1)"],
    "answer_id": "a-1",
    "Comments": [],
}


def through(row: dict[str, Any], project: str) -> dict[str, Any]:
    """Return what doccano exports of a row: a number, labels under the name that the project gives them, the rest."""
    row = dict(row)
    if project == "classification":
        return {"id": 7, "text": row.pop("text"), "label": sorted(row.pop("cats")), **row, "Comments": []}
    if project == "sequence":
        return {"id": 7, "text": row.pop("text"), "label": sorted(row.pop("entities")), **row, "Comments": []}
    if project == "relations":
        found = [
            {"id": number, "label": label, "start_offset": start, "end_offset": end}
            for number, (start, end, label) in enumerate(row.pop("entities"))
        ]
        return {"id": 7, **row, "entities": found, "relations": [], "Comments": []}
    return {"id": 7, **row, "Comments": []}


def rows_of(place: Path, *rows: Any) -> list[Any]:
    return came_back(place, corrected, *rows)


@settings(max_examples=40, deadline=None)
@given(annotated())
def test_any_text_with_its_labels_comes_back_as_it_went_out(answers: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as place:
        source = source_of(Path(place) / "d", answers)
        write(source, folder := empty(Path(place) / "out"))
        lines = (folder / "q-1.jsonl").read_text("utf-8").split("\n")[:-1]
        assert all(len(line.splitlines()) == 1 for line in lines)
        written = [json.loads(line) for line in lines]
        assert read_back(rows_of(Path(place), *(through(row, "intents") for row in written))) == said(source)
        for project, kind in (("classification", "themes"), ("sequence", "spans"), ("relations", "spans")):
            for row, whole in zip(
                rows_of(Path(place), *(through(row, project) for row in written)), said(source), strict=True
            ):
                assert (row.themes is None, row.spans is None) == (kind != "themes", kind != "spans")
                if kind == "themes":
                    assert set(row.themes) == whole[2]
                else:
                    assert [(one.start, one.end, one.label) for one in row.spans] == whole[3]


def test_the_labels_of_a_question_can_be_loaded_and_are_short_and_distinct(tmp_path: Path) -> None:
    answers = [{"answer_id": "a-1", "contribution_id": "c-1", "question_id": "q-1", "text": "Un mot"}]
    write(source_of(tmp_path / "d", [answers[0] | {"state": "unassigned", "mentions": []}]), tmp_path)
    names = [row["text"] for row in json.loads((tmp_path / "q-1-categories.json").read_text("utf-8"))]
    assert len(set(names)) == len(THEMES) and all(len(name) <= NAME_LENGTH and name.isprintable() for name in names)
    assert [name.rpartition(" ")[2] for name in names] == ["(t-1)", "(t-3)", "(t-2)"]
    labels = [row["text"] for row in json.loads((tmp_path / "entities.json").read_text("utf-8"))]
    assert labels == ["ORG", "PER", "LOC", "MISC"]


def test_each_question_has_a_file_whatever_it_is_called(tmp_path: Path) -> None:
    row = {"contribution_id": "c-1", "text": "Un mot", "state": "unassigned", "mentions": []}
    ids = ["q-1", "../../../etc/passwd", "", "q\0"]
    answers = [row | {"answer_id": f"a-{at}", "question_id": question} for at, question in enumerate(ids)]
    write(source_of(tmp_path / "d", answers), folder := empty(tmp_path / "out" / "here"))
    assert sorted(path.name for path in folder.glob("*.jsonl")) == [
        "q-1.jsonl",
        "question-2.jsonl",
        "question-3.jsonl",
        "question-4.jsonl",
    ]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["here"]


def test_what_never_was_in_doccano_is_not_taken_for_reviewed(tmp_path: Path) -> None:
    workspace = finished(tmp_path / "w")
    write(source_in(workspace), folder := empty(tmp_path / "out"))
    rows = list(corrected(folder / "q-2.jsonl"))
    assert len(rows) == 2 and all(isinstance(row, Skipped) and row.reason == "not_reviewed" for row in rows)


@pytest.mark.parametrize(
    "change",
    [
        {"entities": [[3, 60, "ORG"]]},
        {"entities": [[3, 6]]},
        {"entities": [[3, 6, "Guichets"]]},
        {"entities": {"start_offset": 3}},
        {"cats": "Guichets (t-1)"},
        {"label": "ORG"},
        {"label": []},
        {"label": [["3", "6", "ORG"]]},
        {"text": ""},
        {"answer_id": None},
    ],
)
def test_a_row_that_makes_no_sense_is_told_and_the_next_one_taken(tmp_path: Path, change: dict[str, Any]) -> None:
    wrong, good = rows_of(tmp_path, ROW | change, ROW)
    assert isinstance(wrong, Wrong) and wrong.line == 1 and wrong.detail
    assert isinstance(good, Corrected) and good.themes == ("t-1",)
