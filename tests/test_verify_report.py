"""Every figure of the report is one that the tables give: one that is not is told, whatever family it is of."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import dataset, report
from pipeline.recount import Figure
from pipeline.report.languages import Code, language
from pipeline.stage import update_files
from pipeline.typography import FIRM
from pipeline.verify import verify
from pipeline.verify_report import Printed, differences, figures_of, read, report_lines
from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.test_recount import CONFIG, nested, unanswered
from tests.workspaces import small

PAGE = "report/index.html"
MAKERS = [small, campaign, nested]
FIGURE_NAMED = re.compile(r'data-figure="([^"]+)"[^>]*>')
OF_THREE = re.compile(r'<span class="d d-(\w+)">[^<]*</span>')

CLASSES_NOT_COUNTED = {"crossed": "cells under five are masked, and so are those that would tell them"}
CAPTIONS_NOT_COUNTED = {
    "Paires de thèmes": "passages that hesitate between themes: a measure of the fit, not a count of what people sent",
    "Stabilité selon le nombre de thèmes": "a measure of the fit",
    "Ce qui n’a pas pu être lu": "lines of files: a place, not a count",
    "Tous les thèmes, et les mots": "coordinates beside a picture",
    "Indice de Jaccard": "ties beside a picture",
    "Ce qui se rejoint": "heights beside a picture",
}
COLUMNS_NOT_COUNTED = {
    "Relu": "what people decided is not in the tables that are counted anew",
    "% pondéré": "shares of mixtures of themes, which are no counts",
    "Thèmes": "a number of themes of the model",
    "Thèmes peu stables": "a number of themes of the model",
}
"""Cells that are not counted anew, by the class or the beginning of the caption of their table or by their column."""

ANOTHER = {
    r"[\d,]+ à [\d,]+\xa0%": "the interval of the share beside it, which has a name",
    r"[▲▼]\d+|=": "ranks that follow from figures which all have a name",
}
"""What may stand in the small print of any cell: it follows from the figures beside it."""


@pytest.fixture(scope="module", params=MAKERS, ids=lambda make: make.__name__)
def finished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    make: Callable[[Path], Workspace] = request.param
    workspace = make(tmp_path_factory.mktemp("finished") / "workspace")
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    return workspace.path


@pytest.fixture(scope="module")
def campaigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = campaign(tmp_path_factory.mktemp("campaigned") / "workspace")
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    return workspace.path


@pytest.fixture
def workspace(campaigned: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(campaigned, tmp_path / "workspace"))


def pages_of(workspace: Workspace) -> dict[str, str]:
    """Return the source of each page by its path in the workspace."""
    found = sorted((workspace.path / "report").rglob("*.html"))
    return {path.relative_to(workspace.path).as_posix(): path.read_text("utf-8") for path in found}


def places_of(source: str) -> Iterator[tuple[str, int]]:
    """Yield the name of each figure, those named for three each by its own, and where its text begins."""
    for named in FIGURE_NAMED.finditer(source):
        name, end = named[1], named.end()
        if not name.endswith("/*"):
            yield name, end
            continue
        parts = []
        while part := OF_THREE.match(source, end):
            parts.append(part[1])
            yield name[:-1] + part[1], part.start() + part[0].index(">") + 1
            end = part.end()
        assert parts == ["respondents", "contributions", "unique_texts"], name


def with_a_nine_at(source: str, places: list[int]) -> str:
    for place in sorted(places, reverse=True):
        source = f"{source[:place]}9{source[place:]}"
    return source


def put(workspace: Workspace, source: str, relative: str = PAGE) -> None:
    """Write a page, and its sum in the manifest with it: only what it says can tell."""
    path = workspace.path / relative
    path.parent.mkdir(exist_ok=True)
    path.write_text(source, "utf-8")
    workspace.manifest["stages"]["report"]["files"].setdefault(relative, {})
    update_files(workspace, "report")
    workspace.save_manifest()


def test_the_report_of_a_run_says_what_the_tables_say(finished: Path) -> None:
    assert list(report_lines(Workspace(finished))) == []


def test_a_closed_question_that_nobody_answered_holds_too(tmp_path: Path) -> None:
    workspace = unanswered(tmp_path / "workspace")
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    assert list(pages_of(workspace)) == [PAGE, OPEN]
    assert list(report_lines(workspace)) == []


def test_every_figure_and_every_share_that_was_changed_is_told_on_whatever_page(finished: Path, tmp_path: Path) -> None:
    workspace = Workspace(shutil.copytree(finished, tmp_path / "workspace"))
    expected = []
    for relative, source in pages_of(workspace).items():
        places = list(places_of(source))
        assert places
        expected += [f"{relative}: {name}" for name, _ in places]
        put(workspace, with_a_nine_at(source, [place for _, place in places]), relative)
    told = list(report_lines(workspace))
    assert sorted(line.partition(" is ")[0] for line in told) == sorted(expected)
    assert len(expected) > 150
    families = {line.partition(": ")[2].removeprefix("share/").partition("/")[0] for line in expected}
    assert families >= {"contributions", "received", "state", "states", "base", "theme", "once", "closed"}
    assert {f"{relative}: share" for relative in pages_of(workspace)} <= {line.partition("/st")[0] for line in expected}


@pytest.mark.parametrize("make", [campaign, nested])
def test_a_share_in_the_small_print_of_its_figure_that_was_changed_is_told(
    make: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    workspace = make(tmp_path / "workspace")
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    source = pages_of(workspace)[PAGE]
    changed, times = re.subn(r'(data-figure="[^"]+">[^<]*<small>)(?=[\d<–])', r"\g<1>9", source)
    put(workspace, changed)
    told = list(report_lines(workspace))
    assert len(told) == times == 3
    assert all(line.startswith(f"{PAGE}: share of given/q-2/") for line in told)


OPEN, CLOSED = "report/questions/q-2.html", "report/questions/q-1.html"
CHANGED = [
    (
        OPEN,
        '="theme/q-2/t-rail/*"><span class="d d-respondents">3<',
        '="theme/q-2/t-rail/*"><span class="d d-respondents">4<',
        "theme/q-2/t-rail/respondents is 3, and the page says 4",
    ),
    (
        OPEN,
        '="theme/q-2/t-rail/asked">4<',
        '="theme/q-2/t-rail/asked">5<',
        "theme/q-2/t-rail/asked is 4, and the page says 5",
    ),
    (
        OPEN,
        '="share/theme/q-2/t-rail/asked">66,7',
        '="share/theme/q-2/t-rail/asked">67,0',
        "share/theme/q-2/t-rail/asked is 66,7 %, and the page says 67,0 %",
    ),
    (
        OPEN,
        '="share/theme/q-2/t-rail/*"><span class="d d-respondents">37,5',
        '="share/theme/q-2/t-rail/*"><span class="d d-respondents">37,6',
        "share/theme/q-2/t-rail/respondents is 37,5 %, and the page says 37,6 %",
    ),
    (
        CLOSED,
        '="closed/q-1/0/*"><span class="d d-respondents">5<',
        '="closed/q-1/0/*"><span class="d d-respondents">6<',
        "closed/q-1/0/respondents is 5, and the page says 6",
    ),
    (PAGE, '="state/empty">2<', '="state/empty">3<', "state/empty is 2, and the page says 3"),
    (
        PAGE,
        '="share/state/empty">9,1',
        '="share/state/empty">9,0',
        "share/state/empty is 9,1 %, and the page says 9,0 %",
    ),
    (PAGE, f'="respondents">9{FIRM}', f'="respondents">8{FIRM}', "respondents is 9, and the page says 8 répondants"),
    (PAGE, '="rise/q-2/t-rail">▼2<', '="rise/q-2/t-rail">▲2<', "rise/q-2/t-rail is -2, and the page says ▲2"),
    (PAGE, '="received/q-1">10<', '="received/q-1"><', "received/q-1 is 10, and the page says nothing"),
    (
        PAGE,
        '="given/q-2/unknown">1<',
        '="given/q-9/unknown">1<',
        "figure given/q-9/unknown cannot be counted anew, and the page says 1",
    ),
]


def test_what_was_changed_by_hand_is_told_in_a_line_each(workspace: Workspace) -> None:
    pages, expected = pages_of(workspace), []
    for relative, old, new, told in CHANGED:
        times = pages[relative].count(old)
        assert 1 <= times <= 2, old
        pages[relative] = pages[relative].replace(old, new)
        expected += times * [f"{relative}: {told}"]
    for relative in {OPEN, CLOSED, PAGE}:
        put(workspace, pages[relative], relative)
    assert sorted(line for line in verify(workspace) if line.startswith("report/")) == sorted(expected)


def test_one_of_three_that_no_longer_says_on_what_it_stands_is_told(workspace: Workspace) -> None:
    old = '="theme/q-2/t-bike/*"><span class="d d-respondents">2<'
    source = pages_of(workspace)[OPEN]
    times = source.count(old)
    assert times
    put(workspace, source.replace(old, '="theme/q-2/t-bike/*"><span class="d">7<'), OPEN)
    told = f"{OPEN}: figure theme/q-2/t-bike/* cannot be counted anew, and the page says 7"
    assert list(report_lines(workspace)) == [told] * times


def test_a_figure_may_stand_on_any_page(workspace: Workspace) -> None:
    source, moved = pages_of(workspace)[OPEN], "report/questions/moved.html"
    put(workspace, source, moved)
    put(workspace, '<p data-figure="contributions">10</p>', OPEN)
    assert list(report_lines(workspace)) == []
    put(workspace, source.replace('/t-rail/asked">4<', '/t-rail/asked">5<'), moved)
    assert list(report_lines(workspace)) == [f"{moved}: theme/q-2/t-rail/asked is 4, and the page says 5"]


def test_a_theme_that_stands_on_no_page_is_told(workspace: Workspace) -> None:
    for relative, source in pages_of(workspace).items():
        put(workspace, source.replace(' data-figure="theme/q-2/t-bike/*"', ""), relative)
    assert list(report_lines(workspace)) == ["report: theme/q-2/t-bike/contributions is 2, and no page says it"]


def test_a_page_that_names_no_figure_is_told_in_one_line(workspace: Workspace) -> None:
    pages = pages_of(workspace)
    without = {relative: re.sub(' data-figure="[^"]*"', "", source) for relative, source in pages.items()}
    put(workspace, without[CLOSED], CLOSED)
    assert list(report_lines(workspace)) == [f"{CLOSED} has no figure that could be counted anew"]
    for relative, source in without.items():
        put(workspace, source, relative)
    expected = [f"{relative} has no figure that could be counted anew" for relative in sorted(pages)]
    assert len(expected) == 4
    assert list(report_lines(workspace)) == expected


@pytest.mark.parametrize("make", MAKERS)
def test_an_english_report_says_what_the_tables_say_and_a_french_number_in_it_is_told(
    make: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    workspace = make(tmp_path / "workspace")
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG.with_values("report", language="en"))
    assert list(report_lines(workspace)) == []
    source = pages_of(workspace)[PAGE]
    changed, times = re.subn(r'(data-figure="share/state/empty">\d+)\.(\d)%', rf"\1,\2{FIRM}%", source)
    assert times == 1
    put(workspace, changed)
    (line,) = report_lines(workspace)
    assert re.fullmatch(r"report/index\.html: share/state/empty is (\d+)\.(\d)%, and the page says \1,\2 %", line)


def test_a_file_that_the_run_did_not_write_is_told_and_not_read(workspace: Workspace) -> None:
    (workspace.path / "report" / "old.html").write_text('<p data-figure="received">7</p>', "utf-8")
    assert verify(workspace)[-1:] == list(report_lines(workspace)) == ["report/old.html is not in the manifest"]


@pytest.mark.parametrize("content", [b"\xff\xfe<p>", b"<![never[<p>"])
def test_what_is_no_page_is_told(workspace: Workspace, content: bytes) -> None:
    put(workspace, "", "report/questions/odd.html")
    (workspace.path / "report" / "questions" / "odd.html").write_bytes(content)
    (line,) = report_lines(workspace)
    assert line in (
        "report/questions/odd.html cannot be read as HTML",
        "report/questions/odd.html has no figure that could be counted anew",
    )


class Cells(HTMLParser):
    """The cells of class num whose digits are no named figure, by where they are: table, caption and column."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[tuple[str, str, str], str]] = []
        self.cells = 0
        self.table, self.caption, self.headings, self.column = "", "", [""], 0
        self.open: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.open.append((tag, values))
        if tag == "table":
            self.table, self.caption, self.headings = values.get("class") or "", "", []
        elif tag == "tr":
            self.column = -1
        elif tag in ("th", "td"):
            self.column += 1
            self.headings += [""] if values.get("scope") == "col" else []
        self.cells += tag == "td" and "num" in (values.get("class") or "").split()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        self.caption += data if "caption" in tags else ""
        if any(tag == "th" and attrs.get("scope") == "col" for tag, attrs in self.open):
            self.headings[-1] += data
        cell = next((attrs for tag, attrs in self.open if tag == "td"), {})
        numeric = "num" in (cell.get("class") or "").split()
        if numeric and re.search(r"\d", data) and not any("data-figure" in attrs for _, attrs in self.open):
            small = any(re.fullmatch(pattern, data) for pattern in ANOTHER) and "small" in tags
            if not small:
                self.found.append(((self.table, self.caption, self.headings[self.column]), data))


