"""Label Studio: predictions come back as annotations, whoever made them, and broken tasks are told by their line."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from pipeline.export.corrected import Corrected, Skipped, Wrong
from pipeline.export.label_studio import config, corrected, write
from tests.export.task_datasets import annotated, empty, finished, read_back, said, source_in, source_of


def region(start: int, end: int, text: str | None, label: str = "ORG") -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": [label]} | ({} if text is None else {"text": text})
    return {"id": "r", "from_name": "mentions", "to_name": "text", "type": "labels", "value": value}


def done(text: str, *result: dict[str, Any], **more: Any) -> dict[str, Any]:
    annotation = {"id": 1, "completed_by": 1, "was_cancelled": False, "result": list(result)} | more
    return {"id": 1, "data": {"text": text, "answer_id": "a-1"}, "annotations": [annotation]}


def rows_of(place: Path, *tasks: dict[str, Any], indent: int | None = None) -> list[Any]:
    path = place / "back.json"
    path.write_text(json.dumps(tasks, indent=indent), encoding="utf-8")
    return list(corrected(path))


@settings(max_examples=40, deadline=None)
@given(annotated())
def test_any_text_with_its_labels_comes_back_as_it_went_out(answers: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as place:
        source = source_of(Path(place) / "d", answers)
        write(source, folder := empty(Path(place) / "out"))
        content = (folder / "q-1.json").read_text("utf-8")
        assert len(content.splitlines()) == len(answers) + 2  # a task a line
        tasks = json.loads(content)
        for task in tasks:
            task["annotations"] = [{"id": 1, "completed_by": 1, "result": task["predictions"][0]["result"]}]
        assert read_back(rows_of(Path(place), *tasks)) == said(source)
        choices = ElementTree.parse(folder / "q-1.xml").findall(".//Choice")
        offered = {choice.get("value") for choice in choices}
        used = {
            name
            for task in tasks
            for one in task["predictions"][0]["result"]
            if one["type"] == "choices"
            for name in one["value"]["choices"]
        }
        assert used <= offered and len(choices) == len(offered) == 3


def test_the_real_consumer_accepts_configuration_and_predictions(tmp_path: Path) -> None:
    interface = pytest.importorskip("label_studio_sdk.label_interface")
    write(source_in(finished(tmp_path / "w")), folder := empty(tmp_path / "out"))
    found = interface.LabelInterface((folder / "q-2.xml").read_text("utf-8"))
    found.validate()
    tasks = json.loads((folder / "q-2.json").read_text("utf-8"))
    assert tasks and all(not found.validate_prediction(task["predictions"][0], return_errors=True) for task in tasks)


def test_the_labels_of_the_machine_are_predictions_and_no_annotations(tmp_path: Path) -> None:
    write(source_in(finished(tmp_path / "w")), folder := empty(tmp_path / "out"))
    first = json.loads((folder / "q-2.json").read_text("utf-8"))[0]
    assert "annotations" not in first and first["predictions"][0]["score"] == 0.9
    assert first["data"]["answer_id"].startswith("a-") and "Jeanne" not in json.dumps(first)
    assert [type(row) for row in corrected(folder / "q-2.json")] == [Skipped, Skipped]
    assert "Choices" not in (folder / "q-3.xml").read_text("utf-8")  # a question without themes


def test_a_configuration_holds_any_name() -> None:
    names = ['a "b" <c> & d (t-1)', "l'un ou l’autre\t(t-2)"]
    found = [one.get("value") for one in ElementTree.fromstring(config(names)).findall(".//Choice")]
    assert found == names


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Très bien 😀 la CAF", 15, 18),  # characters
        ("Très bien 😀 la CAF", 16, 19),  # UTF-16 units
        ("Un.\r\nDeux.\r\nla CAF", 13, 16),  # a Windows line break as one
    ],
)
def test_offsets_are_found_again_however_they_are_counted(tmp_path: Path, text: str, start: int, end: int) -> None:
    (row,) = rows_of(tmp_path, done(text, region(start, end, "CAF")))
    ((span),) = row.spans
    assert text[span.start : span.end] == "CAF"


def test_offsets_whose_words_are_others_are_refused(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, done("Il y a la CAF", region(9, 12, "CAF")))
    assert isinstance(row, Wrong) and "CAF" in row.detail


def test_several_people_and_skipped_tasks_are_told_apart(tmp_path: Path) -> None:
    task = done("La CAF", region(3, 6, "CAF"), updated_at="2026-01-02T00:00:00Z")
    older = {"id": 0, "completed_by": 1, "result": [], "updated_at": "2026-01-01T00:00:00Z"}
    other = {"id": 2, "completed_by": {"id": 4, "email": "b@example.org"}, "result": []}
    skipped = {"id": 3, "completed_by": 5, "was_cancelled": True, "result": []}
    task["annotations"] += [older, other, skipped]
    rows = rows_of(tmp_path, task)
    assert sorted((row.annotator, len(row.spans)) for row in rows if isinstance(row, Corrected)) == [
        ("1", 1),
        ("b@example.org", 0),
    ]
    assert [row for row in rows if isinstance(row, Skipped)] == [Skipped(1, "ignored")]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_broken_task_is_told_by_its_line_and_the_others_are_taken(tmp_path: Path, indent: int | None) -> None:
    tasks = [json.dumps(done(f"La CAF {number}", region(3, 6, "CAF")), indent=indent) for number in range(4)]
    tasks[1] = tasks[1].replace('"annotations":', "oops")
    body = ",\n".join(tasks)
    if indent:
        body = body.replace("\n", "\n  ")
    path = tmp_path / "back.json"
    path.write_text(f"[\n{'  ' if indent else ''}{body}\n]\n", encoding="utf-8")
    rows = list(corrected(path))
    assert [row.text[-1] for row in rows if isinstance(row, Corrected)] == ["0", "2", "3"]
    (wrong,) = [row for row in rows if isinstance(row, Wrong)]
    assert wrong.line == 2 + body.split(",\n" + ("  " if indent else "") + "{")[0].count("\n") + 1


@pytest.mark.parametrize(
    "task",
    [
        {"id": 1, "text": "La CAF", "mentions": []},
        {"data": {"text": "La CAF"}, "annotations": []},
        {"data": {"text": "La CAF", "answer_id": "a-1"}, "annotations": {}},
        done("La CAF", region(3, 60, None)),
        done("La CAF", region(3, 6, "CAF", "CAT")),
        done("La CAF", {"type": "choices", "value": {"choices": "x"}}),
        done("La CAF", region(0, 2, "La"), result=None),
    ],
)
def test_a_task_that_makes_no_sense_is_told(tmp_path: Path, task: dict[str, Any]) -> None:
    wrong, good = rows_of(tmp_path, task, done("La CAF", region(3, 6, "CAF")))
    assert isinstance(wrong, Wrong) and wrong.detail and isinstance(good, Corrected)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xef\xbb\xbf[\n]\n", b"\n"])
def test_a_file_without_tasks_says_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "back.json").write_bytes(content)
    assert list(corrected(tmp_path / "back.json")) == []


@pytest.mark.parametrize("content", [b"[\n\xff", b"[1]", b"[[[[", b"hello", b"[" * 5000, b"]]"])
def test_a_file_that_is_something_else_is_told_in_one_line_or_more(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "back.json").write_bytes(content)
    rows = list(corrected(tmp_path / "back.json"))
    assert rows and all(isinstance(row, Wrong) for row in rows)
