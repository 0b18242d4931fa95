"""What pages say of conditions, contradictions, copies and files received again; numbers of tests/campaigns.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.report.consultations import hostile
from tests.report.pages import Page, Pages, figure, make
from tests.workspaces import HOSTILE, Builder, small


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = campaign(tmp_path_factory.mktemp("campaign"))
    found.manifest["stages"]["ingest"]["parameters"] |= {"coordinated_authors": 3, "coordinated_words": 10}
    found.save_manifest()
    return found


@pytest.fixture(scope="module")
def pages(workspace: Workspace) -> Pages:
    return make(workspace)


@pytest.fixture(scope="module")
def index(pages: Pages) -> Page:
    return pages.index


def cells(page: Page, attribute: str) -> dict[str, list[str]]:
    return {value: row.cells for value, row in page.by(attribute).items()}


def test_the_base_of_a_conditional_question_stands_beside_each_percentage(pages: Pages) -> None:
    page = pages.question(2)
    assert (
        "Question posée sous condition (posée si Q1 = Oui) : parmi les réponses données, 6 contributions à qui elle "
        "était posée, 2 à qui elle ne l’était pas, 1 dont on ne sait pas."
    ) in page.said
    assert "Question posée (base : 6)" in page.said
    themes = page.by("data-topic")
    assert [figure(themes[topic_id].cells[-1]) for topic_id in ("t-rail", "t-bus", "t-bike")] == [4, 1, 1]
    assert themes["t-rail"].small[-1] == "66,7\u00a0%"  # 4 of the 6 who were asked
    other = pages.question(3)
    assert len(other.by("data-topic")["t-tax"].cells) == len(themes["t-rail"].cells) - 1  # no condition, no column
    assert "Question posée" not in other.text


def test_a_conditional_question_says_so_wherever_it_is_named(pages: Pages, index: Page) -> None:
    assert "Si oui, lesquels ? posée si Q1 = Oui" in index.said
    assert "Question 2 · ouverte · posée si Q1 = Oui" in pages.question(2).said


def test_conditional_questions_have_their_own_coverage(index: Page) -> None:
    assert [figure(cell) for cell in cells(index, "data-condition")["q-2"][1:]] == [9, 6, 2, 1]


def test_contradictions_are_counted_and_listed(index: Page) -> None:
    (row,) = cells(index, "data-contradictions").values()
    assert "posée si Q1 = Oui" in row[0] and row[1] == "2"
    listed = cells(index, "data-contradiction")
    assert [row[0] for row in listed.values()] == ["4-6", "4-9"]
    assert listed["a-0000000000000006-2"][1:] == [
        "Q2",
        "Q1\u00a0: «\u00a0Non\u00a0»",
        "«\u00a0Une idée parmi d’autres, la numéro 6\u00a0»",
    ]


def test_what_is_outside_the_sum_is_told_in_all_and_by_file(index: Page) -> None:
    for expected in (
        "Déjà reçues 102 contributions, 3 306 réponses",
        "Remplacées 1 contribution, 3 réponses",
        "Effacées à la demande 1 contribution",
        "Encodage réparé 4 réponses",
        "Code postal étranger ou illisible 1 contribution",
    ):
        assert expected.replace(" ", "") in index.said.replace(" ", "")
    files = list(cells(index, "data-file").values())
    assert files[0][0] == "a.csvCSV officiel, utf-8Encodage réparé\u00a0: 4\u00a0réponses"
    assert files[2][0].endswith("Déjà reçues\u00a0: 100\u00a0contributions, 3\u202f300\u00a0réponses")
    assert [figure(cell) for cell in files[2][1:3]] == [0, 0]


def test_coordinated_texts_are_shown_with_their_effect_on_the_ranking(index: Page) -> None:
    for expected in (
        "1 texte coordonné, 4 contributions de 3 répondants",
        "au moins 3 auteurs et 10 mots",
        "Rien n’est retiré :",
        "4 contributions de 3 répondants · 2 textes distincts (à peu de mots près) · Q2 "
        "· du 1er février 2019 au 4 février 2019 · Citoyen / Citoyenne (3), Organisation à but lucratif (1)",
        "3 thèmes changent de rang",
    ):
        assert expected in index.said
    assert list(cells(index, "data-ranked").values()) == [
        ["Trains", "1er", "3e", "▼2"],
        ["Cars", "2e", "1er", "▲1"],
        ["Vélos", "3e", "2e", "▲1"],
    ]
    assert "#textes-coordonnes" in index.links


def test_a_coordinated_text_is_on_the_page_of_its_question_and_of_no_other(pages: Pages) -> None:
    assert ["data-copies" in pages.sources[f"questions/q-{number}.html"] for number in (1, 2, 3)] == [
        False,
        True,
        False,
    ]
    assert (
        "Un même texte a été envoyé par 3 auteurs dans 4 contributions ; si chaque texte coordonné ne compte qu’une "
        "fois, « Trains » change de rang (▼2)."
    ) in pages.question(2).said
    assert "#coordonnes" in pages.question(2).links


def test_each_theme_is_told_without_the_copies_on_the_three_denominators(pages: Pages) -> None:
    found = {
        denominator: {
            topic_id: (figure(row.cells[1]), figure(row.cells[3]), row.small[3])
            for topic_id, row in pages.counting(denominator).question(2).by("data-topic").items()
        }
        for denominator in ("respondents", "contributions", "unique_texts")
    }
    assert found == {
        # p-3 sent two of the copies; form 4 changed a word, so that rail has two texts, of which one was the first.
        "respondents": {"t-rail": (3, 1, "▼2"), "t-bus": (3, 3, "="), "t-bike": (2, 2, "▲1")},
        "contributions": {"t-rail": (4, 1, "▼2"), "t-bus": (3, 3, "▲1"), "t-bike": (2, 2, "▲1")},
        "unique_texts": {"t-rail": (2, 1, "▼1"), "t-bus": (3, 3, "="), "t-bike": (2, 2, "=")},
    }


def test_hostile_names_references_and_answers_stay_texts(tmp_path: Path) -> None:
    pages = make(hostile(tmp_path))
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
    for name, page in pages.all().items():
        assert HOSTILE in page.text and escaped in page.source and HOSTILE not in page.source, name
    assert len(pages.index.by("data-contradiction")) == 3
    assert "Le texte entier" in pages.index.text


def test_an_older_workspace_has_neither_section_nor_claim(tmp_path: Path) -> None:
    pages = make(small(tmp_path))
    for absent in ("Textes coordonnés", "texte coordonné", "Déjà reçues", "À côté de cette somme", "n’était pas posée"):
        assert absent not in pages.index.text
        assert absent == "texte coordonné" or absent not in pages.whole
    assert "Aucun texte coordonné" not in pages.whole


def test_no_coordinated_text_is_said_where_they_were_looked_for(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.answer(build.contribution(1), "q-1", "Des trains")
    build.copy_groups = []
    said = make(build.write()).index.said
    assert "Aucun texte coordonné n’a été relevé." in said
    assert "Effet sur le classement" not in said


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
    pages = make(build.write())
    assert "@example.org" not in pages.whole and "06 12" not in pages.whole
    for page in (pages.index, pages.question(2)):
        assert "Écrivez à [courriel] ou au [téléphone] pour rejoindre" in page.text
    for page in (pages.index, pages.question(1)):
        assert "Non, voir [courriel]" in page.text
