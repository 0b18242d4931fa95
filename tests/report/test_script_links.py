"""The script of the pages in a real browser: what links, addresses and print open."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.report.script_pages import CHROMIUM

pytestmark = pytest.mark.skipif(not CHROMIUM.exists() and not os.environ.get("CI"), reason="no chromium here")

Opener = Callable[..., Any]

DETAILS = (
    '<p><a id="link" href="#t-1">Voir</a><a href="#%E9">Rien</a></p><details id="outer"><summary>Dehors</summary>'
    '<details id="t-1" ><summary>Dedans</summary><p id="deep">texte</p></details></details>'
    '<details id="open" open><summary>Ouvert</summary></details>'
)
OPEN = "all => all.filter(one => one.open).map(one => one.id)"


def test_a_link_opens_what_it_leads_to_and_what_is_around_it(opened: Opener) -> None:
    page = opened(DETAILS)
    page.locator("#link").focus()
    page.keyboard.press("Enter")
    assert page.locator("details").evaluate_all(OPEN) == ["outer", "t-1", "open"]
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = false)")
    page.locator("#link").click()  # the address does not change
    assert page.locator("details").evaluate_all(OPEN) == ["outer", "t-1"]
    page.get_by_text("Rien").click()


def test_an_address_opens_what_it_names(opened: Opener) -> None:
    page = opened(DETAILS, place="#deep")
    assert page.locator("details").evaluate_all(OPEN) == ["outer", "t-1", "open"]
    page = opened(DETAILS)
    page.evaluate("location.hash = 't-1'")
    page.wait_for_function("document.getElementById('t-1').open")


def test_everything_is_open_in_print_and_closed_again_after(opened: Opener) -> None:
    page = opened(DETAILS)
    page.evaluate("addEventListener('beforeprint', () => document.title = document.querySelectorAll('[open]').length)")
    page.pdf()
    assert page.title() == "3"
    assert page.locator("details").evaluate_all(OPEN) == ["open"]
