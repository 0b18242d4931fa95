"""Re-check the pages of the report: every printed figure is the one that the tables give, counted anew."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, Final

from pipeline import errors
from pipeline.recount import Figure, recount
from pipeline.report.languages import FRENCH, Language, language
from pipeline.typography import FIRM, NARROW
from pipeline.workspace import Workspace

ATTRIBUTE: Final = "data-figure"
"""Names the figure that is the text of an element; a ``<small>`` in it is its share of the base.

A name that ends in « /* » is that of three figures, each in an element whose class tells which: « d-respondents ».
"""

SHARE: Final = "share/"
"""Before a name: the text of the element is the share, and not the number."""

RISE: Final = "rise/"
"""The figures of these names are printed with an arrow."""

_WITH_FIGURES: Final = re.compile(r"report/(index|questions/[^/]+)\.html")
_THOUSANDS: Final = {"fr": NARROW, "en": ","}
_NUMBERS: Final = {
    code: re.compile(f"([0-9]{{1,3}}(?:{between}[0-9]{{3}})*)(?:{FIRM}[^0-9].*)?", re.DOTALL)
    for code, between in _THOUSANDS.items()
}
_RISE: Final = re.compile("=|([▲▼])([1-9][0-9]*)")
_VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905


@dataclass
class Printed:
    """A figure as a page has it: its name, its text, and the share beside it."""

    name: str
    texts: list[str] = field(default_factory=list)
    shares: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts).strip()

    @property
    def share(self) -> str:
        return "".join(self.shares).strip()


def report_lines(workspace: Workspace) -> Iterator[str]:
    """Yield what does not hold of the pages of a report, a line each.

    Parameters
    ----------
    workspace : Workspace
        A workspace whose stages have finished.
    """
    folder = workspace.path / "report"
    stage = workspace.manifest["stages"]["report"]
    told = stage["files"]
    spoken = language("en" if stage.get("parameters", {}).get("language") == "en" else "fr")
    printed: set[str] = set()
    with recount(workspace) as counted:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            relative = path.relative_to(workspace.path).as_posix()
            if relative not in told:
                yield errors.one_line(f"{relative} is not in the manifest")
                continue
            if path.suffix != ".html":
                continue
            try:
                found = _figures_in(path)
            except (ValueError, AssertionError):  # what is not UTF-8, and markup that html.parser gives up on
                yield f"{relative} cannot be read as HTML"
                continue
            if not found and _WITH_FIGURES.fullmatch(relative):
                yield f"{relative} has no figure that could be counted anew"
            printed |= {one.name for one in found}
            known = counted.of(one.name.removeprefix(SHARE) for one in found)
            for line in differences(found, known, spoken):
                yield errors.one_line(f"{relative}: {line}")
        if printed:  # a report that names none is told of above
            for name, figure in counted.needed().items():
                if name not in printed:
                    yield errors.one_line(f"report: {name} is {spoken.number(figure.value)}, and no page says it")


def _figures_in(path: Path) -> list[Printed]:
    with path.open("rb") as file:
        return list(figures_of(io.TextIOWrapper(file, encoding="utf-8", newline="")))


def differences(printed: list[Printed], known: Mapping[str, Figure], spoken: Language = FRENCH) -> Iterator[str]:
    """Yield what figures printed in a language have other than those of their names, a line each."""
    for one in printed:
        name = errors.one_line(one.name, 120)
        figure = known.get(one.name.removeprefix(SHARE))
        said = errors.one_line(one.text, 60)
        if figure is None:
            yield f"figure {name} cannot be counted anew, and the page says {said}"
            continue
        share = "" if figure.base is None else spoken.percent(figure.value, figure.base)
        if one.name.startswith(SHARE):
            if one.text != share or not share:
                yield f"{name} is {share or 'nothing'}, and the page says {said or 'nothing'}"
            continue
        if read(one.name, one.text, spoken) != figure.value:
            yield f"{name} is {spoken.number(figure.value)}, and the page says {said or 'nothing'}"
        if one.share and one.share != share:
            yield f"share of {name} is {share or 'nothing'}, and the page says {errors.one_line(one.share, 60)}"


def read(name: str, text: str, spoken: Language = FRENCH) -> int | None:
    """Return the number that a page in that language prints for a figure of that name; None where it is none.

    >>> read("received", "1\\u202f240\\u00a0réponses"), read("rise/q-2/t-rail", "▼2")
    (1240, -2)
    >>> read("received", "1,240\\u00a0answers", language("en"))
    1240
    """
    if name.startswith(RISE):
        rise = _RISE.fullmatch(text)
        return None if rise is None else int(rise[2] or 0) * (-1 if rise[1] == "▼" else 1)
    found = _NUMBERS[spoken.code].fullmatch(text)
    return None if found is None else int(found[1].replace(_THOUSANDS[spoken.code], ""))


def figures_of(page: IO[str], size: int = 1 << 20) -> Iterator[Printed]:
    """Yield the figures of a page in the order in which they end, reading `size` characters at a time.

    Raises
    ------
    ValueError
        When the page is not UTF-8.
    AssertionError
        When html.parser gives up on its markup.
    """
    reader = _Reader()
    while chunk := page.read(size):
        reader.feed(chunk)
        yield from reader.taken()
    reader.close()
    yield from reader.taken()


@dataclass
class _Element:
    """An open element in a figure, and where its text goes."""

    tag: str
    sink: list[str]
    figure: Printed | None = None


class _Reader(HTMLParser):
    """Gathers the text of the elements that have the attribute."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[_Element] = []
        self._found: list[Printed] = []

    def taken(self) -> list[Printed]:
        """Return the figures that have ended since the last time."""
        found, self._found = self._found, []
        return found

    def close(self) -> None:
        super().close()
        self._end(0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = [value or "" for key, value in attrs if key == ATTRIBUTE] or self._one_of_three(attrs)
        if named:
            figure = Printed(named[0])
            self._open.append(_Element(tag, figure.texts, figure))
        elif self._open and tag not in _VOID:
            sink = self._open[-1].sink
            if tag == "small":
                sink = next(one.figure for one in reversed(self._open) if one.figure is not None).shares
            self._open.append(_Element(tag, sink))

    def _one_of_three(self, attrs: list[tuple[str, str | None]]) -> list[str]:
        """Return the name of a figure that stands on one denominator in what is named for all three."""
        figure = next((one.figure for one in reversed(self._open) if one.figure is not None), None)
        classes = [part for key, value in attrs if key == "class" for part in (value or "").split()]
        kinds = [part.removeprefix("d-") for part in classes if part.startswith("d-")]
        return [figure.name.removesuffix("*") + kinds[0]] if kinds and figure and figure.name.endswith("/*") else []

    def handle_endtag(self, tag: str) -> None:
        places = [place for place, one in enumerate(self._open) if one.tag == tag]
        if places:
            self._end(places[-1])

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].sink.append(data)

    def _end(self, place: int) -> None:
        ended = [one.figure for one in reversed(self._open[place:]) if one.figure is not None]
        # Those named for three have no text of their own, unless what holds it lost its class.
        self._found += [figure for figure in ended if not figure.name.endswith("/*") or figure.text]
        del self._open[place:]
