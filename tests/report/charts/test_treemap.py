"""Rectangles stay in the frame, do not overlap, and are as large as their counts say; text stays in them."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.report.charts import Tile, Treemap, treemap
from pipeline.report.charts.lettering import text_width
from pipeline.report.charts.placing import Box
from pipeline.report.charts.treemap import TILES, layout
from tests.report.charts.pictures import LABELS, SVG, all_text, parsed
from tests.report.charts.pictures import treemap as drawn

FRAME = Box(10.0, 20.0, 490.0, 350.0)


@given(counts=st.lists(st.integers(0, 10**9), max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_areas_are_in_proportion_and_inside(counts: list[int]) -> None:
    placed = layout(tuple(Tile(str(place), count) for place, count in enumerate(counts)), FRAME)
    shown = [count for count in counts if count > 0]
    assert sorted(tile.count for tile, _ in placed) == sorted(shown)
    area = (FRAME.right - FRAME.left) * (FRAME.bottom - FRAME.top)
    for tile, box in placed:
        assert box.left >= FRAME.left - 1e-6 and box.top >= FRAME.top - 1e-6
        assert box.right <= FRAME.right and box.bottom <= FRAME.bottom
        found = (box.right - box.left) * (box.bottom - box.top)
        assert found == pytest.approx(area * tile.count / sum(shown), rel=1e-4, abs=1e-3)
    for (_, one), (_, other) in combinations(placed, 2):
        across = min(one.right, other.right) - max(one.left, other.left)
        down = min(one.bottom, other.bottom) - max(one.top, other.top)
        assert across < 1e-6 or down < 1e-6


def test_only_the_largest_tiles_are_drawn() -> None:
    placed = layout(tuple(Tile(str(count), count) for count in range(1, 200)), FRAME)
    assert [tile.count for tile, _ in placed] == list(range(199, 199 - TILES, -1))


def test_sub_themes_lie_in_their_theme_and_text_in_its_rectangle() -> None:
    for cell in parsed(drawn(LABELS)).iter(f"{SVG}svg"):
        if cell.get("role"):
            continue
        wide, high = float(cell.get("width", 0)), float(cell.get("height", 0))
        assert 0 <= float(cell.get("x", -1)) <= 480 - wide + 0.1
        for text in cell.findall(f"{SVG}text"):
            size = 10.0 if text.get("class") == "s" else 12.0
            end = float(text.get("x", 0)) + text_width(text.text or "", size, bold=text.get("class") == "b")
            assert end <= wide and float(text.get("y", 0)) + 2 <= high


def test_a_tile_tells_its_share_of_the_base_and_its_link_its_name() -> None:
    svg = treemap(Treemap("Thèmes", (Tile("Écologie", 1240, "#t-1", (Tile("Eau", 300, "#t-2"),)),), 4000))
    assert "1\u202f240 · 31,0\u00a0%" in all_text(svg)
    links = parsed(svg).findall(f".//{SVG}a")
    assert [(link.get("href"), link.get("aria-label")) for link in links] == [
        ("#t-1", "Écologie\u00a0: 1\u202f240 (31,0\u00a0%)"),
        ("#t-2", "Eau\u00a0: 300 (7,5\u00a0%)"),
    ]
