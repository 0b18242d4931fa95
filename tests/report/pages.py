"""The pages of a report as tests read them: what a page says on one denominator, and the figures it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pipeline import dataset, report
from pipeline.config import Config
from pipeline.workspace import Workspace

CONFIG = Config().with_values("execution", workers=1)
INDEX = "index.html"
VOID = {"meta", "link", "br", "img", "hr", "rect", "input"}
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that change the direction of all that follows them in a paragraph."""

Attributes = dict[str, str | None]


@dataclass
class Row:
    """A row of a table: its attributes, and the text of its cells without what is small."""

    attributes: Attributes
    cells: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """One page, as a reader sees it who counts on one denominator.

    Parameters
    ----------
    source : str
        Its HTML; elements that are not closed fail at once.
    denominator : str
        The one that is chosen; figures of the others are not among the words and cells.
    """

    def __init__(self, source: str, denominator: str = "contributions") -> None:
        super().__init__()
        self.source = source
        self.elements: list[tuple[str, Attributes]] = []
        self.rows: list[Row] = []
        self.quotes: list[str] = []
        self.figures: list[tuple[str, str]] = []
        self.loose: list[str] = []
        """Pieces of text with marks of direction that no element keeps apart."""
        self.ours = ""
        """What the report itself says, on any denominator: all words but those that came in."""
        self.scripts: list[tuple[Attributes, str]] = []
        self._words: list[str] = []
        self._open: list[tuple[str, Attributes]] = []
        self._names: list[str] = []
        """Of each open element, the figure that it is named for, or nothing."""
        self._denominator = denominator
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert len(attributes) == len(attrs), f"an attribute stands twice: {attrs}"
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self._open.append((tag, attributes))
        if tag == "tr":
            self.rows.append(Row(attributes))
        elif tag in ("td", "th"):
            self.rows[-1].cells.append("")
            self.rows[-1].small.append("")
        elif tag == "bdi" and "quote" in _classes(attributes):
            self.quotes.append("")
        elif tag == "script":
            self.scripts.append((attributes, ""))
        name = str(attributes["data-figure"]) if "data-figure" in attributes else self._of_three(attributes)
        if tag not in VOID:
            self._names.append(name)
        if name and not name.endswith("/*"):
            self.figures.append((name, ""))

    def _of_three(self, attributes: Attributes) -> str:
        """Return the name of a figure on one denominator, in an element that is named for the three."""
        around = [name for name in self._names if name]
        kinds = [part.removeprefix("d-") for part in _classes(attributes) if part.startswith("d-")]
        return around[-1].removesuffix("*") + kinds[0] if kinds and around and around[-1].endswith("/*") else ""

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag
            self._names.pop()

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self._open}
        if "script" in tags:
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
            return
        if "style" in tags:
            return
        if any(tag == "bdi" and "quote" in _classes(attributes) for tag, attributes in self._open):
            self.quotes[-1] += data
        named = [name for name in self._names if name]
        if named and self.figures and named[-1] == self.figures[-1][0]:
            self.figures[-1] = (self.figures[-1][0], self.figures[-1][1] + data)
        apart = tags & {"bdi", "title", "option", "text"} or any("raw" in _classes(a) for _, a in self._open)
        if DIRECTIONS.search(data) and not apart:
            self.loose.append(data)
        self.ours += "\N{OBJECT REPLACEMENT CHARACTER}" if apart or "code" in tags else data
        if any(
            "d" in _classes(attributes) and f"d-{self._denominator}" not in _classes(attributes)
            for _, attributes in self._open
        ):
            return
        if "title" not in tags:
            self._words.append(data)
        if tags & {"td", "th"}:
            (self.rows[-1].small if "small" in tags else self.rows[-1].cells)[-1] += data

    @property
    def text(self) -> str:
        """All that is shown, in order."""
        return "".join(self._words)

    @property
    def said(self) -> str:
        """All that is shown, with plain blanks, one between two words."""
        return plain(self.text)

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    @property
    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.elements if "id" in attributes]

    @property
    def links(self) -> list[str]:
        return [str(attributes["href"]) for tag, attributes in self.elements if tag == "a"]

    def by(self, attribute: str) -> dict[str, Row]:
        """Return the rows that have an attribute, by its value."""
        return {str(row.attributes[attribute]): row for row in self.rows if attribute in row.attributes}

    def numbers(self) -> dict[str, int]:
        """Return the figures by name; one that stands several times is the same each time."""
        found: dict[str, int] = {}
        for name, text in self.figures:
            if name.startswith(("share/", "rise/")):
                continue
            assert found.setdefault(name, figure(text)) == figure(text), name
        return found


@dataclass(frozen=True)
class Pages:
    """All pages of a report by their path in its folder, index.html first."""

    sources: dict[str, str]
    denominator: str = "contributions"

    @property
    def names(self) -> list[str]:
        return list(self.sources)

    @property
    def index(self) -> Page:
        return self[INDEX]

    @property
    def whole(self) -> str:
        """The HTML of all of them."""
        return "\n".join(self.sources.values())

    def question(self, number: int) -> Page:
        return self[f"questions/q-{number}.html"]

    def __getitem__(self, name: str) -> Page:
        return Page(self.sources[name], self.denominator)

    def all(self) -> dict[str, Page]:
        return {name: self[name] for name in self.sources}

    def counting(self, denominator: str) -> Pages:
        """Return them as they are read on another denominator."""
        return Pages(self.sources, denominator)


def make(workspace: Workspace, **settings: Any) -> Pages:
    """Write dataset and report of a workspace whose topics are done, and return the pages."""
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG.with_values("report", **settings))
    return read(workspace.path)


def read(workspace: Path) -> Pages:
    """Return the pages of a finished workspace; nothing else stands in the folder of its report."""
    folder = workspace / "report"
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert INDEX in found
    assert all(name == INDEX or re.fullmatch(r"questions/[a-z0-9-]+\.html", name) for name in found)
    names = [INDEX, *(name for name in found if name != INDEX)]
    return Pages({name: (folder / name).read_text("utf-8") for name in names})


def figure(text: str) -> int:
    """Return the number that a figure begins with: « 1 240 réponses » is 1240."""
    found = re.match(r"\d+(\u202f\d{3})*", text.strip())
    assert found is not None, text
    return int(re.sub(r"\D", "", found[0]))


def plain(text: str) -> str:
    """Return a text with plain blanks, one between two words."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def _classes(attributes: Attributes) -> list[str]:
    return (attributes.get("class") or "").split()
