"""Where points fall in a picture, and where labels stand beside them without one over another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_CELL: Final = 32.0


class Box(NamedTuple):
    """A rectangle, in the units of a picture."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Say whether two rectangles share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        """Say whether the rectangle lies in another one."""
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


class Places:
    """The rectangles of a picture that are taken, found by the cells of a grid that they touch."""

    def __init__(self, frame: Box) -> None:
        self._frame = frame
        self._cells: dict[tuple[int, int], list[Box]] = {}

    def free(self, box: Box) -> bool:
        """Say whether a rectangle lies in the frame and over no other."""
        return box.within(self._frame) and not any(
            box.overlaps(other) for cell in _cells(box) for other in self._cells.get(cell, ())
        )

    def take(self, box: Box) -> None:
        """Take a rectangle, free or not."""
        for cell in _cells(box):
            self._cells.setdefault(cell, []).append(box)

    def place(self, candidates: Iterable[Box]) -> Box | None:
        """Take the first rectangle that is free and return it; None if none is."""
        for box in candidates:
            if self.free(box):
                self.take(box)
                return box
        return None


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(math.floor(box.left / _CELL), math.floor(box.right / _CELL) + 1):
        for row in range(math.floor(box.top / _CELL), math.floor(box.bottom / _CELL) + 1):
            yield column, row


def beside(x: float, y: float, width: float, height: float, gap: float) -> Iterator[Box]:
    """Yield the places of a label beside a point, best first: right, left, above, below, then the corners."""
    for across, down in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)):
        reach = gap if across == 0 or down == 0 else 0.7 * gap
        middle_x = x + across * (reach + width / 2)
        middle_y = y + down * (reach + height / 2)
        yield centred(middle_x, middle_y, width, height)


def around(x: float, y: float, width: float, height: float, reach: float) -> Iterator[Box]:
    """Yield the places of a label over a point, then on circles about it."""
    yield centred(x, y, width, height)
    for circle in range(1, 1 + round(reach / height)):
        for turn in range(12):
            angle = math.tau * turn / 12
            yield centred(
                x + circle * height * math.cos(angle) * 1.5, y + circle * height * math.sin(angle), width, height
            )


def centred(x: float, y: float, width: float, height: float) -> Box:
    """Return the rectangle around a middle."""
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


class Scaling(NamedTuple):
    """From coordinates, y upwards, to the units of a picture, the same scale along both axes."""

    scale: float
    left: float
    top: float

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point falls."""
        return self.left + x * self.scale, self.top - y * self.scale


def fitted(points: Iterable[tuple[float, float]], frame: Box) -> Scaling:
    """Return the scaling that fits points into a frame, in its middle."""
    xs, ys = zip(*points, strict=True)
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    scale = min(
        (frame.right - frame.left) / wide if wide else math.inf,
        (frame.bottom - frame.top) / high if high else math.inf,
    )
    if not math.isfinite(scale):
        scale = 0.0
    left = (frame.left + frame.right) / 2 - scale * (min(xs) / 2 + max(xs) / 2)
    return Scaling(scale, left, (frame.top + frame.bottom) / 2 + scale * (min(ys) / 2 + max(ys) / 2))
