"""What holds of every picture: whole XML, nothing that runs or is fetched, hostile labels as text, the same bytes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.report import charts
from tests.report.charts.pictures import DRAWINGS, HOSTILE, LABELS, SVG, parsed

KINDS = sorted(DRAWINGS)
TAGS = {"svg", "g", "a", "rect", "path", "circle", "text", "title", "defs", "pattern"}
ATTRIBUTES = {
    *("xmlns", "class", "viewBox", "role", "aria-label", "aria-hidden", "x", "y", "width", "height", "rx", "cx", "cy"),
    *("r", "d", "transform", "href", "tabindex", "fill", "id", "patternUnits", "patternTransform", "stroke-width"),
}


def check(svg: str) -> None:
    """Check that a picture is whole, and nothing in it can run, load or style."""
    root = parsed(svg)
    svg.encode("utf-8")
    assert root.tag == f"{SVG}svg"
    assert root.get("aria-label", "").strip() or root.get("aria-label") == ""
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in TAGS
        assert element.attrib.keys() <= ATTRIBUTES
        assert element.get("href", "#").startswith("#")
        assert "nan" not in element.get("d", "") and "inf" not in element.get("d", "")
        assert re.fullmatch(r"url\(#[\w-]+\)", element.get("fill", "url(#a)"))
    assert (root.get("role") == "img") == (root.find(f".//{SVG}a") is None)


@pytest.mark.parametrize("kind", KINDS)
def test_labels_of_people_are_shown_as_text(kind: str) -> None:
    svg = DRAWINGS[kind]([HOSTILE, *LABELS])
    check(svg)
    assert "<script" not in svg and "\x00" not in svg and "\u202e" not in svg
    assert 'aria-label="&lt;/text&gt;&lt;/svg&gt;&lt;script&gt;alert(1)' in svg


@given(labels=st.lists(st.text(max_size=60), min_size=1, max_size=9))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_labels_the_picture_is_whole(kind: str, labels: list[str]) -> None:
    check(DRAWINGS[kind](labels))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_stays_light(kind: str) -> None:
    assert 800 < len(DRAWINGS[kind](LABELS).encode("utf-8")) < 25_600


def test_the_same_input_gives_the_same_bytes_in_another_process() -> None:
    here = [hashlib.sha256(DRAWINGS[kind](LABELS).encode()).hexdigest() for kind in KINDS]
    program = (
        "import hashlib; from tests.report.charts.pictures import DRAWINGS, LABELS\n"
        "for kind in sorted(DRAWINGS): print(hashlib.sha256(DRAWINGS[kind](LABELS).encode()).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert there == here


@pytest.mark.parametrize(
    "svg",
    [
        charts.treemap(charts.Treemap("t", (charts.Tile("a", 0),), 0)),
        charts.segment_map(charts.SegmentMap("t", (), (charts.Point(float("nan"), 0, None, ""),))),
        charts.factor_plane(charts.FactorPlane("t", (), (), (0.0, 0.0))),
        charts.similarity_graph(charts.SimilarityGraph("t", (), ())),
        charts.dendrogram(charts.Dendrogram("t", (), ())),
        charts.time_bars(charts.TimeBars("t", ())),
        charts.diverging_bars(charts.DivergingBars("t", (charts.SignedWord("a", 0),))),
    ],
)
def test_a_picture_of_nothing_says_so(svg: str) -> None:
    check(svg)
    assert "Rien à montrer" in svg


def test_a_link_out_of_the_report_is_left_out_and_its_tile_stays() -> None:
    for href in ("javascript:alert(1)", "//host/x", "https://host", "/etc", "\\\\host", "java\nscript:x", " #a", ""):
        svg = charts.treemap(charts.Treemap("t", (charts.Tile("Écologie", 5, href),), 5))
        assert "<a" not in svg and ">Écologie<" in svg
    svg = charts.treemap(charts.Treemap("t", (charts.Tile("Écologie", 5, "q-1/index.html#t-1"),), 5))
    assert 'href="q-1/index.html#t-1"' in svg and 'role="group"' in svg


def test_templates_leave_a_picture_as_it_is() -> None:
    assert hasattr(DRAWINGS["tree"](LABELS), "__html__")
