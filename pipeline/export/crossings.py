"""The sheet Croisements: themes by kind of author, region and département, with small cells hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pipeline import vocabulary
from pipeline.export.counts import Cell, Counts
from pipeline.export.source import Source
from pipeline.export.suppression import Shown, ShownSplit, Split, protect_base, protect_split
from pipeline.export.workbook import Book, SheetColumn

ALL: Final = "Toutes les réponses lisibles"
NOWHERE: Final = "Hors région ou non renseignée"
_FIRST: Final = (
    SheetColumn("Questionnaire", 16),
    SheetColumn("N°", 5),
    SheetColumn("Question", 40, True),
    SheetColumn("Thème", 32, True),
    SheetColumn("Total", 9),
)


class Columns:
    """The values that a table is split by, in the order of its columns."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        regions: dict[str, set[str]] = {}
        authors = set()
        for cell in cells:
            regions.setdefault(_region(cell), set()).add(_departement(cell))
            authors.add(_author(cell))
        self.regions = {
            region: sorted(regions[region], key=lambda code: (code == vocabulary.UNKNOWN, code))
            for region in sorted(regions, key=lambda name: (name == NOWHERE, name))
        }
        self.authors = sorted(authors, key=lambda name: (name == vocabulary.UNKNOWN, name))

    def split(self, cells: Sequence[Cell]) -> Split:
        """Return the counts of `cells`, part by part; zero where nobody answered."""
        regions = {region: dict.fromkeys(codes, 0) for region, codes in self.regions.items()}
        authors = dict.fromkeys(self.authors, 0)
        for cell in cells:
            regions[_region(cell)][_departement(cell)] += cell.n
            authors[_author(cell)] += cell.n
        return Split(sum(authors.values()), regions, authors)

    def shown(self, row: ShownSplit) -> list[Shown]:
        """Return the cells of a row: total, kinds of authors, regions, départements."""
        places = [(region, code) for region, codes in self.regions.items() for code in codes]
        return [
            row.total,
            *(row.authors[name] for name in self.authors),
            *(row.regions[region] for region in self.regions),
            *(row.departements[place] for place in places),
        ]

    def sheet_columns(self) -> tuple[list[SheetColumn], list[str | None]]:
        """Return the columns of the sheet, and the names of the groups above them."""
        codes = [code for found in self.regions.values() for code in found]
        columns = [*_FIRST, *(SheetColumn(name, 12) for name in (*self.authors, *self.regions))]
        columns += [SheetColumn(code, 7) for code in codes]
        groups = ["Type d’auteur"] * len(self.authors) + ["Région"] * len(self.regions) + ["Département"] * len(codes)
        return columns, [None] * len(_FIRST) + groups


def write_crossings(book: Book, source: Source, counts: Counts) -> None:
    """Write the sheet: for each question its readable answers, then its themes, the most frequent first."""
    cells = counts.cells()
    columns = Columns(cells)
    sheet_columns, groups = columns.sheet_columns()
    sheet = book.sheet("Croisements", sheet_columns, groups)
    labels = {row["topic_id"]: row["label"] for row in source.rows("topics")}
    states = counts.states()
    by_question: dict[str, list[Cell]] = {}
    for cell in cells:
        by_question.setdefault(cell.question_id, []).append(cell)
    for question in source.rows("questions"):
        found = by_question.get(question["question_id"], [])
        if found:
            head = [question["questionnaire"], question["number"], question["title"]]
            without = states[question["question_id"]].get("unassigned", 0)
            for label, row in _rows(columns, found, labels, without):
                sheet.write([*head, label, *columns.shown(row)])
    sheet.close()


def _rows(
    columns: Columns, cells: Sequence[Cell], labels: Mapping[str, str], without_theme: int
) -> list[tuple[str, ShownSplit]]:
    by_theme: dict[str | None, list[Cell]] = {}
    for cell in cells:
        by_theme.setdefault(cell.theme_id, []).append(cell)
    base = columns.split(by_theme.pop(None, []))
    splits = [(theme, columns.split(found)) for theme, found in by_theme.items() if theme is not None]
    splits.sort(key=lambda pair: (-pair[1].total, pair[0]))
    themes = [(labels[theme], protect_split(split)) for theme, split in splits]
    return [(ALL, protect_base(base, [row for _, row in themes], without_theme)), *themes]


def _region(cell: Cell) -> str:
    return cell.region or NOWHERE


def _departement(cell: Cell) -> str:
    return cell.departement or vocabulary.UNKNOWN


def _author(cell: Cell) -> str:
    return cell.author_type or vocabulary.UNKNOWN
