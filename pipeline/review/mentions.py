"""What people decided on mentions and organisations: added, corrected, deleted, linked, other spellings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import JsonValue

from pipeline.entities.folding import fold
from pipeline.review.activity import Held, Trouble
from pipeline.review.answers import Answer
from pipeline.review.decisions import Decision
from pipeline.review.themes import NotPossible

ACTIONS: Final = frozenset(("mention_add", "mention_edit", "mention_delete", "link", "alias"))
LABELS: Final = ("ORG", "PER", "LOC", "MISC")


@dataclass(frozen=True)
class MentionEdit:
    """What becomes of the mention at a place of an answer.

    ``label`` is None where it is no mention; ``start`` and ``end`` are where it was, ``new_start`` and ``new_end``
    where it is. ``organisation_id`` is None where nobody linked it. ``text`` is that of the whole answer: the edit
    holds for the copies of it that say the very same.
    """

    start: int
    end: int
    label: str | None
    new_start: int
    new_end: int
    organisation_id: str | None
    text: str
    decision_id: str = field(compare=False)


@dataclass(frozen=True)
class ReviewedMentions:
    """Edits by the answer that others are copies of, further spellings of organisations, and what was not done."""

    edits: Mapping[str, tuple[MentionEdit, ...]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    """The organisation by the spelling as `fold` gives it."""
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The spellings that people added, by organisation."""
    troubles: tuple[Trouble, ...] = ()


def replay_mentions(
    decisions: Iterable[Decision], answers: Mapping[str, Answer], organisations: frozenset[str]
) -> ReviewedMentions:
    """Carry out decisions on mentions and organisations.

    Parameters
    ----------
    decisions : iterable of Decision
        Those that count, in the order of the log; those on other things are passed over.
    answers : mapping
        The answers that they speak of, by answer_id.
    organisations : frozenset of str
        The organisation_id of all organisations that are known.
    """
    edits: dict[str, dict[tuple[int, int], MentionEdit]] = {}
    aliases: dict[str, str] = {}
    spellings: dict[str, list[str]] = {}
    troubles: list[Trouble] = []
    held = Held()
    for decision in decisions:
        if decision.action not in ACTIONS:
            continue
        try:
            if decision.action == "alias":
                organisation_id, surface = _alias(decision, organisations)
                now = aliases.get(fold(surface))
                other = held.other(fold(surface), decision, saw=decision.before == now, same=now == organisation_id)
                if other is None:
                    aliases[fold(surface)] = organisation_id
                    spellings.setdefault(organisation_id, []).append(surface)
            else:
                other = _edit(decision, answers, organisations, edits, held)
        except NotPossible as error:
            troubles.append(Trouble(decision, "lost", str(error)))
            continue
        if other is not None:
            detail = f"{other.author} decided otherwise on this mention"
            troubles.append(Trouble(decision, "conflict", detail, other))
    return ReviewedMentions(
        {root: tuple(found.values()) for root, found in sorted(edits.items()) if found},
        aliases,
        {key: tuple(dict.fromkeys(found)) for key, found in sorted(spellings.items())},
        tuple(troubles),
    )


def _alias(decision: Decision, organisations: frozenset[str]) -> tuple[str, str]:
    if decision.target.id not in organisations:
        raise NotPossible(f"there is no organisation {decision.target.id}")
    after = decision.after.get("alias") if isinstance(decision.after, dict) else decision.after
    if not isinstance(after, str) or not fold(after):
        raise NotPossible("it gives no spelling")
    return str(decision.target.id), " ".join(after.split())


def _edit(
    decision: Decision,
    answers: Mapping[str, Answer],
    organisations: frozenset[str],
    edits: dict[str, dict[tuple[int, int], MentionEdit]],
    held: Held,
) -> Decision | None:
    target = decision.target
    answer = answers.get(target.answer_id or "")
    if answer is None or target.start is None or target.end is None:
        raise NotPossible(f"there is no answer {target.answer_id}")
    if answer.text[target.start : target.end] != target.quote:
        raise NotPossible(f"{answer.answer_id} does not say {target.quote!r} there (any more)")
    of_answer = edits.setdefault(answer.root, {})
    place = next(
        (key for key, one in of_answer.items() if (one.new_start, one.new_end) == (target.start, target.end)),
        (target.start, target.end),
    )
    before = of_answer.get(place)
    edit = _edited(decision, answer, place, before, organisations)
    saw = before is not None and _saw(decision.before, before, answer.text)
    what = "link" if decision.action == "link" else "span"
    other = held.other((answer.root, place, what), decision, saw=saw, same=before == edit)
    if other is None:
        of_answer[place] = edit
    return other


def _saw(said: JsonValue, now: MentionEdit, text: str) -> bool:
    if now.label is None or not isinstance(said, dict):
        return said is None and now.label is None
    return (said.get("start"), said.get("end"), said.get("label")) == (now.new_start, now.new_end, now.label)


def _edited(
    decision: Decision,
    answer: Answer,
    place: tuple[int, int],
    before: MentionEdit | None,
    organisations: frozenset[str],
) -> MentionEdit:
    after: Any = decision.after if isinstance(decision.after, dict) else {}
    organisation_id = before.organisation_id if before else None
    if decision.action == "link":
        linked = after.get("organisation_id") if isinstance(decision.after, dict) else decision.after
        if linked is not None and linked not in organisations:
            raise NotPossible(f"there is no organisation {linked}")
        label = before.label if before and before.label else "ORG"
        span = (before.new_start, before.new_end) if before else place
        return MentionEdit(*place, label, *span, str(linked or ""), answer.text, decision.decision_id)
    if decision.action == "mention_delete" or not after:
        if decision.action != "mention_delete":
            raise NotPossible("it does not say what the mention is")
        return MentionEdit(*place, None, *place, None, answer.text, decision.decision_id)
    start, end, label = after.get("start", place[0]), after.get("end", place[1]), after.get("label")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(answer.text):
        raise NotPossible("its mention is not in the text")
    if label not in LABELS:
        raise NotPossible(f"{label} is none of {', '.join(LABELS)}")
    if "quote" in after and after["quote"] != answer.text[start:end]:
        raise NotPossible("its quote is not what stands there")
    given = after.get("organisation_id", organisation_id)
    if given is not None and given != "" and given not in organisations:
        raise NotPossible(f"there is no organisation {given}")
    return MentionEdit(*place, str(label), start, end, given, answer.text, decision.decision_id)
