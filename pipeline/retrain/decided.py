"""What people decided that a retrain must leave as it is: themes that they named, answers that they gave to themes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pipeline.review.answers import ACTIONS as ON_ANSWERS
from pipeline.review.decisions import Decision


def themes_named(decisions: Iterable[Decision], known: Collection[str]) -> frozenset[str]:
    """Return those of the known themes that a decision names, as its target or in what it changes."""
    found: set[str] = set()
    for decision in decisions:
        found.update(_strings([decision.target.id, decision.before, decision.after]))
    return frozenset(found & set(known))


def answers_decided(decisions: Iterable[Decision]) -> frozenset[str]:
    """Return the answers whose themes people settled."""
    return frozenset(
        one.target.answer_id for one in decisions if one.action in ON_ANSWERS and one.target.answer_id is not None
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
