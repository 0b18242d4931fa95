"""Any table with separators that is no export of a platform we know: comma, semicolon, tab or bar; quotes; a mark.

What is no table is left alone: prose has commas too. A file called .csv or .tsv is given the benefit of the doubt.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Final

from pipeline.config import ColumnsConfig
from pipeline.ingest import plain_columns
from pipeline.ingest.delimited import Chunk, Row, first_row, read_chunks, read_rows
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text
from pipeline.ingest.plain_columns import SAMPLE_ROWS, Roles
from pipeline.ingest.plain_forms import chunks_of, forms
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Batch, Message, Record

_SEPARATORS: Final = ",;\t|"
_NONE: Final = "\x1f"
"""A separator that no text holds: the file has one column."""

_HEAD: Final = 1 << 16
_PREAMBLE: Final = 10
_LEAST_SHARE: Final = 0.3
"""Of rows with as many cells as the header; below that the separator is one of a sentence."""

_CERTAIN: Final = 0.9
_CALLED_TABLES: Final = (".csv", ".tsv", ".tab")
_NO_TABLE: Final = re.compile(r"\s*(?:<[!?a-zA-Z]|\{\s*[\"}\\]|\[\s*[\"\[{\]]|%PDF|%!PS)")
_EXCEL: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """How a file is cut into cells: its separator, the lines above its header, the header and the rows of the sample.

    ``share`` of these rows have as many cells as the header.
    """

    separator: str
    preamble: int
    names: list[str]
    rows: list[list[str]]
    share: float


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether the beginning of a file is that of a table."""
    table = None if sample.inspection.binary else _table(sample.head, sample.path.suffix, context.columns)
    return table is not None and plain_columns.roles(table.names, table.rows[:SAMPLE_ROWS], context.columns).speaks


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Record | Batch | Message]:
    """Yield the contributions of a table in order, what was guessed of its columns, and what is wrong with its rows."""
    with open_text(file.path, inspection.encoding) as handle:
        table = _table(handle.read(_HEAD), file.path.suffix, context.columns)
    assert table is not None
    if not table.preamble:
        # The beginning may hold only a part of a long header.
        names = first_row(file, inspection, table.separator)
        if isinstance(names, Message):
            yield names
            return
        table = replace(table, names=names)
    roles = plain_columns.roles(table.names, table.rows[:SAMPLE_ROWS], context.columns)
    yield from plain_columns.told(roles)
    if not roles.missing:
        chunks = _chunks(file, inspection, table, roles, probing=context.probing)
        yield from forms(chunks, roles, context.scratch, probing=context.probing)


def _chunks(
    file: InputFile, inspection: Inspection, table: Table, roles: Roles, *, probing: bool
) -> Iterator[Chunk | Message]:
    width = len(table.names)
    if not roles.header:
        yield from chunks_of([table.names], width)
    if not table.preamble:
        yield from read_chunks(file, inspection, table.separator, width, roles.plausible, probing=probing)
        return
    with open_text(file.path, inspection.encoding) as handle:
        for _ in range(table.preamble):
            handle.readline()
        rows = read_rows(handle, table.separator, width, roles.plausible)
        for alike, found in groupby(rows, lambda row: isinstance(row, Row) and (len(row.cells), row.certain)):
            if alike:
                cells = (row.cells for row in found if isinstance(row, Row))
                yield from (replace(chunk, certain=alike[1]) for chunk in chunks_of(cells, alike[0]))
            else:
                told = (message for message in found if isinstance(message, Message))
                yield from (replace(message, line=(message.line or 0) + table.preamble) for message in told)


def _table(head: str, suffix: str, columns: ColumnsConfig) -> Table | None:
    """Return how a file is to be cut, told from its beginning; None when it is no table."""
    if _NO_TABLE.match(head):
        return None
    called = suffix.casefold() in _CALLED_TABLES
    told = _EXCEL.match(head)
    separators = told[1] if told else _SEPARATORS
    found = [table for table in (_cut(head, separator) for separator in separators) if table]
    found = [table for table in found if len(table.names) > 1 and (called or table.share >= _CERTAIN)]
    found = [table for table in found if table.share >= (_CERTAIN if _is_sentence(table) else _LEAST_SHARE)]
    best = max(found, key=lambda table: (round(table.share, 1), len(table.names)), default=None)
    if best is not None and (called or _looks_like_one(best)):
        return best
    single = _cut(head, _NONE)
    if single is None:
        return None
    wanted = {name.strip() for name in columns.text_column or ()}
    return single if called or single.names[0].strip() in wanted else None


def _is_sentence(table: Table) -> bool:
    """Say whether the header may be a sentence: its commas have a blank behind them."""
    return table.separator == "," and all(name.startswith(" ") for name in table.names[1:])


def _looks_like_one(table: Table) -> bool:
    """Say whether a file that is not called a table is one: rows below short names, and no prose with commas."""
    filled = [name.strip() for name in table.names if name.strip()]
    short = sum(len(name) <= 200 for name in filled) > 0.5 * len(filled)
    return len(filled) > 1 and short and len(table.rows) > (table.separator == ",") and not _is_sentence(table)


def _cut(head: str, separator: str) -> Table | None:
    told = _EXCEL.match(head)
    lines = io.StringIO(head[told.end() :] if told else head, newline="")
    try:
        reader = csv.reader(lines, delimiter=separator)
        # As csv counts lines: one for each line end, so that those above the header can be skipped again.
        rows = [(reader.line_num, row) for row in islice(reader, SAMPLE_ROWS + _PREAMBLE)]
    except csv.Error:
        return None
    if len(head) >= _HEAD and len(rows) > 1 and len(rows) < SAMPLE_ROWS + _PREAMBLE:
        rows.pop()  # the beginning ends in the middle of it
    widths = Counter(len(row) for _, row in rows if row)
    if not widths:
        return None
    usual = max(widths, key=lambda width: (widths[width], width))
    place = 0
    if not rows[0][1] or len(rows[0][1]) == 1:
        # Titles or blank lines above the header: one cell each, and below them rows of more.
        filled = [at for at, (_, row) in enumerate(rows[: _PREAMBLE + 1]) if row and len(row) in (usual, 1)]
        place = next((at for at in filled if len(rows[at][1]) == usual), filled[0] if filled else 0)
    names = rows[place][1]
    below = [row for _, row in rows[place + 1 :] if row]
    preamble = (rows[place - 1][0] if place else 0) + bool(told)
    share = sum(len(row) == len(names) for row in below) / len(below) if below else 1.0
    return Table(separator, preamble, names, below, share)
