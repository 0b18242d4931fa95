"""French typography of figures, dates and quotes in the report."""

from __future__ import annotations

from datetime import datetime
from typing import Final

NARROW: Final = "\u202f"
"""Narrow no-break space: between thousands, before ; ! ?"""

FIRM: Final = "\u00a0"
"""No-break space: before % and :, between a number and its unit, inside « »."""

_MONTHS: Final = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
)


def number(value: int) -> str:
    """Return 1240 as « 1 240 »."""
    return f"{value:,}".replace(",", NARROW)


def percent(part: int, base: int) -> str:
    """Return the share of `part` in `base` as « 12,5 % », or a dash when there is no base."""
    if not base:
        return "–"
    share = 100 * part / base
    if 0 < share < 0.05:
        return f"<{NARROW}0,1{FIRM}%"
    return f"{share:.1f}".replace(".", ",") + f"{FIRM}%"


def date(value: datetime | None) -> str:
    """Return a day as « 3 février 2019 »."""
    if value is None:
        return "date inconnue"
    day = "1er" if value.day == 1 else str(value.day)
    return f"{day}{FIRM}{_MONTHS[value.month - 1]} {value.year}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return « 1 réponse », « 1 240 réponses »: from two on, the plural."""
    word = one if count < 2 else (many or f"{one}s")
    return f"{number(count)}{FIRM}{word}"


def shown(text: str) -> str:
    """Return a received text for the page: control characters, which HTML forbids, become U+FFFD."""
    if text.isprintable():
        return text
    return "".join("\ufffd" if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f" else c for c in _newlines(text))


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
