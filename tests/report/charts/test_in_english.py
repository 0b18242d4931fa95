"""Pictures of a report in English: words and figures of ours are English, and labels are marked as French."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from pipeline.report import charts
from pipeline.report.charts.departements import shapes
from pipeline.report.languages import language
from pipeline.typography import NARROW
from tests.report.charts.pictures import all_text, parsed

SPOKEN = language("en")


def test_pictures_say_nothing_in_french_but_what_is_quoted() -> None:
    tiles = (charts.Tile("x", 1500, parts=(charts.Tile("y", 3),)), charts.Tile("z", 2))
    points = tuple(charts.Point(0.1 * n, 0.2 * n % 1, n % 10 if n % 11 else None, "x") for n in range(700))
    periods = tuple(charts.Period(date(2019, 1, 21) + timedelta(40 * n), 1200 * n) for n in range(1, 9))
    pictures = [
        charts.treemap(charts.Treemap("x", tiles, 2000, SPOKEN)),
        charts.segment_map(charts.SegmentMap("x", tuple("abcdefghij"), points, language=SPOKEN)),
        charts.time_bars(charts.TimeBars("x", periods, "month", SPOKEN)),
        charts.time_bars(charts.TimeBars("x", periods, "week", SPOKEN)),
        charts.diverging_bars(
            charts.DivergingBars("x", (charts.SignedWord("w", 3.5, 1), charts.SignedWord("v", -1, 12)), language=SPOKEN)
        ),
        charts.departement_map(charts.DepartementMap("x", {"69": 1240, "75": None, "988": 2}, 12, "k", SPOKEN)),
        charts.similarity_graph(charts.SimilarityGraph("x", (charts.Node("w", 1200, 0.5, 0.5, 0),), (), SPOKEN)),
        charts.dendrogram(charts.Dendrogram("x", (charts.Leaf("w", 1200),), (), SPOKEN)),
        charts.treemap(charts.Treemap("x", (), 0, SPOKEN)),
    ]
    said = " ".join(all_text(svg) + (parsed(svg).get("aria-label") or "") for svg in pictures)
    for name in shapes()["names"].values():
        said = said.replace(name, "")
    for expected in (
        "x: 1,500 (75.0%)",
        "x (600 segments drawn of 700)",
        "Other themes, or no theme",
        "March 2019: 1,200",
        "week of 25 February 2019: 1,200",
        "Over-represented",
        "v: −1.0 (12 occurrences)",
        "fewer than 5, or not disclosed",
        "other territories: fewer than 5",
        "w (1,200)",
        "Nothing to show",
    ):
        assert expected in said, expected
    assert not re.search(rf"[«»{NARROW}]| [:;%]|\bmoins\b|\bsemaine\b|févr|\bSans\b|\bAutres\b", said)


def test_pictures_in_french_have_no_group_for_quotes() -> None:
    picture = charts.Dendrogram("x", (charts.Leaf("w", 1200),), ())
    assert "lang" not in charts.dendrogram(picture)
    assert '<g lang="fr">' in charts.dendrogram(replace(picture, language=SPOKEN))
