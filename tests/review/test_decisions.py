"""The log of decisions: only added to, whole lines, nobody's line lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DoleancesError
from pipeline.review import decisions as log
from pipeline.review.decisions import Decision, Target
from pipeline.workspace import Workspace

LINE: dict[str, Any] = {
    "decision_id": "d-1",
    "at": "2026-02-03T10:00:00Z",
    "author": "Ana",
    "action": "rename",
    "target": {"kind": "topic", "id": "t-1"},
    "before": "Poste",
    "after": "Bureaux de poste",
    "undoes": None,
    "note": "plus clair",
}
TEXT = {"kind": "mention", "answer_id": "a-1", "start": 3, "end": 6, "quote": "CAF"}
plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
made = st.builds(
    Decision,
    decision_id=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=3),
    at=st.just("2026-02-03T10:00:00Z"),
    author=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5),
    action=st.sampled_from(["assign", "note", "mention_add"]),
    target=st.builds(Target, kind=st.just("topic"), id=plain),
    before=st.none() | plain | st.lists(plain, max_size=2),
    after=st.none() | st.dictionaries(plain, plain | st.integers(), max_size=2),
    note=st.none() | plain,
)


def decision(number: int) -> Decision:
    return Decision.model_validate(LINE | {"decision_id": f"d-{number}"})


def lines_of(*changes: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(LINE | change).encode() + b"\n" for change in changes)


@settings(max_examples=60, deadline=None)
@given(st.lists(made, max_size=6, unique_by=lambda one: one.decision_id))
def test_what_is_added_is_read_back_whatever_it_says(
    tmp_path_factory: pytest.TempPathFactory, given_ones: list[Decision]
) -> None:
    workspace = Workspace(tmp_path_factory.mktemp("w"))
    assert log.append(workspace, given_ones) == given_ones
    found = log.read(workspace)
    assert found.problems == () and list(found.decisions) == given_ones


def test_what_is_there_by_its_id_is_not_added_again(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert log.append(workspace, [decision(1), decision(2), decision(2)]) == [decision(1), decision(2)]
    before = (tmp_path / log.FILE).read_bytes()
    assert log.append(workspace, [decision(2), decision(1)]) == [] == log.append(workspace, [])
    assert (tmp_path / log.FILE).read_bytes() == before
    assert log.append(workspace, [decision(1), decision(3)]) == [decision(3)]


def test_nothing_is_made_where_nothing_is_added(tmp_path: Path) -> None:
    assert log.append(Workspace(tmp_path), []) == [] and log.read(Workspace(tmp_path)) == log.Log()
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200))
def test_a_last_line_that_was_cut_off_is_told_kept_and_followed_by_a_line_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    workspace = Workspace(tmp_path_factory.mktemp("w"))
    path = workspace.path / log.FILE
    half = lines_of({"decision_id": "d-2"})[:cut]
    path.write_bytes(lines_of({}) + half)
    (problem,) = log.read(workspace).problems
    assert problem.code == "E423" and "line 2" in str(problem)
    assert log.append(workspace, [decision(3)]) == [decision(3)]
    assert path.read_bytes() == lines_of({}) + half + b"\n" + decision(3).line().encode() + b"\n"
    found = log.read(workspace)
    assert [one.decision_id for one in found.decisions] == ["d-1", "d-3"]
    assert [problem.code for problem in found.problems] == ["E422"]


def test_a_whole_last_line_without_a_line_break_counts(tmp_path: Path) -> None:
    (tmp_path / log.FILE).write_bytes(lines_of({}).rstrip(b"\n"))
    assert log.read(Workspace(tmp_path)).decisions == (decision(1),)
    log.append(Workspace(tmp_path), [decision(2)])
    assert log.read(Workspace(tmp_path)) == log.Log((decision(1), decision(2)))


@pytest.mark.parametrize(
    "change",
    [
        {"action": "destroy"},
        {"decision_id": ""},
        {"decision_id": 3},
        {"author": None},
        {"at": "yesterday"},
        {"target": {"kind": "topic"}},
        {"target": {"id": "t-1"}},
        {"target": "t-1"},
        {"target": TEXT | {"end": 3, "quote": ""}},
        {"target": TEXT | {"start": -1}},
        {"target": TEXT | {"quote": "La CAF"}},
        {"target": {key: value for key, value in TEXT.items() if key != "quote"}},
        {"note": ["x"]},
    ],
)
def test_a_line_that_breaks_the_schema_is_told_and_the_others_count(tmp_path: Path, change: dict[str, Any]) -> None:
    content = lines_of({"decision_id": "d-0"}, change, {"decision_id": "d-2"})
    (tmp_path / log.FILE).write_bytes(content)
    found = log.read(Workspace(tmp_path))
    assert [one.decision_id for one in found.decisions] == ["d-0", "d-2"]
    (problem,) = found.problems
    assert problem.code == "E422" and "line 2" in str(problem) and "\n" not in str(problem)
    assert (tmp_path / log.FILE).read_bytes() == content


@pytest.mark.parametrize(
    "line", [b"oops", b"[1]", b"\xff", b"null", b"[" * 9000, lines_of({"decision_id": "d-0"})[:-1]]
)
def test_no_line_makes_reading_fail(tmp_path: Path, line: bytes) -> None:
    (tmp_path / log.FILE).write_bytes(lines_of({"decision_id": "d-0"}) + line + b"\n\n" + lines_of({}))
    found = log.read(Workspace(tmp_path))
    assert [one.decision_id for one in found.decisions] == ["d-0", "d-1"] and len(found.problems) == 1


def test_lines_that_another_tool_wrote_count_and_so_do_those_that_were_erased(tmp_path: Path) -> None:
    short = {key: LINE[key] for key in ("decision_id", "at", "author", "action", "target")} | {"tool": "x"}
    erased = LINE | {"decision_id": "d-2", "target": TEXT | {"quote": "[effacé]"}, "after": "[effacé]"}
    (tmp_path / log.FILE).write_bytes(f"{json.dumps(short)}\r\n{json.dumps(erased)}\n".encode())
    found = log.read(Workspace(tmp_path))
    assert found.problems == () and len(found.decisions) == 2


def test_nothing_stays_of_what_could_not_be_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path)
    log.append(workspace, [decision(1)])
    before = (tmp_path / log.FILE).read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DoleancesError) as caught:
        log.append(workspace, [decision(2)])
    assert caught.value.problem.code == "E205" and (tmp_path / log.FILE).read_bytes() == before


def test_several_processes_add_at_the_same_time_and_no_line_is_lost(tmp_path: Path) -> None:
    script = """
