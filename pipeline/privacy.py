"""Mask what identifies private persons, and keep every offset true in the masked text.

Detection finds spans of the original text; `mask` replaces each by a word in brackets and remembers where, so that
the spans of segments and mentions can be moved: a quote stays an exact substring of the text of its own layer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.identifiers import (
    ADDRESS,
    EMAIL,
    HANDLE,
    IBAN,
    KINDS,
    LINK,
    NAME,
    NIR,
    PHONE,
    PLATE,
    Private,
    find_identifiers,
    without_emails,
)

__all__ = [
    "ADDRESS",
    "EMAIL",
    "HANDLE",
    "IBAN",
    "KINDS",
    "LINK",
    "NAME",
    "NIR",
    "PHONE",
    "PLATE",
    "WITHHELD",
    "Masked",
    "Private",
    "cut_at",
    "find_identifiers",
    "hide",
    "mask",
    "without_emails",
    "without_overlaps",
]

WITHHELD: Final = {"trashed": "[texte modéré]", "rejected": "[texte illisible]"}
"""What stands for the whole text of an answer in these states: nobody masks what nobody may read."""

ERASED: Final = "[effacé]"
"""What stands for the words of a contribution that was erased on request."""


def without_overlaps(found: Iterable[Private]) -> list[Private]:
    """Return spans in order that do not overlap: what overlaps is joined under the mask of the longest of them."""
    joined: list[Private] = []
    widths: list[int] = []
    for span in sorted(found):
        width = span.end - span.start
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            mask = span.mask if width > widths[-1] else last.mask
            joined[-1] = Private(last.start, max(last.end, span.end), mask)
            widths[-1] = max(width, widths[-1])
        else:
            joined.append(span)
            widths.append(width)
    return joined


def cut_at(text: str, found: Sequence[Private], bounds: Sequence[int]) -> list[Private]:
    """Cut the spans at `bounds` (sorted), so that none reaches over the limit of two segments.

    A piece without a letter or digit hides nothing and is left out.
    """
    pieces = []
    for span in found:
        inner = bounds[bisect_right(bounds, span.start) : bisect_left(bounds, span.end)]
        for start, end in zip([span.start, *inner], [*inner, span.end], strict=True):
            piece = text[start:end]
            if inner:
                start, end = start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
            if any(c.isalnum() for c in piece):
                pieces.append(Private(start, end, span.mask))
    return pieces


@dataclass(frozen=True)
class Masked:
    """A masked text, and how offsets of the original move to it."""

    text: str
    spans: Sequence[Private] = ()
    _starts: list[int] = field(default_factory=list, repr=False)
    _ends: list[int] = field(default_factory=list, repr=False)
    _moved: list[int] = field(default_factory=list, repr=False)

    def shift(self, start: int, end: int) -> tuple[int, int]:
        """Return where the span is in the masked text; a span that touches what was masked holds all of its mask."""
        if not self.spans:
            return start, end
        return self._shift_start(start), self._shift_end(end)

    def _shift_start(self, offset: int) -> int:
        before = bisect_right(self._ends, offset)  # masks that end at or before the offset
        if before < len(self.spans) and self._starts[before] < offset:
            offset = self._starts[before]
        return offset + self._moved[before]

    def _shift_end(self, offset: int) -> int:
        before = bisect_left(self._starts, offset)  # masks that start before the offset
        if before and self._ends[before - 1] > offset:
            offset = self._ends[before - 1]
        return offset + self._moved[before]


def mask(text: str, spans: Sequence[Private]) -> Masked:
    """Replace `spans` (in order, without overlaps) by their masks."""
    if not spans:
        return Masked(text)
    pieces, moved, position, growth = [], [0], 0, 0
    for span in spans:
        pieces += [text[position : span.start], span.mask]
        position = span.end
        growth += len(span.mask) - (span.end - span.start)
        moved.append(growth)
    pieces.append(text[position:])
    return Masked("".join(pieces), tuple(spans), [s.start for s in spans], [s.end for s in spans], moved)


def hide(text: str, people: Iterable[Private] = (), bounds: Sequence[int] = ()) -> Masked:
    """Mask the identifiers and the given names of people in `text`; `bounds` are the limits of its segments."""
    found = without_overlaps([*find_identifiers(text), *people])
    return mask(text, cut_at(text, found, bounds) if found else found)
