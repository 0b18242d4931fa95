"""The pages in a real browser: no error, no request but the file, nothing wider than a phone, and a switch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.report.consultations import hostile, rich
from tests.report.expected import DENOMINATORS, expected, is_counted, shown
from tests.report.pages import Page, figure, make
from tests.workspaces import small

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists() and not os.environ.get("CI"), reason="no chromium here")

OPEN_ALL = "all => all.forEach(one => one.open = true)"
# Figures that are seen: those of an element of their own, and those on one denominator in an element named for three.
FIGURES = """all => all.filter(one => one.getClientRects().length).flatMap(one => {
    const own = one.dataset.figure;
    if (own) return own.endsWith("/*") ? [] : [[own, one.textContent]];
    const whole = one.parentElement.closest("[data-figure]")?.dataset.figure;
    const kind = [...one.classList].find(name => name.startsWith("d-"));
    return whole?.endsWith("/*") && kind ? [[whole.slice(0, -1) + kind.slice(2), one.textContent]] : [];
})"""
VISIBLE = """all => all.filter(one => one.getClientRects().length)
    .map(one => [one.dataset.figure || '', [...one.classList], one.textContent])"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.body.querySelectorAll('*')].filter(one => !one.closest('.scroll, .skip') &&
        one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module", params=[small, campaign, rich, hostile], ids=lambda build: build.__name__)
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    build: Callable[[Path], Workspace] = request.param
    found = build(tmp_path_factory.mktemp("browser"))
    make(found)
    return found


@pytest.fixture(scope="module")
def addresses(workspace: Workspace) -> list[Path]:
    return sorted((workspace.path / "report").rglob("*.html"))


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_pages_open_alone_and_fit(page: Any, addresses: list[Path]) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for path in addresses:
        page.goto(path.as_uri())
        papers = set()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            papers.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))  # the style is allowed
            for width in (375, 768, 1200):
                page.set_viewport_size({"width": width, "height": 800})
                for opened in ("false", "true"):
                    page.locator("details").evaluate_all(OPEN_ALL.replace("true", opened))
                    assert page.evaluate(TOO_WIDE) == [], f"{path.name} at {width}"
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert papers == {"rgb(255, 255, 255)", "rgb(18, 22, 28)"}
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri() for path in addresses]


def test_the_script_of_a_page_runs_and_shows_what_needs_it(page: Any, addresses: list[Path]) -> None:
    for path in addresses:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.classList.contains('script')")
        assert page.locator(".needs-script").evaluate_all("all => all.every(one => one.getClientRects().length)")


def test_without_scripts_what_needs_them_is_hidden_and_the_switch_still_works(
    browser: Any, addresses: list[Path]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in addresses:
        page.goto(path.as_uri())
        assert not any(one.is_visible() for one in page.locator(".needs-script").all())
        page.check("#d-unique_texts")
        figures = page.locator("table [data-figure]").all()
        told = {str(one.get_attribute("data-figure")).rpartition("/")[2] for one in figures if one.is_visible()}
        assert told & set(DENOMINATORS) <= {"unique_texts"}
    context.close()


def test_the_switch_changes_every_figure(page: Any, workspace: Workspace, addresses: list[Path]) -> None:
    figures = expected(workspace)
    for path in addresses:
        page.goto(path.as_uri())
        page.locator("details").evaluate_all(OPEN_ALL)
        names = {name for name, _ in Page(path.read_text("utf-8")).figures if is_counted(name)}
        for denominator in (None, "respondents", "unique_texts", "contributions"):
            if denominator is not None:
                page.check(f"#d-{denominator}")
            chosen = denominator or "contributions"
            found = page.locator("[data-figure], .d").evaluate_all(FIGURES)
            assert {name: figure(text) for name, text in found if is_counted(name)} == {
                name: n for name, n in shown(figures, chosen) if name in names
            }
            others = page.locator(".d").evaluate_all(VISIBLE)
            assert others and all(f"d-{chosen}" in classes for _, classes, _ in others), (path.name, chosen)
