"""Segments as points of a plane, coloured and shaped by theme; its axes have no meaning of their own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from pipeline.report.charts.lettering import LINE, shorten, text_width
from pipeline.report.charts.marks import mark
from pipeline.report.charts.placing import Box, Places, Scaling, around, fitted
from pipeline.report.charts.svg import (
    HUES,
    WIDTH,
    Element,
    add,
    caption,
    clean,
    finite,
    frame,
    hue,
    linked,
    local,
    nothing,
    quoting,
    written,
)
from pipeline.report.languages import FRENCH, Language

HEIGHT: Final = 360.0
LINKED: Final = 90
"""Points that lead to their text: the first ones given."""

POINTS: Final = 600
"""Points that are drawn; those after the linked ones are dots."""

_RADIUS: Final = 3.6
_LABEL: Final = 150.0
_REACH: Final = 60.0
_TITLE: Final = 56


@dataclass(frozen=True)
class Point:
    """A segment: where it lies, the place of its theme in the list of themes, its text, and where the page has it."""

    x: float
    y: float
    theme: int | None
    text: str
    href: str | None = None
    place: int | None = None
    """The place of its text among those that the script of the page reads (`SegmentMap.texts`)."""


@dataclass(frozen=True)
class SegmentMap:
    """The labels of themes and the points, those first that should be drawn if not all are."""

    title: str
    themes: tuple[str, ...]
    points: tuple[Point, ...]
    texts: str | None = None
    """The id of the element that holds the texts, for the script of the page."""
    language: Language = FRENCH


def segment_map(picture: SegmentMap) -> Markup:
    """Draw points with a legend, and the names of the first eight themes at the middle of their points."""
    points = [point for point in picture.points if finite(point.x, point.y)][:POINTS]
    if not points:
        return nothing(picture.title, "segments", picture.language)
    language = picture.language
    legend = _legend(picture.themes, points, language)
    rows = -(-len(legend) // 2)
    title = picture.title
    if len(points) < len(picture.points):
        title = language.say(
            "%(title)s (%(n)s segments dessinés sur %(all)s)",
            title=title,
            n=language.number(len(points)),
            all=language.number(len(picture.points)),
        )
    root = frame(
        title, HEIGHT + 10 + rows * LINE, "segments", links=any(local(point.href) for point in points[:LINKED])
    )
    if picture.texts is not None:
        root.set("data-points", clean(picture.texts))
    add(root, "rect", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, class_="frame")
    scaling = fitted([(point.x, point.y) for point in points], Box(12, 12, WIDTH - 12, HEIGHT - 12))
    _draw_dots(root, points[LINKED:], scaling)
    quoted = quoting(root, language)
    _draw_linked(quoted, points[:LINKED], scaling)
    for index, text, box in labels(picture.themes, points, scaling):
        middle = (box.left + box.right) / 2
        add(quoted, "text", text, x=middle, y=box.bottom - 4, class_=f"b mid halo name {hue(index)}")
    for place, (theme, text) in enumerate(legend):
        x, y = (place % 2) * WIDTH / 2, HEIGHT + 18 + (place // 2) * LINE
        add(root, "path", d=mark(theme, x + 6, y - 4, _RADIUS + 0.6), class_=f"mark {hue(theme)}")
        ours = theme is None or theme >= HUES
        caption(root, x + 16, y, text, WIDTH / 2 - 22, lang=None if ours else language.quoted)
    return written(root)


def labels(themes: tuple[str, ...], points: list[Point], scaling: Scaling) -> list[tuple[int, str, Box]]:
    """Return themes, their names and where these stand: near the middle of their points, over few, never on another."""
    taken = Places(Box(3, 3, WIDTH - 3, HEIGHT - 3))
    spots = np.array([scaling(point.x, point.y) for point in points])
    found = []
    for index, label in enumerate(themes[:HUES]):
        mine = spots[[point.theme == index for point in points]]
        text = shorten(clean(label), _LABEL, bold=True)
        if not len(mine) or not text:
            continue
        x, y = (float(middle) for middle in np.median(mine, axis=0))
        boxes = [box for box in around(x, y, text_width(text, bold=True) + 4, LINE, _REACH) if taken.free(box)]
        if boxes:
            best = min(boxes, key=lambda box: _cost(box, (x, y), spots))
            taken.take(best)
            found.append((index, text, best))
    return found


def _cost(box: Box, middle: tuple[float, float], spots: NDArray[np.float64]) -> float:
    """Return what speaks against a place: the points that it hides, and how far it is from the middle."""
    near = np.array([3.0, 3.0])
    inside = (spots > np.array(box[:2]) - near) & (spots < np.array(box[2:]) + near)
    away = math.hypot((box.left + box.right) / 2 - middle[0], (box.top + box.bottom) / 2 - middle[1])
    hidden = inside.all(axis=1)
    return int(hidden[:LINKED].sum()) + 0.25 * int(hidden[LINKED:].sum()) + away / 7


def _draw_dots(root: Element, points: list[Point], scaling: Scaling) -> None:
    """Draw points as dots, those of a theme in one path."""
    paths: dict[str, str] = {}
    for point in points:
        x, y = scaling(point.x, point.y)
        paths[hue(point.theme)] = f"{paths.get(hue(point.theme), '')}M{x:.0f} {y:.0f}h0"
    for kind in sorted(paths):
        add(root, "path", d=paths[kind], class_=f"dots {kind}")


def _draw_linked(root: Element, points: list[Point], scaling: Scaling) -> None:
    # The table beside says all that is said here; hundreds of links would be in the way of who hears the page.
    group = add(root, "g", aria_hidden="true")
    for point in sorted(points, key=lambda point: hue(point.theme)):
        if not len(group) or group[-1].get("class") != f"mark {hue(point.theme)}":
            add(group, "g", class_=f"mark {hue(point.theme)}")
        link = linked(group[-1], point.href, pointer_only=True)
        if link is not group[-1] and point.place is not None:
            link.set("data-text", str(point.place))
        shape = add(
            link,
            "path",
            d=mark(point.theme, *scaling(point.x, point.y), _RADIUS),
        )
        text = clean(point.text)
        add(shape, "title", text if len(text) <= _TITLE else text[: _TITLE - 1].rstrip() + "…")


def _legend(themes: tuple[str, ...], points: list[Point], language: Language) -> list[tuple[int | None, str]]:
    used = {point.theme for point in points}
    found: list[tuple[int | None, str]] = [(index, label) for index, label in enumerate(themes[:HUES]) if index in used]
    if any(index is not None and index >= HUES for index in used):
        others = language.say("Autres thèmes") if None not in used else language.say("Autres thèmes, ou sans thème")
        found.append((HUES, others))
    elif None in used:
        found.append((None, language.say("Sans thème")))
    return found
