"""Cells of CSV that no spreadsheet takes for a formula, and that read as they were written.

A cell is live where a spreadsheet could take it for a formula: it starts with = + - @ (full-width and small forms too),
maybe after blanks, quotes or invisible characters, or it starts with a tab or a line end. A zero-width space is put
before such a text: the eye does not see it (« -5 % d’impôts » stays as it is), blanks that are trimmed do not take it
away, and a table that is saved again keeps it. One rule undoes it, for every cell: a zero-width space at the start was
put there (a text that starts with one gets another), so ``cell.removeprefix("\\u200b")`` is the text as it was.
"""

from __future__ import annotations

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

MARK: Final = "\u200b"
"""Zero-width space."""

# Patterns that Python and RE2 (Arrow) read alike: characters above U+00FF stand for themselves.
_QUOTES: Final = "\"'`´‘’‚‛“”„‟«»‹›＂＇"
_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_LIVE_PATTERN: Final = rf"[\t\r\n{MARK}]|[\x00-\x20\x7f-\xa0{_QUOTES}{_UNSEEN}]*[=+\-@＝＋－＠﹢﹣﹦﹫−]"

_MONTH: Final = (
    r"(?:janv?|january|janvier|f[ée]vr?|feb|february|f[ée]vrier|mars?|march|avr|apr|april|avril|mai|may|juin|june?|juil"
    r"|july?|juillet|ao[uû]t|aug|august|sept?|september|septembre|oct|october|octobre|nov|november|novembre|d[ée]c"
    r"|december|d[ée]cembre)\.?"
)
_BLANK: Final = "\\x00-\\x20\\xa0\u2000-\u200a\u202f\u3000"
_CONVERTED_PATTERN: Final = (
    rf"(?i)[{_BLANK}]*(?:[0-9(.,][0-9{_BLANK}.,:/()%€$£-]*(?:e[+-]?[0-9]+)?(?:[{_BLANK}]*[ap]m)?"
    rf"|(?:[0-9]+[{_BLANK}./-]*)?{_MONTH}(?:[{_BLANK}./-]*[0-9]+)?|vrai|faux|true|false)[{_BLANK}]*"
)
_LIVE: Final = re.compile(_LIVE_PATTERN)
_CONVERTED: Final = re.compile(_CONVERTED_PATTERN)


def is_live(text: str) -> bool:
    """Say whether a spreadsheet could take a cell for a formula (or would find a mark that is not ours)."""
    return _LIVE.match(text) is not None


def is_converted(text: str) -> bool:
    """Say whether Excel would make a number, a date or a truth value of a text: « 01 », « 4-1 », « 3 mai »."""
    return _CONVERTED.fullmatch(text) is not None


def escaped(text: str, *, for_excel: bool = False) -> str:
    """Return a text as a cell of CSV: with a mark before it where it is live.

    Parameters
    ----------
    text : str
        What the cell says.
    for_excel : bool
        Whether what Excel would convert is marked too, so that « 01 » does not become 1, or « 4-1 » the 4th of January.
    """
    if is_live(text) or (for_excel and is_converted(text)):
        return MARK + text
    return text


def unescaped(cell: str) -> str:
    """Return the text that `escaped` was given."""
    return cell.removeprefix(MARK)


def live_cells(texts: pa.Array) -> pa.Array:
    """Return, for each text of an Arrow array, whether it is live."""
    return pc.match_substring_regex(texts, rf"\A(?:{_LIVE_PATTERN})")


def escaped_cells(texts: pa.Array, *, for_excel: bool = False) -> pa.Array:
    """Return an Arrow array of texts as `escaped` would return each of them; nulls stay."""
    marked = live_cells(texts)
    if for_excel:
        # Python's flag at the start is RE2's too, but must stay there.
        pattern = rf"(?i)\A(?:{_CONVERTED_PATTERN.removeprefix('(?i)')})\z"
        marked = pc.or_(marked, pc.match_substring_regex(texts, pattern))
    if not pc.any(marked).as_py():
        return texts
    return pc.if_else(marked, pc.binary_join_element_wise(MARK, texts, ""), texts)
