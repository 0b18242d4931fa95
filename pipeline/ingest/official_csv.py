"""The official export as CSV: one form a row, columns id, reference, title, …, then « Q<id> - <wording> ».

The file is streamed: some thousands of rows at a time are in memory. Separator (comma, semicolon, tab) and byte-order
mark do not matter, and cells may hold line ends.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.delimited import first_row, read_chunks
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text
from pipeline.ingest.matching import QuestionIndex
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Batch, Heading, Message, official_id, timestamp

METADATA: Final = frozenset(
    (
        *("id", "reference", "title", "createdat", "publishedat", "updatedat"),
        *("trashed", "trashedstatus", "trashedat", "trashedreason"),
        *("authorid", "authortype", "authorzipcode"),
    )
)
_OF_THE_PLATFORM: Final = frozenset(("authorid", "authortype", "authorzipcode", "trashed", "trashedstatus"))
"""Columns that no other program names so: with wordings that no questionnaire holds, they make an official export."""

_QUESTION: Final = re.compile(r"Q(\S+)\s+[-–—]\s+(.*)", re.DOTALL)
_HEAD: Final = 1 << 16
"""As much as files are recognised by: a longer header is looked at only once it was found to be bearable."""

_SEPARATORS: Final = ",;\t"
_FIELDS: Final = {
    "title": "title",
    "published_at": "publishedat",
    "author": "authorid",
    "author_type": "authortype",
    "postcode": "authorzipcode",
    "trashed": "trashed",
    "weight": "weight",
}


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
    return _columns(cells, separator, index)


def _columns(cells: list[str], separator: str, index: QuestionIndex) -> Header | None:
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
        elif name.casefold() in METADATA and name.casefold() not in metadata:
            metadata[name.casefold()] = place
        elif index.worded(name):
            questions[place] = Heading(name)
            certain += 1
        elif " " in name:
            questions[place] = Heading(name)
        elif name:
            unused.append(name)
    official = certain > 0 and (len(metadata) >= 1 or certain > 1)
    bare = len(metadata) >= 3 and bool(questions) and bool(_OF_THE_PLATFORM & set(metadata))
    if not questions or not (official or bare):
        return None
    return Header(len(cells), separator, metadata, questions, certain, tuple(unused))


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether the first row names the columns of the official export."""
    return _header(sample.head, context.index) is not None


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Batch | Message]:
    """Yield the forms of an export in order, and what is wrong with rows that have not the columns of the header."""
    with open_text(file.path, inspection.encoding) as handle:
        found = _header(handle.read(_HEAD), context.index)
    assert found is not None
    names = first_row(file, inspection, found.separator)
    if isinstance(names, Message):
        yield names
        return
    header = _columns(names, found.separator, context.index)
    assert header is not None
    weight = context.columns.weight_column
    if weight in header.unused:
        header.metadata["weight"] = names.index(weight)
    yield from (Message("N103", 1, {"column": name}) for name in header.unused if name != weight)
    headings = tuple(header.questions.values())
    places = list(header.questions)
    unnamed = [place for place, name in enumerate(names) if not name.strip()]
    for chunk in read_chunks(
        file, inspection, header.separator, header.width, partial(_plausible, header), probing=context.probing
    ):
        if isinstance(chunk, Message):
            yield chunk
            continue
        for place in [place for place in unnamed if place < len(chunk.columns) and _holds_text(chunk.columns[place])]:
            unnamed.remove(place)
            yield Message("N103", 1, {"column": f"{place + 1}, which has no name"})
        here = [place for place in places if place < len(chunk.columns)]
        yield Batch(
            rows=range(chunk.first, chunk.first + len(chunk.columns[0])),
            # The same tuple for each chunk, but for short rows, whose last questions are not there.
            headings=headings if len(here) == len(headings) else headings[: len(here)],
            texts=tuple(chunk.columns[place] for place in here),
            fields=_fields(header, chunk.columns),
            certain=chunk.certain,
        )


def _holds_text(column: pa.Array) -> bool:
    return bool(pc.any(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(column)), 0)).as_py())


def _fields(header: Header, columns: list[pa.Array]) -> dict[str, pa.Array]:
    def column(*names: str) -> pa.Array | None:
        places = [header.metadata[name] for name in names if header.metadata.get(name, len(columns)) < len(columns)]
        return columns[places[0]] if places else None

    found = {name: column(theirs) for name, theirs in _FIELDS.items()}
    reference, identifier = column("reference"), column("id")
    if reference is not None and identifier is not None:
        found["reference"] = pc.if_else(pc.equal(pc.utf8_trim_whitespace(reference), ""), identifier, reference)
    else:
        found["reference"] = identifier if reference is None else reference
    return {name: values for name, values in found.items() if values is not None}


def _plausible(header: Header, row: Sequence[str]) -> bool:
    """Say whether the metadata of a row look like those of a form: a key on one line, dates and flags."""

    def cell(name: str) -> str:
        place = header.metadata.get(name, len(row))
        return row[place].strip() if place < len(row) else ""

    key = cell("reference") or cell("id") or cell("authorid")
    dates = [cell(name) for name in ("createdat", "publishedat", "updatedat")]
    return (
        bool(key)
        and key.isprintable()  # not what is left of a block of NUL bytes, or the end-of-file character of DOS
        and not any(char.isspace() for char in key)
        and all(not date or timestamp(date) for date in dates)
        and cell("trashed").casefold() in ("", "true", "false", "0", "1", "oui", "non")
    )
