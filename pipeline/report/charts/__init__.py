"""The pictures of the report: each a frozen dataclass and a function to one whole <svg>, coloured by charts.css.

Built as plain XML, with squarify for treemaps: vl-convert took 0.16 s and 74 KB for 150 points, made links absolute
and takes 84 MB; matplotlib writes style attributes and measures text with the fonts of the machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.report.charts.dendrogram import Dendrogram, Leaf, Merge, dendrogram
from pipeline.report.charts.departements import MAP_LETTERS, DepartementMap, departement_map
from pipeline.report.charts.diverging import DivergingBars, SignedWord, diverging_bars
from pipeline.report.charts.factor_plane import FactorPlane, PlaneMark, factor_plane
from pipeline.report.charts.segment_map import Point, SegmentMap, segment_map
from pipeline.report.charts.similarity import Edge, Node, SimilarityGraph, similarity_graph
from pipeline.report.charts.time_bars import Period, TimeBars, time_bars
from pipeline.report.charts.treemap import Tile, Treemap, treemap
from pipeline.resources import resource

__all__ = [
    "MAP_LETTERS",
    "SHAPES",
    "STYLE",
    "Dendrogram",
    "DepartementMap",
    "DivergingBars",
    "Edge",
    "FactorPlane",
    "Leaf",
    "Merge",
    "Node",
    "Period",
    "PlaneMark",
    "Point",
    "SegmentMap",
    "SignedWord",
    "SimilarityGraph",
    "Tile",
    "TimeBars",
    "Treemap",
    "dendrogram",
    "departement_map",
    "diverging_bars",
    "factor_plane",
    "segment_map",
    "similarity_graph",
    "time_bars",
    "treemap",
]

STYLE: Final = Path(__file__).resolve().parent / "charts.css"
"""The colours and letters of all pictures, to be put into the one style sheet of a page."""

SHAPES: Final = resource("seeds", "departements", "shapes.json")
"""The outlines of départements."""
