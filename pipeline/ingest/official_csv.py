"""The official export as CSV: one form a row, columns id, reference, title, …, then « Q<id> - <wording> ».

The file is streamed: one row at a time is in memory. Separator (comma, semicolon, tab) and byte-order mark do not
matter, and cells may hold line ends.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text
from pipeline.ingest.matching import QuestionIndex
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Heading, Message, Record, given, is_true, official_id, timestamp

METADATA: Final = frozenset(
    (
        *("id", "reference", "title", "createdat", "publishedat", "updatedat"),
        *("trashed", "trashedstatus", "trashedat", "trashedreason"),
        *("authorid", "authortype", "authorzipcode"),
    )
)
_QUESTION: Final = re.compile(r"Q(\S+)\s+[-–—]\s+(.*)", re.DOTALL)
_SEPARATORS: Final = ",;\t"
_LARGEST_CELL: Final = 1 << 26
_LINES_TRIED: Final = 1000


@dataclass(frozen=True)
class Header:
    """The columns of an export: where the metadata are, where the questions are, and what is neither."""

    width: int
    separator: str
    metadata: dict[str, int]
    questions: dict[int, Heading]
    certain: int
    unused: tuple[str, ...]


def _header(head: str, index: QuestionIndex) -> Header | None:
    found = [header for header in (_split_header(head, separator, index) for separator in _SEPARATORS) if header]
    return max(found, key=lambda header: (header.certain, len(header.metadata)), default=None)


def _split_header(head: str, separator: str, index: QuestionIndex) -> Header | None:
    try:
        cells = next(csv.reader(io.StringIO(head, newline=""), delimiter=separator), [])
    except csv.Error:
        return None
    metadata: dict[str, int] = {}
    questions: dict[int, Heading] = {}
    unused: list[str] = []
    certain = 0
    for place, cell in enumerate(cells):
        name = cell.strip()
        coded = _QUESTION.fullmatch(name)
        number = official_id(coded[1]) if coded else None
        if coded and number:
            questions[place] = Heading(coded[2].strip(), number)
            certain += 1
        elif name.casefold() in METADATA:
            metadata.setdefault(name.casefold(), place)
        elif index.worded(name):
            questions[place] = Heading(name)
            certain += 1
        elif " " in name:
            questions[place] = Heading(name)
        elif name:
            unused.append(name)
    official = certain > 0 and (len(metadata) >= 1 or certain > 1)
    bare = len(metadata) >= 3 and bool(questions) and bool({"reference", "authorid", "trashed"} & set(metadata))
    if not questions or not (official or bare):
        return None
    return Header(len(cells), separator, metadata, questions, certain, tuple(unused))


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether the first row names the columns of the official export."""
    return _header(sample.head, context.index) is not None


class _Lines:
    """The lines of a file, with those of the current record at hand, so that they can be read again."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._returned = file, deque[str]()
        self.number, self.record = 0, list[str]()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._file)
        self.number += 1
        self.record.append(line)
        return line

    def begin(self) -> int:
        """Start a record; return the number of its first line."""
        self.record = []
        return self.number + 1

    def go_back(self, kept: int) -> None:
        """Give back the lines of the record but the first `kept`."""
        again = self.record[kept:]
        self._returned.extendleft(reversed(again))
        self.number -= len(again)


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Record | Message]:
    """Yield the forms of an export in order, and what is wrong with rows that have not the columns of the header."""
    csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_CELL))
    with open_text(file.path, inspection.encoding) as handle:
        header = _header(handle.read(1 << 16), context.index)
        assert header is not None
        yield from (Message("N103", 1, {"column": name}) for name in header.unused)
        handle.seek(0)
        yield from _rows(_Lines(handle), header)


def _rows(lines: _Lines, header: Header) -> Iterator[Record | Message]:
    rows = csv.reader(lines, delimiter=header.separator)
    headings = tuple(header.questions.values())
    places = list(header.questions)
    next(rows, None)
    number = 0
    blank_columns: int | None = None
    while True:
        start = lines.begin()
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Message("E110", start, {"detail": error})
            lines.go_back(_next_record(lines.record, header))
            continue
        if row is None:
            return
        if not row:
            continue  # a blank line between records
        number += 1
        unread: frozenset[int] = frozenset()
        if blank_columns is None:
            # Some programs end every row with separators; in one row alone, they mean that a cell was cut in two.
            blank_columns = 0 if any(row[header.width :]) else len(row[header.width :])
        if len(row) != header.width:
            if len(row) == header.width + blank_columns and not any(row[header.width :]):
                del row[header.width :]
            else:
                yield Message("E109", start, {"found": len(row), "expected": header.width})
                resumed = _next_record(lines.record, header)
                if resumed < len(lines.record) or not _plausible(row, header):
                    lines.go_back(resumed)
                    continue
                if len(row) > header.width:
                    # One separator too many, nobody knows where: the cells are kept, but not as answers.
                    row[header.width - 1 :] = [header.separator.join(row[header.width - 1 :])]
                    unread = frozenset(range(len(headings)))
        yield _record(number, row, header, headings, places, unread)


def _next_record(record: list[str], header: Header) -> int:
    """Return how many lines to leave behind so as to go on after a broken record.

    A quote that is never closed swallows the rows after it: reading goes on at the first line that is a whole row.
    """
    for place in range(1, min(len(record), _LINES_TRIED)):
        if header.separator not in record[place]:
            continue
        try:
            row = next(csv.reader(iter(record[place : place + _LINES_TRIED]), delimiter=header.separator))
        except csv.Error:
            continue
        if len(row) == header.width and _plausible(row, header):
            return place
    return len(record)


def _plausible(row: list[str], header: Header) -> bool:
    """Say whether the metadata of a row look like those of a form: a key on one line, dates and flags."""

    def cell(name: str) -> str:
        place = header.metadata.get(name, len(row))
        return row[place].strip() if place < len(row) else ""

    key = cell("reference") or cell("id") or cell("authorid")
    dates = [cell(name) for name in ("createdat", "publishedat", "updatedat")]
    return (
        bool(key)
        and not any(char.isspace() for char in key)
        and all(not date or timestamp(date) for date in dates)
        and cell("trashed").casefold() in ("", "true", "false", "0", "1", "oui", "non")
    )


def _record(
    number: int,
    row: list[str],
    header: Header,
    headings: tuple[Heading, ...],
    places: list[int],
    unread: frozenset[int],
) -> Record:
    def cell(name: str) -> str | None:
        place = header.metadata.get(name, len(row))
        return given(row[place]) if place < len(row) else None

    if len(row) < header.width:
        places = [place for place in places if place < len(row)]
        headings = headings[: len(places)]
    return Record(
        row=number,
        headings=headings,
        texts=[row[place] for place in places],
        reference=cell("reference") or cell("id"),
        title=cell("title"),
        published_at=timestamp(cell("publishedat")),
        author=cell("authorid"),
        author_type=cell("authortype"),
        postcode=cell("authorzipcode"),
        trashed=is_true(cell("trashed")),
        unread=unread,
    )
