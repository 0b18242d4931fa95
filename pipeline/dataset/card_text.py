"""How the dataset card writes numbers, names and texts: French typography, and no markup that came with the data."""

from __future__ import annotations

import re
import textwrap
from typing import Final

NARROW: Final = "\u202f"
FIRM: Final = "\u00a0"
WIDTH: Final = 116

_OPENING: Final = re.compile("« ")
_CLOSING: Final = re.compile(" (»|:(?!/)|%)")
_HIGH: Final = re.compile(" ([;!?])")


def typeset(text: str) -> str:
    """Return French prose with no-break spaces where they belong: inside « », before : ; ! ? and %.

    >>> typeset("« RAS » : 5 % ; non !").replace(FIRM, "~").replace(NARROW, "_")
    '«~RAS~»~: 5~%_; non_!'
    """
    return _HIGH.sub(rf"{NARROW}\1", _CLOSING.sub(rf"{FIRM}\1", _OPENING.sub(f"«{FIRM}", text)))


def number(value: int) -> str:
    """Return 1240 as « 1 240 »."""
    return f"{value:,}".replace(",", NARROW)


def decimal(value: float) -> str:
    """Return .94 as « 0,940 »."""
    return f"{value:.3f}".replace(".", ",")


def inline(text: str) -> str:
    """Return a text on one line of Markdown, with nothing in it that a browser would take for a tag."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()).replace("<", "&lt;")


def in_cell(text: str) -> str:
    """Return a text for a cell of a table of Markdown."""
    return inline(text).replace("|", "¦")


def code(text: str) -> str:
    """Return a name or a value as code, for a cell of a table of Markdown."""
    return "`" + in_cell(text).replace("`", "'").replace("&lt;", "<") + "`"


def prose(*parts: str) -> list[str]:
    """Return a paragraph, or an item of a list, as lines of a width that is easy to read and compare.

    Lines break at plain blanks alone, so that no file name or number is cut.
    """
    text = typeset(" ".join(parts))
    hang = "  " if text.startswith("- ") else ""
    return textwrap.wrap(text, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
