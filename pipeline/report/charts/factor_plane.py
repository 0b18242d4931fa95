"""Two axes of a factor analysis of correspondences: words and themes on one plane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from pipeline.report.charts.lettering import ASCENT, LINE, shorten, text_width
from pipeline.report.charts.marks import mark
from pipeline.report.charts.placing import Box, Places, Scaling, beside, centred, fitted
from pipeline.report.charts.svg import (
    WIDTH,
    Element,
    add,
    clean,
    finite,
    frame,
    linked,
    local,
    nothing,
    quoting,
    written,
)
from pipeline.report.languages import FRENCH, Language

HEIGHT: Final = 420.0
WORDS: Final = 120
"""Words that are drawn: those of most contribution."""

_FRAME: Final = Box(2, 2, WIDTH - 2, HEIGHT - 2)
_WORD_WIDTH: Final = 130.0
_THEME_WIDTH: Final = 160.0


@dataclass(frozen=True)
class PlaneMark:
    """A word or a theme: its coordinates on the two axes, and its contribution to them, which decides who is named."""

    label: str
    x: float
    y: float
    contribution: float
    href: str | None = None


@dataclass(frozen=True)
class FactorPlane:
    """The plane of two axes, with the shares of inertia of both (0 to 1)."""

    title: str
    words: tuple[PlaneMark, ...]
    themes: tuple[PlaneMark, ...]
    inertia: tuple[float, float]
    axes: tuple[int, int] = (1, 2)
    language: Language = FRENCH


@dataclass(frozen=True)
class Placed:
    """A mark in the picture, and the place of its label if it has one."""

    mark: PlaneMark
    theme: bool
    x: float
    y: float
    text: str
    box: Box | None


Spot = tuple[PlaneMark, bool, tuple[float, float]]
"""A mark, whether it is a theme, and where it falls."""


def factor_plane(picture: FactorPlane) -> Markup:
    """Draw words as discs and themes as squares, on one scale, with as many names as find a place."""
    placed = layout(picture)
    if not placed:
        return nothing(picture.title, "plane", picture.language)
    root = frame(picture.title, HEIGHT, "plane", links=any(local(found.mark.href) for found in placed))
    add(root, "rect", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, class_="frame")
    origin = _origin(picture)
    add(root, "path", d=f"M2 {origin[1]:.1f}H{WIDTH - 2}M{origin[0]:.1f} 2V{HEIGHT - 2:.0f}", class_="axis")
    for text, box in _axis_labels(picture, origin):
        add(root, "text", text, x=box.left + 2, y=box.bottom - 4, class_="m halo")
    marks = quoting(root, picture.language)
    for found in reversed(placed):  # words first, themes over them
        _draw(marks, found)
    return written(root)


def layout(picture: FactorPlane) -> list[Placed]:
    """Return where marks and their labels stand, in order of precedence: themes, then words of most contribution."""
    themes, words = _shown(picture.themes), _shown(picture.words)[:WORDS]
    if not themes and not words:
        return []
    origin = _origin(picture)
    scaling = _scaling(picture)
    places = Places(_FRAME)
    for _, reserved in _axis_labels(picture, origin):
        places.take(reserved)
    for found in themes:
        places.take(centred(*scaling(found.x, found.y), 11.0, 11.0))
    spots = [(found, False, scaling(found.x, found.y)) for found in words]
    spots = [(found, True, scaling(found.x, found.y)) for found in themes] + spots
    placed = []
    while spots:
        (found, theme, (x, y)), *spots = spots
        if not theme:
            places.take(centred(x, y, 4.0, 4.0))
        text = shorten(clean(found.label), _THEME_WIDTH if theme else _WORD_WIDTH, bold=theme)
        label = beside(x, y, text_width(text, bold=theme) + 2, LINE - 1, 7.0 if theme else 3.5)
        boxes = [box for box in label if places.free(box)]
        best = min(boxes, key=lambda box: _hidden(box, spots)) if text and boxes else None
        if best is not None:
            places.take(best)
            spots = [spot for spot in spots if spot[1] or not _covers(best, spot[2])]
        placed.append(Placed(found, theme, x, y, text, best))
    return placed


def _covers(box: Box, spot: tuple[float, float]) -> bool:
    return box.left - 2 < spot[0] < box.right + 2 and box.top - 2 < spot[1] < box.bottom + 2


def _hidden(box: Box, spots: list[Spot]) -> float:
    """Return the contributions of the words that a label would hide: those words are left out."""
    return sum(found.contribution for found, theme, spot in spots if not theme and _covers(box, spot))


def _shown(marks: tuple[PlaneMark, ...]) -> list[PlaneMark]:
    drawn = (found for found in marks if finite(found.x, found.y, found.contribution))
    return sorted(drawn, key=lambda found: (-found.contribution, found.label))


def _scaling(picture: FactorPlane) -> Scaling:
    marks = (*_shown(picture.themes), *_shown(picture.words)[:WORDS])
    return fitted([(0.0, 0.0), *((found.x, found.y) for found in marks)], Box(34, 24, WIDTH - 34, HEIGHT - 24))


def _origin(picture: FactorPlane) -> tuple[float, float]:
    return _scaling(picture)(0.0, 0.0)


def _axis_labels(picture: FactorPlane, origin: tuple[float, float]) -> Iterator[tuple[str, Box]]:
    """Yield the names of the axes: over the right end of the first, beside the upper end of the second."""
    first, second = (
        picture.language.say("Axe %(axis)s (%(share)s)", axis=axis, share=picture.language.share(share))
        for axis, share in zip(picture.axes, picture.inertia, strict=True)
    )
    width = text_width(first) + 4
    top = origin[1] - LINE - 1 if origin[1] > 2 * LINE else origin[1] + 1
    yield first, Box(WIDTH - 4 - width, top, WIDTH - 4, top + LINE)
    width = text_width(second) + 4
    left = origin[0] + 2 if origin[0] + 2 + width < WIDTH - 4 else origin[0] - 2 - width
    yield second, Box(left, 3, left + width, 3 + LINE)


def _draw(root: Element, found: Placed) -> None:
    holder = linked(root, found.mark.href, found.mark.label)
    if found.theme:
        shape = add(holder, "path", d=mark(1, found.x, found.y, 5.5), class_="mark h1")
    else:
        shape = add(holder, "circle", cx=found.x, cy=found.y, r=1.8, class_="word")
    if found.text != clean(found.mark.label) or found.box is None:
        add(shape, "title", found.mark.label)
    if found.box is not None:
        baseline = (found.box.top + found.box.bottom + ASCENT) / 2 - 0.5
        add(holder, "text", found.text, x=found.box.left + 1, y=baseline, class_="b halo" if found.theme else "halo")
