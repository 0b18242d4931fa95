"""The sheet Croisements: themes by kind of author, period, region and département, with small cells hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from pipeline import vocabulary
from pipeline.crosstabs.counting import Counted, Counting
from pipeline.crosstabs.layouts import Layout
from pipeline.crosstabs.suppression import LEAST, SMALL, Shown, ShownTable, protect
from pipeline.crosstabs.variables import AUTHOR_TYPE, DEPARTEMENT, NOWHERE, PERIOD, REGION, TITLES, Column, Variable
from pipeline.export.workbook import Book, SheetColumn

ALL: Final = "Toutes les réponses lisibles"
_FIRST: Final = (
    SheetColumn("Questionnaire", 16),
    SheetColumn("N°", 5),
    SheetColumn("Question", 40, True),
    SheetColumn("Thème", 32, True),
    SheetColumn("Total", 9),
)


class Places:
    """Regions and their départements, in the order of the columns of the sheet."""

    def __init__(self, places: Mapping[tuple[str | None, str | None], int]) -> None:
        regions: dict[str, dict[str, int]] = {}
        for (region, departement), code in places.items():
            regions.setdefault(region or NOWHERE, {})[departement or vocabulary.UNKNOWN] = code
        found = {
            region: dict(sorted(regions[region].items(), key=lambda pair: (pair[0] == vocabulary.UNKNOWN, pair[0])))
            for region in sorted(regions, key=lambda name: (name == NOWHERE, name))
        }
        self.regions = _layout(REGION, {region: tuple(codes.values()) for region, codes in found.items()})
        self.departements = [
            _layout(DEPARTEMENT, {name: (code,) for name, code in codes.items()}) for codes in found.values()
        ]

    def shown(self, counted: Counted) -> list[ShownTable]:
        """Return what is shown of the regions, then of the départements of each: where a region is hidden, nothing."""
        regions = protect(counted.margins(self.regions))
        rows = [*enumerate(regions.themes), (len(regions.themes) + 1, regions.base)]
        tables = [regions]
        for place, layout in enumerate(self.departements):
            whole = counted.margins(layout)
            parts = replace(whole, totals=[sum(row) for row in (*whole.themes, whole.without, whole.base)])
            hidden = {row: mark for row, cells in rows if isinstance(mark := cells[place], str)}
            tables.append(protect(parts, hidden=hidden))
        return tables


def write_crossings(
    book: Book, questions: Iterable[Mapping[str, Any]], counting: Counting, found: Mapping[str, Counted]
) -> None:
    """Write the sheet: for each question its readable answers, then its themes, the most frequent first.

    Parameters
    ----------
    book : Book
        The workbook.
    questions : iterable of mappings
        Rows of the file questions.
    counting : Counting
        What can be crossed.
    found : mapping
        The counts of each question that has readable answers, by question_id.
    """
    places = Places(counting.people.places)
    by_key = {layout.variable.key: layout for layout in counting.people.layouts}
    plain = [by_key[key] for key in (AUTHOR_TYPE, PERIOD) if key in by_key]
    layouts = [*plain, places.regions, *places.departements]
    columns, groups = _sheet_columns(layouts)
    sheet = book.sheet("Croisements", columns, groups)
    for question in questions:
        counted = found.get(question["question_id"])
        if counted is not None:
            head = [question["questionnaire"], question["number"], question["title"]]
            tables = [*(protect(counted.margins(layout)) for layout in plain), *places.shown(counted)]
            sheet.write([*head, ALL, _shown(counted.base), *(cell for table in tables for cell in table.base)])
            for place, theme in enumerate(counted.themes):
                cells = [cell for table in tables for cell in table.themes[place]]
                sheet.write([*head, theme.label, _shown(theme.total), *cells])
    sheet.close()


def _layout(key: str, codes: Mapping[str, tuple[int, ...]]) -> Layout:
    variable = Variable(key, TITLES[key], tuple(Column(name, name) for name in codes))
    return Layout(variable, tuple(codes.values()))


def _sheet_columns(layouts: Iterable[Layout]) -> tuple[list[SheetColumn], list[str | None]]:
    """Return the columns of the sheet, and the names of the groups above them."""
    columns = [*_FIRST]
    groups: list[str | None] = [None] * len(_FIRST)
    for layout in layouts:
        variable = layout.variable
        columns += [SheetColumn(column.label, 7 if variable.key == DEPARTEMENT else 12) for column in variable.columns]
        groups += [variable.title] * len(variable.columns)
    return columns, groups


def _shown(n: int) -> Shown:
    return n if n >= LEAST else SMALL
