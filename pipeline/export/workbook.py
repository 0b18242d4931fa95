"""A workbook of plain sheets, written row by row: every text is a string cell, so that none is ever a formula.

Texts that look like a formula carry the mark of Excel for texts besides (quotePrefix), so that editing such a cell does
not make it one. The same rows give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.export.arrays import joined, write_lines
from pipeline.export.cells import is_live
from pipeline.export.sheet_xml import cut, date_cells, lines_of, number_cells, text_cells, xml_style

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, header included."""

_LINE: Final = 15  # points
_MOST_LINES: Final = 8
_CREATED: Final = datetime(2019, 1, 15)  # the same in every file: a clock time would change its bytes


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet: its heading, its width in characters, and whether its texts are wrapped."""

    heading: str
    width: float
    wrapped: bool = False


class _PlainSheet(Worksheet):  # type: ignore[misc]
    """A sheet in which no text is markup: XlsxWriter would write « <r>…</r> » into the file as it is."""

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        self._xml_inline_string(string, True, attributes)

    def write_xml(self, rows: pa.Array, first: int, last: int) -> None:
        """Write the XML of the rows `first` to `last`, after all that was written before."""
        self._write_single_row(last)  # what waits in memory
        self._check_dimensions(last, 0)
        self._check_dimensions(first, 0, ignore_row=True)
        self.row_data_fh.flush()
        write_lines(rows, self.row_data_fh.buffer)


class Book:
    """A workbook under way; `close` writes it."""

    def __init__(self, path: Path, title: str) -> None:
        # In constant memory a row is written when the next one begins; the files of sheets lie beside the workbook.
        options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_urls": False}
        self._book = Workbook(str(path), options)
        self._book.set_properties({"title": title, "author": "doleances", "created": _CREATED})
        self._formats: dict[tuple[bool, bool, str], Format] = {}
        self.heading = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DDE5EE"})

    def sheet(self, name: str, columns: Sequence[SheetColumn], above: Sequence[str | None] = ()) -> Sheet:
        """Return a new sheet, with a row of groups `above` the headings where there are groups."""
        return Sheet(self, name, columns, above)

    def add(self, name: str) -> Any:
        return self._book.add_worksheet(name, worksheet_class=_PlainSheet)

    def format(self, *, wrapped: bool = False, quoted: bool = False, number: str = "") -> Format:
        """Return a format of cells, made once."""
        key = (wrapped, quoted, number)
        if key not in self._formats:
            given: dict[str, Any] = {"valign": "top", "text_wrap": wrapped, "quote_prefix": quoted}
            self._formats[key] = self._book.add_format(given | ({"num_format": number} if number else {}))
        return self._formats[key]

    def close(self) -> None:
        """Write the workbook.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        try:
            self._book.close()
        except FileCreateError as error:
            raise (
                error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error))
            ) from None


