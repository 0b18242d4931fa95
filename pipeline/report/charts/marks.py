"""Marks that differ in shape, so that colour is never the only difference."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from pipeline.report.charts.svg import HUES, figure


def _polygon(corners: int, turn: float, inner: float = 1.0) -> tuple[tuple[float, float], ...]:
    """Return a regular polygon in the unit circle, or a star where every second corner lies further in."""
    return tuple(
        (
            math.sin(turn + math.tau * corner / corners) * (inner if corner % 2 else 1.0),
            -math.cos(turn + math.tau * corner / corners) * (inner if corner % 2 else 1.0),
        )
        for corner in range(corners)
    )


def _cross(turn: float, arm: float = 0.38) -> tuple[tuple[float, float], ...]:
    corners = []
    for quarter in range(4):
        for x, y in ((-arm, -1.0), (arm, -1.0), (arm, -arm)):
            angle = turn + math.tau * quarter / 4
            corners.append((x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)))
    return tuple(corners)


_SQUARE: Final = _polygon(4, math.tau / 8)
_SHAPES: Final = (
    None,  # a disc
    tuple((1.15 * x, 1.15 * y) for x, y in _SQUARE),
    tuple((1.25 * x, 1.25 * y + 0.15) for x, y in _polygon(3, 0)),
    tuple((1.2 * x, 1.2 * y) for x, y in _polygon(4, 0)),
    tuple((1.25 * x, 1.25 * y - 0.15) for x, y in _polygon(3, math.tau / 2)),
    tuple((1.1 * x, 1.1 * y) for x, y in _cross(0)),
    tuple((1.1 * x, 1.1 * y) for x, y in _cross(math.tau / 8)),
    tuple((1.35 * x, 1.35 * y) for x, y in _polygon(10, 0, 0.5)),
)


def mark(index: int | None, x: float, y: float, radius: float) -> str:
    """Return the path of the mark of a theme: eight shapes; a small ring for none and for those past the eighth."""
    if index is None or not 0 <= index < HUES:
        return _disc(x, y, 0.7 * radius)
    shape = _SHAPES[index]
    if shape is None:
        return _disc(x, y, radius)
    tenths = [(round(10 * (x + radius * across)), round(10 * (y + radius * down))) for across, down in shape]
    path = f"M{figure(tenths[0][0] / 10)} {figure(tenths[0][1] / 10)}l"
    for (before_x, before_y), (next_x, next_y) in pairwise(tenths):
        for step in (next_x - before_x, next_y - before_y):
            path += ("" if step < 0 or path.endswith("l") else " ") + figure(step / 10)
    return path + "z"


def _disc(x: float, y: float, radius: float) -> str:
    r, diameter = figure(radius), figure(2 * round(radius, 1))
    return f"M{figure(x - round(radius, 1))} {figure(y)}a{r} {r} 0 1 0 {diameter} 0a{r} {r} 0 1 0-{diameter} 0z"
