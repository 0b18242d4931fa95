"""Audits: a random sample that adds up to its population, kept as drawn, and what people say of it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dataset
from pipeline.config import Config
from pipeline.errors import DoleancesError
from pipeline.review import audit as audits
from pipeline.review import decisions as log
from pipeline.review.audit import Audit, draw, next_answer, read_audits, sampled, verdicts
from pipeline.review.audit_sample import FEWEST, Text, allocation, draw_strata
from pipeline.review.decisions import Decision, Target
from pipeline.review.parameters import review_parameters
from pipeline.workspace import Workspace
from tests.workspaces import Builder, small


def text(number: int, question: int = 1, theme: str | None = "t-a", copies: int = 1) -> Text:
    return Text(f"a-{number:05d}", f"q-{question}", theme, (theme,) if theme else (), copies)


populations = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["t-a", "t-b", "t-c", None]), st.sampled_from([1, 1, 1, 2, 40])),
    min_size=1,
    max_size=80,
).map(lambda rows: [text(place, *row) for place, row in enumerate(rows)])


def verdict(audit: Audit, answer_id: str, author: str, topics: list[str], number: int = 0, **more: Any) -> Decision:
    given = {"decision_id": f"d-{author}-{answer_id}-{number}", "at": "2026-02-03T10:00:00Z", "author": author}
    given |= {"action": "assign", "after": topics, "note": f"audit:{audit.audit_id}"}
    target = Target(kind="answer", answer_id=answer_id, start=0, end=3, quote="abc")
    return Decision.model_validate(given | {"target": target} | more)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = small(tmp_path_factory.mktemp("made"))
    dataset.run(workspace, Config().with_values("execution", workers=1))
    return Path(workspace.path)


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Workspace:
    """A workspace with a finished dataset, of the test alone."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Workspace(tmp_path)


@settings(max_examples=150, deadline=None)
@given(populations, st.integers(1, 100), st.integers(0, 5))
def test_weights_add_up_to_the_population_in_every_stratum(texts: list[Text], size: int, seed: int) -> None:
    audit = sampled(texts, size, seed)
    assert len(audit.answers) == min(size, len(texts)) == len({one.answer_id for one in audit.answers})
    assert sum(one.weight for one in audit.answers) == pytest.approx(len(texts)) and audit.texts == len(texts)
    assert audit.population == sum(one.copies for one in texts) == sum(one.answers for one in audit.strata)
    for stratum in audit.strata:
        weights = [one.weight for one in audit.answers if one.stratum_id == stratum.stratum_id]
        assert len(weights) == stratum.drawn and sum(weights) == pytest.approx(stratum.texts)
    assert Audit.model_validate(json.loads(json.dumps(audit.model_dump(mode="json")))) == audit
    assert sampled(texts, size, seed) == audit


@given(st.lists(st.integers(1, 500), min_size=1, max_size=12), st.data())
def test_allocation_gives_each_stratum_two_in_proportion(sizes: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(FEWEST * len(sizes), max(sum(sizes), FEWEST * len(sizes))))
    found = allocation(sizes, total)
    assert sum(found) == min(total, sum(sizes))
    assert all(min(size, FEWEST) <= count <= size for size, count in zip(sizes, found, strict=True))


def test_small_themes_are_pooled_and_no_stratum_is_without_two_texts() -> None:
    texts = [text(place, 1, "t-a" if place < 150 else f"t-{place // 4}") for place in range(180)]
    texts += [text(1000 + place, 2, "t-z") for place in range(3)]
    drawn = draw_strata(texts, 30, 0)
    assert [(one.kind, one.question_id, one.theme_id, len(one.members)) for one in drawn] == [
        ("theme", "q-1", "t-a", 150),
        ("other_themes", "q-1", None, 30),
        ("other_questions", None, None, 3),
    ]
    assert [len(one.chosen) for one in drawn] == [24, 4, 2]  # 24.6, 4.9 and 0.5 before the two of the last


def test_every_text_of_a_stratum_is_as_likely() -> None:
    texts = [text(place, theme="t-a" if place < 12 else "t-b") for place in range(20)]
    times = Counter(one.answer_id for seed in range(600) for one in sampled(texts, 10, seed).answers)
    assert len(times) == 20
    assert np.array(list(times.values())) == pytest.approx(300, abs=65)  # 5 standard deviations


def test_a_text_sent_by_many_is_drawn_for_certain_and_counts_for_all_of_them() -> None:
    texts = [text(place, copies=500 if place == 7 else 1) for place in range(300)]
    for seed in range(5):
        (found,) = [one for one in sampled(texts, 20, seed).answers if one.answer_id == "a-00007"]
        assert (found.weight, found.copies) == (1.0, 500)


def test_an_audit_of_a_dataset_counts_copies_as_one_text_and_holds_no_text(
    tmp_path: Path, workspace: Workspace
) -> None:
    audit = draw(workspace, 200)
    assert (audit.texts, audit.population, len(audit.answers)) == (4, 5, 4)
    (copied,) = [one for one in audit.answers if one.copies == 2]
    assert set(copied.topics) == {"t-health", "t-post"} and copied.theme_id == "t-post"
    assert [(one.theme_id, one.texts, one.answers) for one in audit.themes if one.question_id == "q-2"] == [
        ("t-health", 1, 2),
        ("t-post", 2, 3),
    ]
    written = (tmp_path / "audits" / f"{audit.audit_id}.json").read_text("utf-8")
    assert "médecins" not in written and str(tmp_path) not in written
    assert read_audits(workspace).audits == (audit,)