def test_every_number_in_a_cell_has_a_name(finished: Path) -> None:
    cells = Cells()
    for source in pages_of(Workspace(finished)).values():
        cells.feed(source)
    assert cells.cells > 75
    nameless = [
        (caption, column, data)
        for (table, caption, column), data in cells.found
        if table not in CLASSES_NOT_COUNTED
        and column.replace(FIRM, " ") not in COLUMNS_NOT_COUNTED
        and not caption.startswith(tuple(CAPTIONS_NOT_COUNTED))
    ]
    assert nameless == []


@given(st.integers(0, 10**12), st.sampled_from(["fr", "en"]))
def test_numbers_are_read_as_they_are_printed(value: int, code: Code) -> None:
    spoken = language(code)
    assert read("received", spoken.number(value), spoken) == value
    assert read("received", spoken.plural(value, "réponse"), spoken) == value


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from(["fr", "en"]))
def test_shares_are_those_of_the_language(value: int, base: int, code: Code) -> None:
    spoken, other = language(code), language("en" if code == "fr" else "fr")
    share = spoken.percent(value, base)
    printed = [
        Printed("share/a", [share]),
        Printed("a", [spoken.number(value)], [share]),
        Printed("share/a", [other.percent(value, base)]),
    ]
    told = list(differences(printed, {"a": Figure(value, base)}, spoken))
    assert len(told) == 1
    assert told[0].startswith(f"share/a is {share}, and the page says ")


