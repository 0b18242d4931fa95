"""France by département, in five classes; the shapes are those of seeds/departements."""

from __future__ import annotations

import functools
import json
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from pipeline.crosstabs.suppression import LEAST
from pipeline.report.charts.lettering import text_width
from pipeline.report.charts.svg import Element, add, clean, figure, frame, written
from pipeline.report.languages import FRENCH, Language
from pipeline.resources import resource

CLASSES: Final = 5
MAP_LETTERS: Final = "abcdefgh"
"""Of the themes that a reader can choose from; charts.css has the colours and the legend of each."""
_SCALE: Final = 0.5
_MAP_LEFT: Final = 80.0
_INSET_WIDTH: Final = 74.0
_KEY_ROW: Final = 18.0


@dataclass(frozen=True)
class DepartementMap:
    """Counts by code (« 69 », « 2A », « 974 »); None where the count is held back although it is not small.

    What lies in no code of the map is counted in the legend. `key` tells the maps of one page apart. `themes` are
    shares by code, from 0 to 1, one mapping a theme: the page shows those of the theme that its reader chooses.
    """

    title: str
    counts: Mapping[str, int | None]
    unknown: int = 0
    key: str = "carte"
    language: Language = FRENCH
    themes: Sequence[Mapping[str, float]] = ()


@functools.cache
def shapes() -> dict[str, Any]:
    """Return the names of départements by code, and the boxes with their outlines."""
    found: dict[str, Any] = json.loads(resource("seeds", "departements", "shapes.json").read_text(encoding="utf-8"))
    return found


def departement_map(picture: DepartementMap) -> Markup:
    """Draw the map: classes with about as many départements in each, hatched where there are fewer than five."""
    names, (main, *insets) = shapes()["names"], shapes()["boxes"]
    told = {code: count for code in names if (count := picture.counts.get(code)) is not None and count >= LEAST}
    classes = quintiles(told)
    high = main["height"] * _SCALE
    legend = _legend(picture, told, classes)
    of_themes = [
        quintiles({code: share for code, share in shares.items() if code in names}) for shares in picture.themes
    ]
    marked = {
        code: [
            f"t{letter}{found[code]}" for letter, found in zip(MAP_LETTERS, of_themes, strict=False) if code in found
        ]
        for code in names
    }
    root = frame(picture.title, high + 12 + _KEY_ROW * len(legend), "map")
    hatch = "hachure-" + re.sub("[^A-Za-z0-9_-]", "", picture.key)
    size = {"width": "7", "height": "7"}
    pattern = add(add(root, "defs"), "pattern", id=hatch, patternUnits="userSpaceOnUse", **size)
    pattern.set("patternTransform", "rotate(45)")
    add(pattern, "rect", class_="ground", **size)
    add(pattern, "path", d="M0 0V7", class_="hatch")
    described = {
        code: picture.language.say(
            "%(name)s : %(n)s", name=f"{name} ({code})", n=_told(told.get(code), picture.language)
        )
        for code, name in names.items()
    }
    _shapes(root, main["paths"], (_MAP_LEFT, 0.0), classes, marked, described, hatch)
    step = high / len(insets)
    for place, inset in enumerate(insets):
        top = place * step
        add(root, "rect", x=0.5, y=top + 0.5, width=_INSET_WIDTH, height=step - 4, class_="frame", rx=2)
        lines = _two_lines(inset["name"])
        for line, text in enumerate(lines):
            add(root, "text", text, x=5, y=top + 12 + 11 * line, class_="s", lang=picture.language.quoted)
        ceiling = top + 11 * len(lines) + 5
        free = top + step - 6 - ceiling
        size = min(_SCALE, free / inset["height"])
        corner = ((_INSET_WIDTH - inset["width"] * size) / 2, ceiling + (free - inset["height"] * size) / 2)
        _shapes(root, inset["paths"], corner, classes, marked, described, hatch, size)
    whole = add(root, "g", class_="legend") if of_themes else root
    for row, keys in enumerate(legend):
        _keys(whole, keys, high + 8 + _KEY_ROW * row, hatch)
    for letter, shares, found in zip(MAP_LETTERS, picture.themes, of_themes, strict=False):
        group = add(root, "g", class_=f"legend l{letter}")
        for row, keys in enumerate(_legend_of_theme(shares, found, picture.language)):
            _keys(group, keys, high + 8 + _KEY_ROW * row, hatch)
    return written(root)


