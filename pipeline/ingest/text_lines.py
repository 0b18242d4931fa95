"""The lines of a text form: which are its header, which look like a question, and where the next form begins.

A file may hold several forms, one after the other: a header that comes again begins the next one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.ingest.matching import QuestionIndex

_FIELD: Final = re.compile(r"[\s\ufeff]*(date de publication|code postal)\s*:(.*)", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"\s*(\d{1,3})\s*[.)]\s*(\S.*)")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
# Files put end to end: the last answer of one has no line end, so the date of the next stands behind it.
_GLUED_DATE: Final = re.compile(r"\ufeff?date de publication\s*:\s*[\d/-]{8,10}\s*$", re.IGNORECASE)
_TITLE: Final = re.compile(r"[\s\ufeff]*grand\s+d[ée]bat\s*[-–—:]", re.IGNORECASE)
_LONGEST_TITLE: Final = 120
_DATE: Final = "date de publication"


@dataclass(frozen=True)
class Line:
    """A line of a file: its number, where it starts and ends (line end included), and its text without line end."""

    number: int
    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class _Header:
    """A run of header lines: where it ends, and what is in it."""

    end: int
    dated: bool = False
    postcode: bool = False
    titled: bool = False


def field_of(text: str) -> tuple[str, str] | None:
    """Return name and value of a header field, or None."""
    found = _FIELD.fullmatch(text)
    return (found[1].casefold(), found[2].strip()) if found else None


def numbered(text: str) -> tuple[int, str] | None:
    """Return number and wording of « N. wording », or None."""
    found = _NUMBERED.fullmatch(text)
    return (int(found[1]), found[2].rstrip()) if found else None


def is_title(text: str, index: QuestionIndex) -> bool:
    """Say whether a line is the title of a questionnaire, or looks like that of one that is not known.

    Only « Grand débat - » and words count: such a title is shown in messages, which must hold nothing of a person.
    """
    if len(text) > _LONGEST_TITLE:
        return False
    if index.titled(text):
        return True
    return bool(_TITLE.match(unicodedata.normalize("NFC", text))) and not any(c.isdigit() or c == "@" for c in text)


def is_header(text: str, index: QuestionIndex) -> bool:
    """Say whether a line is a field or a title."""
    return field_of(text) is not None or is_title(text, index)


def alone(lines: list[Line], place: int, index: QuestionIndex) -> bool:
    """Say whether a line stands by itself as questions do: blank lines, or the header, around it."""
    before, after = lines[max(place - 1, 0) : place], lines[place + 1 : place + 2]
    return all(line.blank or is_header(line.text, index) for line in before) and all(line.blank for line in after)


def is_question(line: Line, index: QuestionIndex) -> bool:
    """Say whether a line is a question of a known questionnaire, with its number."""
    found = numbered(line.text)
    return found is not None and any(question.number == found[0] for _, question in index.worded(found[1]))


def forms(text: str, index: QuestionIndex) -> list[list[Line]]:
    """Return the lines of each form of a file, in order; every line is in exactly one of them."""
    lines = list(_unglued(list(_lines(text)), index))
    starts = [0]
    asked = dated = False
    place = 0
    while place < len(lines):
        header = _header(lines, place, index)
        if header.end == place:
            asked = asked or is_question(lines[place], index) or _looks_asked(lines, place, index)
            place += 1
            continue
        if (asked or (dated and header.dated)) and _begins(lines, header, index):
            starts.append(place)
            asked = dated = False
        dated = dated or header.dated
        place = header.end
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _lines(text: str) -> Iterator[Line]:
    for number, found in enumerate(_LINE.finditer(text), 1):
        if found.end() > found.start():
            yield Line(number, found.start(), found.end(), found[0].rstrip("\r\n"))


def _unglued(lines: list[Line], index: QuestionIndex) -> Iterator[Line]:
    for place, line in enumerate(lines):
        found = _GLUED_DATE.search(line.text)
        if found and line.text[: found.start()].strip():
            rest = _header(lines, place + 1, index)
            if rest.postcode or rest.titled:
                middle = line.start + found.start()
                yield Line(line.number, line.start, middle, line.text[: found.start()])
                yield Line(line.number, middle, line.end, found[0])
                continue
        yield line


def _header(lines: list[Line], place: int, index: QuestionIndex) -> _Header:
    """Return the run of header lines that begins at `place`; it ends there when there is none."""
    found = _Header(place)
    for here in range(place, len(lines)):
        line = lines[here]
        if line.blank:
            if found.end == place:
                break
            continue
        field = field_of(line.text)
        if field is None and not is_title(line.text, index):
            break
        date, title = field is not None and field[0] == _DATE, field is None
        if (date and found.dated) or (title and found.titled):
            break
        postcode = not date and not title
        found = _Header(here + 1, found.dated or date, found.postcode or postcode, found.titled or title)
    return found


def _looks_asked(lines: list[Line], place: int, index: QuestionIndex) -> bool:
    return numbered(lines[place].text) is not None and alone(lines, place, index)


def _begins(lines: list[Line], header: _Header, index: QuestionIndex) -> bool:
    """Say whether header lines begin a form. An answer may quote a title or a date: one alone needs question 1."""
    if header.dated and (header.postcode or header.titled):
        return True
    place = next((place for place in range(header.end, len(lines)) if not lines[place].blank), None)
    if place is None or not (header.dated or header.titled):
        return False
    found = numbered(lines[place].text)
    return found is not None and found[0] == 1 and (is_question(lines[place], index) or alone(lines, place, index))
