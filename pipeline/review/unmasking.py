"""Offsets of a masked text → those of the text of the tables, where nothing but the two texts is known.

The masked text is cut at its words in brackets, and what stands between them is looked for in the original: as far to
the left as it can be, and as far to the right. Where both agree, there is one way only to read it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_MASK: Final = re.compile(r"\[[^\[\]\n]{1,30}\]")

Anchor = tuple[int, int, int, int]
"""A segment: start and end in the masked text, start and end in the original."""


@dataclass(frozen=True)
class Piece:
    """A stretch of the masked text that stands in the original as it is, and where."""

    start: int
    end: int
    original: int


class Unmasked:
    """The places of a masked text in its original.

    Parameters
    ----------
    masked, original : str
        The two texts.
    anchors : iterable of tuple
        Segments in both of them, in order: no mask reaches over the limit of a segment.
    """

    def __init__(self, masked: str, original: str, anchors: Iterable[Anchor] = ()) -> None:
        self._pieces = list(_pieces(masked, original, list(anchors)))
        self._starts = [piece.start for piece in self._pieces]
        self._ends = [piece.end for piece in self._pieces]

    def back(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where a span of the masked text is in the original.

        None when it starts or ends inside of a mask, or where the two texts can be laid side by side in two ways.
        """
        first = self._start(start)
        last = self._end(end)
        return (first, last) if first is not None and last is not None and first < last else None

    def forth(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where a span of the original is in the masked text; None when it is not there as it stands."""
        for piece in self._pieces:
            if piece.original <= start and end <= piece.original + piece.end - piece.start:
                return piece.start + start - piece.original, piece.start + end - piece.original
        return None

    def _start(self, offset: int) -> int | None:
        # The last piece that reaches it: at the end of a mask, what comes after.
        place = bisect_right(self._starts, offset) - 1
        return self._within(place, offset)

    def _end(self, offset: int) -> int | None:
        return self._within(bisect_left(self._ends, offset), offset)

    def _within(self, place: int, offset: int) -> int | None:
        if 0 <= place < len(self._pieces):
            piece = self._pieces[place]
            if piece.start <= offset <= piece.end:
                return piece.original + offset - piece.start
        return None


def _pieces(masked: str, original: str, anchors: list[Anchor]) -> Iterator[Piece]:
    bounds = [(0, 0)]
    for start, end, original_start, original_end in anchors:
        bounds += [(start, original_start), (end, original_end)]
    bounds.append((len(masked), len(original)))
    for (start, there), (end, until) in pairwise(bounds):
        if start <= end and there <= until:
            for piece in _aligned(masked[start:end], original[there:until]):
                yield Piece(start + piece.start, start + piece.end, there + piece.original)


def _aligned(masked: str, original: str) -> Iterator[Piece]:
    if masked == original:
        yield Piece(0, len(masked), 0)
        return
    masks = [match.span() for match in _MASK.finditer(masked)]
    edges = [0, *(edge for mask in masks for edge in mask), len(masked)]
    cuts = list(zip(edges[::2], edges[1::2], strict=True))
    texts = [masked[start:end] for start, end in cuts]
    left, right = _leftmost(texts, original), _rightmost(texts, original)
    if masks and left is not None and right is not None:
        for (start, end), first, last in zip(cuts, left, right, strict=True):
            if first == last:
                yield Piece(start, end, first)


def _leftmost(texts: list[str], original: str) -> list[int] | None:
    """Return where each text starts, as early as can be, with one character at least between two; None: nowhere."""
    if not original.startswith(texts[0]) or not original.endswith(texts[-1]):
        return None
    places, reached = [0], len(texts[0])
    for text in texts[1:-1]:
        place = original.find(text, reached + 1)
        if place < 0:
            return None
        places.append(place)
        reached = place + len(text)
    last = len(original) - len(texts[-1])
    return [*places, last] if last > reached else None


def _rightmost(texts: list[str], original: str) -> list[int] | None:
    found = _leftmost([text[::-1] for text in reversed(texts)], original[::-1])
    if found is None:
        return None
    return [len(original) - place - len(text) for place, text in zip(reversed(found), texts, strict=True)]