def quintiles(counts: Mapping[str, float]) -> dict[str, int]:
    """Return the class of each code, 0 to 4: how many fifths of the départements have less. Equals share a class.

    >>> quintiles({"01": 5, "02": 5, "03": 9, "04": 20, "05": 800})
    {'01': 0, '02': 0, '03': 2, '04': 3, '05': 4}
    """
    ordered = sorted(counts.values())
    return {code: CLASSES * bisect_left(ordered, count) // len(ordered) for code, count in counts.items()}


def _told(count: int | None, language: Language) -> str:
    return language.say("moins de %(n)s", n=LEAST) if count is None else language.number(count)


def _shapes(
    root: Element,
    paths: Mapping[str, str],
    corner: tuple[float, float],
    classes: Mapping[str, int],
    marked: Mapping[str, Sequence[str]],
    described: Mapping[str, str],
    hatch: str,
    size: float = _SCALE,
) -> None:
    x, y = corner
    group = add(root, "g", transform=f"translate({figure(x)} {figure(y)}) scale({round(size, 3)})")
    for code, path in paths.items():
        found = classes.get(code)
        kinds = [*([] if found is None else [f"k{found}"]), *marked[code]]
        outline = add(group, "path", d=path, class_=" ".join(kinds) or None)
        if found is None:
            outline.set("fill", f"url(#{hatch})")
        add(outline, "title", described[code])


def _legend(
    picture: DepartementMap, told: Mapping[str, int], classes: Mapping[str, int]
) -> list[list[tuple[str | None, str]]]:
    """Return the rows of the legend: classes, then what is hidden, unknown or elsewhere."""
    say, number = picture.language.say, picture.language.number
    ranges = []
    for found in sorted(set(classes.values())):
        counts = [count for code, count in told.items() if classes[code] == found]
        least, most = number(min(counts)), number(max(counts))
        ranges.append((f"k{found}", least if least == most else say("%(low)s à %(high)s", low=least, high=most)))
    names = shapes()["names"]
    held = any(picture.counts.get(code, 0) is None for code in names)
    rows: list[list[tuple[str | None, str]]] = [list(ranges)] if ranges else []
    hidden = say("moins de %(n)s, ou non communiqué", n=LEAST) if held else _told(None, picture.language)
    rows.append([("hidden", hidden)])
    elsewhere = sum(count or 0 for code, count in picture.counts.items() if code not in names)
    if elsewhere:
        n = _told(elsewhere if elsewhere >= LEAST else None, picture.language)
        rows[-1].append((None, say("autres territoires : %(n)s", n=n)))
    rows[-1].append((None, say("département inconnu : %(n)s", n=number(picture.unknown))))
    rule = say("Chaque teinte : un cinquième des départements comptés (quintiles)")
    return [*rows, [(None, rule)]] if ranges else rows


def _legend_of_theme(
    shares: Mapping[str, float], classes: Mapping[str, int], language: Language
) -> list[list[tuple[str | None, str]]]:
    ranges: list[tuple[str | None, str]] = []
    for found in sorted(set(classes.values())):
        within = [shares[code] for code, of_code in classes.items() if of_code == found]
        least, most = (language.decimal(100 * share, 1) for share in (min(within), max(within)))
        text = least if least == most else language.say("%(low)s à %(high)s", low=least, high=most)
        ranges.append((f"k{found}", text))
    hidden = language.say("moins de %(n)s, ou non communiqué", n=LEAST)
    rule = language.say("Part du thème dans le département (pour cent), par quintiles")
    return [ranges, [("hidden", hidden)], [(None, rule)]]


def _keys(root: Element, keys: list[tuple[str | None, str]], top: float, hatch: str) -> None:
    x = 0.5
    for kind, text in keys:
        if kind is not None:
            swatch = add(root, "rect", x=x, y=top, width=16, height=11, class_=f"swatch {kind}")
            if kind == "hidden":
                swatch.set("fill", f"url(#{hatch})")
            x += 21
        add(root, "text", text, x=x, y=top + 9.5)
        x += text_width(text) + 12


def _two_lines(name: str) -> list[str]:
    if text_width(name, 10.0) <= _INSET_WIDTH - 8:
        return [clean(name)]
    first, _, last = name.rpartition(" ")
    return [first, last]
