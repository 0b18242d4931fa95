"""How wide text is, from a table: the fonts of the machine that makes a report must not decide where its labels stand.

The table holds the widths of Arial, in thousandths of the size, and charts.css asks for fonts of those widths.
"""

from __future__ import annotations

import unicodedata
from typing import Final

SIZE: Final = 12.0
SMALL: Final = 10.0
"""The letters of class `s`."""

LINE: Final = 14.5
"""From one line of text to the next."""

ASCENT: Final = 9.0
"""From the line that letters of SIZE stand on to the top of a capital."""

_BOLD: Final = 1.09
_SAFE: Final = 1.04
_WIDTHS: Final = {
    character: width
    for width, characters in {
        191: "'",
        222: "ijl’‘\u202f",
        260: "|",
        278: " !,./:;I[\\]ft·\u00a0",
        333: "()-`r“”",
        334: "{}",
        355: '"',
        389: "*",
        400: "°",
        469: "^",
        500: "Jcksvxyz",
        556: "#$0123456789?L_abdeghnopqu«»–€",
        584: "+<=>~×",
        611: "FTZßø",
        667: "&ABEKPSVXY",
        722: "CDHNRUw",
        778: "GOQØ",
        833: "Mm",
        889: "%æ",
        944: "Wœ",
        1000: "—…ŒÆ",
        1015: "@",
    }.items()
    for character in characters
}
_UNKNOWN: Final = 800
_WIDE: Final = 1400


def text_width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Return how wide a line of text is at most, in the units of a picture."""
    return sum(map(_width, text)) * size / 1000 * _SAFE * (_BOLD if bold else 1.0)


def _width(character: str) -> int:
    known = _WIDTHS.get(character)
    if known is None:
        known = _WIDTHS[character] = _width_of_other(character)
    return known


def _width_of_other(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    base = unicodedata.normalize("NFD", character)[0]
    if base != character and base in _WIDTHS:
        return _WIDTHS[base]
    return _WIDE if unicodedata.east_asian_width(character) in "WF" or character > "\uffff" else _UNKNOWN


def shorten(text: str, width: float, size: float = SIZE, *, bold: bool = False) -> str:
    """Return text, or as much of its beginning as fits with « … » in a width; nothing if not even one letter does."""
    if text_width(text, size, bold=bold) <= width:
        return text
    room = width - text_width("…", size, bold=bold)
    kept = 0
    for character in text:
        room -= text_width(character, size, bold=bold)
        if room < 0:
            break
        kept += 1
    beginning = text[:kept].rstrip(" ,;:.-–")
    return f"{beginning}…" if beginning else ""


def wrap(text: str, width: float, lines: int, size: float = SIZE, *, bold: bool = False) -> list[str]:
    """Return text on at most some lines of a width, the last one shortened; no line if the first word is too wide."""
    words = text.split(" ")
    found: list[str] = []
    for place, word in enumerate(words):
        joined = f"{found[-1]} {word}" if found else word
        if found and text_width(joined, size, bold=bold) <= width:
            found[-1] = joined
        elif len(found) == lines:
            found[-1] = shorten(" ".join([found[-1], *words[place:]]), width, size, bold=bold)
            break
        elif text_width(word, size, bold=bold) <= width:
            found.append(word)
        elif found:
            found.append(shorten(f"{word}…", width, size, bold=bold))
            break
        else:
            return []
    return found if all(found) else []
