"""French typography of figures, dates and prose: in the report, the dataset card and what is exported."""

from __future__ import annotations

import re
import textwrap
from datetime import datetime
from typing import Final

NARROW: Final = "\u202f"
"""Narrow no-break space: between thousands, before ; ! ?"""

FIRM: Final = "\u00a0"
"""No-break space: before % and :, between a number and its unit, inside « »."""

MONTHS: Final = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
)

WIDTH: Final = 116
_OPENING: Final = re.compile("« ")
_CLOSING: Final = re.compile(r" (»|:(?!/)|%(?!\())")  # not before %(name)s, where a value goes
_HIGH: Final = re.compile(" ([;!?])")


def number(value: int) -> str:
    """Return 1240 as « 1 240 »."""
    return f"{value:,}".replace(",", NARROW)


def decimal(value: float, digits: int = 2) -> str:
    """Return .8 as « 0,80 »."""
    return f"{value:.{digits}f}".replace(".", ",")


def typeset(text: str) -> str:
    """Return French prose with no-break spaces where they belong: inside « », before : ; ! ? and %.

    >>> typeset("« RAS » : 5 % ; non !").replace(FIRM, "~").replace(NARROW, "_")
    '«~RAS~»~: 5~%_; non_!'
    """
    return _HIGH.sub(rf"{NARROW}\1", _CLOSING.sub(rf"{FIRM}\1", _OPENING.sub(f"«{FIRM}", text)))


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
    return f"{day}{FIRM}{MONTHS[value.month - 1]} {value.year}"


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


def prose(*parts: str) -> list[str]:
    """Return a paragraph, or an item of a list, as lines of a width that is easy to read and compare.

    Lines break at plain blanks alone, so that no file name or number is cut.
    """
    text = typeset(" ".join(parts))
    hang = "  " if text.startswith("- ") else ""
    return textwrap.wrap(text, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