def test_an_audit_is_never_overwritten_and_the_same_one_is_not_drawn_twice(
    tmp_path: Path, workspace: Workspace
) -> None:
    first = draw(workspace, 2, seed=1)
    path = tmp_path / "audits" / f"{first.audit_id}.json"
    before = path.read_bytes()
    second = draw(workspace, 2, seed=2)
    assert draw(workspace, 2, seed=1) == first and path.read_bytes() == before
    assert [one.audit_id for one in read_audits(workspace).audits] == [first.audit_id, second.audit_id]
    assert (first.number, second.number) == (1, 2)


def test_themes_are_those_of_the_top_and_what_the_machine_said_is_kept(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    question = build.question(1, "Pourquoi ?")
    build.topic("t-top", "Le train", question, "local/abc")
    build.topic("t-sub", "Les retards", question, "local/abc", parent_id="t-top")
    build.answer(build.contribution(1), question, "Le train est en retard", themes=["t-sub"])
    workspace = build.write()
    dataset.run(workspace, Config().with_values("execution", workers=1))
    audit = draw(workspace, 1)
    assert audit.answers[0].topics == ("t-sub",) and audit.answers[0].theme_id == "t-top"
    assert audit.parents == {"t-sub": "t-top"} and [one.theme_id for one in audit.themes] == ["t-top"]
    assert audit.models == ("local/abc",)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"\xff\xfe",
        lambda content: b"[" * 100_000,
        lambda content: b"null",
        lambda content: content.replace(b'"weight": 1.0', b'"weight": 2.0', 1),
        lambda content: content.replace(b'"drawn": ', b'"drawn": 1', 1),
        lambda content: content.replace(b'"audit_id": "1', b'"audit_id": "2', 1),
    ],
)
def test_a_damaged_audit_is_told_of_and_kept(tmp_path: Path, workspace: Workspace, damage: Any) -> None:
    first, second = draw(workspace, 200, seed=1), draw(workspace, 200, seed=2)
    path = tmp_path / "audits" / f"{first.audit_id}.json"
    damaged = damage(path.read_bytes())
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    found = read_audits(workspace)
    assert found.audits == (second,) and [one.code for one in found.problems] == ["E430"]
    assert path.read_bytes() == damaged


def test_what_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    for size, code in ((0, "E431"), (5, "E432")):
        with pytest.raises(DoleancesError, match=code):
            draw(workspace, size)
    build = Builder(tmp_path / "empty")
    build.answer(build.contribution(1), build.question(1, "Pourquoi ?"), None, "empty")
    nothing = build.write()
    dataset.run(nothing, Config().with_values("execution", workers=1))
    with pytest.raises(DoleancesError, match="E433"):
        draw(nothing, 5)


def test_verdicts_are_the_last_of_each_author_that_nobody_took_back() -> None:
    audit = sampled([text(place) for place in range(4)], 4, 0)
    one, two = "a-00000", "a-00001"
    first = verdict(audit, one, "Ana", ["t-a"])
    undone = verdict(audit, two, "Ana", ["t-b"])
    undo = verdict(audit, two, "Ana", [], 1, undoes=undone.decision_id)
    decisions = [
        first,
        verdict(audit, one, "Ana", ["t-b", "t-a", "t-b"], 1),
        verdict(audit, one, "Bo", [], action="unassign", note=f"audit:{audit.audit_id} pas de thème"),
        undone,
        undo,
        verdict(audit, "a-elsewhere", "Ana", ["t-a"]),
        verdict(audit, two, "Cy", ["t-a"], note=f"audit:{audit.audit_id}0"),
        verdict(audit, two, "Cy", ["t-a"], 1, note=None),
        verdict(audit, two, "Cy", ["t-a"], 2, after="t-a"),
        verdict(audit, two, "Cy", ["t-a"], 3, action="note"),
    ]
    assert verdicts(audit, decisions) == {one: {"Ana": ["t-b", "t-a"], "Bo": []}}
    again = verdict(audit, two, "Bo", [], 2, undoes=undo.decision_id)
    assert verdicts(audit, [*decisions, again])[two] == {"Ana": ["t-b"]}


def test_each_author_goes_through_all_answers_in_their_random_order() -> None:
    audit = sampled([text(place) for place in range(30)], 12, 3)
    decisions: list[Decision] = [verdict(audit, audit.answers[0].answer_id, "Bo", [])]
    seen = []
    while (answer := next_answer(audit, decisions, "Ana")) is not None:
        seen.append(answer.answer_id)
        decisions.append(verdict(audit, answer.answer_id, "Ana", ["t-a"]))
    assert seen == [one.answer_id for one in audit.answers] != sorted(seen)
    assert next_answer(audit, decisions, "Bo") == audit.answers[1]


def test_audits_and_decisions_are_parameters_of_stages(workspace: Workspace) -> None:
    assert review_parameters(workspace) == {"audits": None, "decisions": None}
    audit = draw(workspace, 3)
    drawn = review_parameters(workspace)
    assert list(drawn["audits"]) == [f"{audit.audit_id}.json"]
    log.append(workspace, [verdict(audit, audit.answers[0].answer_id, "Ana", [])])
    assert review_parameters(workspace)["audits"] == drawn["audits"]
    assert review_parameters(workspace)["decisions"] is not None
    assert audits.read_audits(workspace).problems == ()
