"""What the page says of conditions, contradictions, copies and files received again; numbers of tests/campaigns.py."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline import report
from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.report.test_report import CONFIG, Page, figure, make
from tests.workspaces import HOSTILE, Builder, small


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = campaign(tmp_path_factory.mktemp("campaign"))
    found.manifest["stages"]["ingest"]["parameters"] |= {"coordinated_authors": 3, "coordinated_words": 10}
    found.save_manifest()
    return found


@pytest.fixture(scope="module")
def source(workspace: Workspace) -> str:
    return make(workspace)


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def cells(page: Page, attribute: str) -> dict[str | None, list[str]]:
    return {a[attribute]: row for a, row in page.rows if attribute in a}


def said(page: Page) -> str:
    return " ".join(page.text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_base_of_a_conditional_question_stands_beside_each_percentage(source: str, page: Page) -> None:
    assert (
        "Base : 8 répondants, 9 contributions, 7 textes uniques, dont 6 contributions à qui la question était posée "
        "(base routée), 2 à qui elle ne l’était pas, 1 sans réponse claire à Q1."
    ) in said(page)
    themes = cells(page, "data-topic")
    assert [figure(themes[topic_id][4]) for topic_id in ("t-rail", "t-bus", "t-bike")] == [4, 1, 1]
    assert source.count('<td class="num asked">4<small>66,7\u00a0%</small></td>') == 1  # 4 of the 6 who were asked
    assert len(themes["t-tax"]) == 4  # no condition, no column


def test_conditional_questions_have_their_own_coverage(page: Page) -> None:
    assert [figure(cell) for cell in cells(page, "data-condition")["q-2"][1:]] == [9, 6, 2, 1]


def test_contradictions_are_counted_and_listed(page: Page) -> None:
    (row,) = cells(page, "data-contradictions").values()
    assert "posée si Q1 = Oui" in row[0] and row[1] == "2"
    listed = cells(page, "data-contradiction")
    assert [row[0] for row in listed.values()] == ["4-6", "4-9"]
    assert listed["a-0000000000000006-2"][1:] == [
        "Q2",
        "Q1\u00a0: «\u00a0Non\u00a0»",
        "«\u00a0Une idée parmi d’autres, la numéro 6\u00a0»",
    ]


def test_what_is_outside_the_sum_is_told_in_all_and_by_file(page: Page) -> None:
    text = said(page)
    for expected in (
        "Déjà reçues 102 contributions, 3 306 réponses",
        "Remplacées 1 contribution, 3 réponses",
        "Effacées à la demande 1 contribution",
        "Encodage réparé 4 réponses",
        "Code postal étranger ou illisible 1 contribution",
    ):
        assert expected.replace(" ", "") in text.replace(" ", "")
    files = list(cells(page, "data-file").values())
    assert files[0][0] == "a.csvCSV officiel, utf-8Encodage réparé\u00a0: 4\u00a0réponses"
    assert files[2][0].endswith("Déjà reçues\u00a0: 100\u00a0contributions, 3\u202f300\u00a0réponses")
    assert [figure(cell) for cell in files[2][1:3]] == [0, 0]


def test_coordinated_texts_are_shown_with_their_effect_on_the_ranking(page: Page) -> None:
    text = said(page)
    for expected in (
        "1 texte coordonné, 4 contributions de 3 répondants",
        "au moins 3 auteurs et 10 mots",
        "Rien n’est retiré :",
        "4 contributions de 3 répondants · 2 textes distincts (à peu de mots près) · Q2 "
        "· du 1er février 2019 au 4 février 2019 · Citoyen / Citoyenne (3), Organisation à but lucratif (1)",
        "3 thèmes changent de rang",
    ):
        assert expected in text
    assert list(cells(page, "data-ranked").values()) == [
        ["Trains", "1er", "3e", "▼2"],
        ["Cars", "2e", "1er", "▲1"],
        ["Vélos", "3e", "2e", "▲1"],
    ]
    assert ("a", {"href": "#textes-coordonnes"}) in page.elements


def kept_apart(source: str) -> bool:
    """Say whether nothing that changes the direction of writing stands outside an element that isolates it."""
    isolated = r"<bdi( class=\"quote\")?>.*?</bdi>|<p class=\"raw\">.*?</p>"
    return not re.search("[\u202a-\u202e\u2066-\u2069]", re.sub(isolated, "", source, flags=re.DOTALL))


def test_hostile_texts_stay_texts_in_every_section(source: str, page: Page) -> None:
    assert not [tag for tag, _ in page.elements if tag in ("script", "b", "i", "iframe", "object", "form", "img")]
    assert HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in source
    assert kept_apart(source)


def test_hostile_names_references_and_answers_stay_texts(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, HOSTILE, "closed")
    build.question(2, HOSTILE, depends_on="q-1", shown_if=HOSTILE)
    build.topic("t-1", HOSTILE, "q-2", "local/x")
    sent = []
    for number in (1, 2, 3):
        form = build.contribution(number, reference=HOSTILE, author_type=HOSTILE, source_file=HOSTILE)
        build.answer(form, "q-1", HOSTILE, "closed")
        sent.append(build.answer(form, "q-2", HOSTILE * 20, themes=["t-1"], routed=False))
    build.copy_group(*sent, coordinated=True)
    build.file(HOSTILE, layout=HOSTILE, encoding=HOSTILE, repaired=1)
    source = make(build.write())
    page = Page(source)
    assert not [tag for tag, _ in page.elements if tag in ("script", "b", "i", "img")]
    assert kept_apart(source)
    assert len(cells(page, "data-contradiction")) == 3
    assert "Le texte entier" in page.text


def test_the_page_is_whole_and_the_same_every_time(workspace: Workspace, source: str, page: Page) -> None:
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for tag, a in page.elements if tag == "a"} <= set(ids)
    tags = [tag for tag, _ in page.elements]
    assert tags.count("table") == tags.count("caption")
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    report.run(workspace, CONFIG, force=True)
    assert (workspace.path / "report" / "index.html").read_text("utf-8") == source


def test_french_typography_has_no_break_before_punctuation(page: Page) -> None:
    received = "Faut-il plus de transports ?|Si oui, lesquels ?|Autre chose ?"
    assert not re.search(r"\w [:;!?%»]|« ", re.sub(received.replace("?", r"\?"), "", page.text))


def test_an_older_workspace_has_neither_section_nor_claim(tmp_path: Path) -> None:
    page = Page(make(small(tmp_path)))
    for absent in ("Textes coordonnés", "texte coordonné", "Déjà reçues", "À côté de cette somme", "n’était pas posée"):
        assert absent not in page.text
    assert "Aucun texte coordonné" not in page.text


def test_no_coordinated_text_is_said_where_they_were_looked_for(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.answer(build.contribution(1), "q-1", "Des trains")
    build.copy_groups = []
    text = said(Page(make(build.write())))
    assert "Aucun texte coordonné n’a été relevé." in text
    assert "Effet sur le classement" not in text


def test_what_is_private_is_masked_in_copies_and_contradictions(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?", "closed")
    build.question(2, "Si oui ?", depends_on="q-1", shown_if="Oui")
    private = "Écrivez à jeanne.martin@example.org ou au 06 12 34 56 78 pour rejoindre le collectif"
    sent = []
    for number in (1, 2, 3):
        form = build.contribution(number)
        build.answer(form, "q-1", "Non, voir jean@example.org", "closed")
        sent.append(build.answer(form, "q-2", private, routed=False))
    build.copy_group(*sent, coordinated=True)
    source = make(build.write())
    assert "@example.org" not in source and "06 12" not in source
    assert "Écrivez à [courriel] ou au [téléphone] pour rejoindre" in source
    assert "Non, voir [courriel]" in source
