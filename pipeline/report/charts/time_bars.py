"""How many, month by month or week by week."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Literal

from markupsafe import Markup

from pipeline.report.charts.lettering import text_width
from pipeline.report.charts.svg import WIDTH, add, frame, nothing, written
from pipeline.report.languages import FRENCH, Language

HEIGHT: Final = 170.0

_TOP, _BOTTOM = 10.0, 148.0
_WIDE: Final = date(2019, 9, 30)
"""A day whose name is as wide as any."""


@dataclass(frozen=True)
class Period:
    """A month or a week, by one of its days, and its count."""

    start: date
    count: int


@dataclass(frozen=True)
class TimeBars:
    """Periods in any order; those that are left out count none."""

    title: str
    periods: tuple[Period, ...]
    step: Literal["month", "week"] = "month"
    language: Language = FRENCH


def time_bars(picture: TimeBars) -> Markup:
    """Draw a bar a period, on a scale that begins at nought."""
    counts: dict[int, int] = {}
    for period in picture.periods:
        slot = _slot(period.start, picture.step)
        counts[slot] = counts.get(slot, 0) + period.count
    if not counts or max(counts.values()) <= 0:
        return nothing(picture.title, "time", picture.language)
    language, number = picture.language, picture.language.number
    root = frame(picture.title, HEIGHT, "time")
    first, last = min(counts), max(counts)
    ticks = scale(max(counts.values()))
    left = max(text_width(number(tick)) for tick in ticks) + 8
    high, each = (_BOTTOM - _TOP) / ticks[-1], (WIDTH - left) / (last - first + 1)
    for tick in ticks:
        y = _BOTTOM - tick * high
        add(root, "path", d=f"M{left:.1f} {y:.1f}H{WIDTH}", class_="axis" if tick == 0 else "grid")
        add(root, "text", number(tick), x=left - 5, y=y + 4, class_="m end")
    for slot in sorted(counts):
        tall = counts[slot] * high
        wide = max(0.5, min(each * 0.8, 40.0))
        x = left + (slot - first + 0.5) * each - wide / 2
        bar = add(root, "rect", x=x, y=_BOTTOM - tall, width=wide, height=tall, class_="bar")
        name = _named(slot, picture.step, language)
        add(bar, "title", language.say("%(name)s : %(n)s", name=name, n=number(counts[slot])))
    for x, text in _names(first, last, left, each, picture):
        add(root, "text", text, x=x, y=_BOTTOM + 16, class_="m mid")
    return written(root)


def scale(most: int) -> list[int]:
    """Return round numbers from 0 to one that is not below `most`, five at most.

    >>> scale(1240), scale(3)
    ([0, 500, 1000, 1500], [0, 1, 2, 3])
    """
    power = 10 ** max(0, math.floor(math.log10(most)) - 1)
    step = next(size * power for size in (1, 2, 5, 10, 20, 50, 100) if size * power * 4 >= most)
    return [step * place for place in range(-(-most // step) + 1)]


def _slot(day: date, step: str) -> int:
    return day.year * 12 + day.month - 1 if step == "month" else (day.toordinal() - 1) // 7


def _day(slot: int, step: str) -> date:
    return date(slot // 12, slot % 12 + 1, 1) if step == "month" else date.fromordinal(slot * 7 + 1)


def _named(slot: int, step: str, language: Language) -> str:
    day = datetime.combine(_day(slot, step), time())
    return language.month(day) if step == "month" else language.say("semaine du %(day)s", day=language.date(day))


def _names(first: int, last: int, left: float, each: float, picture: TimeBars) -> Iterator[tuple[float, str]]:
    """Yield the names under the bars that stand whole in the picture and clear of each other."""
    named = picture.language.short_month if picture.step == "month" else picture.language.short_day
    width = text_width(named(_WIDE)) + 10
    apart = max(1, math.ceil(width / each))
    for slot in range(first, last + 1, apart):
        text = named(_day(slot, picture.step))
        half = text_width(text) / 2
        x = left + (slot - first + 0.5) * each
        if each * (last - first + 1) >= width:
            x = min(max(x, half), WIDTH - half)
        yield x, text
