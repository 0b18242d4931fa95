"""Rows of a file with separators: as Arrow columns while they are sound, one by one and with care once they are not.

Both ways read the same: a cell in quotes may hold separators and line ends, a doubled quote is a quote.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import IO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text, open_utf8
from pipeline.ingest.records import Message

LONGEST_HEADER: Final = 1 << 22
"""Characters; a first line that is longer is no header, whatever it claims to be."""

MOST_COLUMNS: Final = 20_000
_LARGEST_CELL: Final = 1 << 26
_LINES_TRIED: Final = 1000
_BLOCK: Final = 1 << 22
_ROWS_A_CHUNK: Final = 1000
_QUOTES: Final = re.compile('""|"')

Plausible = Callable[[Sequence[str]], bool]


@dataclass(frozen=True)
class Row:
    """A record: its number, the line it starts at, its cells (fewer than columns when it is short).

    Where ``certain`` is False there was a separator too many: the last cell holds what is past the last column.
    """

    number: int
    line: int
    cells: list[str]
    certain: bool = True


@dataclass(frozen=True)
class Chunk:
    """Consecutive records as columns; ``first`` is the number of the first, from 1. Short records have fewer."""

    first: int
    columns: list[pa.Array]
    certain: bool = True


def first_row(file: InputFile, inspection: Inspection, separator: str) -> list[str] | Message:
    """Return the header of a file, or why it is none."""
    with open_text(file.path, inspection.encoding) as handle:
        text = handle.read(LONGEST_HEADER)
    csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_CELL))
    source = io.StringIO(text, newline="")
    lines = _Lines(source)
    try:
        cells = next(csv.reader(lines, delimiter=separator), [])
    except csv.Error as error:
        return Message("E110", 1, {"detail": error})
    too_long = source.tell() >= len(text) == LONGEST_HEADER
    if too_long or len(cells) > MOST_COLUMNS:
        return Message("E117", 1, {"characters": LONGEST_HEADER, "columns": MOST_COLUMNS})
    if lines.ended and lines.number > 1:
        # Every row of the file would be a part of the last name.
        return Message("E110", 1, {"detail": "a quote is opened in the header and not closed"})
    return cells


def read_chunks(
    file: InputFile, inspection: Inspection, separator: str, width: int, plausible: Plausible, *, probing: bool = False
) -> Iterator[Chunk | Message]:
    """Yield the records below the header, in order, and what is wrong with those that have not its columns.

    Parameters
    ----------
    file, inspection : InputFile, Inspection
        The file and its encoding.
    separator : str
        One character.
    width : int
        Columns of the header.
    plausible : callable
        Says whether cells look like a record; asked only where quotes or separators are broken.
    probing : bool
        Only the first results are wanted: nothing is read ahead.
    """
    done = 0
    if not probing and not inspection.loose_quotes:
        try:
            for columns in _arrow(file, inspection, separator, width):
                if _swallows(columns, separator, width, plausible):
                    break
                yield Chunk(done + 1, columns)
                done += len(columns[0])
            else:
                return
        except pa.ArrowInvalid:
            pass
    # Some record is not sound: from there on, with care.
    with open_text(file.path, inspection.encoding) as handle:
        waiting: list[Row] = []
        for found in islice(read_rows(handle, separator, width, plausible), done, None):
            # What was read by Arrow had no fault, so that the first `done` results are rows.
            if waiting and (isinstance(found, Message) or _differs(waiting, found)):
                yield _chunk(waiting)
                waiting = []
            if isinstance(found, Message):
                yield found
            else:
                waiting.append(found)
        if waiting:
            yield _chunk(waiting)


def _swallows(columns: list[pa.Array], separator: str, width: int, plausible: Plausible) -> bool:
    """Say whether a cell holds whole records: its quote was closed by one that opened another cell."""
    if width < 2 or not _discerning(plausible, width):
        return False
    for column in columns:
        many = pc.greater_equal(pc.count_substring(column, separator), width - 1)
        for cell in column.filter(pc.and_(many, pc.match_substring_regex(column, r"[\r\n]"))).to_pylist():
            lines = cell.splitlines(keepends=True)
            if _next_record(lines, separator, width, plausible) < len(lines):
                return True
    return False


def _discerning(plausible: Plausible, width: int) -> bool:
    """Say whether it tells records from other text; a table without keys or dates has nothing to tell them by."""
    return not plausible(["no record has this"] * width)


def _differs(waiting: list[Row], row: Row) -> bool:
    last = waiting[-1]
    return len(waiting) >= _ROWS_A_CHUNK or len(last.cells) != len(row.cells) or not (last.certain and row.certain)


def _chunk(rows: list[Row]) -> Chunk:
    columns = [pa.array(_storable(column), pa.string()) for column in zip(*(row.cells for row in rows), strict=True)]
    return Chunk(rows[0].number, columns, all(row.certain for row in rows))


def _storable(texts: Sequence[str]) -> Sequence[str]:
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair, which no UTF-8 file can hold
        return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    return texts


def _arrow(file: InputFile, inspection: Inspection, separator: str, width: int) -> Iterator[list[pa.Array]]:
    names = [str(place) for place in range(width)]
    if inspection.encoding.codec.startswith("utf-8") and not inspection.encoding.by_line:
        source = pa.OSFile(os.fsencode(file.path))
    else:
        source = pa.PythonFile(open_utf8(file.path, inspection.encoding), "r")
    with source:
        reader = pyarrow.csv.open_csv(
            source,
            pyarrow.csv.ReadOptions(column_names=names, skip_rows_after_names=1, block_size=_BLOCK),
            pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
        for batch in reader:
            if batch.num_rows:
                yield batch.columns


class _Lines:
    """The lines of a file, with those of the current record at hand, so that they can be read again."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._returned = file, deque[str]()
        self.number, self.record, self.ended = 0, list[str](), False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._file, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self.number += 1
        self.record.append(line)
        return line

    def begin(self) -> int:
        """Start a record; return the number of its first line."""
        self.record, self.ended = [], False
        return self.number + 1

    def go_back(self, kept: int) -> None:
        """Give back the lines of the record but the first `kept`."""
        again = self.record[kept:]
        self._returned.extendleft(reversed(again))
        self.number -= len(again)


