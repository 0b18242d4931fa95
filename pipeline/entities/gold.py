"""Gold files of organisations: answers with the spans that people marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.gold_lines import read_gold_lines

Place = tuple[int, int]


@dataclass(frozen=True)
class GoldAnswer:
    """One answer with the spans that name organisations, and those that a careful person could decide either way.

    ``organisation_ids`` says which organisation a span names, where that was marked.
    """

    text: str
    spans: frozenset[Place]
    borderline: tuple[Place, ...]
    organisation_ids: dict[Place, str] = field(default_factory=dict)


def load_gold(path: Path | str) -> list[GoldAnswer]:
    """Read a gold file; blank lines are skipped."""
    return read_gold_lines(path, lambda _, content: _gold_answer(content), "E306")


def _gold_answer(content: Any) -> GoldAnswer:
    if not isinstance(content, dict) or not isinstance(content.get("text"), str):
        raise ValueError("an object with a text is needed")
    text = content["text"]
    _check_whole(text)
    spans = dict(_spans(content.get("spans"), text, "spans"))
    borderline = tuple(place for place, _ in _spans(content.get("borderline", []), text, "borderline"))
    return GoldAnswer(text, frozenset(spans), borderline, {place: one for place, one in spans.items() if one})


def _spans(found: Any, text: str, name: str) -> Iterator[tuple[Place, str | None]]:
    if not isinstance(found, list):
        raise ValueError(f"{name} must be a list")
    for span in found:
        if not isinstance(span, list) or len(span) < 2 or not all(type(offset) is int for offset in span[:2]):
            raise ValueError(f"{name}: a span is [start, end, label], not {span}")
        start, end = span[:2]
        if not 0 <= start < end <= len(text):
            raise ValueError(f"{name}: [{start}, {end}] is outside the text of {len(text)} characters")
        if len(span) < 3 or span[2] == "ORG":
            identifier = span[3] if len(span) > 3 else None
            if identifier is not None and not isinstance(identifier, str):
                raise ValueError(f"{name}: an organisation_id is a text, not {identifier}")
            _check_whole(identifier or "")
            yield (start, end), identifier


def _check_whole(text: str) -> None:
    """Refuse half a character (a lone surrogate, ``"\\ud83d"`` in JSON), which could not be written anywhere."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"character {error.start} of {text[:40]!a} is half a character") from None
