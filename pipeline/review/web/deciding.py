"""What people click → lines of the log."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from pipeline.review.activity import RESOLVES
from pipeline.review.answers import ACTIONS as ON_ANSWERS
from pipeline.review.decisions import Action, Decision, Target, now
from pipeline.review.mentions import ACTIONS as ON_MENTIONS
from pipeline.review.web.site import Site


def new_topic_id() -> str:
    """Return the id of a theme that a person makes."""
    return f"t-{secrets.token_hex(6)}"


def made(
    author: str,
    action: Action,
    target: Target,
    *,
    before: JsonValue = None,
    after: JsonValue = None,
    undoes: str | None = None,
    note: str | None = None,
) -> Decision:
    """Return a new line of the log."""
    return Decision(
        decision_id=f"d-{secrets.token_hex(8)}",
        at=now(),
        author=author,
        action=action,
        target=target,
        before=before,
        after=after,
        undoes=undoes,
        note=note,
    )


def on_topic(
    author: str, action: Action, topic_id: str, before: JsonValue, after: JsonValue, note: str | None = None
) -> Decision:
    """Return a decision on a theme."""
    return made(author, action, Target(kind="topic", id=topic_id), before=before, after=after, note=note)


def whole(site: Site, row: int) -> Target:
    """Return the target that is all of an answer: its text in the tables."""
    text = site.corpus.original(row)
    answer_id = str(site.corpus.answer_ids[row].as_py())
    return Target(kind="answer", answer_id=answer_id, start=0, end=len(text), quote=text)


def part(site: Site, row: int, start: int, end: int, kind: str = "segment") -> Target | None:
    """Return the target that is a passage of the shown text; None where its place in the tables is not sure."""
    found = site.corpus.unmasked(row).back(start, end)
    if found is None:
        return None
    quote = site.corpus.original(row)[found[0] : found[1]]
    answer_id = str(site.corpus.answer_ids[row].as_py())
    return Target(kind=kind, answer_id=answer_id, start=found[0], end=found[1], quote=quote)


def on_answer(
    author: str,
    target: Target,
    before: Sequence[str] | None,
    chosen: Sequence[str],
    *,
    says_nothing: bool = False,
    note: str | None = None,
) -> Decision:
    """Return what a person said of an answer or a passage.

    Parameters
    ----------
    before : sequence of str, optional
        The themes that the person saw; None where they were hidden.
    chosen : sequence of str
        All themes that it has.
    says_nothing : bool
        Whether it is uninformative.
    """
    action: Action
    seen: JsonValue = None if before is None else list(before)
    after: JsonValue = list(chosen)
    if says_nothing:
        action, after = "uninformative", None
    elif before is not None and set(chosen) == set(before):
        action = "confirm"
    else:
        action = "assign" if chosen else "unassign"
    return made(author, action, target, before=seen, after=after, note=note)


def undo(author: str, decision: Decision) -> Decision:
    """Return the line that takes a decision back."""
    return made(
        author,
        decision.action,
        decision.target,
        before=decision.after,
        after=decision.before,
        undoes=decision.decision_id,
    )


def created(author: str, label: str, definition: str, question: Mapping[str, Any], parent_id: str | None) -> Decision:
    """Return a new theme of a question."""
    after: dict[str, JsonValue] = {
        "label": label,
        "definition": definition,
        "question_id": question["question_id"],
        "questionnaire": question["questionnaire"],
        "parent_id": parent_id,
    }
    return on_topic(author, "create", new_topic_id(), None, after)


def resolved(site: Site, author: str, lost: Decision, other: Decision | None, *, take: bool) -> list[Decision]:
    """Return the lines that settle a conflict.

    Parameters
    ----------
    lost : Decision
        The decision that was not carried out.
    other : Decision, optional
        The one that stands.
    take : bool
        Whether the one that was not carried out holds from now on.
    """
    note = f"{RESOLVES}{lost.decision_id}"
    target, before = lost.target, standing(site, lost)
    if not take:
        return [made(author, "note", target, before=before, after=before, note=note)]
    lines = []
    if lost.action in ("merge", "retire", "alias") and other is not None:
        lines.append(undo(author, other))
    lines.append(made(author, lost.action, target, before=before, after=lost.after, note=note))
    return lines


def standing(site: Site, decision: Decision) -> JsonValue:
    """Return what holds now of what a decision is about, as its ``before``."""
    row = site.state.rows.get(decision.target.id or "")
    if decision.action in ON_ANSWERS:
        return _themes_of(site, decision.target)
    if decision.action in ON_MENTIONS and decision.action != "alias":
        return _mention_of(site, decision.target)
    if row is None:
        return None
    return {"rename": row["label"], "define": row["definition"], "reparent": row["parent_id"]}.get(decision.action)


def _themes_of(site: Site, target: Target) -> JsonValue:
    row = site.corpus.row_of.get(target.answer_id or target.id or "")
    if row is None:
        return None
    verdicts = site.state.verdicts.get(site.root_id(row), ())
    for one in verdicts:
        if (one.start, one.end) == (target.start, target.end):
            return list(one.topic_ids)
    return list(site.themes_now(row))


def _mention_of(site: Site, target: Target) -> JsonValue:
    row = site.corpus.row_of.get(target.answer_id or "")
    if row is None:
        return None
    for one in site.state.edits.get(site.root_id(row), ()):
        if (one.new_start, one.new_end) == (target.start, target.end) and one.label is not None:
            quote = one.text[one.new_start : one.new_end]
            return {"label": one.label, "start": one.new_start, "end": one.new_end, "quote": quote}
    return None