def read_rows(handle: IO[str], separator: str, width: int, plausible: Plausible) -> Iterator[Row | Message]:
    """Yield the records below the header one by one, as `read_chunks` does, from a file opened with `open_text`."""
    csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_CELL))
    lines = _Lines(handle)
    rows = csv.reader(lines, delimiter=separator)
    next(rows, None)
    number = 0
    discerning, quoted = _discerning(plausible, width), _quoted(separator)
    blank_columns: int | None = None
    while True:
        start = lines.begin()
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Message("E110", start, {"detail": error})
            lines.go_back(_next_record(lines.record, separator, width, plausible))
            continue
        if row is None:
            return
        if not row:
            continue  # a blank line between records
        number += 1
        row = _mended(row, lines.record, quoted, separator)
        if blank_columns is None:
            # Some programs end every row with separators; in one row alone, they mean that a cell was cut in two.
            blank_columns = 0 if any(row[width:]) else len(row[width:])
        if len(row) == width + blank_columns and not any(row[width:]):
            del row[width:]
        whole = len(row) == width
        if not whole:
            yield Message("E109", start, {"found": len(row), "expected": width})
        # A reader that has met the end of the file inside a record looks for a quote that is not there.
        if whole and not lines.ended and not (discerning and len(lines.record) > 1):
            yield Row(number, start, row)
            continue
        resumed = _next_record(lines.record, separator, width, plausible)
        certain = whole or resumed == len(lines.record)
        if whole and (lines.ended or resumed < len(lines.record)):
            yield Message("E110", start, {"detail": "a quote is opened and not closed"})
        if resumed < len(lines.record):
            row = next(csv.reader(iter(lines.record[:resumed]), delimiter=separator), [])
            row[-1:] = [cell.rstrip("\r\n") for cell in row[-1:]]
            lines.go_back(resumed)
        if whole or plausible(row):
            yield _kept(Row(number, start, row, certain), separator, width)


@cache
def _quoted(separator: str) -> re.Pattern[str]:
    """Return what a cell in quotes looks like, also where quotes inside it are not doubled."""
    edge = rf"(?={re.escape(separator)}|[\r\n]|\Z)"
    return re.compile(rf'((?:\A|{re.escape(separator)})")((?:[^"]|""?(?!{edge}))*+)("{edge})')


def _mended(row: list[str], record: list[str], quoted: re.Pattern[str], separator: str) -> list[str]:
    """Return the cells of a record in which quotes inside quotes are not doubled: the csv module drops one of them."""
    if not any(cell.endswith('"') for cell in row):
        return row
    try:
        next(csv.reader(iter(record), delimiter=separator, strict=True))
        return row  # all is as it should be
    except csv.Error:
        pass
    doubled = quoted.sub(lambda cell: cell[1] + _QUOTES.sub('""', cell[2]) + cell[3], "".join(record))
    mended = next(csv.reader(io.StringIO(doubled, newline=""), delimiter=separator), row)
    return mended if len(mended) == len(row) else row


def _kept(row: Row, separator: str, width: int) -> Row:
    """Return a record as far as it can be kept: past the last column, nobody knows which separator is too many."""
    if len(row.cells) <= width:
        return row
    return replace(row, cells=[*row.cells[: width - 1], separator.join(row.cells[width - 1 :])], certain=False)


def _next_record(record: list[str], separator: str, width: int, plausible: Plausible) -> int:
    """Return how many lines to leave behind so as to go on after a broken record.

    A quote that is never closed swallows the rows after it: reading goes on at the first line that is a whole row.
    """
    for place in range(1, min(len(record), _LINES_TRIED)):
        if separator not in record[place]:
            continue
        try:
            row = next(csv.reader(iter(record[place : place + _LINES_TRIED]), delimiter=separator))
        except csv.Error:
            continue
        if len(row) == width and plausible(row):
            return place
    return len(record)
