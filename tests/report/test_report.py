"""The report on a small workspace: figures equal the tables, hostile text stays text, same bytes every time."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline import dataset, ledger, report
from pipeline.config import Config
from pipeline.verify import verify
from pipeline.workspace import Workspace
from tests.workspaces import HOSTILE, Builder, small

CONFIG = Config().with_values("execution", workers=1)
VOID = {"meta", "link", "br", "img", "hr", "rect"}


class Page(HTMLParser):
    """The elements of a page in order, the visible text, and the cells of each row that has a data- attribute."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.rows: list[tuple[dict[str, str | None], list[str]]] = []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append((dict(attrs), []))
        elif tag in ("td", "th"):
            self.rows[-1][1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if self.rows and ("td" in self.open or "th" in self.open) and "small" not in self.open:
            self.rows[-1][1][-1] += data

    @property
    def text(self) -> str:
        return "".join(self.words)


def figure(cell: str) -> int:
    return int(re.sub(r"\s", "", cell))


def make(workspace: Workspace, **settings: Any) -> str:
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG.with_values("report", **settings))
    return (workspace.path / "report" / "index.html").read_text("utf-8")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def source(workspace: Workspace) -> str:
    return make(workspace)


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def test_the_states_on_the_page_are_those_of_the_ledger_and_sum_up(workspace: Workspace, source: str) -> None:
    covered = ledger.coverage(workspace)
    found = {state: figure(n) for state, n in re.findall(r'data-state="(\w+)">([\d\s]+)<', source)}
    assert found.pop("received") == covered.received == sum(found.values())
    assert found == covered.states


def test_theme_figures_equal_the_dataset_on_the_three_denominators(workspace: Workspace, page: Page) -> None:
    answers = pq.read_table(workspace.path / "dataset" / "answers.parquet").to_pylist()
    themes = {a["data-topic"]: [figure(c) for c in cells[1:4]] for a, cells in page.rows if "data-topic" in a}
    assert {"t-health", "t-post", "too_few_answers"} <= themes.keys()
    for topic_id in ("t-health", "t-post"):
        rows = [row for row in answers if topic_id in [theme["topic_id"] for theme in row["topics"]]]
        assert themes[topic_id] == [
            len({row["author_id"] or row["contribution_id"] for row in rows}),
            len({row["contribution_id"] for row in rows}),
            len({row["duplicate_of"] or row["answer_id"] for row in rows}),
        ]
    assert themes["t-health"] == [2, 2, 1]
    assert "t-unused" not in themes


def test_organisation_figures_equal_the_dataset(workspace: Workspace, page: Page) -> None:
    mentions = pq.read_table(workspace.path / "dataset" / "mentions.parquet").to_pylist()
    shown = {a["data-organisation"]: cells for a, cells in page.rows if "data-organisation" in a}
    for organisation_id, cells in shown.items():
        rows = [row for row in mentions if row["organisation_id"] == organisation_id]
        assert figure(cells[1]) == len(rows)
        assert figure(cells[3]) == len({row["answer_id"][:18] for row in rows})
    assert shown["o-caf"][0] == "Caisse d'allocations familiales (CAF)CAF (2)"
    assert "hors registre" in shown["o-x0123456789ab"][0]
    assert "hors registre" not in shown["o-caf"][0]


def test_every_verbatim_is_a_segment_of_the_dataset(workspace: Workspace, source: str) -> None:
    segments = {row["text"] for row in pq.read_table(workspace.path / "dataset" / "segments.parquet").to_pylist()}
    quotes = [Page(quote).text for quote in re.findall(r'<bdi class="quote">(.*?)</bdi>', source, re.DOTALL)]
    assert quotes
    assert set(quotes) <= segments
    assert HOSTILE in quotes


def test_exemplars_come_first_and_say_why_they_were_chosen(source: str) -> None:
    figures = re.findall(r"<figure>(.*?)</figure>", source, re.DOTALL)
    tags = [re.findall(r'title="([^"]+)">([^<]+)</span>', one) for one in figures]
    assert [one for one in tags if one] == [
        [("long et argumenté", "argumenté")],
        [("à la limite d’un autre thème", "en limite")],
        [("au cœur du thème", "central")],
    ]


def test_the_curve_says_which_number_of_themes_was_chosen(source: str) -> None:
    _, _, rest = source.partition("Pourquoi 4\u00a0thèmes\u202f?")
    curve = rest[rest.index("<table") : rest.index("</table>") + len("</table>")]
    cells = [[" ".join(cell.split()) for cell in cells] for _, cells in Page(curve).rows]
    assert cells == [["Nombre de thèmes", "Stabilité"], ["3", "0,91"], ["4 retenu", "0,84"], ["5", "0,70"]]
    assert rest.count("Pourquoi") == 0  # only that question chose its number


def test_hostile_text_is_shown_as_text_and_kept_apart(source: str, page: Page) -> None:
    assert not [tag for tag, _ in page.elements if tag in ("script", "b", "i", "iframe", "object", "form", "img")]
    assert "<script>alert('x')</script>" in page.text
    outside = re.sub(r"<bdi( class=\"quote\")?>.*?</bdi>|<p class=\"raw\">.*?</p>", "", source, flags=re.DOTALL)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", outside)


def test_the_content_policy_allows_only_the_style_of_the_page(source: str, page: Page) -> None:
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;")
    assert not [a for _, a in page.elements if "style" in a or any(name.startswith("on") for name in a)]
    links = [value for _, a in page.elements for name in ("src", "href") if (value := a.get(name))]
    assert all(value.startswith(("#", "data:")) for value in links)


def test_links_lead_to_places_of_the_page_and_ids_are_unique(page: Page) -> None:
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for tag, a in page.elements if tag == "a"} <= set(ids)


