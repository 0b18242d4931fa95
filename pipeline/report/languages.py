"""The language of a report: its words, and how it writes figures, shares and days.

A text is written in French, with plain spaces, where it is used: in a template as ``_("…")``, in Python as ``say("…")``
or in a table of words. Its English is in english.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from pipeline import typography

ENGLISH: Final = Path(__file__).resolve().parent / "english.json"
"""The English of each French text of the templates, and of the words that Python gives them."""

Code = Literal["fr", "en"]


@dataclass(frozen=True)
class Language:
    """How one language writes what a page says.

    ``translate`` takes the French of a text, which is its key, with ``%(name)s`` where a value goes.
    """

    code: Code
    translate: Callable[[str], str]
    number: Callable[[int], str]
    decimal: Callable[..., str]
    percent: Callable[[int, int], str]
    date: Callable[[datetime | None], str]
    months: Sequence[str]
    short_months: Sequence[str]

    @property
    def quoted(self) -> str | None:
        """The language to mark quotes, labels and wordings with, which stay French; None where all is French."""
        return None if self.code == "fr" else "fr"

    def say(self, message: str, /, **values: object) -> str:
        """Return a message, by its French, with values in their places; « %% » stands for a percent sign."""
        return self.translate(message) % values

    def plural(self, count: int, one: str, many: str | None = None) -> str:
        """Return « 1 réponse », « 1 240 réponses », "1 answer", "1,240 answers"; `one` and `many` are French."""
        several = many or f"{one}s"
        word = one if count < 2 and (self.code == "fr" or count == 1) else several
        return f"{self.number(count)}{typography.FIRM}{self.translate(word)}"

    def share(self, value: float) -> str:
        """Return .125 as « 12,5 % », "12.5%"."""
        return self.decimal(100 * value, 1) + (f"{typography.FIRM}%" if self.code == "fr" else "%")

    def ordinal(self, rank: int) -> str:
        """Return what is written after a rank: « er », « e », "st", "nd", "rd", "th"."""
        if self.code == "fr":
            return "er" if rank == 1 else "e"
        return "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")

    def month(self, day: Day) -> str:
        """Return « février 2019 », "February 2019"."""
        return f"{self.months[day.month - 1]} {day.year}"

    def short_month(self, day: Day) -> str:
        """Return « févr. 2019 », "Feb 2019"."""
        return f"{self.short_months[day.month - 1]} {day.year}"

    def short_day(self, day: Day) -> str:
        """Return « 1er févr. 2019 », "1 Feb 2019"."""
        first = "1er" if self.code == "fr" else "1"
        return f"{first if day.day == 1 else day.day} {self.short_month(day)}"


def language(code: Code) -> Language:
    """Return a language by its code."""
    return FRENCH if code == "fr" else _ENGLISH


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[str, str]:
    found: dict[str, str] = json.loads(ENGLISH.read_text(encoding="utf-8"))
    return found


def _english(text: str) -> str:
    return _catalogue().get(text, text)


def _number(value: int) -> str:
    return f"{value:,}"


def _decimal(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}"


def _percent(part: int, base: int) -> str:
    share = 100 * part / base if base else 0.0
    if not base:
        return "–"
    return "<0.1%" if 0 < share < 0.05 else f"{share:.1f}%"


def _date(value: datetime | None) -> str:
    return "unknown date" if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


_MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_SHORT_MONTHS: Final = (
    "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.".split()  # noqa: SIM905
)

FRENCH: Final = Language(
    "fr",
    typography.typeset,
    typography.number,
    typography.decimal,
    typography.percent,
    typography.date,
    typography.MONTHS,
    _SHORT_MONTHS,
)
_ENGLISH: Final = Language(
    "en", _english, _number, _decimal, _percent, _date, _MONTHS, [month[:3] for month in _MONTHS]
)
