"""What people decided, in the dataset: themes of answers and copies, states, mentions; tables stay as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.config import Config
from pipeline.dataset import stage as dataset
from pipeline.report import stage as report
from pipeline.review.decisions import FILE
from pipeline.verify import verify
from pipeline.workspace import Workspace, sha256_of
from tests.workspaces import Builder

CONFIG = Config().with_values("execution", workers=1)
HEALTH, TRAINS = "Des médecins près de chez nous", "des trains le soir et le matin"
BOTH = f"{HEALTH} ; {TRAINS}"


def make(path: Path) -> Workspace:
    build = Builder(path)
    wish = build.question(1, "Que faudrait-il ?")
    build.topic("t-care", "Santé", wish, "local/x")
    build.topic("t-move", "Transports", wish, "local/x")
    build.topic("t-rail", "Le train", wish, "local/x", parent_id="t-move")
    build.topic("t-tax", "Impôts", wish, "local/x")
    build.topic("t-second", "Autre", wish, "local/x")
    build.organisation("o-caf", "Caisse d'allocations familiales", "CAF")
    first = build.answer(build.contribution(1), wish, BOTH, cuts=[len(HEALTH) + 3], themes=["t-care", "t-rail"])
    build.answer(build.contribution(2), wish, HEALTH, themes=["t-care"])
    build.answer(build.contribution(3), wish, "Moins d’impôts et la CAF de Lyon", themes=["t-tax"])
    build.mention("a-0000000000000003-1", "CAF", "ORG", "o-caf")
    build.answer(build.contribution(4), wish, "Le ciel est bleu")
    build.new_partition()
    build.answer(build.contribution(5), wish, BOTH, cuts=[len(HEALTH) + 3], themes=["t-care", "t-rail"],
                 duplicate_of=first)  # fmt: skip
    return build.write()


def rows(workspace: Workspace, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(workspace.path / "dataset" / f"{name}.parquet").to_pylist()
    return found


def page(workspace: Workspace) -> str:
    (path,) = (workspace.path / "report" / "questions").glob("*.html")
    return path.read_text(encoding="utf-8").replace("\u00a0", " ")


def decide(workspace: Workspace, *lines: dict[str, Any]) -> None:
    with (workspace.path / FILE).open("a", encoding="utf-8") as file:
        for number, line in enumerate(lines):
            usual = {"decision_id": f"d-{number}", "at": "2026-02-03T10:00:00Z", "author": "Ana", "before": None}
            file.write(json.dumps(usual | line, ensure_ascii=False) + "\n")


def answer_of(workspace: Workspace, number: int) -> dict[str, Any]:
    found = [row for row in rows(workspace, "answers") if row["answer_id"] == f"a-{number:016x}-1"]
    return dict(found[0])


def target(workspace: Workspace, number: int, quote: str | None = None, kind: str = "answer") -> dict[str, Any]:
    text = next(r["text"] for r in workspace.read("answers").to_pylist() if r["answer_id"] == f"a-{number:016x}-1")
    start = text.index(quote) if quote else 0
    quote = quote or text
    return {"kind": kind, "answer_id": f"a-{number:016x}-1", "start": start, "end": start + len(quote), "quote": quote}


def themes(row: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((theme["topic_id"], theme["source"]) for theme in row["topics"])


def sums(workspace: Workspace) -> dict[str, str]:
    return {
        path.name: sha256_of(path)
        for name in ("topics", "assignments", "mentions", "organisations")
        for path in workspace.parts(name)
    }


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make(tmp_path / "workspace")


def test_without_decisions_all_themes_are_of_the_model(workspace: Workspace) -> None:
    dataset.run(workspace, CONFIG)
    assert themes(answer_of(workspace, 1)) == [("t-care", "model"), ("t-rail", "model")]
    for name in ("topics", "assignments", "mentions", "organisations"):
        assert workspace.read(f"reviewed_{name}").num_rows == workspace.read(name).num_rows


def test_two_themes_of_one_segment_hold_and_the_tables_of_the_machine_stay(workspace: Workspace) -> None:
    before = sums(workspace)
    decide(workspace, {"action": "assign", "target": target(workspace, 2), "after": ["t-tax", "t-move"]})
    dataset.run(workspace, CONFIG)
    row = answer_of(workspace, 2)
    assert themes(row) == [("t-move", "reviewer"), ("t-tax", "reviewer")]
    assert [theme["score"] for theme in row["topics"]] == [1.0, 1.0]
    assert sums(workspace) == before


def test_a_verdict_holds_for_copies_in_other_partitions(workspace: Workspace) -> None:
    decide(workspace, {"action": "unassign", "target": target(workspace, 5), "before": ["t-care", "t-rail"],
                       "after": ["t-rail"]})  # fmt: skip
    dataset.run(workspace, CONFIG)
    assert themes(answer_of(workspace, 1)) == themes(answer_of(workspace, 5)) == [("t-rail", "reviewer")]
    segments = [row["topic_id"] for row in rows(workspace, "segments") if row["answer_id"] == "a-0000000000000001-1"]
    assert segments == [None, "t-rail"]


def test_a_part_of_an_answer_is_decided_on_alone(workspace: Workspace) -> None:
    decide(workspace, {"action": "assign", "target": target(workspace, 1, TRAINS, "segment"), "before": ["t-rail"],
                       "after": ["t-tax"]})  # fmt: skip
    dataset.run(workspace, CONFIG)
    assert themes(answer_of(workspace, 1)) == [("t-care", "model"), ("t-tax", "reviewer")]


def test_states_follow_what_people_said(workspace: Workspace) -> None:
    decide(
        workspace,
        {"action": "uninformative", "target": target(workspace, 2)},
        {"action": "unassign", "target": target(workspace, 3), "before": ["t-tax"], "after": []},
        {"action": "assign", "target": target(workspace, 4), "before": [], "after": ["t-care"]},
    )
    dataset.run(workspace, CONFIG)
    found = [(row["state"], row["reason"], row["topic_id"]) for row in (answer_of(workspace, n) for n in (2, 3, 4))]
    assert found == [
        ("uninformative", "by_reviewer", None),
        ("unassigned", "no_theme_fits", None),
        ("assigned", None, "t-care"),
    ]


def test_merged_and_retired_themes_leave_their_segments_to_what_comes_next(workspace: Workspace) -> None:
    decide(
        workspace,
        {"action": "merge", "target": {"kind": "topic", "id": "t-tax"}, "after": "t-care"},
        {"action": "retire", "target": {"kind": "topic", "id": "t-move"}},
        {"action": "rename", "target": {"kind": "topic", "id": "t-care"}, "before": "Santé", "after": "Se soigner"},
    )
    dataset.run(workspace, CONFIG)
    assert themes(answer_of(workspace, 3)) == [("t-care", "model")]
    assert answer_of(workspace, 3)["topic_label"] == "Se soigner"
    assert themes(answer_of(workspace, 1)) == [("t-care", "model"), ("t-second", "model")]
    told = {row["topic_id"]: (row["label"], row["status"], row["n_segments"]) for row in rows(workspace, "topics")}
    assert told == {"t-care": ("Se soigner", "reviewed", 4), "t-second": ("Autre", "proposed", 2)}


def test_mentions_are_deleted_added_and_linked_with_their_organisations(workspace: Workspace) -> None:
    mention = {"label": "ORG", "start": 22, "end": 25, "quote": "CAF"}
    place = target(workspace, 3, "CAF", "mention")
    mention |= {"start": place["start"], "end": place["end"]}
    decide(workspace, {"action": "mention_delete", "target": place, "before": mention, "after": None})
    new = target(workspace, 4, "ciel", "mention")
    after = {"label": "ORG", "start": new["start"], "end": new["end"], "quote": "ciel"}
    decide(workspace, {"decision_id": "d-9", "action": "mention_add", "target": new, "after": after})
    decide(workspace, {"decision_id": "d-8", "action": "link", "target": new, "after": {"organisation_id": "o-edf"}})
    dataset.run(workspace, CONFIG)
    found = [(row["surface"], row["organisation_id"], row["source"]) for row in rows(workspace, "mentions")]
    assert found == [("ciel", "o-edf", "reviewer")]
    counts = {row["organisation_id"]: row["n_mentions"] for row in rows(workspace, "organisations")}
    assert counts["o-edf"] == 1 and counts["o-caf"] == 0
    assert answer_of(workspace, 4)["organisations"] == [{"organisation_id": "o-edf", "name": "EDF"}]


def test_a_wrong_line_is_told_of_and_the_others_hold(workspace: Workspace) -> None:
    decide(
        workspace,
        {"action": "assign", "target": target(workspace, 2), "after": ["t-tax"]},
        {"action": "rename", "target": {"kind": "topic", "id": "t-gone"}, "after": "X"},
    )
    with (workspace.path / FILE).open("a", encoding="utf-8") as file:
        file.write('{"decision_id": "d-7"}\n{"cut')
    summary = dataset.run(workspace, CONFIG)
    assert [line.split()[0] for line in summary.problems] == ["E422", "E423"]
    assert [line.split()[0] for line in summary.notes] == ["N130", "N132"] and "t-gone" in summary.notes[1]
    assert themes(answer_of(workspace, 2)) == [("t-tax", "reviewer")]


def test_a_conflict_is_told_of_until_somebody_says_what_holds(workspace: Workspace) -> None:
    care = {"kind": "topic", "id": "t-care"}
    names = [{"action": "rename", "target": care, "before": "Santé", "after": name} for name in ("Soins", "Médecins")]
    decide(workspace, names[0], names[1] | {"author": "Bob"})
    assert [line.split()[0] for line in dataset.run(workspace, CONFIG).notes] == ["N130", "N131"]
    decide(workspace, {"decision_id": "d-9", "action": "note", "target": care, "note": "resolves:d-1"})
    (told,) = dataset.run(workspace, CONFIG).notes
    assert told.startswith("N130 2 decisions")


def test_the_stage_runs_again_when_a_decision_is_added_and_only_then(workspace: Workspace) -> None:
    assert not dataset.run(workspace, CONFIG).skipped
    assert dataset.run(workspace, CONFIG).skipped
    decide(workspace, {"action": "validate", "target": {"kind": "topic", "id": "t-care"}})
    assert not dataset.run(workspace, CONFIG).skipped
    assert {row["topic_id"]: row["status"] for row in rows(workspace, "topics")}["t-care"] == "validated"
    (workspace.path / FILE).unlink()
    dataset.run(workspace, CONFIG)
    assert {row["status"] for row in rows(workspace, "topics")} == {"proposed"}


def test_report_and_verify_hold_after_decisions(workspace: Workspace) -> None:
    new = {"label": "Neuf", "question_id": "q-1", "questionnaire": "organisation"}
    decide(
        workspace,
        {"action": "create", "target": {"kind": "topic", "id": "t-aaaaaaaaaaaa"}, "after": new},
        {"action": "assign", "target": target(workspace, 1), "before": [], "after": ["t-aaaaaaaaaaaa", "t-tax"]},
        {"action": "merge", "target": {"kind": "topic", "id": "t-tax"}, "after": "t-move"},
        {"action": "uninformative", "target": target(workspace, 2)},
    )
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    assert verify(workspace) == []


def test_report_and_card_say_what_people_gave_and_call_nobody_a_model(workspace: Workspace) -> None:
    new = {"label": "Neuf", "question_id": "q-1", "questionnaire": "organisation"}
    decide(
        workspace,
        {"action": "create", "target": {"kind": "topic", "id": "t-aaaaaaaaaaaa"}, "after": new},
        {"action": "assign", "target": target(workspace, 1), "before": [], "after": ["t-aaaaaaaaaaaa"]},
    )
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    assert "Certains ont été créés par des relecteurs." in page(workspace)
    index = (workspace.path / "report" / "index.html").read_text(encoding="utf-8")
    card = (workspace.path / "dataset" / "README.md").read_text(encoding="utf-8")
    assert "modèle reviewer" not in page(workspace) + index and "`reviewer`" not in card
    # What makes the report again is told with what people decided.
    decisions = sha256_of(workspace.path / FILE)
    assert decisions in index and decisions in card and "les mêmes décisions" in index


def test_the_page_of_a_question_says_who_validated_its_themes_and_when(workspace: Workspace) -> None:
    topics = ("t-care", "t-move", "t-tax", "t-second")
    validated = [
        {"decision_id": f"d-{topic_id}", "action": "validate", "target": {"kind": "topic", "id": topic_id}}
        for topic_id in topics
    ]
    decide(workspace, *validated[:2])
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    assert "en relecture, 2 thèmes relus sur 3" in page(workspace)
    decide(workspace, *(line | {"author": "Bob", "at": "2026-03-01T09:00:00+01:00"} for line in validated[2:]))
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    assert "validé par Ana, Bob le 1er mars 2026" in page(workspace)
