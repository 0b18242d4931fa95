"""Trees, bars over time and signed words: order, proportion, French, and room for text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.report.charts import (
    Dendrogram,
    DivergingBars,
    Leaf,
    Merge,
    Period,
    SignedWord,
    TimeBars,
    dendrogram,
    diverging_bars,
    time_bars,
)
from pipeline.report.charts.dendrogram import leaf_order
from pipeline.report.charts.lettering import shorten, text_width, wrap
from pipeline.report.charts.time_bars import scale
from tests.report.charts.pictures import LABELS, SVG, parsed, tree, words

LEAVES = tuple(Leaf(name, 10) for name in "abcd")


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def test_leaves_that_join_stand_beside_each_other() -> None:
    picture = Dendrogram("Arbre", LEAVES, (Merge(0, 2, 0.2), Merge(1, 3, 0.4), Merge(4, 5, 1.0)))
    assert leaf_order(picture) == [0, 2, 1, 3]
    assert texts(dendrogram(picture)) == ["a (10)", "c (10)", "b (10)", "d (10)"]


def test_a_tree_that_joins_a_leaf_twice_is_refused() -> None:
    for merges in ((Merge(0, 1, 1), Merge(0, 2, 2)), (Merge(0, 5, 1),), (Merge(0, 0, 1),), (Merge(-1, 0, 1),)):
        with pytest.raises(ValueError, match="joined already or not there yet"):
            leaf_order(Dendrogram("Arbre", LEAVES, merges))


def test_a_tree_as_deep_as_it_has_leaves_is_drawn() -> None:
    svg = tree([f"thème {place}" for place in range(1500)])
    assert len(texts(svg)) == 1500


def test_labels_of_leaves_stay_in_the_picture() -> None:
    for text in parsed(tree([*LABELS, "m" * 80])).iter(f"{SVG}text"):
        assert float(text.get("x", 0)) + text_width(text.text or "") <= 480


def test_bars_are_as_high_as_their_counts_and_gaps_stay_gaps() -> None:
    periods = (Period(date(2019, 3, 15), 50), Period(date(2019, 1, 1), 80), Period(date(2019, 1, 31), 20))
    bars = list(parsed(time_bars(TimeBars("Mois", periods))).iter(f"{SVG}rect"))
    assert [bar.findtext(f"{SVG}title") for bar in bars] == ["janvier 2019\u00a0: 100", "mars 2019\u00a0: 50"]
    january, march = (float(bar.get("height", 0)) for bar in bars)
    assert january == pytest.approx(2 * march, abs=0.1)
    assert float(bars[1].get("x", 0)) - float(bars[0].get("x", 0)) > 200


def test_a_week_begins_on_monday() -> None:
    svg = time_bars(TimeBars("Semaines", (Period(date(2019, 2, 3), 7), Period(date(2019, 2, 4), 9)), "week"))
    assert "semaine du 28\u00a0janvier 2019\u00a0: 7" in svg and "semaine du 4\u00a0février 2019\u00a0: 9" in svg


@given(st.integers(1, 10**12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_scale_is_round_and_reaches_the_highest_bar(most: int) -> None:
    ticks = scale(most)
    assert ticks[0] == 0 and ticks[-1] >= most and 2 <= len(ticks) <= 5
    assert ticks[-2] < most


@given(st.lists(st.tuples(st.integers(1, 9998), st.integers(0, 10**6)), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_dates_can_be_drawn(found: list[tuple[int, int]]) -> None:
    for step in ("month", "week"):
        parsed(time_bars(TimeBars("t", tuple(Period(date(year, 5, 3), n) for year, n in found), step)))  # type: ignore[arg-type]


def test_signed_words_go_from_frequent_to_rare_with_bars_on_their_side() -> None:
    found = (SignedWord("rare", -4.0), SignedWord("fréquent", 8.0, 1240), SignedWord("assez", 2.0))
    svg = diverging_bars(DivergingBars("Mots", found))
    bars = list(parsed(svg).iter(f"{SVG}rect"))
    assert [bar.findtext(f"{SVG}title") for bar in bars] == [
        "fréquent\u00a0: +8,0 (1\u202f240 occurrences)",
        "assez\u00a0: +2,0",
        "rare\u00a0: −4,0",
    ]
    lefts, widths = zip(*((float(bar.get("x", 0)), float(bar.get("width", 0))) for bar in bars), strict=True)
    assert lefts[0] == lefts[1] == 240 == lefts[2] + widths[2]
    assert widths[0] == 2 * widths[2] == 4 * widths[1]


def test_words_stay_in_the_picture() -> None:
    for text in parsed(words([*LABELS, "anticonstitutionnellement" * 4])).iter(f"{SVG}text"):
        x, width = float(text.get("x", 0)), text_width(text.text or "")
        assert x - width >= 0 if "end" in (text.get("class") or "") else x + width <= 480


@given(st.text(), st.floats(0, 300), st.integers(1, 4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_text_is_cut_to_its_room(text: str, width: float, lines: int) -> None:
    assert text_width(shorten(text, width)) <= width
    found = wrap(text, width, lines)
    assert len(found) <= lines and all(text_width(line) <= width for line in found)


def test_accents_do_not_change_widths_and_wide_letters_are_wide() -> None:
    assert text_width("éàçÎ") == text_width("eacI")
    assert text_width("日本") > text_width("mm") and text_width("e\u0301") == text_width("e")
