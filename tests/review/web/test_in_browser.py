"""A review from the first page to the log in a real browser, without a mouse but to select a passage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline.review import decisions as log
from pipeline.review.reading import read_reviewed
from pipeline.workspace import Workspace
from tests.report.test_accessibility import ALL, RUN
from tests.review.web.consultation import QUESTION, answer_id
from tests.review.web.running import running

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists() and not os.environ.get("CI"), reason="no chromium here"),
]

PAGES = (
    "/", "/file/marge", "/conflits", "/double-codage", "/journal", "/aide", f"/questions/{QUESTION}", "/themes/t-post",
    f"/questions/{QUESTION}/paires", "/paires/t-health/t-care", f"/reponse/{answer_id(6)}", "/organisations?q=caf",
)  # fmt: skip
FAULTS = """() => {
    const found = [];
    const named = (one) => (one.labels && [...one.labels].some(label => label.textContent.trim())) ||
        one.getAttribute('aria-label') || one.textContent.trim();
    for (const one of document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a, summary'))
        if (!named(one) || (one.matches('select, textarea') && !one.labels.length))
            found.push(['no name', one.outerHTML.slice(0, 120)]);
    const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
    if (new Set(ids).size !== ids.length) found.push(['an id twice', ids]);
    for (const one of document.querySelectorAll('[aria-labelledby], [aria-describedby], label[for]')) {
        const names = (one.getAttribute('aria-labelledby') || one.getAttribute('aria-describedby') || one.htmlFor);
        for (const name of names.split(' '))
            if (!document.getElementById(name)) found.push(['leads nowhere', name]);
    }
    if (document.querySelectorAll('h1').length !== 1) found.push(['not one h1']);
    if (document.querySelectorAll('[tabindex]').length !==
        document.querySelectorAll('[tabindex="0"], [tabindex="-1"]').length) found.push(['an order of its own']);
    let level = 0;
    for (const one of document.querySelectorAll('h1, h2, h3, h4')) {
        if (+one.tagName[1] > level + 1) found.push(['a level is left out', one.outerHTML]);
        level = +one.tagName[1];
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push(['too wide']);
    return found;
}"""
FOCUS = "() => document.activeElement.textContent.trim() || document.activeElement.name"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, workspace: Workspace) -> Iterator[Any]:
    """Give a page on a running server, with nobody named yet; no error and no request elsewhere is let pass."""
    with running(workspace.path) as server:
        context = browser.new_context(viewport={"width": 1200, "height": 850})
        context.set_default_timeout(60_000)
        found = context.new_page()
        wrong: list[str] = []
        found.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        found.on("pageerror", lambda error: wrong.append(str(error)))
        found.on(
            "request",
            lambda one: (
                None if one.url.startswith(("data:", f"http://127.0.0.1:{server.port}/")) else wrong.append(one.url)
            ),
        )
        found.goto(server.address)
        yield found
        context.close()
        assert wrong == []


def _press(page: Any, key: str, leads: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)
    assert urlsplit(page.url).path.startswith(leads), page.url


def _tab_to(page: Any, said: str, limit: int = 80) -> None:
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUS).startswith(said):
            return
    raise AssertionError(f"Tab does not reach {said}")


def _open(page: Any, path: str) -> None:
    page.goto(f"http://{urlsplit(page.url).netloc}{path}")


def test_a_review_with_the_keyboard_alone_is_what_the_log_replays(page: Any, workspace: Workspace) -> None:
    page.keyboard.type("Zoé")
    _press(page, "Enter", "/")
    _tab_to(page, "Hésitations")
    _press(page, "Enter", "/file/marge")
    # The first answer is confirmed, the second gets the next theme instead.
    first = page.locator("[name=reponse]").first.input_value()
    _press(page, "Enter", "/file/marge")
    assert "confirme" in page.locator("[role=status]").inner_text()
    second = page.locator("[name=reponse]").first.input_value()
    assert second != first
    page.keyboard.press("1")
    page.keyboard.press("2")
    chosen = page.locator("#choix input:checked").first.input_value()
    _press(page, "Enter", "/file/marge")
    assert "donne" in page.locator("[role=status]").inner_text()
    # Undone, and decided anew on its own page by searching the theme.
    _press(page, "u", "/file/marge")
    _open(page, f"/reponse/{second}")
    page.keyboard.press("1")
    page.keyboard.press("/")
    page.keyboard.type("medecins")
    page.keyboard.press("Enter")
    _press(page, "Enter", "/reponse/")
    # A theme is renamed and merged, each after its effect was shown.
    _open(page, "/themes/t-care")
    page.keyboard.press("e")
    page.keyboard.type("Soins de nuit")
    _press(page, "Enter", "/themes/t-care/apercu")
    _press(page, "Enter", "/themes/t-care")
    assert "Soins de nuit" in page.locator("h1").inner_text()
    _tab_to(page, "Réunir, placer")
    page.keyboard.press("Enter")
    _tab_to(page, "– choisir")
    page.keyboard.type("Poste")
    _tab_to(page, "Voir l’effet de la réunion")
    _press(page, "Enter", "/themes/t-care/apercu")
    foretold = page.locator("#effet").inner_text()
    assert "changent de thème" in foretold or "change de thème" in foretold
    _press(page, "Enter", "/themes/t-post")
    shown = page.locator("main p").nth(1).inner_text()
    # A name is corrected by selecting it in the text, past a character of two UTF-16 units.
    _open(page, f"/reponse/{answer_id(9)}")
    page.evaluate(
        """() => {
            const text = document.querySelector('#texte mark').firstChild;
            getSelection().setBaseAndExtent(text.parentNode.previousSibling,
                text.parentNode.previousSibling.length - 3, text, 3);
        }"""
    )
    page.wait_for_function("document.querySelector('#fin').value !== ''")
    assert page.locator("#passage").input_value() == "la CAF"
    page.locator("#nature").select_option("MISC")
    page.locator("#marquer button").focus()
    _press(page, "Enter", "/reponse/")
    assert page.locator("#texte mark").inner_text() == "la CAF"

    read = log.read(workspace)
    assert [one.action for one in read.decisions] == [
        "confirm", "assign", "assign", "assign", "rename", "merge", "mention_add",
    ]  # fmt: skip
    assert read.decisions[2].undoes == read.decisions[1].decision_id
    assert read.decisions[1].after == [chosen]
    reviewed = read_reviewed(workspace, read.decisions).reviewed
    assert reviewed.troubles == ()
    assert reviewed.themes.now("t-care") == "t-post"
    assert reviewed.answers.verdicts[second][0].topic_ids == ("t-health",)
    (edit,) = reviewed.mentions.edits[answer_id(9)]
    assert (edit.label, edit.text[edit.new_start : edit.new_end]) == ("MISC", "la CAF")
    size = sum(key in ("t-post", "t-care") for key in _machine(workspace).values())
    settled = {root: found[0].topic_ids for root, found in reviewed.answers.verdicts.items()}
    size += sum(
        ("t-post" in themes) - (_machine(workspace).get(root) in ("t-post", "t-care"))
        for root, themes in settled.items()
    )
    assert shown.startswith(f"{size}\u00a0réponse")


def _machine(workspace: Workspace) -> dict[str, str]:
    segments = {row["segment_id"]: row["answer_id"] for row in workspace.read("segments").to_pylist()}
    rows = workspace.read("assignments").to_pylist()
    return {segments[row["segment_id"]]: row["topic_id"] for row in rows if row["rank"] == 1}


@pytest.fixture(scope="module")
def axe() -> str:
    package = pytest.importorskip("axe_playwright_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def test_every_page_is_labelled_and_fits_a_phone(page: Any, axe: str) -> None:
    page.keyboard.type("Zoé")
    _press(page, "Enter", "/")
    for width, scheme in ((1200, "light"), (375, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        for path in PAGES:
            _open(page, path)
            assert page.evaluate(FAULTS) == [], (path, width)
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            page.evaluate(axe)  # by the protocol of the browser, which the content policy does not forbid
            assert page.evaluate(RUN, ALL) == [], (path, width, scheme)
    _open(page, "/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) == "Aller au contenu"


def test_everything_but_conveniences_works_without_scripts(browser: Any, workspace: Workspace) -> None:
    with running(workspace.path, "--author", "Zoé") as server:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(server.address)
        page.goto(f"http://127.0.0.1:{server.port}/file/marge")
        page.get_by_role("button", name="Confirmer").click()
        assert "Enregistré" in page.locator("[role=status]").inner_text()
        page.goto(f"http://127.0.0.1:{server.port}/reponse/{answer_id(9)}")
        page.locator("#passage").fill("guichets")
        page.get_by_role("button", name="Signaler ce nom").click()
        assert page.locator("#texte mark").first.inner_text() == "guichets"
        context.close()
