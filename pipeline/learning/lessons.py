"""What people decided, as lessons for the themes of each question: read by the topics stage, written by a retrain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import TypeAdapter


@dataclass(frozen=True)
class SettledTheme:
    """A theme or sub-theme as people settled it; ``by_people`` where people made it, not the machine."""

    topic_id: str
    question_id: str | None
    parent_id: str | None
    label: str
    definition: str
    by_people: bool = False
    reviewed: bool = False


@dataclass(frozen=True)
class Lessons:
    """The answers that people reviewed as wholes, and the themes as they settled them.

    Parameters
    ----------
    answers : mapping of mappings
        By question_id and answer_id, all themes of the answer, possibly none.
    themes : tuple of SettledTheme
    moves : mapping
        Where the answers of a theme that is gone belong now, None where nowhere.
    """

    answers: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    themes: tuple[SettledTheme, ...] = ()
    moves: Mapping[str, str | None] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Return them as JSON; the same lessons give the same bytes."""
        return _LESSONS.dump_json(self, indent=1) + b"\n"


_LESSONS: Final = TypeAdapter(Lessons)


def lessons_from_json(content: bytes) -> Lessons:
    """Return what `Lessons.to_json` wrote.

    Raises
    ------
    ValueError
        When it is something else.
    """
    return _LESSONS.validate_json(content)
