"""Cells of a sheet as the XML of XLSX, many at once."""

from __future__ import annotations

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.format import Format

from pipeline.export.arrays import joined
from pipeline.export.cells import live_cells

MOST_UNITS: Final = 32_767
"""UTF-16 code units that a cell holds."""

CUT: Final = " […] [texte coupé : une cellule d’Excel tient 32 767 caractères ; le texte entier est dans l’export csv]"

# What XML cannot hold, and what Excel would read as one of these: « _x000D_ » is a carriage return.
_UNWRITABLE: Final = "[\\x00-\\x08\\x0b-\\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_"
_CONTROL: Final = re.compile("[\\x00-\\x08\\x0b-\\x1f\ufffe\uffff]|_(?=x[0-9a-fA-F]{4}_)")

_DAY: Final = 86_400_000
_EPOCH: Final = 25_569
"""Days from Excel's day 0 to 1970."""

_FIRST_DAY: Final = 61
"""The 1st of March 1900; before it Excel counts a 29th of February that never was."""

_LAST_DAY: Final = 2_958_466
"""The day after the last of 9999."""


def cut(text: str) -> str:
    """Return a text as long as a cell holds, with a note at its end where it was cut."""
    if len(text) * 2 <= MOST_UNITS or units(text) <= MOST_UNITS:
        return text
    whole = text.encode("utf-16-le")[: 2 * (MOST_UNITS - units(CUT))]
    return whole.decode("utf-16-le", "ignore") + CUT


def units(text: str) -> int:
    """Return the length of a text in UTF-16 code units, as Excel counts."""
    return len(text.encode("utf-16-le")) // 2


def xml_style(style: Format) -> str:
    """Return the attribute of cells that have a format."""
    index = style._get_xf_index()
    return f' s="{index}"' if index else ""


def text_cells(values: pa.Array, letter: str, numbers: pa.Array, plain: str, quoted: str) -> pa.Array:
    """Return string cells; nothing where there is no text.

    Parameters
    ----------
    values : pyarrow.Array
        Texts.
    letter : str
        The name of the column.
    numbers : pyarrow.Array
        The numbers of the rows, as texts.
    plain, quoted : str
        Styles of cells, and of those that look like a formula.
    """
    values = pc.fill_null(values, "")
    rare = pc.or_(pc.match_substring_regex(values, _UNWRITABLE), pc.greater(pc.utf8_length(values), MOST_UNITS // 2))
    styles = pc.if_else(live_cells(values), quoted, plain)
    if pc.any(rare).as_py():
        texts = [
            _writable(value) if odd else value for value, odd in zip(values.to_pylist(), rare.to_pylist(), strict=True)
        ]
        values = pa.array(texts, pa.string())
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if pc.any(pc.match_substring(values, character)).as_py():
            values = pc.replace_substring(values, character, entity)
    start = joined(f'<c r="{letter}', numbers, '"', styles, ' t="inlineStr"><is><t xml:space="preserve">')
    return pc.if_else(pc.equal(values, ""), "", joined(start, values, "</t></is></c>"))


def _writable(text: str) -> str:
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", cut(text))


def number_cells(values: pa.Array, letter: str, numbers: pa.Array, style: str) -> pa.Array:
    """Return cells of numbers, which are given as texts; nothing where there is none, or none that Excel knows."""
    known = pc.match_substring_regex(values, r"\A-?[0-9.]+(?:[eE][+-]?[0-9]+)?\z")
    cells = joined(f'<c r="{letter}', numbers, f'"{style}><v>', values, "</v></c>")
    return pc.fill_null(pc.if_else(known, cells, ""), "")


def date_cells(values: pa.Array, letter: str, numbers: pa.Array, style: str, text_style: str) -> pa.Array:
    """Return cells of dates; texts for the days that Excel does not know."""
    millis = values.cast(pa.timestamp("ms")).cast(pa.int64()).cast(pa.float64())
    serial = pc.round(pc.add(pc.divide(millis, float(_DAY)), float(_EPOCH)), ndigits=9)
    known = pc.and_(pc.greater_equal(serial, float(_FIRST_DAY)), pc.less(serial, float(_LAST_DAY)))
    cells = joined(f'<c r="{letter}', numbers, f'"{style}><v>', serial.cast(pa.string()), "</v></c>")
    if not pc.all(pc.fill_null(known, True)).as_py():
        texts = pc.strftime(values.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S")
        cells = pc.if_else(known, cells, text_cells(texts, letter, numbers, text_style, text_style))
    return pc.fill_null(cells, "")


def lines_of(values: pa.Array, width: float) -> pa.Array:
    """Return about how many lines each text takes in a column of some characters."""
    values = pc.fill_null(values, "")
    folded = pc.floor(pc.divide(pc.utf8_length(values).cast(pa.float64()), float(width))).cast(pa.int64())
    return pc.add(pc.add(folded, 1), pc.count_substring(values, "\n").cast(pa.int64()))
