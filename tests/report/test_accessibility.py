"""What axe-core finds on the pages of a report: nothing, in light and in dark, on a desk and on a telephone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns import campaign
from tests.report.consultations import rich
from tests.report.pages import make
from tests.report.script_pages import CHROMIUM

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists() and not os.environ.get("CI"), reason="no chromium here"),
]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"runOnly": TAGS, "rules": {"target-size": {"enabled": True}}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
RUN = """async (options) => {
    const found = await axe.run(document, {resultTypes: ["violations"], ...options});
    return found.violations.flatMap(({id, nodes}) => nodes.map(({target}) => `${id}: ${target}`));
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    package = pytest.importorskip("axe_playwright_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    found = {}
    for build in (rich, campaign):
        workspace = build(tmp_path_factory.mktemp(build.__name__))
        make(workspace)
        found[build.__name__] = sorted((workspace.path / "report").rglob("*.html"))
    return found


@pytest.mark.parametrize(
    ("name", "scheme", "width", "rules"),
    [
        ("rich", "light", 1200, ALL),
        ("rich", "light", 375, ALL),
        ("rich", "dark", 1200, COLOURS),
        ("rich", "dark", 375, COLOURS),
        ("campaign", "light", 375, ALL),
    ],
)
def test_axe_finds_nothing(
    chromium: Any, written: dict[str, list[Path]], axe: str, name: str, scheme: str, width: int, rules: dict[str, Any]
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    for path in written[name]:
        page.goto(path.as_uri())
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        page.evaluate(axe)  # by the protocol of the browser, which the content policy does not forbid
        assert page.evaluate(RUN, rules) == [], path.name
    context.close()


def test_axe_finds_what_is_wrong(opened: Callable[..., Any], axe: str) -> None:
    page = opened('<h1>Page</h1><p><input></p><svg role="img" viewBox="0 0 1 1"></svg>')
    page.evaluate(axe)
    found = {one.partition(":")[0] for one in page.evaluate(RUN, ALL)}
    assert {"label", "svg-img-alt"} <= found
