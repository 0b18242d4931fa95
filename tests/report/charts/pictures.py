"""Pictures of every kind to test with, from labels that a test chooses, and what a picture says of itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from xml.etree import ElementTree

import numpy as np
from scipy import sparse

from pipeline.report import charts
from pipeline.report.charts.departements import shapes
from pipeline.textometry.layout import layout

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text></svg><script>alert(1)</script>\"' onload=x &amp; ]]> \x00\x0b\ud800\uffff\u202e{{ 7*7 }}"
LABELS = (
    "Réduire le nombre d’élus et leurs privilèges",
    "Simplifier les démarches administratives",
    "Fiscalité plus juste",
    "Transports publics, train, vélo",
    "Services publics de proximité",
    "Supprimer les échelons inutiles : départements, régions, communautés de communes",
    "Écologie",
    "Référendum d’initiative citoyenne",
    "Immigration",
    "Santé",
)
WORDS = tuple(f"{stem}{ending}" for stem in ("impôt", "commun", "transport", "élu", "vél") for ending in "aeioubcdfgh")

Drawing = Callable[[Sequence[str]], str]


def treemap(labels: Sequence[str]) -> str:
    """Draw themes, those in even places with sub-themes."""
    tiles = [
        charts.Tile(
            label,
            5000 // (place + 1),
            f"#t-{place}",
            tuple(charts.Tile(labels[(place + part) % len(labels)], 900 // part, f"#s-{part}") for part in (1, 2, 3))
            if place % 2 == 0
            else (),
        )
        for place, label in enumerate(labels)
    ]
    return charts.treemap(charts.Treemap(labels[0], tuple(tiles), 9000))


def segments(labels: Sequence[str]) -> str:
    """Draw 800 points around as many middles as there are labels, and some without a theme."""
    chance = random.Random(5)
    middles = [(chance.gauss(0, 4), chance.gauss(0, 3)) for _ in labels]
    points = []
    for place in range(800):
        theme = chance.choice([*range(len(labels)), None])
        x, y = middles[theme] if theme is not None else (0.0, 0.0)
        text = f"{labels[place % len(labels)]} et il faudrait que tout le monde en prenne sa part"
        points.append(charts.Point(x + chance.gauss(0, 0.7), y + chance.gauss(0, 0.7), theme, text, f"#s-{place}"))
    return charts.segment_map(charts.SegmentMap(labels[0], tuple(labels), tuple(points)))


def plane(labels: Sequence[str]) -> charts.FactorPlane:
    """Return words and themes on two axes."""
    chance = random.Random(6)

    def marks(names: Sequence[str]) -> tuple[charts.PlaneMark, ...]:
        return tuple(
            charts.PlaneMark(name, chance.gauss(0, 1), chance.gauss(0, 0.6), chance.random(), f"#w-{place}")
            for place, name in enumerate(names)
        )

    return charts.FactorPlane(labels[0], marks([*labels, *WORDS, *WORDS, *WORDS]), marks(labels), (0.342, 0.197))


def graph(labels: Sequence[str]) -> charts.SimilarityGraph:
    """Return a tree of words with a few more edges, and words tied to nothing."""
    chance = random.Random(7)
    words = [*labels, *WORDS, *WORDS][: len(labels) + 90]
    edges = [charts.Edge(place, chance.randrange(place), 0.1 + chance.random()) for place in range(1, 70)]
    tree = ties(edges, len(words))
    edges += [charts.Edge(chance.randrange(70), chance.randrange(70), 0.1) for _ in range(10)]
    nodes = [
        charts.Node(word, 3000 // (place + 1), x, y, place % 10)
        for place, (word, (x, y)) in enumerate(zip(words, layout(ties(edges, len(words)), tree).tolist(), strict=True))
    ]
    return charts.SimilarityGraph(labels[0], tuple(nodes), tuple(edges))


def ties(edges: Sequence[charts.Edge], n: int) -> sparse.csr_matrix:
    """Return the matrix of edges between n words."""
    ends = [(a, b) for edge in edges for a, b in ((edge.source, edge.target), (edge.target, edge.source)) if a != b]
    return sparse.csr_matrix(sparse.coo_matrix((np.ones(len(ends)), tuple(zip(*ends, strict=True))), shape=(n, n)))


def tree(labels: Sequence[str]) -> str:
    """Draw a tree in which each leaf joins those before it."""
    leaves = tuple(charts.Leaf(label, 10 + place, f"#t-{place}") for place, label in enumerate(labels))
    merges = tuple(
        charts.Merge(place + 1, 0 if place == 0 else len(leaves) + place - 1, 0.5 + place)
        for place in range(len(leaves) - 1)
    )
    return charts.dendrogram(charts.Dendrogram(labels[0], leaves, merges))


def departements(labels: Sequence[str]) -> str:
    """Draw a map with all classes, hidden and unknown ones; the title and the key are hostile where labels are."""
    counts: dict[str, int | None] = {code: place**2 // 3 for place, code in enumerate(shapes()["names"])}
    return charts.departement_map(charts.DepartementMap(labels[0], counts | {"988": 12}, 1234, key=labels[0]))


def weeks(labels: Sequence[str]) -> str:
    """Draw sixty weeks."""
    periods = [charts.Period(date(2019, 1, 21) + timedelta(7 * week), 10 * week % 77) for week in range(60)]
    return charts.time_bars(charts.TimeBars(labels[0], tuple(periods), "week"))


def words(labels: Sequence[str]) -> str:
    """Draw words with positive and negative scores."""
    signed = [charts.SignedWord(word, 12 - 2.5 * place, place) for place, word in enumerate([*labels, *WORDS])]
    return charts.diverging_bars(charts.DivergingBars(labels[0], tuple(signed)))


DRAWINGS: dict[str, Drawing] = {
    "treemap": treemap,
    "segments": segments,
    "plane": lambda labels: charts.factor_plane(plane(labels)),
    "graph": lambda labels: charts.similarity_graph(graph(labels)),
    "tree": tree,
    "departements": departements,
    "weeks": weeks,
    "words": words,
}


def parsed(svg: str) -> ElementTree.Element:
    """Return the one element of a picture."""
    return ElementTree.fromstring(svg)


def all_text(svg: str) -> str:
    """Return what a picture shows and says."""
    return " ".join(parsed(svg).itertext())
