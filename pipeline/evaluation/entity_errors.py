"""What goes wrong in recognising organisations: each wrong or missed span, by kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pipeline.entities.gold import GoldAnswer
from pipeline.organisation_ids import NOT_IN_REGISTER, is_local

_AROUND: Final = 40


@dataclass(frozen=True)
class Mistake:
    """A span that is wrong, missed, or leads to another organisation; ``answer`` counts those of the file from 1."""

    kind: str
    answer: int
    start: int
    end: int
    surface: str
    context: str


def mistakes_in(number: int, answer: GoldAnswer, found: list[Any]) -> Iterator[Mistake]:
    """Yield what is wrong in the spans found in one answer.

    Kinds: other boundaries (a gold span is found, but not its start and end), missed (in lower case, an acronym, or
    capitalised), spurious (from the register, or from a model), other organisation.
    """
    predicted = {(span.start, span.end): span for span in found}
    wrong = [place for place in predicted if place not in answer.spans]

    def mistake(kind: str, start: int, end: int) -> Mistake:
        context = answer.text[max(0, start - _AROUND) : end + _AROUND]
        return Mistake(kind, number, start, end, answer.text[start:end], " ".join(context.split()))

    for start, end in sorted(answer.spans - predicted.keys()):
        if any(_overlap((start, end), place) for place in wrong):
            yield mistake("other boundaries", start, end)
        else:
            yield mistake(f"missed, {_form(answer.text[start:end])}", start, end)
    for start, end in sorted(wrong):
        if any(_overlap((start, end), place) for place in (*answer.spans, *answer.borderline)):
            continue
        yield mistake(f"spurious, from the {getattr(predicted[start, end], 'source', 'model')}", start, end)
    for place, expected in sorted(answer.organisation_ids.items()):
        if place in predicted and not leads_to(predicted[place].organisation_id, expected):
            yield mistake(f"other organisation than {expected}", *place)


def leads_to(found: str | None, marked: str) -> bool:
    """Say whether an id is the one that was marked, or one of this corpus where "not in the register" was marked."""
    if marked == NOT_IN_REGISTER:
        return found is not None and is_local(found)
    return found == marked


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _form(surface: str) -> str:
    if surface.islower():
        return "in lower case"
    return "an acronym" if surface.isupper() and len(surface) < 9 and " " not in surface else "capitalised"
