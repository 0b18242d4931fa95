"""Folded text: what is left of a name when case, accents, hyphens, apostrophes and the dots of acronyms do not count.

« Pôle-Emploi », « POLE EMPLOI » and « pole  emploi » fold to ``pole emploi``; « S.N.C.F. » folds to ``sncf``. Each
folded character remembers where it comes from, so that a name found in folded text has exact offsets in the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

_SEPARATORS: Final = frozenset("-'’‘ʼ`´‐‑‒–—−­_")
_LETTERS: Final = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"}
# The dots of « S.N.C.F. »: each stands beside letters that stand alone.
_ACRONYM: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.)+[^\W\d_](?![^\W_])\.?")
_DOTTED: Final = re.compile(r"(?<![^\W_])[^\W\d_]\.[^\W\d_]")
_CLOSED_BY_DOT: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.)+[^\W\d_]$")
_SPACES: Final = re.compile(rb" {2,}")
_DOT_AND_LETTER: Final = re.compile(rb"\.[a-z]")


class _Table(dict[int, str]):
    """What each character folds to, filled as characters are met (`str.translate` asks it)."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold_character(chr(point))
        return folded


def _fold_character(character: str) -> str:
    if character.isspace() or character in _SEPARATORS - {"\xad"}:
        return " "
    folded = []
    # Compatibility forms only of letters and digits: « … » stays one character, « ﬁ » becomes two letters.
    form: Literal["NFKD", "NFD"] = "NFKD" if character.isalnum() else "NFD"
    for part in unicodedata.normalize(form, character).casefold():
        if part in _LETTERS:
            folded.append(_LETTERS[part])
        elif part == " " or part in "’'":
            folded.append(" ")
        elif unicodedata.category(part) not in ("Mn", "Me", "Cf"):
            folded.append(part)
    return "".join(folded)


_TABLE: Final = _Table()


@dataclass(frozen=True)
class Folded:
    """A folded text and, for each of its characters, the offset of the character it comes from."""

    original: str
    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original of a span of the folded text (end exclusive, not empty)."""
        last = self.offsets[end - 1] + 1
        while last < len(self.original) and unicodedata.category(self.original[last]) in ("Mn", "Me"):
            last += 1  # an accent written as a character of its own belongs to the letter before it
        first = self.offsets[start]
        if self.original[last : last + 1] == "." and _CLOSED_BY_DOT.search(self.original, first, last):
            last += 1  # « C.A.F. » is written with its last dot
        return first, last


def _bytes_table(encoding: str) -> bytes:
    """Return what each byte of an encoding folds to, 0 where that is not one byte."""
    table = bytearray(256)
    for byte in range(256):
        try:
            folded = _fold_character(bytes([byte]).decode(encoding)).encode(encoding)
        except UnicodeError:
            continue
        if len(folded) == 1:
            table[byte] = folded[0]
    return bytes(table)


# Tables of bytes fold about four times as fast as a table of characters; Latin-1 lacks « … », « ’ » and « € ».
_BYTES: Final = {encoding: _bytes_table(encoding) for encoding in ("latin-1", "cp1252")}


def fold_with_offsets(text: str) -> Folded:
    """Fold `text` and keep where each character comes from."""
    for encoding, table in _BYTES.items():
        try:
            folded = text.encode(encoding).translate(table)
        except UnicodeEncodeError:
            continue
        # Nearly all texts: every character folds to exactly one, and nothing is joined.
        if b"\0" in folded or (_DOT_AND_LETTER.search(folded) and _DOTTED.search(text)):
            break
        if b"  " not in folded:
            return Folded(text, folded.decode(encoding), range(len(text)))
        single, offsets = _single_spaces(folded)
        return Folded(text, single.decode(encoding), offsets)
    return _fold_slowly(text)


def _single_spaces(folded: bytes) -> tuple[bytes, list[int]]:
    """Return folded text with one space for each run of them, and where each of its bytes was."""
    pieces: list[bytes] = []
    offsets: list[int] = []
    at = 0
    for run in _SPACES.finditer(folded):
        pieces.append(folded[at : run.start() + 1])
        offsets += range(at, run.start() + 1)
        at = run.end()
    pieces.append(folded[at:])
    offsets += range(at, len(folded))
    return b"".join(pieces), offsets


def fold(text: str) -> str:
    """Fold `text`, without spaces around it: the form under which names are compared."""
    return fold_with_offsets(text).text.strip()


def _fold_slowly(text: str) -> Folded:
    dots = {
        match.start() + place
        for match in _ACRONYM.finditer(text)
        for place, character in enumerate(match.group())
        if character == "."
    }
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        if offset in dots:
            continue
        for part in _TABLE[ord(character)]:
            if part == " " and characters and characters[-1] == " ":
                continue
            characters.append(part)
            offsets.append(offset)
    return Folded(text, "".join(characters), offsets)
