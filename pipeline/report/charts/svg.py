"""Elements of SVG: clean text, short numbers, links inside the report, and the frame that every picture has."""

from __future__ import annotations

import math
import re
from typing import Final
from xml.etree import ElementTree

from markupsafe import Markup

from pipeline.report.charts.lettering import LINE, SIZE, shorten
from pipeline.report.languages import FRENCH, Language

Element = ElementTree.Element

WIDTH: Final = 480
"""Units that every picture is wide: letters of 12 units are read on a telephone and do not shout on a desk."""

HUES: Final = 8

_LEFT_OUT: Final = re.compile("[\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LOCAL: Final = re.compile(r"(?!/)[^:\\\s]*(#.*)?", re.DOTALL)


def clean(text: str) -> str:
    """Return text for a picture: on one line, without what XML forbids or what turns the direction of writing."""
    found = " ".join(filter(None, _CONTROL.sub(" ", _LEFT_OUT.sub("", text)).split(" ")))
    return found if found.strip() else ""


def figure(value: float) -> str:
    """Return a coordinate, to a tenth of a unit, as short as can be."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def add(parent: Element, tag: str, text: str | None = None, **attributes: str | float | None) -> Element:
    """Add an element; `class_` is written class, an underscore a hyphen, None is left out."""
    found = {
        name.rstrip("_").replace("_", "-"): clean(value) if isinstance(value, str) else figure(value)
        for name, value in attributes.items()
        if value is not None
    }
    child = ElementTree.SubElement(parent, tag, found)
    if text is not None:
        child.text = clean(text)
    return child


def frame(title: str, height: float, kind: str, *, links: bool = False) -> Element:
    """Start a picture that a title names.

    An image has no parts for who hears the page, so that a picture with links in it is a group of them.
    """
    return ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": f"chart chart-{kind}",
            "viewBox": f"0 0 {WIDTH} {figure(height)}",
            "role": "group" if links else "img",
            "aria-label": clean(title),
        },
    )


def linked(parent: Element, href: str | None, name: str | None = None, *, pointer_only: bool = False) -> Element:
    """Return the parent of what a link shows: a new link, or `parent` itself where there is none, or none of ours.

    `pointer_only` keeps links out of the order of the tab key where there are hundreds, all of them also in the page.
    """
    if not local(href):
        return parent
    return add(parent, "a", href=href, aria_label=name, tabindex="-1" if pointer_only else None)


def local(href: str | None) -> bool:
    """Say whether a link stays in the report: a fragment or a relative path, never a scheme or another host."""
    return bool(href) and href == clean(href or "") and _LOCAL.fullmatch(href or "") is not None


def hue(index: int | None) -> str:
    """Return the class of the colour of a theme: eight hues, then the neutral one."""
    return f"h{index + 1}" if index is not None and 0 <= index < HUES else "h0"


def quoting(parent: Element, language: Language) -> Element:
    """Return the parent of what people wrote: a group that tells its language, or `parent` in a French page."""
    return parent if language.quoted is None else add(parent, "g", lang=language.quoted)


def nothing(title: str, kind: str, language: Language = FRENCH) -> Markup:
    """Return a picture that says that there is nothing to show."""
    root = frame(title, 3 * LINE, kind)
    add(root, "text", language.say("Rien à montrer"), x=WIDTH / 2, y=2 * LINE, class_="m mid")
    return written(root)


def caption(
    parent: Element, x: float, y: float, text: str, width: float, *, class_: str | None = None, lang: str | None = None
) -> None:
    """Write a line of text that is shortened to a width."""
    add(parent, "text", shorten(clean(text), width, SIZE), x=x, y=y, class_=class_, lang=lang)


def written(root: Element) -> Markup:
    """Return the picture as text that templates leave as it is."""
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def finite(*values: float) -> bool:
    """Say whether all coordinates can be drawn."""
    return all(map(math.isfinite, values))
