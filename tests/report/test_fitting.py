"""Pages leave out what is missed least, no more than they must, and never a count of a theme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.figures import dataset_connection
from pipeline.report import fitting
from pipeline.report.contents import QuestionPage
from pipeline.report.fitting import STEPS, fitted, reduced
from pipeline.report.gathering import gather, question_pages
from pipeline.report.languages import FRENCH
from pipeline.report.page import Pages
from tests.report.consultations import rich
from tests.report.pages import Page, make
from tests.workspaces import small


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[QuestionPage, Pages]]:
    workspace = rich(tmp_path_factory.mktemp("fitting"))
    make(workspace)
    with dataset_connection(workspace.path / "dataset") as connection:
        report = gather(workspace, connection)
        page = next(question_pages(report, connection, 5))
        yield page, Pages(report, FRENCH)


def test_every_step_makes_a_page_no_larger_and_keeps_its_counts(made: tuple[QuestionPage, Pages]) -> None:
    page, pages = made
    whole = Page(pages.question(page))
    kept = {name: text for name, text in whole.figures if name.startswith(("theme/", "share/theme/", "states/"))}
    assert kept
    sizes = []
    for steps in range(len(STEPS) + 1):
        found = pages.question(replace(reduced(page, steps), left_out=()))
        read = Page(found)
        assert kept.items() <= dict(read.figures).items(), steps
        assert set(whole.by("data-topic")) == set(read.by("data-topic"))
        sizes.append(len(found))
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < sizes[0]


def test_a_page_says_what_it_leaves_out_and_a_whole_one_nothing(made: tuple[QuestionPage, Pages]) -> None:
    page, pages = made
    assert "laisse de côté" not in pages.question(page)
    least = pages.question(reduced(page, len(STEPS)))
    assert "cette page laisse de côté\u00a0: des verbatims" in Page(least).text


@given(st.integers(0, len(STEPS) + 2), st.integers(0, len(STEPS)))
def test_the_fewest_steps_are_taken_whatever_the_guess(wanted: int, guess: int) -> None:
    def write(page: object) -> str:
        return "x" * (len(STEPS) - int(str(page)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "reduced", lambda page, steps: steps)
        html, steps = fitted(None, write, len(STEPS) - wanted, guess)  # type: ignore[arg-type]
    assert steps == min(wanted, len(STEPS)) and len(html) == len(STEPS) - steps


def test_a_report_keeps_to_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = small(tmp_path)
    whole = len(make(workspace).whole.encode())
    monkeypatch.setattr("pipeline.report.writing.SIZE", whole - 3_000)
    again = tmp_path / "again"
    again.mkdir()
    assert len(make(small(again)).whole.encode()) < whole - 2_500
