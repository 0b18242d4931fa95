"""How fast a stage goes, and how long it still takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rich.progress import ProgressColumn, Task
from rich.text import Text

from pipeline.executor import Amount


class Clock:
    """Told of finished partitions; says the rate and the time left of the stage, or of the part of it under way.

    Parameters
    ----------
    now : callable
        Seconds since any moment.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._done = self._total = self._before = self._amount = 0
        self._unit = ""
        self._began = self._told = now()

    def told(self, done: int, total: int, amount: Amount | None = None) -> None:
        """Note that one more partition is done."""
        if done <= self._done or total != self._total:  # the first, or another part of the stage
            self._began, self._before, self._amount = self._told, done - 1, 0
        self._done, self._total, self._told = done, total, self._now()
        if amount is not None:
            self._amount, self._unit = self._amount + amount.count, amount.unit

    @property
    def rate(self) -> str:
        """What is done a second, for example "850 answers/s"; nothing while it is not known."""
        seconds = self._told - self._began
        if not self._amount or seconds <= 0:
            return ""
        rate = self._amount / seconds
        return f"{rate:,.0f} {self._unit}/s" if rate >= 10 else f"{rate:.1f} {self._unit}/s"

    @property
    def left(self) -> str:
        """The time that what is left takes at the speed so far, for example "1:05 left"."""
        done, seconds = self._done - self._before, self._told - self._began
        if not done or self._done >= self._total:
            return ""
        left = (self._total - self._done) * seconds / done - (self._now() - self._told)
        minutes, rest = divmod(max(0, round(left)), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}:{rest:02d} left" if hours else f"{minutes}:{rest:02d} left"


class ClockColumn(ProgressColumn):
    """The rate and the time left of a task of rich, which has a `Clock` among its fields."""

    def render(self, task: Task) -> Text:
        """Return them as text."""
        clock: Any = task.fields.get("clock")
        return Text(" · ".join(part for part in (clock.rate, clock.left) if part) if clock is not None else "")