import sys
from pipeline.review import decisions as log
from pipeline.workspace import Workspace
path, name = sys.argv[1:]
for number in range(20):
    own, shared = (
        log.Decision(decision_id=f"d-{key}-{number}", at="2026-02-03T10:00:00Z", author=name, action="note",
                     target=log.Target(kind="topic", id="t-1"), note="x" * 3000)
        for key in (name, "shared")
    )
    assert own in log.append(Workspace(path), [own, shared])
"""
    command = [sys.executable, "-c", script, str(tmp_path)]
    running = [subprocess.Popen([*command, name]) for name in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    found = log.read(Workspace(tmp_path))
    assert found.problems == ()
    assert found.ids == {f"d-{name}-{number}" for name in ("a", "b", "c", "shared") for number in range(20)}


def test_who_waits_writes_to_the_log_that_took_its_place(tmp_path: Path) -> None:
    log.append(Workspace(tmp_path), [decision(1)])
    path = tmp_path / log.FILE
    waiting = threading.Thread(target=log.append, args=(Workspace(tmp_path), [decision(2)]))
    with log.locked(path):
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive() and log.read(Workspace(tmp_path)).decisions == (decision(1),)
        new = tmp_path / "new"
        new.write_bytes(lines_of({"note": "[effacé]"}))  # as `doleances forget` does
        new.replace(path)
    waiting.join()
    found = log.read(Workspace(tmp_path))
    assert [(one.decision_id, one.note) for one in found.decisions] == [("d-1", "[effacé]"), ("d-2", "plus clair")]
