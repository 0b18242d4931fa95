"""CSV twice: for a French Excel (`excel/`), and for pandas and other programs (`pandas/`).

| | excel/ | pandas/ |
|---|---|---|
| separator, decimals | `;` and a comma | `,` and a point |
| encoding | UTF-8 with a byte-order mark | UTF-8 |
| headings | French, for analysts | English snake_case, stable |
| flags, lists | oui / non; values apart by « | » | True / False; JSON |
| length | a file of its own after 1,048,575 rows | one file |

`colonnes.csv` says which column is which. Cells are escaped as `cells.py` says, which `cell.removeprefix("\\u200b")`
undoes. A null and an empty text are both an empty cell. Lines end with CRLF, as RFC 4180 has it, so that a line end in
a cell is always quoted.
"""

from __future__ import annotations

import csv
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset.schemas import FILES
from pipeline.export.arrays import in_words, joined, labels, write_lines, yes_no
from pipeline.export.cells import escaped_cells
from pipeline.export.columns import TABLES, Column
from pipeline.export.source import Source
from pipeline.export.values import json_line, shortest, with_short_numbers

MOST_ROWS: Final = 1_048_575
"""Rows below the header that a sheet of Excel holds."""

LINE_END: Final = "\r\n"
BETWEEN: Final = " | "
_LABELS: Final = {"topics": "label", "organisations": "name"}


@dataclass(frozen=True)
class _Flavour:
    folder: str
    delimiter: str
    encoding: str
    most_rows: int
    for_analysts: bool

    def name(self, table: str) -> str:
        return TABLES[table].name if self.for_analysts else table

    def heading(self, column: Column) -> str:
        return column.heading if self.for_analysts else column.name


def flavours() -> tuple[_Flavour, _Flavour]:
    """Return the two kinds of CSV that are written."""
    return (
        _Flavour("excel", ";", "utf-8-sig", MOST_ROWS, for_analysts=True),
        _Flavour("pandas", ",", "utf-8", sys.maxsize, for_analysts=False),
    )


def write(source: Source, folder: Path) -> None:
    """Write every file of the dataset twice, `colonnes.csv` and LISEZ-MOI.txt."""
    both = flavours()
    for flavour in both:
        (folder / flavour.folder).mkdir()
    for table in TABLES:
        with ExitStack() as stack:
            writers = [stack.enter_context(_Writer(folder, flavour, table)) for flavour in both]
            for batch in source.batches(table):
                for writer in writers:
                    writer.write(batch)
    _write_columns(folder / "colonnes.csv", both)
    (folder / "LISEZ-MOI.txt").write_text(_READ_ME.format(masked=_MASKED[source.masked]), encoding="utf-8-sig")


class _Writer:
    """Writes a table in one flavour, a file for every `most_rows` rows."""

    def __init__(self, folder: Path, flavour: _Flavour, table: str) -> None:
        self._place = folder / flavour.folder
        self._flavour = flavour
        self._table = table
        self._files = 0
        self._left = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> _Writer:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def _open(self) -> None:
        self.__exit__()
        self._files += 1
        number = f"-{self._files}" if self._files > 1 else ""
        headings = [self._flavour.heading(column) for column in TABLES[self._table].columns]
        self._file = (self._place / f"{self._flavour.name(self._table)}{number}.csv").open("wb")
        self._file.write((self._flavour.delimiter.join(headings) + LINE_END).encode(self._flavour.encoding))
        self._left = self._flavour.most_rows

    def write(self, batch: pa.RecordBatch) -> None:
        render = _for_analysts if self._flavour.for_analysts else _for_programs
        cells = [
            _quoted(render(column, batch.column(column.name)), self._flavour.delimiter)
            for column in TABLES[self._table].columns
        ]
        lines = joined(pc.binary_join_element_wise(*cells, self._flavour.delimiter), LINE_END)
        while len(lines):
            if not self._left:
                self._open()
            assert self._file is not None
            now, lines = lines[: self._left], lines[self._left :]
            write_lines(now, self._file)
            self._left -= len(now)


def _quoted(cells: pa.Array, delimiter: str) -> pa.Array:
    """Return cells as CSV has them: in quotes where they hold a quote, a delimiter or a line end; null is empty."""
    cells = pc.fill_null(cells, "")
    special = pc.match_substring_regex(cells, rf'["\r\n{delimiter}]')
    if not pc.any(special).as_py():
        return cells
    return pc.if_else(special, joined('"', pc.replace_substring(cells, '"', '""'), '"'), cells)


