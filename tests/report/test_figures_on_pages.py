"""Every figure of every page equals what its rows of the dataset say, on the three denominators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import ledger
from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.report.consultations import bare, hostile, rich
from tests.report.expected import DENOMINATORS, closed, expected, is_counted, rows, themes_of
from tests.report.pages import Page, Pages, figure, make
from tests.workspaces import small


@pytest.fixture(scope="module", params=[small, campaign, rich, hostile, bare], ids=lambda build: build.__name__)
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    build: Callable[[Path], Workspace] = request.param
    return build(tmp_path_factory.mktemp(build.__name__))


@pytest.fixture(scope="module")
def pages(workspace: Workspace) -> Pages:
    return make(workspace)


@pytest.fixture(scope="module")
def figures(workspace: Workspace) -> dict[str, int]:
    return expected(workspace)


def test_every_figure_is_the_one_that_the_dataset_says(pages: Pages, figures: dict[str, int]) -> None:
    for name, page in pages.all().items():
        found = {key: n for key, n in page.numbers().items() if is_counted(key)}
        assert found == {key: figures.get(key) for key in found}, name


def test_no_question_theme_state_or_modality_is_left_out(
    workspace: Workspace, pages: Pages, figures: dict[str, int]
) -> None:
    answers = rows(workspace, "answers")
    found = {name: page.numbers().keys() for name, page in pages.all().items()}
    told = {key for key in figures if key.startswith(("states/all/", "state/"))} | {"received"}
    assert told <= found["index.html"]
    for question_id in {row["question_id"] for row in answers}:
        here = [row for row in answers if row["question_id"] == question_id]
        states = {row["state"] for row in here}
        page = found.get(f"questions/{question_id}.html", set())
        assert bool(page) == bool(states & {"assigned", "unassigned", "closed"})
        if page:
            assert {key for key in figures if key.startswith(f"states/{question_id}/")} <= page
        for topic_id in {topic_id for row in here for topic_id in themes_of(row)}:
            assert {
                f"{kind}/{question_id}/{topic_id}/{key}" for kind in ("theme", "once") for key in DENOMINATORS
            } <= page
        for place, _ in enumerate(closed(here)):
            assert {f"closed/{question_id}/{place}/{key}" for key in DENOMINATORS} <= page


def test_the_states_are_those_of_the_ledger_and_sum_up(workspace: Workspace, pages: Pages) -> None:
    covered = ledger.coverage(workspace)
    found = pages.index.numbers()
    states = {
        name.removeprefix("state/"): n
        for name, n in found.items()
        if name.startswith("state/") and name.count("/") == 1
    }
    assert states == covered.states
    assert found["received"] == covered.received == sum(states.values())


def test_contributions_of_a_question_add_up_to_those_received(pages: Pages) -> None:
    for name in pages.names[1:]:
        question_id = name.removeprefix("questions/").removesuffix(".html")
        prefix, suffix = f"states/{question_id}/", "/contributions"
        found = pages[name].numbers()
        counts = {key: n for key, n in found.items() if key.startswith(prefix) and key.endswith(suffix)}
        received = counts.pop(f"{prefix}received{suffix}")
        assert received == sum(counts.values()) > 0


def test_shares_and_intervals_are_of_the_base_on_each_denominator(pages: Pages) -> None:
    for name in pages.names[1:]:
        for denominator in DENOMINATORS:
            page = Page(pages.sources[name], denominator)
            question_id = name.removeprefix("questions/").removesuffix(".html")
            for topic_id, row in page.by("data-topic").items():
                n = page.numbers()[f"theme/{question_id}/{topic_id}/{denominator}"]
                base = page.numbers()[f"base/{question_id}/{denominator}"]
                assert figure(row.cells[1]) == n
                assert row.cells[2] == f"{100 * n / base:.1f}".replace(".", ",") + "\u00a0%"
                low, high = (
                    float(side.replace(",", ".")) for side in row.small[2].removesuffix("\u00a0%").split(" à ")
                )
                assert low <= round(100 * n / base, 1) <= high and low < high
