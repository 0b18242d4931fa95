"""Workbooks (.xlsx): each sheet that holds a table, with the titles above its header left out.

Cells become text as people see them: whole numbers without a point, dates as ISO 8601.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from pipeline.ingest import plain_columns
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection
from pipeline.ingest.matching import normalise_wording
from pipeline.ingest.plain_columns import SAMPLE_ROWS, Roles
from pipeline.ingest.plain_forms import chunks_of, forms
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Batch, Message, Record
from pipeline.ingest.workbook_safety import kind_of, refusal

_TOP: Final = 50
_LOOKED_BELOW: Final = 20
_EXPLAINS: Final = re.compile(r"(?:a )?(?:lisez|lire|read ?me|notice|legende|dictionnaire|metadonnees|aide|about)\b.*")
_OTHERS: Final = {
    "ole": "an old workbook (.xls), or one with a password",
    "ods": "an OpenDocument file (.ods)",
    "xlsb": "a binary workbook (.xlsb)",
}
_DAMAGED: Final = Message("E134", None, {"detail": "a workbook that is cut off or damaged"})


@dataclass(frozen=True)
class _Sheet:
    """A sheet: its name, where its header is (None: it holds no table), and what its columns are."""

    name: str
    top: int | None = None
    roles: Roles | None = None

    @property
    def is_narrow(self) -> bool:
        return self.roles is not None and len(self.roles.names) - len(self.roles.unnamed) < 2


class _DamagedWorkbook(Exception):
    pass


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether a file is a workbook, even one that must be saved in another way to be read."""
    return kind_of(sample.path, sample.start) is not None


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Record | Batch | Message]:
    """Yield the contributions of all tables in a workbook, sheet by sheet, and what is said of each."""
    with file.path.open("rb") as content:
        kind = kind_of(file.path, content.read(8))
    refused = Message("E131", None, {"detail": _OTHERS[kind]}) if kind in _OTHERS else refusal(file.path)
    if refused is not None:
        yield refused
        return
    try:
        yield from _tables(file, context)
    except _DamagedWorkbook:
        yield _DAMAGED


def _opened(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(os.fsencode(path).decode("utf-8"))
    except UnicodeDecodeError:  # its name, which the library cannot be told
        with path.open("rb") as content:
            return CalamineWorkbook.from_filelike(content)


def _tables(file: InputFile, context: Context) -> Iterator[Record | Batch | Message]:
    with _guarded():
        book = _opened(file.path)
        kinds = {sheet.name: sheet.typ for sheet in book.sheets_metadata}
    names = [name for name, kind in kinds.items() if kind == SheetTypeEnum.WorkSheet]
    sheets = [_sheet(book, name, context) for name in names]
    several = len(kinds) > 1
    wanted = _wanted(sheets)
    if not wanted:
        yield Message("E135")
    done = 0
    for sheet in sheets:
        table = f", sheet « {sheet.name} »" if several else ""
        if sheet not in wanted or sheet.roles is None or sheet.top is None:
            if several:
                yield Message("N126", None, {"table": table, "detail": _why_not(sheet)})
            continue
        yield from plain_columns.told(sheet.roles, table)
        if sheet.roles.missing:
            continue
        start = sheet.top + sheet.roles.header
        rows = islice(_rows(book, sheet.name), start, None)
        chunks = chunks_of(rows, len(sheet.roles.names))
        for found in forms(chunks, sheet.roles, context.scratch, table=table, first=done + 1, probing=context.probing):
            if isinstance(found, Batch):
                done = found.rows.stop - 1
            elif isinstance(found, Record):
                done = found.row
            yield found


def _sheet(book: CalamineWorkbook, name: str, context: Context) -> _Sheet:
    rows = list(islice(_rows(book, name), _TOP + SAMPLE_ROWS))
    top = _header(rows)
    if top is None:
        return _Sheet(name)
    below = [row for row in rows[top + 1 :] if any(row)][:SAMPLE_ROWS]
    return _Sheet(name, top, plain_columns.roles(rows[top], below, context.columns))


def _wanted(sheets: list[_Sheet]) -> list[_Sheet]:
    """Return the sheets to be read: those with a table that holds the named columns, without explanations."""
    tables = [sheet for sheet in sheets if sheet.roles is not None]
    for wanted in (
        [sheet for sheet in tables if sheet.roles is not None and not sheet.roles.missing],
        [sheet for sheet in tables if not sheet.is_narrow],
        [sheet for sheet in tables if not _EXPLAINS.fullmatch(normalise_wording(sheet.name, brackets=True))],
    ):
        kept = [sheet for sheet in tables if sheet in wanted]
        tables = kept or tables
    return tables


def _why_not(sheet: _Sheet) -> str:
    if sheet.roles is None:
        return "it holds no table"
    if sheet.roles.missing:
        return "it has not the columns that were named"
    return "it has one column" if sheet.is_narrow else "it seems to explain the others"


def _header(rows: list[list[str | None]]) -> int | None:
    """Return the place of the header: the first row that has half as many cells as those below it."""
    filled = [sum(cell is not None and bool(cell.strip()) for cell in row) for row in rows]
    for place, count in enumerate(filled[:_TOP]):
        below = filled[place + 1 : place + 1 + _LOOKED_BELOW]
        if count and any(below) and 2 * count >= max(below):
            return place
    return None


def _rows(book: CalamineWorkbook, name: str) -> Iterator[list[str | None]]:
    with _guarded():
        rows = book.get_sheet_by_name(name).iter_rows()
        for row in rows:
            yield [_text(cell) for cell in row]


@contextmanager
def _guarded() -> Iterator[None]:
    """Turn what the reader of workbooks raises into one kind of error; its panics are no `Exception`."""
    try:
        yield
    except (CalamineError, OSError, ValueError) as error:
        raise _DamagedWorkbook from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise _DamagedWorkbook from None
        raise


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # Fifteen digits, as in the program that wrote it: 0.1 + 0.2 is 0.3 there.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        # To the second: fractions come of its being kept as a fraction of a day.
        cell = (cell + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        return str(cell.date() if cell.time() == dt.time() else cell)
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)
