"""The sheet Croisements fermées: themes by answers to closed questions, a row a cell, with small cells hidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from pipeline.crosstabs.counting import Counted, Counting
from pipeline.crosstabs.results import Cell, Crosstab, crosstab
from pipeline.export.crossings import ALL
from pipeline.export.workbook import Book, SheetColumn

_TEXT: Final = pa.string()
_COUNT: Final = pa.struct([("number", pa.int64()), ("text", pa.string())])
_COLUMNS: Final = (
    (SheetColumn("Questionnaire", 16), _TEXT),
    (SheetColumn("N°", 5), pa.int64()),
    (SheetColumn("Question", 40), _TEXT),
    (SheetColumn("Thème", 32), _TEXT),
    (SheetColumn("N° fermée", 8), pa.int64()),
    (SheetColumn("Question fermée", 40), _TEXT),
    (SheetColumn("Réponse", 24), _TEXT),
    (SheetColumn("Effectif", 10), _COUNT),
    (SheetColumn("Base", 10), _COUNT),
    (SheetColumn("Part (%)", 9), pa.float64()),
    (SheetColumn("Résidu", 9), pa.float64()),
)


def write_closed_crossings(
    book: Book, questions: Iterable[Mapping[str, Any]], counting: Counting, found: Mapping[str, Counted]
) -> None:
    """Write the sheet: for each question and each closed question its readable answers, then its themes.

    Parameters
    ----------
    book : Book
        The workbook.
    questions : iterable of mappings
        Rows of the file questions.
    counting : Counting
        What can be crossed; without a closed question there is no sheet.
    found : mapping
        The counts of each question that has readable answers, by question_id.
    """
    layouts = [layout for layout in counting.layouts if layout.variable.is_question]
    if not layouts:
        return
    sheet = book.sheet("Croisements fermées", [column for column, _ in _COLUMNS])
    for question in questions:
        counted = found.get(question["question_id"])
        if counted is not None and counted.themes:
            rows = [row for layout in layouts for row in _rows(question, crosstab(counted, layout))]
            if rows:
                columns = zip(*rows, strict=True)
                sheet.write_columns(
                    [pa.array(values, kind) for values, (_, kind) in zip(columns, _COLUMNS, strict=True)]
                )
    sheet.close()


def _rows(question: Mapping[str, Any], table: Crosstab | None) -> Iterator[tuple[object, ...]]:
    if table is None:
        return
    head = question["questionnaire"], question["number"], question["title"]
    closed = table.variable.number, table.variable.title
    whole = Cell(table.base)
    for column, base in zip(table.columns, table.bases, strict=True):
        yield (*head, ALL, *closed, column.label, *_figures(base, whole))
    for row in table.rows:
        for column, cell, base in zip(table.columns, row.cells, table.bases, strict=True):
            yield (*head, row.label, *closed, column.label, *_figures(cell, base))


def _figures(cell: Cell, base: Cell) -> tuple[object, ...]:
    share = None if cell.share is None else round(100 * cell.share, 2)
    residual = None if cell.residual is None else round(cell.residual, 2)
    return _count(cell), _count(base), share, residual


def _count(cell: Cell) -> dict[str, object]:
    return {"number": cell.count, "text": cell.mark}
