"""What a reader yields: filled forms, what it could not read, and notices. No reader knows of tables or ids."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa

from pipeline import errors


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file says of a question: its wording and, where it gives them, its official id and its kind."""

    wording: str
    official_id: str | None = None
    kind: str | None = None


@dataclass(slots=True)
class Record:
    """One filled form as received. ``texts[i]`` answers ``headings[i]``; None is a cell without any value.

    ``unread`` holds the positions of cells whose text is kept although its place in the form is not sure. ``asked``
    are all the questions of the file, where a form holds only those that it answers.
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
    asked: tuple[Heading, ...] | None = None


FIELDS: Final = ("reference", "title", "published_at", "author", "author_type", "postcode", "trashed", "weight")
"""What a form says of itself beside its answers, as columns of a `Batch`."""


@dataclass(slots=True)
class Batch:
    """Forms with the same headings, column by column: what `Record` is to one form.

    ``rows`` are their numbers in the file; ``texts[i]``, an Arrow array of strings, answers ``headings[i]``; ``fields``
    holds those of FIELDS that the file has, as text. ``certain`` is False when no text is sure of its question;
    ``asked`` is as in `Record`.
    """

    rows: range
    headings: tuple[Heading, ...]
    texts: tuple[pa.Array, ...]
    fields: dict[str, pa.Array]
    certain: bool = True
    asked: tuple[Heading, ...] | None = None


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


def storable(text: str) -> str:
    """Return a text that UTF-8 can hold: half a surrogate pair, which JSON may give, becomes « ? »."""
    return text.encode("utf-8", "replace").decode("utf-8")


_CODED: Final = re.compile(r"Q(\S+)\s+[-–—]\s+(.*)", re.DOTALL)


def coded_heading(name: str) -> Heading:
    """Return the question that a column is: « Q169 - <wording> » as in official exports, or a wording alone."""
    name = storable(name)
    found = _CODED.fullmatch(name.strip())
    number = official_id(found[1]) if found else None
    return Heading(found[2].strip(), number) if found and number else Heading(name.strip())


_MONTHS: Final = ("janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")
_TIME: Final = r"(?:\s*(?:à|,|T|\s)\s*(?P<hour>\d{1,2})\s?[:hH]\s?(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
_NUMERIC_DATE: Final = re.compile(r"(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4})(?!\d)" + _TIME)
_WRITTEN_DATE: Final = re.compile(
    r"(?:[^\W\d]+\s+)?(?P<day>\d{1,2})(?:er)?\s+(?P<month>[^\W\d]+)\.?\s+(?P<year>\d{4})(?!\d)" + _TIME
)


def timestamp(text: str | None) -> datetime | None:
    """Read a date as people and programs write it; anything else is None.

    ISO 8601 (also with « UTC » or with slashes), day/month/year, and « 7 mars 2019 à 10:00 ».
    """
    text = (text or "").strip()
    if not text:
        return None
    found = _iso_date(text) or _french_date(text)
    if found is None:
        return None
    try:
        return (found.astimezone(UTC) if found.tzinfo else found).replace(tzinfo=None, microsecond=0)
    except OverflowError:
        return None


def _iso_date(text: str) -> datetime | None:
    if text.endswith(" UTC"):
        text = text.removesuffix(" UTC") + "+00:00"
    elif text[4:5] == "/":
        text = text.replace("/", "-", 2)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _french_date(text: str) -> datetime | None:
    found = _NUMERIC_DATE.match(text) or _WRITTEN_DATE.match(text)
    if found is None:
        return None
    month = found["month"]
    if not month.isdecimal():
        plain = month.casefold().translate(str.maketrans("éèû", "eeu"))
        named = [place for place, start in enumerate(_MONTHS, 1) if plain.startswith(start)]
        month = str(named[0]) if named else "0"
    numbers = (found["year"], month, found["day"], *(found[part] or "0" for part in ("hour", "minute", "second")))
    try:
        return datetime(*map(int, numbers))  # type: ignore[arg-type]
    except ValueError:
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
