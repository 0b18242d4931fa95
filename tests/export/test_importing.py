"""Corrected files come back as decisions on the text of the tables, each once; what is wrong is told by its line."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import DoleancesError
from pipeline.export import Source
from pipeline.forget.decisions import erase_from_decisions
from pipeline.forget.tables import gather
from pipeline.privacy import Private, mask
from pipeline.review import decisions as log
from pipeline.review.importing import READERS, Imported, import_file
from pipeline.review.unmasking import Unmasked
from pipeline.workspace import Workspace
from tests.export.task_datasets import empty, finished

Rows = list[dict[str, Any]]
Change = Callable[[Rows], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = finished(tmp_path_factory.mktemp("w"))
    for name, module in READERS.items():
        folder = empty(workspace.path / "exports" / name)
        import_module(f"pipeline.export.{module}").write(Source(workspace.path / "dataset"), folder)
    return workspace.path


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(made, tmp_path / "w")
    return Workspace(tmp_path / "w")


def rows_of(workspace: Workspace, name: str) -> Rows:
    """Return the tasks about question 2 as the tool gives them back when nobody changes anything."""
    folder = workspace.path / "exports" / name
    if name == "label-studio":
        tasks = json.loads((folder / "q-2.json").read_text("utf-8"))
        for task in tasks:
            task["annotations"] = [{"id": 1, "completed_by": 1, "result": task["predictions"][0]["result"]}]
        return list(tasks)
    file = folder / ("tasks.jsonl" if name == "prodigy" else "q-2.jsonl")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    if name == "doccano":
        return [{"id": number} | row for number, row in enumerate(rows)]
    return [row | {"answer": "accept"} for row in rows if row["meta"]["question_id"] == "q-2"]


def saved(workspace: Workspace, name: str, rows: Rows) -> Path:
    path = workspace.path / "back.json"
    content = json.dumps(rows, indent=1) if name == "label-studio" else "".join(f"{json.dumps(row)}\n" for row in rows)
    path.write_text(content, encoding="utf-8")
    return path


def imported(workspace: Workspace, name: str, rows: Rows, author: str = "Ana") -> Imported:
    with workspace.lock():
        return import_file(workspace, name, saved(workspace, name, rows), author)


def set_labels(name: str, row: dict[str, Any], themes: list[str], spans: list[tuple[int, int, str]]) -> None:
    """Give a task of a tool these themes and mentions, and no other."""
    if name == "prodigy":
        row["accept"] = themes
        row["spans"] = [{"start": start, "end": end, "label": label} for start, end, label in spans]
    elif name == "doccano":
        row["cats"] = [f"Un nom ({theme})" for theme in themes]
        row["entities"] = [list(span) for span in spans]
    else:
        result = [
            {"type": "labels", "value": {"start": start, "end": end, "labels": [label]}} for start, end, label in spans
        ]
        choices = {"type": "choices", "value": {"choices": [f"Un nom ({theme})" for theme in themes]}}
        row["annotations"][0]["result"] = [choices, *result] if themes else result


def text_of(row: dict[str, Any]) -> str:
    return str(row["data"]["text"] if "data" in row else row["text"])


@pytest.mark.parametrize("name", READERS)
def test_what_was_accepted_without_a_change_is_confirmed(workspace: Workspace, name: str) -> None:
    found = imported(workspace, name, rows_of(workspace, name))
    assert found == Imported(Counter(confirm=2), Counter(taken=2))
    first, second = log.read(workspace).decisions
    assert first.before == first.after == ["t-health", "t-post"] and second.after == ["t-post"]
    assert first.author == "Ana" and first.target.kind == "answer"


@pytest.mark.parametrize("name", READERS)
def test_changes_are_decisions_on_the_text_of_the_tables(workspace: Workspace, name: str) -> None:
    rows = rows_of(workspace, name)
    text = text_of(rows[0])
    masked = text.index("Mme [nom]")
    doctors = text.index("médecins")
    last = text.index("(")
    spans = [(doctors, doctors + 8, "MISC"), (masked, masked + 9, "PER"), (last, last + 1, "LOC")]
    set_labels(name, rows[0], ["t-unused", "t-health"], spans)
    found = imported(workspace, name, rows[:1])
    assert found.problems == () and found.rows == Counter(taken=1)
    decisions = log.read(workspace).decisions
    assert [(one.action, one.before, one.after) for one in decisions[:2]] == [
        ("unassign", ["t-health", "t-post"], ["t-health"]),
        ("assign", ["t-health"], ["t-health", "t-unused"]),
    ]
    texts = dict(zip(*(workspace.read("answers")[column].to_pylist() for column in ("answer_id", "text")), strict=True))
    for one in decisions:
        target = one.target
        assert texts[target.answer_id or ""][target.start : target.end] == target.quote
    mentions = {
        one.action: (one.target.quote, one.before and one.before["quote"], one.after and one.after["quote"])
        for one in decisions[2:-1]
    }
    assert mentions == {
        "mention_add": ("(", None, "("),
        "mention_edit": ("Jeanne Martin", "Jeanne Martin", "Mme Jeanne Martin"),
    }
    assert (decisions[-1].action, decisions[-1].target.quote, decisions[-1].after) == ("mention_delete", "CAF", None)
    assert decisions[2].after == {"label": "MISC", "start": 14, "end": 22, "quote": "médecins"}


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_is_imported_twice_adds_nothing(workspace: Workspace, name: str) -> None:
    rows = rows_of(workspace, name)
    set_labels(name, rows[0], [], [])
    imported(workspace, name, rows)
    before = (workspace.path / log.FILE).read_bytes()
    again = imported(workspace, name, rows)
    assert again == Imported(Counter(), Counter(already_imported=2))
    assert (workspace.path / log.FILE).read_bytes() == before
    assert imported(workspace, name, rows, "Bo").decisions.total() == before.count(b"\n")  # another person's are others


def test_what_one_row_of_was_lost_is_added(workspace: Workspace) -> None:
    rows = rows_of(workspace, "prodigy")
    set_labels("prodigy", rows[0], [], [])
    imported(workspace, "prodigy", rows)
    path = workspace.path / log.FILE
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"\n") + 20])  # killed in the middle of the second line
    found = imported(workspace, "prodigy", rows)
    assert found.rows == Counter(taken=2) and [problem.code for problem in found.problems] == ["E423"]
    ids = {json.loads(line)["decision_id"] for line in whole.splitlines()}
    assert log.read(workspace).ids == ids


def _foreign(row: dict[str, Any]) -> None:
    (row.get("meta") or row.get("data") or row)["answer_id"] = "a-00000000000000ff-2"


def _other_text(row: dict[str, Any]) -> None:
    holder = row.get("data") or row
    holder["text"] = "x" + holder["text"]


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda name, row: _foreign(row), "no answer"),
        (lambda name, row: _other_text(row), ""),
        (lambda name, row: set_labels(name, row, ["t-nowhere"], []), "t-nowhere"),
        (lambda name, row: set_labels(name, row, ["t-other"], []), "t-other"),
        (lambda name, row: set_labels(name, row, [], [(0, 2, "CAT")]), "CAT"),
        (lambda name, row: set_labels(name, row, [], [(0, 9_999, "ORG")]), "9999"),
        (lambda name, row: set_labels(name, row, [], [(0, text_of(row).index("[nom]") + 2, "ORG")]), "mask"),
    ],
)
def test_a_wrong_row_is_told_by_its_line_and_the_others_are_taken(
    workspace: Workspace, name: str, change: Any, words: str
) -> None:
    topics = workspace.read("topics").to_pylist()
    other = topics[0] | {"topic_id": "t-other", "question_id": "q-3"}
    workspace.write_part(
        "topics", 1, workspace.read("topics").from_pylist([other], schema=workspace.read("topics").schema)
    )
    rows = rows_of(workspace, name)
    rows.reverse()
    change(name, rows[1])
    found = imported(workspace, name, rows)
    assert found.rows == Counter(taken=1, wrong=1) and found.decisions == Counter(confirm=1)
    (problem,) = found.problems
    content = (workspace.path / "back.json").read_text("utf-8")
    start = content.index("\n {", 3) + 1 if name == "label-studio" else content.index("\n") + 1
    line = content[:start].count("\n") + 1
    assert problem.code == "E421" and f"line {line}:" in str(problem) and words in str(problem)


def test_lines_that_are_not_json_are_told_and_the_others_taken(workspace: Workspace) -> None:
    rows = rows_of(workspace, "prodigy")
    path = saved(workspace, "prodigy", rows)
    good = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([b"\xef\xbb\xbf" + good[0], b"oops", b"\xff\xfe", b"", b"[1]", b"[" * 9000, good[1]]))
    with workspace.lock():
        found = import_file(workspace, "prodigy", path, "Ana")
    assert found.rows == Counter(taken=2, wrong=4) and found.decisions == Counter(confirm=2)
    assert [str(problem).partition(", line ")[2][0] for problem in found.problems] == ["2", "3", "5", "6"]


def test_a_file_of_an_unmasked_dataset_needs_no_translation(workspace: Workspace) -> None:
    rows = rows_of(workspace, "prodigy")[:1]
    answer_id = rows[0]["meta"]["answer_id"]
    (text,) = [row["text"] for row in workspace.read("answers").to_pylist() if row["answer_id"] == answer_id]
    start = text.index("Jeanne")
    mentions = [{"start": text.index("CAF"), "end": text.index("CAF") + 3, "label": "ORG"}]
    rows[0] |= {"text": text, "spans": [*mentions, {"start": start, "end": start + 6, "label": "PER"}]}
    assert imported(workspace, "prodigy", rows).decisions == Counter(confirm=1, mention_edit=1)
    edit = log.read(workspace).decisions[-1]
    assert edit.target.quote == "Jeanne Martin" and edit.after == {
        "label": "PER",
        "start": start,
        "end": start + 6,
        "quote": "Jeanne",
    }


def test_what_is_erased_on_request_leaves_imported_decisions_which_still_read(workspace: Workspace) -> None:
    imported(workspace, "prodigy", rows_of(workspace, "prodigy"))
    assert "Jeanne Martin" in (workspace.path / log.FILE).read_text("utf-8")
    assert erase_from_decisions(workspace, gather(workspace, frozenset([f"{1:016x}"]))) == 1
    assert "Jeanne Martin" not in (workspace.path / log.FILE).read_text("utf-8")
    found = log.read(workspace)
    assert len(found.decisions) == 2 and found.problems == ()


def test_the_command_tells_what_was_added_and_its_exit_code_what_was_not(workspace: Workspace) -> None:
    rows = rows_of(workspace, "doccano")
    path = saved(workspace, "doccano", rows)
    arguments = ["import", "doccano", str(path), "--workspace", str(workspace.path), "--author", "Ana"]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 0 and "2 confirm" in first.stdout and "2 taken" in first.stdout
    rows[0]["cats"] = ["inconnu"]
    saved(workspace, "doccano", rows)
    second = CliRunner().invoke(app, arguments)
    assert second.exit_code == 1 and "1 already imported" in second.stdout and "1 wrong" in second.stdout


@pytest.mark.parametrize(
    ("name", "file", "author", "code"),
    [
        ("spacy", "back.json", "Ana", "E420"),
        ("prodigy", "nowhere.json", "Ana", "E101"),
        ("prodigy", "back.json", " ", "E424"),
    ],
)
def test_wrong_usage_is_told(workspace: Workspace, name: str, file: str, author: str, code: str) -> None:
    saved(workspace, "prodigy", [])
    with pytest.raises(DoleancesError) as caught:
        import_file(workspace, name, workspace.path / file, author)
    assert caught.value.problem.code == code and caught.value.exit_code == 2


def test_without_a_dataset_nothing_is_imported(workspace: Workspace) -> None:
    shutil.rmtree(workspace.path / "dataset")
    with pytest.raises(DoleancesError) as caught:
        imported(workspace, "prodigy", [])
    assert caught.value.problem.code == "E425" and not (workspace.path / log.FILE).exists()


pieces = st.lists(st.tuples(st.text("ab []\n", max_size=5), st.text("ab [é", min_size=1, max_size=5)), max_size=5)


@settings(max_examples=400, deadline=None)
@given(pieces, st.text("ab []", max_size=4), st.sampled_from(["[nom]", "[courriel]", "[IBAN]"]), st.data())
def test_an_offset_that_comes_back_is_the_right_one(
    parts: list[tuple[str, str]], tail: str, word: str, data: st.DataObject
) -> None:
    text, spans = "", []
    for kept, hidden in parts:
        spans.append(Private(len(text) + len(kept), len(text) + len(kept) + len(hidden), word))
        text += kept + hidden
    text += tail
    masked = mask(text, spans)
    unmasked = Unmasked(masked.text, text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if start < end and not any(one.start < side < one.end for one in spans for side in (start, end)):
        assert unmasked.back(*masked.shift(start, end)) in (None, (start, end))


def test_offsets_come_back_wherever_there_is_one_way_to_read_them() -> None:
    text = "Écrire à Zoé Ba, 06 12 34 56 78, ou à Zoé Ba. Merci à Zoé Ba"
    hidden = [text.index("Zoé"), text.index("06"), text.index("Zoé", 20), text.rindex("Zoé")]
    words = ["[nom]", "[téléphone]", "[nom]", "[nom]"]
    ends = [hidden[0] + 6, hidden[1] + 14, hidden[2] + 6, hidden[3] + 6]
    masked = mask(text, [Private(*one) for one in zip(hidden, ends, words, strict=True)])
    unmasked = Unmasked(masked.text, text)
    for quote in ("Écrire", "ou", "Merci à Zoé Ba", "à Zoé Ba, 06 12 34 56 78", "Zoé Ba"):
        start = text.index(quote)
        assert unmasked.back(*masked.shift(start, start + len(quote))) == (start, start + len(quote)), quote
    assert unmasked.back(masked.text.index("nom"), masked.text.index("nom") + 3) is None


def test_a_segment_tells_where_a_text_alone_would_not() -> None:
    masked, text = "[nom] a dit [nom].", "Zoé a dit a dit Ba."
    assert Unmasked(masked, text).back(6, 11) is None
    assert Unmasked(masked, text, [(0, 11, 0, 9), (12, 18, 10, 19)]).back(6, 11) == (4, 9)