class Sheet:
    """A table with headings that stay in sight and filters; when it is full it goes on in a sheet of the same name."""

    def __init__(self, book: Book, name: str, columns: Sequence[SheetColumn], above: Sequence[str | None]) -> None:
        self._book = book
        self._name = name
        self._columns = columns
        self._above = above
        self._number = 0
        self._head = 2 if above else 1
        self._text = [book.format(wrapped=column.wrapped) for column in columns]
        self._quoted = [book.format(wrapped=column.wrapped, quoted=True) for column in columns]
        self._whole = book.format()
        self._real = book.format(number="0.00")
        self._date = book.format(number="dd/mm/yyyy hh:mm")
        self._wide = [(place, column.width) for place, column in enumerate(columns) if column.wrapped]
        self._open()

    def _open(self) -> None:
        self._number += 1
        self._sheet = self._book.add(self._name if self._number == 1 else f"{self._name} {self._number}")
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, column.width)
        for place, group in enumerate(self._above):
            self._sheet.write_string(0, place, group or "", self._book.heading)
        for place, column in enumerate(self._columns):
            self._sheet.write_string(self._head - 1, place, column.heading, self._book.heading)
        self._row = self._head
        self._sheet.freeze_panes(self._head, 0)

    def write(self, values: Sequence[object]) -> None:
        """Write a row, one value a column; None leaves a cell empty."""
        if self._row >= MOST_ROWS:
            self._close()
            self._open()
        lines = 1
        for place, width in self._wide:
            value = values[place]
            if isinstance(value, str):
                lines = max(lines, int(len(value) / width) + 1 + value.count("\n"))
        # A height of its own: programs would else measure every text when they open the file.
        self._sheet.set_row(self._row, _LINE * min(lines, _MOST_LINES))
        for place, value in enumerate(values):
            if value is not None and value != "":
                self._write(place, value)
        self._row += 1

    def write_columns(self, columns: Sequence[pa.Array]) -> None:
        """Write many rows at once, from an array a column: the same as `write`, some thirty times faster.

        A structure of `number` and `text` is a cell of one or the other.
        """
        done, count = 0, len(columns[0])
        while done < count:
            if self._row >= MOST_ROWS:
                self._close()
                self._open()
            some = [column.slice(done, MOST_ROWS - self._row) for column in columns]
            last = self._row + len(some[0]) - 1
            self._sheet.write_xml(self._xml(some), self._row, last)
            done, self._row = done + len(some[0]), last + 1

    def _xml(self, columns: Sequence[pa.Array]) -> pa.Array:
        numbers = pa.array(range(self._row + 1, self._row + len(columns[0]) + 1)).cast(pa.string())
        cells = []
        for place, values in enumerate(columns):
            letter = xl_col_to_name(place)
            if pa.types.is_string(values.type):
                styles = (xml_style(self._text[place]), xml_style(self._quoted[place]))
                cells.append(text_cells(values, letter, numbers, *styles))
            elif pa.types.is_timestamp(values.type):
                cells.append(date_cells(values, letter, numbers, xml_style(self._date), xml_style(self._text[place])))
            elif pa.types.is_struct(values.type):  # a number, or a text in its place
                styles = (xml_style(self._text[place]), xml_style(self._quoted[place]))
                text, whole = (values.field(name) for name in ("text", "number"))
                cells.append(text_cells(text, letter, numbers, *styles))
                cells.append(number_cells(whole.cast(pa.string()), letter, numbers, xml_style(self._whole)))
            else:
                style = self._real if pa.types.is_floating(values.type) else self._whole
                cells.append(number_cells(values.cast(pa.string()), letter, numbers, xml_style(style)))
        lines = pa.array([1] * len(numbers))
        for place, width in self._wide:
            lines = pc.max_element_wise(lines, lines_of(columns[place], width))
        heights = pc.multiply(pc.min_element_wise(lines, _MOST_LINES), _LINE).cast(pa.string())
        head = joined('<row r="', numbers, '" ht="', heights, '" customHeight="1">')
        return joined(head, *cells, "</row>")

    def _write(self, place: int, value: object) -> None:
        if isinstance(value, str):
            text = cut(value)
            style = self._quoted[place] if is_live(text) else self._text[place]
            self._sheet.write_string(self._row, place, text, style)
        elif isinstance(value, datetime):
            if 1900 <= value.year <= 9999:
                self._sheet.write_datetime(self._row, place, value, self._date)
            else:  # Excel knows no such date
                self._sheet.write_string(self._row, place, value.isoformat(sep=" "), self._text[place])
        elif isinstance(value, int):
            self._sheet.write_number(self._row, place, value, self._whole)
        elif isinstance(value, float):
            self._sheet.write_number(self._row, place, value, self._real)
        else:
            raise TypeError(type(value).__name__)

    def _close(self) -> None:
        self._sheet.autofilter(self._head - 1, 0, max(self._row - 1, self._head - 1), len(self._columns) - 1)

    def close(self) -> None:
        """Set the filters; nothing is written to the sheet afterwards."""
        self._close()
