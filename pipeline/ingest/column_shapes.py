"""What the cells of a column look like: keys, dates, postcodes, numbers, links or free text. Judged from a sample."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ingest.records import timestamp

_NUMBER: Final = re.compile(r"[-+]?\d[\d \u00a0\u202f]*(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s?[%€]?")
_DATE: Final = re.compile(r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[^\W\d]*\s?\d{1,2}(?:er)? [^\W\d]+\.? \d{4}).{0,30}")
_POSTCODE: Final = re.compile(r"(?:F-?)?(?:0[1-9]|[1-8]\d|9[0-578]|2[AB])\d{3}")
_LINK: Final = re.compile(r"(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.\w+", re.IGNORECASE)
_CODE: Final = re.compile(r"(?=\S*\d)\S{1,80}")
_LONG: Final = 80
"""Characters; few labels are longer, few free answers are all shorter."""

_SINGLE_LINE: Final = 200


@dataclass(frozen=True)
class Shape:
    """What the filled cells of a column have in common; shares are between 0 and 1, and 0 where nothing is filled."""

    rows: int = 0
    filled: int = 0
    distinct: int = 0
    mean_length: float = 0.0
    mean_words: float = 0.0
    longest: int = 0
    single_line: bool = True
    numbers: float = 0.0
    dates: float = 0.0
    postcodes: float = 0.0
    links: float = 0.0
    codes: float = 0.0
    technical: float = 0.0

    @property
    def repeats(self) -> bool:
        """Some value occurs more than once."""
        return self.distinct < self.filled

    @property
    def is_prose(self) -> bool:
        """Cells are long and differ from each other, as free answers do."""
        return self.mean_words >= 5 and self.longest > _LONG and self.distinct > 0.5 * self.filled

    @property
    def is_technical(self) -> bool:
        """Cells are numbers, dates, links or codes: nobody's words."""
        return self.filled > 0 and self.technical >= 0.95

    @property
    def is_unique_key(self) -> bool:
        """Each row has a short key of its own with a digit in it."""
        return self.filled == self.rows >= 10 and not self.repeats and self.codes >= 1 and self.dates < 0.5

    def takes(self, cell: str) -> bool:
        """Say whether a cell may stand in this column; asked where quotes or separators are broken."""
        cell = cell.strip()
        if not cell or not self.filled:
            return True
        if self.dates >= 1:
            return is_date(cell)
        if self.numbers >= 1:
            return bool(_NUMBER.fullmatch(cell))
        if self.codes >= 1 and self.filled > 1:
            return bool(_CODE.fullmatch(cell))
        return not (self.single_line and self.longest <= _LONG) or (len(cell) <= _SINGLE_LINE and "\n" not in cell)


def is_date(cell: str) -> bool:
    """Say whether a cell is a date written with its day; « 2019 » and 20190307 are numbers."""
    return bool(_DATE.fullmatch(cell)) and timestamp(cell) is not None


def is_data(cell: str) -> bool:
    """Say whether a cell can be no name of a column: a number, a date, a link or an address."""
    return bool(_NUMBER.fullmatch(cell) or _LINK.fullmatch(cell)) or is_date(cell)


def shape_of(cells: Iterable[str | None]) -> Shape:
    """Return what the cells of a column look like."""
    cells = list(cells)
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    if not filled:
        return Shape(rows=len(cells))
    return Shape(
        rows=len(cells),
        filled=len(filled),
        distinct=len(set(filled)),
        mean_length=sum(map(len, filled)) / len(filled),
        mean_words=sum(len(cell.split()) for cell in filled) / len(filled),
        longest=max(map(len, filled)),
        single_line=not any("\n" in cell or "\r" in cell for cell in filled),
        numbers=_share(filled, lambda cell: bool(_NUMBER.fullmatch(cell))),
        dates=_share(filled, is_date),
        postcodes=_share(filled, lambda cell: bool(_POSTCODE.fullmatch(cell))),
        links=_share(filled, lambda cell: bool(_LINK.fullmatch(cell))),
        codes=_share(filled, lambda cell: bool(_CODE.fullmatch(cell))),
        technical=_share(filled, lambda cell: is_data(cell) or bool(_CODE.fullmatch(cell))),
    )


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells)
