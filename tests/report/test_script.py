"""The script of the pages in a real browser: tables and their export. No error is said and nothing is asked for."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.export.cells import escaped
from pipeline.report.page import TEMPLATES
from pipeline.typography import FIRM, NARROW
from tests.export.hostile import FORMULAS
from tests.report.script_pages import CHROMIUM, HOSTILE, SWITCH, row, table

pytestmark = pytest.mark.skipif(not CHROMIUM.exists() and not os.environ.get("CI"), reason="no chromium here")

Opener = Callable[..., Any]


def labels(page: Any, name: str = "t") -> list[str]:
    """Return the labels of the rows that are seen, in their order."""
    label = "(row.querySelector('bdi') ?? row).innerText"
    seen = f"rows => rows.filter(row => row.getClientRects().length).map(row => {label})"
    found: list[str] = page.locator(f"#{name} tbody tr").evaluate_all(seen)
    return found


def sort(page: Any, heading: str) -> Any:
    button = page.get_by_role("button", name=heading, exact=True)
    button.click()
    return button


def exported(page: Any) -> list[list[str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Exporter").click()
    assert download.value.suggested_filename == "themes-q16.csv"
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == content.count(b"\n")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_figures_are_sorted_as_french_numbers_and_a_third_time_as_they_were(opened: Opener) -> None:
    shown = "12,5~%|1_240|–|<_0,1~%|0,1~%|9|12~345,5|−3|≤~5|5|9"
    figures = shown.replace("~", FIRM).replace("_", NARROW).split("|")
    page = opened(table([row(f"{place} : {figure}", [figure]) for place, figure in enumerate(figures)]))
    before = labels(page)
    header = page.locator("thead th").nth(1)
    sort(page, "Effectif")
    assert header.get_attribute("aria-sort") == "descending"
    down = [int(label.split()[0]) for label in labels(page)]
    assert down == [6, 1, 0, 5, 10, 9, 8, 4, 3, 7, 2]  # equal figures keep their order, what has none comes last
    sort(page, "Effectif")
    assert header.get_attribute("aria-sort") == "ascending"
    assert [int(label.split()[0]) for label in labels(page)] == [7, 3, 4, 8, 9, 5, 10, 0, 1, 6, 2]
    sort(page, "Effectif")
    assert header.get_attribute("aria-sort") is None
    assert labels(page) == before


def test_texts_are_sorted_in_french_and_one_column_at_a_time(opened: Opener) -> None:
    page = opened(table([row(label, ["1"]) for label in ("zones", "école", "Eau", "œuvre", "oeil", "Q10", "Q2")]))
    sort(page, "Effectif")
    sort(page, "Thème")
    assert labels(page) == ["Eau", "école", "oeil", "œuvre", "Q2", "Q10", "zones"]
    assert [head.get_attribute("aria-sort") for head in page.locator("thead th").all()] == ["ascending", None]


def test_a_cell_can_say_its_value(opened: Opener) -> None:
    cells = {"juin": "6", "mars": "3", "mai": "5"}
    rows = "".join(
        f'<tr><th scope="row"><bdi>{name}</bdi></th><td data-value="{n}">{name}</td></tr>' for name, n in cells.items()
    )
    page = opened(
        '<table data-sortable id="t"><thead><tr><th scope="col" data-unsorted>Nom</th><th scope="col" class="num">Mois'
        f"</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    sort(page, "Mois")
    assert labels(page) == ["juin", "mai", "mars"]
    assert page.locator("thead button").count() == 1


NESTED = table(
    [
        row("Transports", ["5"], key="t-1", terms="train, bus", opens=True),
        row("Vélo", ["4"], key="t-2", parent="t-1", kind="sub"),
        row("Métro", ["1"], key="t-3", parent="t-1", kind="sub"),
        row("Santé", ["9"], key="t-4", terms="hôpital", opens=True),
        row("Médecins", ["3"], key="t-5", parent="t-4", kind="sub"),
    ],
    [
        '<tr class="group"><th scope="rowgroup" colspan="2">Autres</th></tr>',
        row("Divers", ["2"]),
        row("Écoles", ["3"]),
        row("Sans thème", ["90"], kind="rest"),
        row("Total", ["99"], kind="total"),
    ],
)


def test_sub_themes_stay_under_their_theme_and_groups_rests_and_totals_in_their_place(opened: Opener) -> None:
    page = opened(NESTED)
    sort(page, "Effectif")
    tail = ["Autres", "Écoles", "Divers", "Sans thème", "Total"]
    assert labels(page) == ["Santé", "Médecins", "Transports", "Vélo", "Métro", *tail]
    sort(page, "Effectif")
    assert labels(page)[:5] == ["Transports", "Métro", "Vélo", "Santé", "Médecins"]


def test_everything_is_done_from_the_keyboard_and_focus_stays(opened: Opener) -> None:
    page = opened(NESTED)
    header = page.get_by_role("button", name="Effectif", exact=True)
    header.focus()
    page.keyboard.press("Enter")
    assert labels(page)[0] == "Santé" and header.evaluate("button => button === document.activeElement")
    expand = page.locator("#row-t-4 .expand")
    expand.focus()
    page.keyboard.press("Space")
    assert labels(page)[:2] == ["Santé", "Transports"] and expand.get_attribute("aria-expanded") == "false"
    assert expand.evaluate("button => button === document.activeElement")


def test_themes_are_opened_and_closed_one_by_one_and_all_together(opened: Opener) -> None:
    page = opened(NESTED)
    everything = page.locator("[data-expand-all]")
    assert everything.inner_text() == "Tout replier"
    page.locator("#row-t-1 .expand").click()
    assert labels(page)[:3] == ["Transports", "Santé", "Médecins"]
    assert everything.inner_text() == "Tout déplier"
    everything.click()
    assert labels(page)[:3] == ["Transports", "Vélo", "Métro"]
    everything.click()
    assert labels(page)[:3] == ["Transports", "Santé", "Autres"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("medecin", ["Santé", "Médecins", "Total"]),
        ("BUS transport", ["Transports", "Total"]),
        ("bus hôpital", ["Total"]),
        ("ecole", ["Autres", "Écoles", "Total"]),
        ("sans", ["Autres", "Sans thème", "Total"]),
    ],
)
def test_a_search_keeps_the_rows_that_have_all_its_words(opened: Opener, query: str, found: list[str]) -> None:
    page = opened(NESTED)
    page.locator("[data-search]").fill(query)
    assert labels(page) == found
    n = len([label for label in found if label not in ("Autres", "Total")])
    assert page.locator("[data-count]").inner_text() == f"{n}\u00a0ligne{'s' if n > 1 else ''} sur\u00a08"
    page.locator("[data-search]").fill("")
    assert len(labels(page)) == 10 and page.locator("[data-count]").inner_text() == "8\u00a0lignes"


def test_a_search_opens_the_theme_of_a_sub_theme_that_it_finds(opened: Opener) -> None:
    page = opened(NESTED)
    page.locator("[data-expand-all]").click()
    page.locator("[data-search]").fill("velo")
    assert labels(page)[:2] == ["Transports", "Vélo"]
    assert page.locator("#row-t-1 .expand").get_attribute("aria-expanded") == "true"
    page.locator("#row-t-1 .expand").click()
    assert labels(page)[:1] == ["Transports"] and "Vélo" not in labels(page)


COUNTED = SWITCH + table(
    [
        row("Un", ["1\u202f200", "30", "2"], ["–"], key="t-1"),
        row("Deux", ["900", "40", "3"], ["12,5\u00a0%"], key="t-2"),
        row("Trois", ["1\u202f000", "20", "4"], ["<\u202f0,1\u00a0%"], kind="sub", parent="t-2"),
    ],
    headings=("Thème", "Effectif", "Part"),
)


def test_the_denominator_changes_what_is_shown_said_and_sorted(opened: Opener) -> None:
    page = opened(COUNTED)
    cell = page.locator("#row-t-1 td").first
    assert cell.inner_text() == "1\u202f200"
    sort(page, "Effectif")
    assert labels(page) == ["Un", "Deux", "Trois"]
    page.get_by_label("Contributions").focus()
    page.keyboard.press("ArrowRight")
    assert labels(page) == ["Deux", "Trois", "Un"]
    assert cell.inner_text() == "2"
    said = page.locator("fieldset output")
    assert said.inner_text() == "Chiffres en textes uniques" and said.evaluate("one => one.matches('output')")
    page.get_by_label("Répondants").check()
    assert labels(page) == ["Un", "Deux", "Trois"]


def test_the_export_is_what_is_shown_as_french_excel_reads_it(opened: Opener) -> None:
    page = opened(COUNTED)
    page.get_by_label("Contributions").check()
    sort(page, "Effectif")
    assert exported(page) == [
        ["Thème", "Effectif (contributions)", "Part", "Fait partie de"],
        ["Deux", "40", "12,5%", ""],
        ["Trois", "20", "<\u202f0,1\u00a0%", "Deux"],
        ["Un", "30", "–", ""],
    ]
    page.get_by_label("Répondants").check()
    page.locator("[data-search]").fill("un")
    assert exported(page) == [["Thème", "Effectif (répondants)", "Part"], ["Un", "1200", "–"]]


def test_shares_and_terms_beside_a_figure_have_columns_of_their_own(opened: Opener) -> None:
    page = opened(
        table([row("Santé", ["1\u202f240"], terms="lit ; « soin »"), row("Eau", ["2"])]).replace(
            "1\u202f240", "1\u202f240<small>5,0\u00a0%</small>"
        )
    )
    assert exported(page) == [
        ["Thème", "Thème (termes)", "Effectif", "Effectif (%)"],
        ["Santé", "lit ; « soin »", "1240", "5,0%"],
        ["Eau", "", "2", ""],
    ]


def test_no_cell_of_the_export_is_live_and_each_is_marked_as_in_other_exports(opened: Opener) -> None:
    dates = [
        "3 mai",
        "1er déc. 2019",
        "9 am",
        "janv.",
        "February",
        "31 july",
        "juil",
        "sept 3",
        "octobre",
        "AOÛT",
        "fév",
    ]
    others = ["janvi", "octo", "septem", "juine", "mairie", "marché", "3 maisons", "décembre dernier"]
    texts = [*FORMULAS, HOSTILE, 'il dit ; "oui"', "01", "4-1", "Vrai", "(3)", "10 %", "1e5", *dates, *others]
    shown = [re.sub(r"[\t\n\r ]+", " ", text).removeprefix(" ") for text in texts]
    rows = exported(opened(table([row(text, ["1"]) for text in texts])))
    assert [cells[0] for cells in rows[1:]] == [escaped(text, for_excel=True) for text in shown]


def test_hostile_texts_stay_texts(opened: Opener) -> None:
    page = opened(table([row(HOSTILE, ["1"], terms=HOSTILE), row("a", ["2"])]))
    sort(page, "Effectif")
    page.locator("[data-search]").fill("onerror=")
    assert page.title() == "Page" and page.locator("img").count() == 0
    assert HOSTILE in exported(page)[1][0]


def test_a_page_is_whole_without_the_script(opened: Opener) -> None:
    page = opened(SWITCH, NESTED, scripts=False)
    assert len(labels(page)) == 10
    assert not page.locator(".needs-script:visible").count()
    assert page.locator("thead").inner_text().split() == ["Thème", "Effectif"]


def test_an_english_page_speaks_english_and_reads_english_figures(opened: Opener) -> None:
    page = opened(SWITCH, table([row("a", ["1,240.5"]), row("b", ["99"]), row("c", ["12.5%"])]), language="en")
    sort(page, "Effectif")
    assert labels(page) == ["a", "b", "c"]
    page.locator("[data-search]").fill("b")
    assert page.locator("[data-count]").inner_text() == "1\u00a0row of 3"
    page.get_by_label("Contributions").check()
    assert page.locator("fieldset output").inner_text() == "Figures in contributions"


def test_three_thousand_rows_are_searched_and_sorted_at_once(opened: Opener) -> None:
    terms = "médecin, hôpital, école, œuvre"
    page = opened(SWITCH, table(row(f"Thème {n}", [f"{n}", "2", "3"], key=f"t-{n}", terms=terms) for n in range(3000)))
    took = page.evaluate(
        """() => {
            const field = document.querySelector("[data-search]");
            const times = ["2", "29", "299", "medecin 299", ""].map((query) => {
                const start = performance.now();
                field.value = query;
                field.dispatchEvent(new InputEvent("input", { bubbles: true }));
                return performance.now() - start;
            });
            const start = performance.now();
            document.querySelectorAll(".sort")[1].click();
            return [...times, performance.now() - start];
        }"""
    )
    print("milliseconds of five searches and a sort:", [round(one) for one in took])
    assert labels(page)[0] == "Thème 2999"
    assert max(took) < 3000


def test_the_script_makes_no_markup_or_code_of_texts() -> None:
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    forbidden = r"(inner|outer|insertAdjacent)HTML|document\.write|\beval\b|new Function|fetch\(|XMLHttp|\"style\"|</"
    assert not re.findall(forbidden, script)