@pytest.mark.parametrize(
    "text", ["", "1234", "1 234", "12,5", "-3", "trois", "1\u202f23", "1\u202f234\u202f", "▲2", "=", "1,234"]
)
def test_what_is_no_number_of_the_report_is_none(text: str) -> None:
    assert read("received", text) is None


@pytest.mark.parametrize("text", ["", "1234", "1 234", "12.5", "-3", "1,23", "1,234,", "1\u202f234"])
def test_what_is_no_number_of_an_english_report_is_none(text: str) -> None:
    assert read("received", text, language("en")) is None


FIGURE = (
    '<td class="num" data-figure="a&amp;b">1\u202f240&#32;<small>12,5&nbsp;%</small></td>'
    '<p>9 <span data-figure="c">3\u00a0<b>réponses</b><br></span> '
    '<span data-figure="e/*"><span class="d d-respondents">5</span><span class="d d-unique_texts">6</span></span> '
    '8 <i data-figure="d">4'
)


@given(st.integers(1, 200))
def test_figures_are_the_same_however_a_page_is_cut(size: int) -> None:
    found = [(one.name, one.text, one.share) for one in figures_of(io.StringIO(FIGURE), size)]
    assert found == [
        ("a&b", "1\u202f240", "12,5\u00a0%"),
        ("c", "3\u00a0réponses", ""),
        ("e/respondents", "5", ""),
        ("e/unique_texts", "6", ""),
        ("d", "4", ""),
    ]
