"""The script of the pages in a real browser: words in their texts (KWIC), and the texts of a map's points."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.report.script_pages import CHROMIUM, CONCORDANCE, HOSTILE, Text, corpus

pytestmark = pytest.mark.skipif(not CHROMIUM.exists() and not os.environ.get("CI"), reason="no chromium here")

Opener = Callable[..., Any]


def texts(*contents: str) -> list[Text]:
    return [(f"a-{n}", content, [f"t-{n % 2}"], f"réf. 4-{n}, 69") for n, content in enumerate(contents, 1)]


def search(page: Any, word: str, **chosen: str) -> list[tuple[str, str, str]]:
    """Look for a word with Enter; return what stands left, the word and what stands right."""
    for name, value in chosen.items():
        page.locator(f"select[name={name}]").select_option(value)
    page.locator("[name=word]").fill(word)
    page.locator("[name=word]").press("Enter")
    found: list[list[str]] = page.locator("[data-lines] li").evaluate_all(
        "lines => lines.map(line => ['.left', 'mark', '.right'].map(part => line.querySelector(part).textContent))"
    )
    return [(left, word, right) for left, word, right in found]


def total(page: Any) -> str:
    said: str = page.locator("[data-total]").inner_text()
    return said.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("ecole", ["École", "e\u0301cole"]),
        ("ÉCOLE*", ["École", "écoles", "e\u0301cole"]),
        ("coeur", ["Cœur"]),
        ("œuvre", ["oeuvre"]),
        ("oe*", ["œufs", "oeuvre"]),
        ("finance", ["ﬁnance"]),
        ("pouvoir d'achat", ["pouvoir d’achat"]),
        ("peut être", ["Peut-être"]),
        ("👍", ["👍"]),
        ("c++", ["C"]),
        (".", []),
        ("(", []),
        ("cole", []),
        ("rien", []),
        ("", []),
    ],
)
def test_words_are_found_whatever_their_case_accents_and_ligatures(opened: Opener, word: str, found: list[str]) -> None:
    content = "École, écoles 👍🏽 e\u0301cole ; Cœur des œufs, oeuvre ﬁnance pouvoir d’achat Peut-être C++"
    page = opened(CONCORDANCE, corpus(texts(content)))
    lines = search(page, word)
    assert [middle for _, middle, _ in lines] == found
    for left, middle, right in lines:
        assert left.removeprefix("…") + middle + right.removesuffix("…") in content
    if word:
        n = len(found)
        inside = f"dans {1 if n else 0} texte de cette page"
        assert total(page) == f"{n} occurrence{'s' if n > 1 else ''}, {inside}"


def test_offsets_are_exact_in_any_mixture_of_characters(opened: Opener) -> None:
    wanted = ["cœur", "CŒUR", "coeur", "Coe\u0301ur", "cœur\u0301", "ＣＯＥＵＲ"]
    others = "œ ﬁ 👩\u200d👩\u200d👧 é e\u0301\u0323 \u202eabc İstanbul ẞ ½ \U0001d400 \u00ad ΑΣ coeurs"
    draw = random.Random(0)
    written = [[draw.choice([*wanted, *others.split()]) for _ in range(12)] for _ in range(40)]
    page = opened(CONCORDANCE, corpus(texts(*(" ".join(words) for words in written))))
    lines = search(page, "coeur")
    expected = [word for words in written for word in words if word in wanted]
    assert [middle for _, middle, _ in lines] == expected[:100]
    assert total(page).startswith(f"100 occurrences sur {len(expected)}, ")
    whole = [" ".join(words) for words in written]
    for left, middle, right in lines:
        assert any(left.removeprefix("…") + middle + right.removesuffix("…") in text for text in whole)


def test_contexts_are_cut_at_words_and_sorted_by_either_side(opened: Opener) -> None:
    page = opened(
        CONCORDANCE,
        corpus(texts("mot " * 30 + "un train Électrique" + " suite" * 30, "deux train diesel", "avant le train, bus")),
    )
    lines = search(page, "train")
    assert [left.split()[-1] for left, _, _ in lines] == ["un", "deux", "le"]
    left, _, right = lines[0]
    assert left.startswith("…mot") and right.endswith("suite…") and len(left) <= 61 and len(right) <= 61
    assert [right.split()[-1] for _, _, right in search(page, "train", sort="right")][:2] == ["bus", "diesel"]
    page.locator("select[name=sort]").select_option("left")  # without another press
    lefts = page.locator("[data-lines] .left").all_inner_texts()
    assert [left.split()[-1] for left in lefts] == ["deux", "le", "un"]


def test_a_theme_limits_the_texts(opened: Opener) -> None:
    page = opened(CONCORDANCE, corpus(texts("eau un", "eau deux", "eau trois")))
    assert [right for _, _, right in search(page, "eau", topic="t-1")] == [" un", " trois"]
    assert total(page) == "2 occurrences, dans 2 textes de cette page"


def test_a_hundred_lines_are_shown_and_all_are_counted(opened: Opener) -> None:
    page = opened(CONCORDANCE, corpus(texts(*["eau et eau"] * 620)))
    assert len(search(page, "eau")) == 100
    assert total(page) == "100 occurrences sur 1 240, dans 620 textes de cette page"


def test_a_line_leads_to_its_text_or_shows_it(opened: Opener) -> None:
    verbatim = '<details><summary>v</summary><p id="a-1">eau</p></details>'
    page = opened(CONCORDANCE, corpus(texts("eau ici", f"eau {HOSTILE}")), verbatim)
    search(page, "eau")
    link, line = page.locator("[data-lines] a"), page.locator("[data-lines] details")
    assert link.get_attribute("href") == "#a-1" and link.inner_text() == "réf. 4-1, 69"
    link.click()
    assert page.locator("#a-1").is_visible()
    line.locator("summary").press("Enter")
    assert line.locator("p").text_content() == f"eau {HOSTILE}"
    line.locator("summary").press("Enter")
    line.locator("summary").press("Enter")
    assert line.locator("p").count() == 1


def test_hostile_and_very_long_texts_stay_texts(opened: Opener) -> None:
    long = "e\u0301 " * 250_000 + f"eau {HOSTILE} \u2067 fin " + "x" * 250_000
    page = opened(CONCORDANCE, corpus(texts(f"{HOSTILE} eau\u0000", long)))
    lines = search(page, "eau")
    assert len(lines) == 2 and lines[1][2].startswith(" <img")
    assert page.title() == "Page" and page.locator("img").count() == 0
    isolated = "parts => parts.every(part => getComputedStyle(part).unicodeBidi === 'isolate')"
    assert page.locator("[data-lines] li > *:not(details)").evaluate_all(isolated)
    assert [middle for _, middle, _ in search(page, "xx*")] == ["x" * 120 + "…"]


POINTS = (
    '<figure><svg data-points="textes" viewBox="0 0 9 9" width="90" height="90">'
    '<a href="#a-1" data-text="0" aria-label="un"><circle cx="2" cy="2" r="2"/></a>'
    '<a href="#a-2" data-text="1" aria-label="deux"><circle cx="7" cy="7" r="2"/></a>'
    '<a href="#a-9" data-text="9" aria-label="rien"><circle cx="2" cy="7" r="2"/></a></svg></figure>'
    "<aside data-reading></aside>"
)


def test_a_point_shows_its_text_by_click_and_by_key(opened: Opener) -> None:
    page = opened(POINTS, corpus(texts("premier", HOSTILE)))
    aside = page.locator("aside")
    page.locator("circle").first.click()
    assert aside.inner_text().split("\n")[0] == "premier" and "réf. 4-1, 69" in aside.inner_text()
    page.locator("svg a").nth(1).focus()
    page.keyboard.press("Enter")
    assert aside.locator("p").first.text_content() == HOSTILE
    assert aside.get_attribute("role") == "status" and page.locator("img").count() == 0
    assert page.locator("[aria-current]").evaluate_all("all => all.map(one => one.dataset.text)") == ["1"]
    page.locator("circle").nth(2).click()
    assert aside.locator("p").first.text_content() == HOSTILE  # no such text: nothing changes, the link is followed
    assert page.url.endswith("#a-9")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_concordance_lines_fit_a_phone(opened: Opener, scheme: str) -> None:
    content = "anticonstitutionnellement " * 4 + "eau " + "x" * 200
    page = opened(CONCORDANCE, corpus(texts(content, content)), width=375, scheme=scheme)
    assert len(search(page, "eau")) == 2
    page.locator("[data-lines] summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_two_thousand_texts_are_searched_at_once(opened: Opener) -> None:
    draw = random.Random(0)
    words = "les impôts écologie l’école cœur services publics médecin de la train où près œuvre été plus"
    page = opened(CONCORDANCE, corpus(texts(*(" ".join(draw.choices(words.split(), k=50)) for _ in range(2000)))))
    page.locator("[name=word]").focus()
    took = page.evaluate(
        """() => [["medecin", "position"], ["medecin", "position"], ["coeur", "right"], ["service*", "left"],
            ["services publics", "position"], ["absent", "position"]].map(([word, sort]) => {
            const form = document.querySelector("form");
            form.elements.word.value = word;
            form.elements.sort.value = sort;
            const start = performance.now();
            form.requestSubmit();
            return performance.now() - start;
        })"""
    )
    print("milliseconds of six searches:", [round(one) for one in took])
    assert max(took) < 3000
