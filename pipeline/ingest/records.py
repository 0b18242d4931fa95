"""What a reader yields: filled forms, what it could not read, and notices. No reader knows of tables or ids."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline import errors


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file says of a question: its wording and, where it gives one, its official id."""

    wording: str
    official_id: str | None = None


@dataclass(slots=True)
class Record:
    """One filled form as received. ``texts[i]`` answers ``headings[i]``; None is a cell without any value.

    ``unread`` holds the positions of cells whose text is kept although its place in the form is not sure.
    """

    row: int
    headings: tuple[Heading, ...]
    texts: list[str | None]
    questionnaire: str | None = None
    reference: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    author: str | None = None
    author_type: str | None = None
    postcode: str | None = None
    trashed: bool = False
    weight: float | None = None
    unread: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say of a file: a message code (pipeline/errors.py), its fields, and the line it is about.

    Codes E1xx go to the table ``rejected``; codes N1xx are notices.
    """

    code: str
    line: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    def about(self, path: str) -> str:
        """Return the plain line for a file of that name."""
        return str(errors.problem(self.code, path=path, line=self.line, **self.fields))


_NUMBER = re.compile(r"(?:Question:)?(\d{1,9})")


def official_id(text: str) -> str | None:
    """Return the official number in ``169``, ``Question:169`` or the base64 of the latter; else None."""
    found = _NUMBER.fullmatch(text)
    if not found:
        try:
            found = _NUMBER.fullmatch(base64.b64decode(text, validate=True).decode("ascii"))
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return None
    return str(int(found[1])) if found else None


def timestamp(text: str | None) -> datetime | None:
    """Read a date as the exports write it (ISO 8601, or day/month/year); anything else is None."""
    text = (text or "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = datetime.strptime(text[:10], "%d/%m/%Y")
        except ValueError:
            return None
    try:
        return (found.astimezone(UTC) if found.tzinfo else found).replace(tzinfo=None, microsecond=0)
    except OverflowError:
        return None


def given(text: Any) -> str | None:
    """Return a field of a form as text, or None where it says nothing."""
    if text is None or isinstance(text, (dict, list)):
        return None
    text = str(text).strip()
    return None if text.casefold() in ("", "none", "null") else text


def is_true(text: Any) -> bool:
    """Read a flag as exports write it."""
    return str(text).strip().casefold() in ("true", "1", "oui", "yes", "vrai")
