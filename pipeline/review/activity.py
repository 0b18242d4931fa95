"""Which decisions of the log count: an undo is a line of its own, and can itself be undone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import JsonValue

from pipeline.review.decisions import Decision

Why = Literal["conflict", "lost"]

RESOLVES: Final = "resolves:"
"""Begins the note of a decision that settles one that was not carried out, before the decision_id of this one."""
UNKNOWN: Final = "it undoes {what}, which is not in the log"


@dataclass(frozen=True)
class Trouble:
    """A decision that is kept in the log and not carried out.

    ``why`` is "conflict" (another person decided otherwise, and this one did not see it; ``other`` is that decision) or
    "lost" (what it speaks of is not there, or is not as it says).
    """

    decision: Decision
    why: Why
    detail: str
    other: Decision | None = None


def active(decisions: Sequence[Decision]) -> tuple[list[Decision], list[Trouble]]:
    """Return the decisions that count, in order, and the undoing lines that speak of none.

    A line with ``undoes`` does nothing else: neither it nor what it undoes is returned, unless it is undone itself.
    """
    known = {one.decision_id for one in decisions}
    undone: set[str] = set()
    lost = []
    for one in reversed(decisions):
        if one.undoes is None or one.decision_id in undone:
            continue
        if one.undoes in known:
            undone.add(one.undoes)
        else:
            lost.append(Trouble(one, "lost", UNKNOWN.format(what=one.undoes)))
    return [one for one in decisions if one.undoes is None and one.decision_id not in undone], lost[::-1]


def settled_by(counted: Iterable[Decision]) -> frozenset[str]:
    """Return the decisions that were not carried out and of which a later one, that counts, says what holds."""
    notes = (one.note for one in counted)
    return frozenset(note.removeprefix(RESOLVES) for note in notes if note and note.startswith(RESOLVES))


class Held:
    """What people said of each thing, and who: so that nobody overwrites what another said without having seen it."""

    def __init__(self) -> None:
        self._by: dict[Hashable, Decision] = {}

    def other(self, key: Hashable, decision: Decision, *, saw: bool, same: bool) -> Decision | None:
        """Return the decision of another person that stands against this one; else note that this one holds now.

        Parameters
        ----------
        key : hashable
            What is decided on.
        decision : Decision
            The decision at hand.
        saw : bool
            Whether its ``before`` is what holds now.
        same : bool
            Whether its ``after`` is what holds now.
        """
        last = self._by.get(key)
        if last is not None and last.author != decision.author and not saw and not same:
            return last
        if last is None or not same:
            self._by[key] = decision
        return None


def topic_ids(value: JsonValue) -> list[str]:
    """Return the ids of themes in ``before`` or ``after``: one, a list, or ``{"topic_id": …}``; others are left out."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return topic_ids(value.get("topic_id"))
    found: Iterable[JsonValue] = value if isinstance(value, list) else ()
    return list(dict.fromkeys(one for one in found if isinstance(one, str)))
