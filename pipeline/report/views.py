"""The pictures of one question (« Vues »), and what a reader needs beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from pipeline.figures import DENOMINATORS, Counts
from pipeline.report import charts
from pipeline.report.cards import card_id
from pipeline.report.languages import FRENCH, Language
from pipeline.report.lexicon import Lexicon
from pipeline.report.plane import plane
from pipeline.report.texts import Texts
from pipeline.textometry.correspondence import Correspondence, Points, correspondence
from pipeline.textometry.dendrogram import Branch, dendrogram
from pipeline.textometry.word_graph import word_graph
from pipeline.theme_figures import QuestionThemes, Theme

POINTS: Final = 60
WORDS_OF_PLANE: Final = 60
WORDS_ANALYSED: Final = 240
"""The most frequent words, which are analysed; those of most contribution are shown."""
WORDS_OF_GRAPH: Final = 50
LEAST_WORDS: Final = 8
TIES_TOLD: Final = 20
WORDS_TOLD: Final = 12
"""Words of most contribution that the table beside the plane tells."""


@dataclass(frozen=True)
class AxisRow:
    """A word or a theme of the plane, as the table beside it tells: coordinates, contributions and quality."""

    label: str
    theme: bool
    coordinates: tuple[float, float]
    contributions: tuple[float, float]
    quality: float


@dataclass(frozen=True)
class Tie:
    """Two words of the graph that go together, and how strongly."""

    one: str
    other: str
    weight: float


@dataclass(frozen=True)
class Views:
    """Pictures as SVG, None where there is too little to show; the rows of the tables beside them."""

    treemaps: Mapping[str, Markup]
    segments: Markup | None
    n_points: int
    plane: Markup | None
    axes: tuple[AxisRow, ...]
    inertia: tuple[float, ...]
    graph: Markup | None
    ties: tuple[Tie, ...]
    tree: Markup | None
    joined: tuple[tuple[str, str, float], ...]


def views(found: QuestionThemes, lexicon: Lexicon, texts: Texts, language: Language = FRENCH) -> Views:
    """Draw the pictures of a question whose themes and words these are."""
    themes = [theme for theme in found.themes if theme.parent_id is None]
    used = np.argsort(-lexicon.by_theme.sum(axis=1), kind="stable")[:WORDS_ANALYSED]
    analysed = correspondence(lexicon.by_theme[used]) if len(themes) > 2 and len(used) >= LEAST_WORDS else None
    factors, axes, inertia = _factors(themes, [lexicon.words[row] for row in used], analysed, language)
    graph, ties = _graph(lexicon, language)
    tree, joined = _tree(themes, analysed, language)
    segments, n_points = _segments(themes, lexicon, texts, language)
    return Views(_treemaps(found, language), segments, n_points, factors, axes, inertia, graph, ties, tree, joined)


def _treemaps(found: QuestionThemes, language: Language) -> dict[str, Markup]:
    parts: dict[str, list[Theme]] = {}
    for theme in found.themes:
        if theme.parent_id is not None:
            parts.setdefault(theme.parent_id, []).append(theme)
    whole = [theme for theme in found.themes if theme.parent_id is None]
    if len(whole) < 2:
        return {}

    def tile(theme: Theme, name: str) -> charts.Tile:
        # One picture has the sub-themes, or they would take the size of a page.
        inner = tuple(tile(part, name) for part in parts.get(theme.topic_id, ()) if name == "contributions")
        return charts.Tile(theme.label, _count(theme.counts, name), f"#{card_id(theme.topic_id)}", inner)

    title = language.say("Thèmes et sous-thèmes")
    pictures = {
        name: charts.Treemap(title, tuple(tile(theme, name) for theme in whole), _count(found.base, name), language)
        for name in DENOMINATORS
    }
    return {name: charts.treemap(picture) for name, picture in pictures.items()}


def _count(counts: Counts, name: str) -> int:
    value: int = getattr(counts, name)
    return value


def _segments(themes: Sequence[Theme], lexicon: Lexicon, texts: Texts, language: Language) -> tuple[Markup | None, int]:
    held = {text.answer_id: place for place, text in enumerate(texts.held)}
    with_text = [row for row, answer_id in enumerate(lexicon.answer_ids) if answer_id in held]
    chosen = np.array(_spread(with_text, POINTS), dtype=np.int64)
    places = plane(lexicon.counts, chosen)
    if not len(places):
        return None, 0
    points = tuple(
        charts.Point(
            float(x),
            float(y),
            int(lexicon.themes[row]) if lexicon.themes[row] >= 0 else None,
            texts.held[held[lexicon.answer_ids[row]]].text,
            "#lecture",
            held[lexicon.answer_ids[row]],
        )
        for row, (x, y) in zip(chosen.tolist(), places, strict=True)
    )
    labels = tuple(theme.label for theme in themes)
    picture = charts.SegmentMap(language.say("Carte des passages"), labels, points, "textes", language)
    return charts.segment_map(picture), len(points)


def _spread(rows: Sequence[int], most: int) -> list[int]:
    """Return at most so many of the rows, evenly spread over them."""
    if len(rows) <= most:
        return list(rows)
    return [rows[place * len(rows) // most] for place in range(most)]


def _factors(
    themes: Sequence[Theme], words: Sequence[str], analysed: Correspondence | None, language: Language
) -> tuple[Markup | None, tuple[AxisRow, ...], tuple[float, ...]]:
    if analysed is None or analysed.n_axes < 2:
        return None, (), ()
    rows, columns = analysed.rows, analysed.columns
    weight = rows.contributions[:, :2].sum(axis=1)
    most = np.argsort(-weight, kind="stable")[:WORDS_OF_PLANE]
    marks = [
        charts.PlaneMark(words[rows.kept[i]], x, y, float(weight[i]))
        for i, (x, y) in zip(most, rows.coordinates[most, :2].tolist(), strict=True)
    ]
    named = [themes[place] for place in columns.kept]
    of_themes = [
        charts.PlaneMark(
            theme.label,
            x,
            y,
            float(columns.contributions[i, :2].sum()),
            f"#{card_id(theme.topic_id)}",
        )
        for i, (theme, (x, y)) in enumerate(zip(named, columns.coordinates[:, :2].tolist(), strict=True))
    ]
    inertia = (float(analysed.shares[0]), float(analysed.shares[1]))
    title = language.say("Plan factoriel des mots et des thèmes")
    picture = charts.FactorPlane(title, tuple(marks), tuple(of_themes), inertia, language=language)
    told = [_axis_row(theme.label, True, columns, i) for i, theme in enumerate(named)]
    told += [_axis_row(words[rows.kept[i]], False, rows, i) for i in most[:WORDS_TOLD]]
    return charts.factor_plane(picture), tuple(told), inertia


def _axis_row(label: str, theme: bool, points: Points, i: int) -> AxisRow:
    one, two = (float(value) for value in points.coordinates[i, :2])
    of_one, of_two = (float(value) for value in points.contributions[i, :2])
    return AxisRow(label, theme, (one, two), (of_one, of_two), float(points.quality()[i]))


def _graph(lexicon: Lexicon, language: Language) -> tuple[Markup | None, tuple[Tie, ...]]:
    found = word_graph(lexicon.counts, lexicon.words, most_words=WORDS_OF_GRAPH)
    tied = sorted({node for edge in found.edges for node in (edge.source, edge.target)})
    if len(tied) < LEAST_WORDS:
        return None, ()
    place = {node: rank for rank, node in enumerate(tied)}
    nodes = [found.nodes[node] for node in tied]
    picture = charts.SimilarityGraph(
        language.say("Mots qui vont ensemble"),
        tuple(charts.Node(node.word, node.count, node.x, node.y, node.community) for node in nodes),
        tuple(charts.Edge(place[edge.source], place[edge.target], edge.weight) for edge in found.edges),
        language,
    )
    ties = (Tie(found.nodes[e.source].word, found.nodes[e.target].word, e.weight) for e in found.edges[:TIES_TOLD])
    return charts.similarity_graph(picture), tuple(ties)


def _tree(
    themes: Sequence[Theme], analysed: Correspondence | None, language: Language
) -> tuple[Markup | None, tuple[tuple[str, str, float], ...]]:
    if analysed is None or len(analysed.columns.kept) < 3 or not analysed.n_axes:
        return None, ()
    named = [themes[place] for place in analysed.columns.kept]
    root = dendrogram(analysed.columns.coordinates).root
    merges: list[charts.Merge] = []
    joined: list[tuple[str, str, float]] = []

    def place(branch: Branch) -> int:
        if not branch.branches:
            return branch.themes[0]
        one, other = branch.branches
        merges.append(charts.Merge(place(one), place(other), branch.height))
        joined.append((_group(named, one), _group(named, other), branch.height))
        return len(named) + len(merges) - 1

    if root is None:
        return None, ()
    place(root)
    leaves = tuple(
        charts.Leaf(theme.label, theme.counts.contributions, f"#{card_id(theme.topic_id)}") for theme in named
    )
    picture = charts.Dendrogram(language.say("Dendrogramme des thèmes"), leaves, tuple(merges), language)
    return charts.dendrogram(picture), tuple(sorted(joined, key=lambda row: row[2]))


def _group(themes: Sequence[Theme], branch: Branch) -> str:
    first = themes[branch.themes[0]].label
    return first if len(branch.themes) == 1 else f"{first} + {len(branch.themes) - 1}"
