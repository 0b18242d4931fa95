"""Words that occur together, as a graph (what IRaMuTeQ calls « analyse de similitude »)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from pipeline.report.charts.lettering import ASCENT, LINE, shorten, text_width
from pipeline.report.charts.placing import Box, Places, beside, centred
from pipeline.report.charts.spreading import separate
from pipeline.report.charts.svg import WIDTH, add, clean, finite, frame, hue, nothing, quoting, written
from pipeline.report.languages import FRENCH, Language

HEIGHT: Final = 420.0
NODES: Final = 60
"""Words that are drawn: the most frequent ones."""

_SMALLEST, _LARGEST = 3.0, 13.0
_LABEL_WIDTH: Final = 120.0
_FRAME: Final = Box(2, 2, WIDTH - 2, HEIGHT - 2)


@dataclass(frozen=True)
class Node:
    """A word, how often it occurs, where it lies on any scale, and its community, which gives it a colour."""

    word: str
    count: int
    x: float
    y: float
    group: int | None = None


@dataclass(frozen=True)
class Edge:
    """Two nodes, by their places in the list of nodes, and how strongly they are tied."""

    source: int
    target: int
    weight: float


@dataclass(frozen=True)
class SimilarityGraph:
    """A graph of words; a maximal spanning tree, or little more than one, is what can be read."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    language: Language = FRENCH


@dataclass(frozen=True)
class PlacedWord:
    """A node in the picture, and the place of its label if it has one."""

    node: Node
    x: float
    y: float
    radius: float
    text: str
    box: Box | None


def similarity_graph(picture: SimilarityGraph) -> Markup:
    """Draw words as discs, larger the more often they occur, and ties as lines, wider the stronger they are."""
    placed, edges = layout(picture)
    if not placed:
        return nothing(picture.title, "graph", picture.language)
    language = picture.language
    root = frame(picture.title, HEIGHT, "graph")
    words = quoting(root, language)
    heaviest = max((weight for _, _, weight in edges), default=1.0)
    for source, target, weight in sorted(edges, key=lambda edge: edge[2]):
        a, b = placed[source], placed[target]
        line = add(words, "path", d=_line(a, b), class_="edge", stroke_width=0.7 + 4.3 * weight / heaviest)
        add(line, "title", f"{a.node.word} – {b.node.word}")
    for found in placed:
        disc = add(words, "circle", cx=found.x, cy=found.y, r=found.radius, class_=f"mark {hue(found.node.group)}")
        add(disc, "title", language.say("%(name)s : %(n)s", name=found.node.word, n=language.number(found.node.count)))
    for found in placed:
        if found.box is not None:
            baseline = (found.box.top + found.box.bottom + ASCENT) / 2 - 0.5
            add(words, "text", found.text, x=(found.box.left + found.box.right) / 2, y=baseline, class_="mid halo")
    return written(root)


def layout(picture: SimilarityGraph) -> tuple[list[PlacedWord], list[tuple[int, int, float]]]:
    """Return where words and their labels stand, the most frequent first, and the edges between those words."""
    order = sorted(
        (place for place, node in enumerate(picture.nodes) if node.count > 0),
        key=lambda place: (-picture.nodes[place].count, picture.nodes[place].word, place),
    )[:NODES]
    if not order:
        return [], []
    ranks = {place: rank for rank, place in enumerate(order)}
    nodes = [picture.nodes[place] for place in order]
    weights: dict[tuple[int, int], float] = {}
    for edge in picture.edges:
        ends = sorted(ranks[place] for place in {edge.source, edge.target} if place in ranks)
        if len(ends) == 2 and finite(edge.weight) and edge.weight > 0:
            weights[ends[0], ends[1]] = max(edge.weight, weights.get((ends[0], ends[1]), 0.0))
    edges = [(a, b, weight) for (a, b), weight in sorted(weights.items())]
    most = nodes[0].count
    radii = np.array([_SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(node.count / most) for node in nodes])
    points = _in_frame(np.array([[node.x, node.y] for node in nodes]))
    points = separate(points, radii + 7.0, (40.0, 20.0, WIDTH - 40.0, HEIGHT - 20.0))
    return _labelled(nodes, points, radii), edges


def _in_frame(points: np.ndarray) -> np.ndarray:
    """Return points turned so that they are widest across, and stretched to the frame."""
    points = points - points.mean(axis=0)
    if len(points) > 2:
        _, axes = np.linalg.eigh(points.T @ points)
        points = points @ axes[:, ::-1]
        points = points * np.where(points[np.abs(points).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    reach = np.maximum(np.abs(points).max(axis=0), 1e-9)
    scale = np.array([WIDTH / 2 - 45.0, HEIGHT / 2 - 25.0]) / reach
    scale = np.minimum(scale, 1.6 * scale.min())  # stretched a little along one axis, not out of shape
    return np.asarray(points * scale + np.array([WIDTH / 2, HEIGHT / 2]))


def _labelled(nodes: list[Node], points: np.ndarray, radii: np.ndarray) -> list[PlacedWord]:
    places = Places(_FRAME)
    spots = [
        (round(float(x), 1), round(float(y), 1), float(radius)) for (x, y), radius in zip(points, radii, strict=True)
    ]
    for x, y, radius in spots:
        places.take(centred(x, y, 1.5 * radius, 1.5 * radius))
    found = []
    for node, (x, y, radius) in zip(nodes, spots, strict=True):
        text = shorten(clean(node.word), _LABEL_WIDTH)
        width = text_width(text) + 2
        box = places.place(beside(x, y, width, LINE - 2, radius + 1.5)) if text else None
        found.append(PlacedWord(node, x, y, radius, text, box))
    return found


def _line(a: PlacedWord, b: PlacedWord) -> str:
    return f"M{a.x:.1f} {a.y:.1f}L{b.x:.1f} {b.y:.1f}"
