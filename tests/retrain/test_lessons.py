"""What decisions teach: of answers that people settled as wholes, or split off to a theme of their own."""

from __future__ import annotations

from typing import Any

from pipeline.retrain.lessons import lessons_of
from pipeline.review.answers import Answer
from pipeline.review.decisions import Decision, Target, now
from pipeline.review.replay import replay
from pipeline.tables import REVIEWER

TEXT = "Des trains le soir"


def topic(topic_id: str, **more: Any) -> dict[str, Any]:
    row = {"topic_id": topic_id, "question_id": "q", "questionnaire": None, "parent_id": None, "label": topic_id}
    row |= {"definition": "", "status": "proposed", "n_segments": 1, "model": "local/1"}
    return row | {"lineage": [{"event": "created", "topic_id": None, "model": "local/1"}]} | more


TOPICS = [topic("t-b"), topic("t-a")]
ROOT = Answer("a-1", "a-1", "q", None, TEXT, "pending", ("t-a",))
COPY = Answer("a-2", "a-1", "q", None, TEXT, "pending")
OTHER = Answer("a-3", "a-3", "q", None, TEXT, "pending", ("t-b",))


def on(answer: Answer, action: str, after: Any = None, *, end: int = len(TEXT)) -> Decision:
    target = Target(kind="answer", answer_id=answer.answer_id, start=0, end=end, quote=TEXT[:end])
    made = {"decision_id": f"d-{answer.answer_id}-{action}", "at": now(), "author": "a", "action": action}
    return Decision.model_validate(made | {"target": target, "before": list(answer.themes), "after": after})


def on_theme(topic_id: str, action: str, after: Any) -> Decision:
    made = {"decision_id": f"d-{topic_id}-{action}", "at": now(), "author": "a", "action": action}
    return Decision.model_validate(made | {"target": Target(kind="topic", id=topic_id), "after": after})


def taught(*decisions: Decision, answers: tuple[Answer, ...] = (COPY, ROOT, OTHER)) -> Any:
    known = {one.answer_id: one for one in answers}
    return lessons_of(replay(decisions, TOPICS, known), known)


def test_whole_answers_teach_under_the_first_of_their_copies() -> None:
    assert taught(on(COPY, "confirm", ["t-b"])).answers == {"q": {"a-1": ("t-b",)}}
    assert taught(on(ROOT, "assign", ["t-b", "t-a"])).answers == {"q": {"a-1": ("t-a", "t-b")}}
    assert taught(on(ROOT, "unassign")).answers == {"q": {"a-1": ()}}


def test_parts_of_answers_and_what_says_nothing_teach_nothing() -> None:
    assert taught(on(ROOT, "assign", ["t-b"], end=10)).answers == {}
    assert taught(on(ROOT, "uninformative")).answers == {}


def test_what_is_split_off_by_answers_teaches_the_theme_that_people_made() -> None:
    into = {"into": [{"topic_id": "t-new", "label": "Soir", "answers": ["a-1"]}]}
    found = taught(on_theme("t-a", "split", into))
    assert found.answers == {"q": {"a-1": ("t-new",)}}
    assert {one.topic_id: one.by_people for one in found.themes} == {"t-a": False, "t-b": False, "t-new": True}
    copied = {"into": [{"topic_id": "t-new", "label": "Soir", "answers": ["a-2"]}]}
    assert taught(on_theme("t-a", "split", copied), answers=(COPY,)).answers == {}


def test_themes_are_as_people_settled_them_in_an_order_of_their_own() -> None:
    found = taught(on_theme("t-b", "rename", "Trains"), on_theme("t-a", "merge", "t-b"))
    assert [(one.topic_id, one.label, one.reviewed) for one in found.themes] == [("t-b", "Trains", True)]
    assert found.moves == {"t-a": "t-b"}
    learned = topic("t-0", lineage=[{"event": "created", "topic_id": None, "model": REVIEWER}])
    known = {one.answer_id: one for one in (ROOT,)}
    again = lessons_of(replay([], [*TOPICS, learned], known), known)
    assert [one.topic_id for one in again.themes] == ["t-a", "t-b"], "nobody made it: the decision was undone"
