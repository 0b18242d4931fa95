"""Words that are frequent (right) or rare (left) in a theme beside the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from pipeline.report.charts.lettering import shorten, text_width
from pipeline.report.charts.svg import WIDTH, Element, add, clean, finite, frame, nothing, quoting, written
from pipeline.report.languages import FRENCH, Language

WORDS: Final = 40

_ROW: Final = 20.0
_HEAD: Final = 20.0
_MIDDLE: Final = WIDTH / 2
_REACH: Final = 170.0
"""The longest bar; its figure stands beyond."""


@dataclass(frozen=True)
class SignedWord:
    """A word, its score (positive: more than elsewhere; negative: less), and how often it occurs, where told."""

    word: str
    score: float
    count: int | None = None


@dataclass(frozen=True)
class DivergingBars:
    """Signed words, and what both sides are called."""

    title: str
    words: tuple[SignedWord, ...]
    more: str = "Surreprésentés"
    less: str = "Sous-représentés"
    language: Language = FRENCH


def diverging_bars(picture: DivergingBars) -> Markup:
    """Draw a bar a word from the middle line, the words of highest score first, each opposite its bar."""
    words, language = shown(picture.words), picture.language
    if not words:
        return nothing(picture.title, "words", language)
    bottom = _HEAD + _ROW * len(words) + 2
    root = frame(picture.title, bottom, "words")
    most = max(abs(found.score) for found in words)
    if any(found.score < 0 for found in words):
        add(root, "text", shorten(clean(language.translate(picture.less)), _REACH), x=_MIDDLE - 6, y=12, class_="m end")
    if any(found.score > 0 for found in words):
        add(root, "text", shorten(clean(language.translate(picture.more)), _REACH), x=_MIDDLE + 6, y=12, class_="m")
    rows = quoting(root, language)
    for row, found in enumerate(words):
        _row(rows, found, _HEAD + row * _ROW, most, language)
    add(root, "path", d=f"M{_MIDDLE:.0f} {_HEAD - 2:.0f}V{bottom:.0f}", class_="axis")
    return written(root)


def shown(words: tuple[SignedWord, ...]) -> list[SignedWord]:
    """Return the words of the most extreme scores, the highest first; ties by word."""
    drawn = [found for found in words if finite(found.score) and found.score != 0]
    extreme = sorted(drawn, key=lambda found: (-abs(found.score), found.word))[:WORDS]
    return sorted(extreme, key=lambda found: (-found.score, found.word))


def signed(value: float, language: Language = FRENCH) -> str:
    """Return 12.34 as « +12,3 » and -3 as « −3,0 »."""
    return ("+" if value > 0 else "−") + language.decimal(abs(value), 1)


def _row(root: Element, found: SignedWord, top: float, most: float, language: Language) -> None:
    more, figures = found.score > 0, signed(found.score, language)
    long = max(0.5, abs(found.score) / most * _REACH)
    bar = add(
        root,
        "rect",
        x=_MIDDLE if more else _MIDDLE - long,
        y=top + 2,
        width=long,
        height=_ROW - 6,
        class_="more" if more else "less",
    )
    text = shorten(clean(found.word), _MIDDLE - 12)
    times = "" if found.count is None else f" ({_times(found.count, language)})"
    add(bar, "title", language.say("%(name)s : %(n)s", name=found.word, n=figures) + times)
    y = top + 13.5
    add(root, "text", text, x=_MIDDLE + (-6 if more else 6), y=y, class_="end" if more else None)
    beyond = _MIDDLE + (long + 5 if more else -long - 5)
    if text_width(figures) <= WIDTH / 2 - long - 5:
        add(root, "text", figures, x=beyond, y=y, class_="m" if more else "m end")


def _times(count: int, language: Language) -> str:
    n = language.number(count)
    return language.say("%(n)s occurrence", n=n) if count < 2 else language.say("%(n)s occurrences", n=n)
