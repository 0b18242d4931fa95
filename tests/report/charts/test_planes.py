"""Labels on planes and graphs: none over another, all in the frame; points where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.report import charts
from pipeline.report.charts.factor_plane import layout as plane_layout
from pipeline.report.charts.placing import Box, fitted
from pipeline.report.charts.segment_map import HEIGHT, LINKED
from pipeline.report.charts.segment_map import labels as theme_labels
from pipeline.report.charts.similarity import NODES
from pipeline.report.charts.similarity import layout as graph_layout
from pipeline.report.charts.spreading import separate
from tests.report.charts.pictures import LABELS, SVG, all_text, graph, parsed, plane, segments

COORDINATES = st.floats(-1e6, 1e6)


def apart(boxes: Sequence[Box], width: float = 480, height: float = 420) -> bool:
    """Say whether no box lies over another, or out of the frame."""
    frame = Box(0, 0, width, height)
    return all(box.within(frame) for box in boxes) and not any(a.overlaps(b) for a, b in combinations(boxes, 2))


@given(marks=st.lists(st.tuples(st.text(max_size=20), COORDINATES, COORDINATES, st.floats(0, 1)), max_size=25))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_labels_of_a_factor_plane_never_overlap(marks: list[tuple[str, float, float, float]]) -> None:
    found = tuple(charts.PlaneMark(*mark) for mark in marks)
    placed = plane_layout(charts.FactorPlane("p", found[5:], found[:5], (0.3, 0.2)))
    assert apart([mark.box for mark in placed if mark.box is not None])
    assert all(0 <= mark.x <= 480 and 0 <= mark.y <= 420 for mark in placed)


def test_words_of_most_contribution_are_named_and_the_plane_keeps_both_scales_alike() -> None:
    picture = plane(LABELS)
    placed = plane_layout(picture)
    words = [found for found in placed if not found.theme]
    named = [found.mark.contribution for found in words if found.box is not None]
    left_out = {word.label for word in picture.words} - {found.mark.label for found in words}
    assert (
        len(named) > 35 and min(named) < 0.9 and np.mean(named) > np.mean([word.contribution for word in picture.words])
    )
    assert left_out or any(found.box is None for found in words)
    assert sum(found.box is not None for found in placed if found.theme) >= len(LABELS) - 2
    a, b = placed[0], placed[1]
    assert (a.x - b.x) / (a.mark.x - b.mark.x) == pytest.approx(-(a.y - b.y) / (a.mark.y - b.mark.y))


def test_axes_carry_their_inertia_in_french() -> None:
    picture = replace(plane(LABELS), axes=(2, 3))
    assert "Axe 2 (34,2\u00a0%)" in all_text(charts.factor_plane(picture))
    assert "Axe 3 (19,7\u00a0%)" in all_text(charts.factor_plane(picture))


def test_names_of_themes_on_the_segment_map_do_not_overlap_and_are_near_their_points() -> None:
    points = [
        charts.Point(float(place % 7), float(place // 7 % 5), place % 8 if place % 9 else None, "x")
        for place in range(300)
    ]
    scaling = fitted([(point.x, point.y) for point in points], Box(12, 12, 468, 348))
    found = theme_labels(LABELS, points, scaling)
    assert len(found) >= 4
    assert apart([box for _, _, box in found], height=HEIGHT)


def test_points_differ_in_shape_and_say_how_many_are_not_drawn() -> None:
    svg = segments(LABELS)
    linked = [path for path in parsed(svg).iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]
    assert len(linked) == LINKED
    groups = {
        group.get("class"): path.get("d", "").partition("l")[2] or path.get("d", "").partition("a")[2]
        for group in parsed(svg).iter(f"{SVG}g")
        for path in group.iter(f"{SVG}path")
        if "mark" in (group.get("class") or "")
    }
    assert len(set(groups.values())) == len(groups) == 9
    assert "(600 segments dessinés sur 800)" in parsed(svg).get("aria-label", "")
    assert all(link.get("tabindex") == "-1" for link in parsed(svg).iter(f"{SVG}a"))


def test_words_of_a_graph_lie_apart_and_ties_are_short() -> None:
    placed, edges = graph_layout(graph(LABELS))
    assert len(placed) == NODES
    assert apart([found.box for found in placed if found.box is not None])
    assert sum(found.box is not None for found in placed) > 0.7 * NODES
    for a, b in combinations(placed, 2):
        assert np.hypot(a.x - b.x, a.y - b.y) > a.radius + b.radius
    tied = np.mean([np.hypot(placed[a].x - placed[b].x, placed[a].y - placed[b].y) for a, b, _ in edges])
    every = np.mean([np.hypot(a.x - b.x, a.y - b.y) for a, b in combinations(placed, 2)])
    assert tied < 0.6 * every


def test_discs_are_pushed_apart_inside_the_frame() -> None:
    middles = np.array([[50.0, 50.0], [51.0, 50.0], [50.0, 52.0]])
    found = separate(middles, np.full(3, 8.0), (0.0, 0.0, 100.0, 100.0))
    assert min(np.linalg.norm(a - b) for a, b in combinations(found, 2)) > 15.8
    assert found.min() >= 0 and found.max() <= 100
