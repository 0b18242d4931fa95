"""The text form: each question as « N. wording », a blank line and the answer; one form a file, or several in a row.

Date de publication : 2019-03-07
Code postal : 69008

Grand débat - organisation de l'Etat et des services publics

1. Que pensez-vous de l'organisation de l'Etat … ?

…
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text
from pipeline.ingest.matching import QuestionIndex
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Heading, Message, Record, given, timestamp
from pipeline.ingest.text_lines import Line, field_of, forms, is_header, is_question, is_title
from pipeline.ingest.text_questions import Mark, marks

_FIRST_LINES: Final = 12


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether a file begins like a text form: its date, its postcode, or the title of a questionnaire."""
    lines = [line for line in sample.head.splitlines()[: 2 * _FIRST_LINES] if line.strip()][:_FIRST_LINES]
    return any(field_of(line) or context.index.titled(line) for line in lines)


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Record | Message]:
    """Yield the forms of a file in order, and what of them cannot be read."""
    with open_text(file.path, inspection.encoding) as handle:
        text = handle.read()
    for row, lines in enumerate(forms(text, context.index), 1):
        yield from _form(text, lines, row, context.index)


def _form(text: str, lines: list[Line], row: int, index: QuestionIndex) -> Iterator[Record | Message]:
    fields, title = _top(lines, index)
    questionnaire = index.titled(title) if title is not None else None
    first_line = lines[0].number if lines else 1
    if questionnaire is None:
        shown = "no title was found" if title is None else f"« {title.strip()} »"
        known = " ; ".join(f"« {found.title} »" for found in index.questionnaires.values())
        place = f", form {row} at line {first_line}" if row > 1 else ""
        yield Message("E106", first_line if row > 1 else None, {"title": shown + place, "known": known})
        return
    found = marks(lines, questionnaire, index)
    if not any(mark.sure for mark in found):
        detail = f"no question of « {questionnaire.title} » is in this form"
        yield Message("E110", first_line, {"detail": detail})
        return
    stray = [line for line in lines if line.start < found[0].line.start and not _expected(line, index)]
    if stray:
        detail = f"text before the first question is not part of the form and was not read (lines: {len(stray)})"
        yield Message("E110", stray[0].number, {"detail": detail})
    for mark in found:
        if not mark.sure:
            yield Message("E107", mark.line.number, {"number": mark.number, "questionnaire": questionnaire.title})
    missing = sorted({question.number for question in questionnaire.questions} - {mark.number for mark in found})
    if missing:
        numbers = ", ".join(str(number) for number in missing)
        yield Message("N107", first_line, {"numbers": numbers, "questionnaire": questionnaire.title})
    ends = [*(mark.line.start for mark in found[1:]), lines[-1].end]
    yield Record(
        row=row,
        headings=tuple(_heading(mark) for mark in found),
        # Whether a reworded question is one at all is not sure: its line is kept with what follows.
        texts=[
            text[mark.line.end if mark.sure else mark.line.start : end].strip("\r\n")
            for mark, end in zip(found, ends, strict=True)
        ],
        questionnaire=questionnaire.key,
        published_at=timestamp(fields.get("date de publication")),
        postcode=given(fields.get("code postal")),
        unread=frozenset(place for place, mark in enumerate(found) if not mark.sure),
    )


def _heading(mark: Mark) -> Heading:
    # Never the wording of the file where it is not sure: it may be part of an answer, and wordings are shown.
    if mark.question is None:
        return Heading(f"Question {mark.number}")
    return Heading(mark.question.wording, mark.question.official_id)


def _expected(line: Line, index: QuestionIndex) -> bool:
    return not line.text.strip("\ufeff \t") or line.blank or is_header(line.text, index)


def _top(lines: list[Line], index: QuestionIndex) -> tuple[dict[str, str], str | None]:
    # The title is the first line of a known title, else the first line that looks like one.
    fields: dict[str, str] = {}
    title: str | None = None
    for line in [line for line in lines if not line.blank][:_FIRST_LINES]:
        field = field_of(line.text)
        if field is not None:
            fields.setdefault(*field)
        elif index.titled(line.text):
            return _fields_after(lines, line, fields), line.text
        elif is_question(line, index):
            break
        elif title is None and is_title(line.text, index):
            title = line.text
    return fields, title


def _fields_after(lines: list[Line], title: Line, fields: dict[str, str]) -> dict[str, str]:
    # The fields may stand below the title as well.
    for line in lines:
        if line.start > title.start and not line.blank:
            field = field_of(line.text)
            if field is None:
                break
            fields.setdefault(*field)
    return fields