def _for_analysts(column: Column, values: pa.Array) -> pa.Array:
    """Return the texts of the cells of a column, null where they are empty."""
    kind = values.type
    if pa.types.is_string(kind):
        return escaped_cells(in_words(values, column.words) if column.words else values, for_excel=True)
    if pa.types.is_floating(kind):
        return pc.replace_substring(pc.cast(values, pa.string()), ".", ",")
    if pa.types.is_boolean(kind):
        return yes_no(values)
    if pa.types.is_list(kind):
        if column.name in _LABELS:
            return escaped_cells(labels(values, _LABELS[column.name], BETWEEN), for_excel=True)
        shown = [None if v is None else BETWEEN.join(map(_shown, v)) for v in values.to_pylist()]
        return escaped_cells(pa.array(shown, pa.string()), for_excel=True)
    return _plain(values)


def _shown(item: Any) -> str:
    """Return an item of a list as analysts read it."""
    if isinstance(item, dict):
        return ", ".join(str(value) for value in item.values() if value is not None)
    return str(shortest(item)).replace(".", ",") if isinstance(item, float) else str(item)


def _for_programs(column: Column, values: pa.Array) -> pa.Array:
    del column
    kind = values.type
    if pa.types.is_string(kind):
        return escaped_cells(values)
    if pa.types.is_boolean(kind):
        return pc.if_else(values, "True", "False")
    if pa.types.is_list(kind):
        return pa.array([None if v is None else _as_json(v) for v in values.to_pylist()], pa.string())
    return _plain(values)


def _as_json(value: list[Any]) -> str:
    return json_line(with_short_numbers(value)) if value else "[]"


def _plain(values: pa.Array) -> pa.Array:
    # ISO 8601 is what Excel takes for a date in any language.
    if pa.types.is_timestamp(values.type):
        return pc.strftime(values.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S")
    return pc.cast(values, pa.string())


def _write_columns(path: Path, both: tuple[_Flavour, _Flavour]) -> None:
    """Write which column is which: heading and name, file by file, type and meaning."""
    excel, pandas = both
    with path.open("w", encoding=excel.encoding, newline="") as file:
        rows = csv.writer(file, delimiter=excel.delimiter, lineterminator=LINE_END)
        rows.writerow(["Fichier Excel", "Colonne Excel", "Fichier pandas", "Colonne pandas", "Type", "Contenu"])
        for name, table in TABLES.items():
            files = [f"{flavour.folder}/{flavour.name(name)}.csv" for flavour in both]
            schema = FILES[name]
            for column in table.columns:
                kind = _kind(schema.field(column.name).type)
                rows.writerow([files[0], excel.heading(column), files[1], pandas.heading(column), kind, column.meaning])


def _kind(found: pa.DataType) -> str:
    if pa.types.is_list(found):
        return "liste (JSON dans pandas)"
    if pa.types.is_boolean(found):
        return "oui ou non"
    if pa.types.is_timestamp(found):
        return "date et heure"
    if pa.types.is_integer(found):
        return "nombre entier"
    return "nombre" if pa.types.is_floating(found) else "texte"


_MASKED: Final = {
    True: "Les données personnelles reconnues sont masquées ([nom], [courriel]…). Le masquage est automatique et en\n"
    "manque : relisez avant de publier.",
    False: "ATTENTION : les données personnelles ne sont pas masquées. Ne publiez pas ce dossier.",
}
_READ_ME: Final = """\
excel/   pour Excel en français : ouvrez les fichiers d’un double-clic.
pandas/  pour les programmes. N’ouvrez pas ces fichiers dans un tableur : il couperait les colonnes autrement.
colonnes.csv dit quelle colonne est laquelle, d’un dossier à l’autre.

Pour qu’un tableur ne prenne pas une réponse pour une formule (« =… », « -5 % d’impôts », « @… »), une espace sans
chasse (U+200B, invisible) la précède. Dans excel/, de même ce qu’Excel changerait en nombre ou en date (« 01 »,
« 4-1 »). Pour retrouver le texte exact, enlevez une U+200B au début de chaque cellule qui en porte une ; avec pandas :

    import pandas as pd
    table = pd.read_csv("pandas/answers.csv", dtype=str, keep_default_na=False)
    table = table.apply(lambda column: column.str.removeprefix("\\u200b"))

Les positions (start, end) comptent les caractères de ce texte exact.

{masked}
"""
