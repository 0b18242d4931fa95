"""Themes and their sub-themes as rectangles whose areas are in proportion to their counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import squarify
from markupsafe import Markup

from pipeline.report.charts.lettering import LINE, SMALL, shorten, text_width, wrap
from pipeline.report.charts.placing import Box
from pipeline.report.charts.svg import (
    WIDTH,
    Element,
    add,
    clean,
    frame,
    hue,
    linked,
    local,
    nothing,
    quoting,
    written,
)
from pipeline.report.languages import FRENCH, Language

HEIGHT: Final = 330.0
TILES: Final = 60
"""Rectangles of themes, and of the sub-themes of one; the smallest of more than that are left to the table."""

_PADDING: Final = 5.0
_NESTED: Final = 44.0
"""The least width and height of a theme in which its sub-themes are drawn."""

_LEAST_LETTERS: Final = 5
"""The least letters, with « … », by which a label is known again."""

Line = tuple[str, str | None]
"""A line of text and its class."""


@dataclass(frozen=True)
class Tile:
    """A theme, with its sub-themes, or a sub-theme."""

    label: str
    count: int
    href: str | None = None
    parts: tuple[Tile, ...] = ()


@dataclass(frozen=True)
class Treemap:
    """Themes, and the base that their shares are of: themes may overlap, so that it is not their sum."""

    title: str
    tiles: tuple[Tile, ...]
    base: int
    language: Language = FRENCH


def treemap(picture: Treemap) -> Markup:
    """Draw themes in proportion to their counts, and sub-themes in proportion to each other inside their theme."""
    placed = layout(picture.tiles, Box(0.0, 0.0, float(WIDTH), HEIGHT))
    if not placed:
        return nothing(picture.title, "treemap", picture.language)
    links = any(local(tile.href) for theme, _ in placed for tile in (theme, *theme.parts))
    root = frame(picture.title, HEIGHT, "treemap", links=links)
    tiles = quoting(root, picture.language)
    for place, (theme, box) in enumerate(placed):
        group = add(tiles, "g", class_=hue(place))
        wide, high = box.right - box.left, box.bottom - box.top
        band = _band(theme, picture, wide, high)
        inner = Box(box.left + 3, box.top + 4 + LINE * len(band), box.right - 3, box.bottom - 3)
        parts = layout(theme.parts, inner) if band else []
        _tile(group, theme, box, picture, band if parts else None)
        for part, inside in parts:
            _tile(group, part, inside, picture, None, "tile sub")
    return written(root)


def layout(tiles: tuple[Tile, ...], box: Box) -> list[tuple[Tile, Box]]:
    """Return the rectangles of tiles in a box, the largest first; ties by label."""
    shown = sorted((tile for tile in tiles if tile.count > 0), key=lambda tile: (-tile.count, tile.label))[:TILES]
    if not shown:
        return []
    wide, high = box.right - box.left, box.bottom - box.top
    areas = squarify.normalize_sizes([tile.count for tile in shown], wide, high)
    found = squarify.squarify(areas, box.left, box.top, wide, high)
    return [
        (tile, Box(at["x"], at["y"], min(box.right, at["x"] + at["dx"]), min(box.bottom, at["y"] + at["dy"])))
        for tile, at in zip(shown, found, strict=True)
    ]


def _tile(
    parent: Element, tile: Tile, box: Box, whole: Treemap, lines: list[Line] | None, class_: str = "tile"
) -> None:
    """Draw a rectangle with its text in a frame of its own, which cuts what an unknown font makes too wide."""
    wide, high = box.right - box.left, box.bottom - box.top
    language = whole.language
    name = language.say(
        "%(name)s : %(n)s (%(share)s)",
        name=clean(tile.label),
        n=language.number(tile.count),
        share=language.percent(tile.count, whole.base),
    )
    holder = linked(parent, tile.href, name)
    cell = add(holder, "svg", x=box.left, y=box.top, width=wide, height=high)
    add(cell, "rect", width="100%", height="100%", class_=class_)
    add(cell, "title", name)
    if lines is None:
        lines = _lines(tile, whole, wide - 2 * _PADDING, high - _PADDING)
    for place, (text, kind) in enumerate(lines):
        add(cell, "text", text, x=_PADDING, y=_PADDING + 8 + place * LINE, class_=kind)


def _band(theme: Tile, whole: Treemap, wide: float, high: float) -> list[Line]:
    """Return the lines over the sub-themes of a theme: one to three, as its height allows; none if it is too small."""
    room = wide - 2 * _PADDING
    if min(wide, high) < _NESTED:
        return []
    rows = 1 if high < 110 else 2 if high < 170 else 3
    label = clean(theme.label)
    lines = wrap(label, room, rows, bold=True) or [shorten(label, room, bold=True)]
    found: list[Line] = [(line, "b") for line in lines if line]
    figures = _figures(theme, whole)
    return [*found, (figures, "m")] if len(found) < rows and text_width(figures) <= room else found


def _lines(tile: Tile, whole: Treemap, room: float, high: float) -> list[Line]:
    """Return the lines that fit into a tile: its label, small where it is narrow, and figures if there is room."""
    label, figures, rows = clean(tile.label), _figures(tile, whole), int(high // LINE)
    if rows < 1:
        return []
    lines, kind = wrap(label, room, rows), None
    if not lines:
        lines, kind = wrap(label, room, rows, SMALL), "s"
    if not lines:
        beginning = shorten(label, room, SMALL)
        return [(beginning, "s")] if len(beginning) > _LEAST_LETTERS else []
    found: list[Line] = [(line, kind) for line in lines]
    return [*found, (figures, "m")] if len(lines) < rows and text_width(figures) <= room else found


def _figures(tile: Tile, whole: Treemap) -> str:
    return f"{whole.language.number(tile.count)} · {whole.language.percent(tile.count, whole.base)}"
