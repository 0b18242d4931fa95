"""The text form: one contribution a file, each question as « N. wording », a blank line and the answer.

Date de publication : 2019-03-07
Code postal : 69008

Grand débat - organisation de l'Etat et des services publics

1. Que pensez-vous de l'organisation de l'Etat … ?

…
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text
from pipeline.ingest.matching import QuestionIndex
from pipeline.ingest.questionnaires import Question, Questionnaire
from pipeline.ingest.records import Heading, Message, Record, given, timestamp

_FIELD: Final = re.compile(r"\s*(date de publication|code postal)\s*:[^\S\r\n]*(.*?)\s*", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"\s*(\d{1,3})\s*[.)]\s*(\S.*?)\s*")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FIRST_LINES: Final = 12


def recognises(head: str, index: QuestionIndex) -> bool:
    """Say whether a file begins like a text form: its date, its postcode, or the title of a questionnaire."""
    lines = [line for line in head.splitlines()[: 2 * _FIRST_LINES] if line.strip()][:_FIRST_LINES]
    return any(_FIELD.fullmatch(line) or index.titled(line) for line in lines)


@dataclass(frozen=True)
class _Line:
    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class _Mark:
    """Where a question begins: its line, and what it is (None: not in the questionnaire)."""

    line: _Line
    wording: str
    question: Question | None


def read(file: InputFile, inspection: Inspection, index: QuestionIndex) -> Iterator[Record | Message]:
    """Yield the one form of a file, or why it cannot be read."""
    with open_text(file.path, inspection.encoding) as handle:
        text = handle.read()
    lines = list(_lines(text))
    fields, title = _top(lines, index)
    questionnaire = index.titled(title) if title is not None else None
    if questionnaire is None:
        known = " ; ".join(f"« {found.title} »" for found in index.questionnaires.values())
        yield Message("E106", None, {"title": title or "", "known": known})
        return
    marks = _marks(lines, questionnaire, index)
    if not any(mark.question for mark in marks):
        yield Message("E110", 1, {"detail": f"no question of « {questionnaire.title} » is in this form"})
        return
    for mark in marks:
        if mark.question is None:
            yield Message("E107", mark.line.number, {"title": mark.wording, "questionnaire": questionnaire.title})
    ends = [mark.line.start for mark in marks[1:]] + [len(text)]
    yield Record(
        row=1,
        headings=tuple(Heading(mark.wording, mark.question.official_id if mark.question else None) for mark in marks),
        texts=[text[mark.line.end : end].strip("\r\n") for mark, end in zip(marks, ends, strict=True)],
        questionnaire=questionnaire.key,
        published_at=timestamp(fields.get("date de publication")),
        postcode=given(fields.get("code postal")),
        unread=frozenset(place for place, mark in enumerate(marks) if mark.question is None),
    )


def _lines(text: str) -> Iterator[_Line]:
    for number, found in enumerate(_LINE.finditer(text), 1):
        if found.end() > found.start():
            yield _Line(number, found.start(), found.end(), found[0].rstrip("\r\n"))


def _top(lines: list[_Line], index: QuestionIndex) -> tuple[dict[str, str], str | None]:
    # The title is the first line of a known title, else the first line that is neither a field nor blank.
    fields: dict[str, str] = {}
    title: str | None = None
    for line in [line for line in lines if line.text.strip()][:_FIRST_LINES]:
        found = _FIELD.fullmatch(line.text)
        if found:
            fields.setdefault(found[1].casefold(), found[2])
        elif index.titled(line.text):
            return fields, line.text
        elif title is None:
            title = line.text.strip()
    return fields, title


def _marks(lines: list[_Line], questionnaire: Questionnaire, index: QuestionIndex) -> list[_Mark]:
    """Find the questions. Number and wording must both match, since an answer may hold numbered lines of its own."""
    by_number = {question.number: question for question in questionnaire.questions}
    marks: dict[int, _Mark] = {}
    others: list[tuple[int, _Mark]] = []
    for place, line in enumerate(lines):
        found = _NUMBERED.fullmatch(line.text)
        if not found:
            continue
        number, wording = int(found[1]), found[2]
        question = by_number.get(number)
        if question is not None and (questionnaire.key, question) in index.worded(wording):
            marks.setdefault(number, _Mark(line, wording, question))
        elif wording.endswith(("?", ":")) and _alone(lines, place):
            others.append((number, _Mark(line, wording, None)))
    found_marks = sorted(marks.values(), key=lambda mark: mark.line.start)
    # A line that looks like a question, stands where number N is due, and N is nowhere else: reworded, or unknown.
    for number, mark in others:
        before = [found for found in found_marks if found.line.start < mark.line.start]
        due = before[-1].question.number + 1 if before and before[-1].question else 1 if not before else 0
        if number == due and number not in marks:
            marks[number] = mark
            found_marks = sorted(marks.values(), key=lambda found: found.line.start)
    return found_marks


def _alone(lines: list[_Line], place: int) -> bool:
    around = lines[max(place - 1, 0) : place] + lines[place + 1 : place + 2]
    return all(not line.text.strip() for line in around)
