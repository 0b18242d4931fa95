"""What people decided is found in the log, whatever form it has."""

from __future__ import annotations

from pipeline.retrain.decided import answers_decided, themes_named
from pipeline.review.decisions import Decision, Target, now


def decision(action: str, target: Target, before: object = None, after: object = None) -> Decision:
    return Decision.model_validate(
        {"decision_id": "d", "at": now(), "author": "a", "action": action, "target": target, "before": before}
        | {"after": after}
    )


ANSWER = Target(kind="answer", answer_id="a-1", start=0, end=3, quote="oui")
THEME = Target(kind="topic", id="t-1")


def test_themes_are_named_as_target_and_in_what_is_changed() -> None:
    log = [
        decision("rename", THEME, "x", "y"),
        decision("assign", ANSWER, ["t-2"], ["t-3", "t-unknown"]),
        decision("split", THEME, None, {"topic_id": "t-4", "parts": [{"t-5": ["a-9"]}]}),
    ]
    known = {"t-1", "t-2", "t-3", "t-4", "t-5", "t-6"}
    assert themes_named(log, known) == {"t-1", "t-2", "t-3", "t-4", "t-5"}


def test_only_decisions_on_themes_of_answers_settle_answers() -> None:
    assert answers_decided([decision("confirm", ANSWER), decision("note", ANSWER), decision("rename", THEME)]) == {
        "a-1"
    }
    assert answers_decided([decision("note", ANSWER)]) == frozenset()