def test_the_page_is_built_for_screen_readers(page: Page) -> None:
    assert ("html", {"lang": "fr"}) in page.elements
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in a for tag, a in page.elements if tag == "th")
    assert any(a.get("class") == "skip" for tag, a in page.elements if tag == "a")


def test_what_a_reader_must_know_is_said(page: Page) -> None:
    text = " ".join(page.text.replace("\u00a0", " ").replace("\u202f", " ").split())
    for needed in (
        "Contributions volontaires : non représentatives de la population",
        "posée si Q1 = Non",
        "dépassent 100 %",
        "Base : 3 répondants, 3 contributions, 2 textes uniques",
        "Thèmes trouvés dans les réponses reçues à cette question",
        "Lignes non lues",
        "E109 suite.csv, line 12: <i>3</i> columns",
        "doleances run formulaires.csv",
        "0" * 64,
        "Réf. 4-1 · département 69 · 3 février 2019 · texte présent dans 2 contributions",
    ):
        assert needed in text
    assert "cluster" not in text.lower()


def test_french_typography_has_no_break_before_punctuation(page: Page) -> None:
    ours = re.sub(r"E109.*?columns|Question 2: own.*?segments\.", "", page.text)
    assert not re.search(
        r"\w [:;!?%»]|« ", ours.replace("services publics ?", "").replace("manquent ?", "").replace("chose ?", "")
    )


def test_names_and_folders_stay_out_of_the_page(workspace: Workspace, source: str) -> None:
    for private in ("Jeanne", "jeanne.martin", "06 12 34", str(workspace.path), "seconds"):
        assert private not in source


def test_a_second_run_does_nothing_and_a_forced_one_gives_the_same_bytes(workspace: Workspace, source: str) -> None:
    assert report.run(workspace, CONFIG).skipped
    assert not report.run(workspace, CONFIG, force=True).skipped
    assert (workspace.path / "report" / "index.html").read_text("utf-8") == source


def test_the_number_of_verbatims_is_a_setting(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    assert make(workspace, verbatims=1).count("<figure>") == 2
    report.run(workspace, CONFIG.with_values("report", verbatims=0))
    assert "<figure>" not in (workspace.path / "report" / "index.html").read_text("utf-8")


def test_a_huge_answer_does_not_make_a_huge_page(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.topic("t-1", "Gares", "q-1", "grand-debat-2019/1")
    text = "Une gare par canton. " + "\u202eencore et encore " * 60_000
    build.answer(build.contribution(1), "q-1", text, cuts=[20], themes=["t-1", "t-1"], scores=[0.9, 0.8])
    source = make(build.write())
    assert len(source.encode()) < 100_000
    assert "signes, à lire en entier dans dataset/answers.parquet" in Page(source).text
    assert "appris sur cette même question" in source


def test_a_line_that_could_not_be_read_shows_nothing_private(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.answer(build.contribution(1), "q-1", None, "empty")
    reason = "E109 a.csv, line 2: 06 12 34 56 78 and jean@example.org stand where a number should"
    build.rejected.append({"rejected_id": "r-1", "file": "a.csv", "line": 2, "reason": reason})
    text = Page(make(build.write())).text
    assert "[téléphone] and [courriel] stand where" in text
    assert "06 12" not in text and "jean@" not in text


def test_themes_that_nobody_speaks_of_are_not_shown_nor_said_to_be_missing(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.topic("t-gares", "Gares", "q-1", "grand-debat-2019/1")
    build.answer(build.contribution(1), "q-1", "Une idée sans thème")
    text = Page(make(build.write())).text
    assert "Gares" not in text
    assert "Aucun thème ne convient assez bien" in text
    assert "aucun modèle n’en a" not in text


def test_an_empty_consultation_has_a_page_too(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.answer(build.contribution(1), "q-1", None, "empty")
    text = Page(make(build.write())).text
    assert "Aucune réponse lisible à une question ouverte." in text
    assert "Aucune organisation n’a été relevée." in text


def test_sub_themes_stand_under_their_theme_which_counts_them(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.topic("t-parent", "Transports", "q-1", "local/x")
    build.topic("t-train", "Trains", "q-1", "local/x", parent_id="t-parent")
    build.topic("t-other", "Impôts", "q-1", "local/x")
    for number, theme in enumerate(("t-parent", "t-train", "t-other", "t-other", "t-other"), 1):
        build.answer(build.contribution(number), "q-1", f"Des mots sur {theme} et {number}", themes=[theme])
    page = Page(make(build.write()))
    rows = [(a["data-topic"], figure(cells[2])) for a, cells in page.rows if "data-topic" in a]
    assert rows == [("t-other", 3), ("t-parent", 2), ("t-train", 1)]


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
    source = make(workspace)
    rows = [(a, cells) for a, cells in Page(source).rows if a.get("data-topic", "").startswith("t-")]
    assert [a["data-topic"] for a, _ in rows] == ["t-move", "t-rail", "t-road", "t-care"]
    assert [figure(cells[2].split()[0]) for _, cells in rows] == [2, 2, 1, 1]
    assert [a.get("class") for a, _ in rows] == [None, "sub", "sub", None]
    whole = source[source.index('<bdi>Transports</bdi> <span class="count">') :]
    whole = whole[: whole.index("</details>\n<details")]
    assert "meilleures routes" in whole and "trains le dimanche" in whole
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
    source = make(build.write())
    given, proposed = (source.index(name) for name in ("Thèmes donnés ou relus", "Thèmes proposés par la machine"))
    assert given < source.index('data-topic="t-given"') < proposed < source.index('data-topic="t-new"')
    assert "Thèmes donnés ou relus" not in make(small(tmp_path / "other"))  # all of them are proposed
