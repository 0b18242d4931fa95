"""The progress of a stage: its rate where amounts are known, the time left, and nothing without a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pipeline import console
from pipeline.executor import Amount
from pipeline.progress import Clock


class Time:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_rate_and_time_left_are_those_of_the_partitions_done() -> None:
    now = Time()
    clock = Clock(now)
    assert (clock.rate, clock.left) == ("", "")
    for done in (1, 2, 3, 4):
        now.seconds += 10
        clock.told(done, 10, Amount(4250, "answers"))
    assert (clock.rate, clock.left) == ("425 answers/s", "1:00 left")
    now.seconds += 7  # it goes on between two partitions
    assert (clock.rate, clock.left) == ("425 answers/s", "0:53 left")
    now.seconds += 500
    assert clock.left == "0:00 left"


def test_what_an_earlier_run_did_makes_this_one_no_faster() -> None:
    now = Time()
    clock = Clock(now)
    for done in (91, 92):
        now.seconds += 1800
        clock.told(done, 100)
    assert (clock.rate, clock.left) == ("", "4:00:00 left")


def test_another_part_of_a_stage_begins_anew() -> None:
    now = Time()
    clock = Clock(now)
    for done in (1, 2):
        now.seconds += 100
        clock.told(done, 2, Amount(5, "questions"))
    assert clock.left == "" and clock.rate == "0.1 questions/s"
    for done in (1, 2):
        now.seconds += 1
        clock.told(done, 12, Amount(300, "segments"))
    assert (clock.rate, clock.left) == ("300 segments/s", "0:10 left")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_shows_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(console, "err", Console(file=shown, force_terminal=terminal, width=100))
    with console.progress() as watch:
        told = watch("tokenise")
        assert told is not None
        told(1, 4, Amount(10**9, "answers"))
        told(2, 4)  # some tasks return no amount
    if terminal:
        assert "tokenise" in shown.getvalue() and "2/4" in shown.getvalue() and "answers/s" in shown.getvalue()
        assert " left" in shown.getvalue()
    else:
        assert shown.getvalue() == ""
