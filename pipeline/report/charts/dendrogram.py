"""How themes join into larger ones: a tree from left (all) to right (each theme)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from pipeline.report.charts.lettering import LINE, text_width, wrap
from pipeline.report.charts.svg import (
    WIDTH,
    add,
    clean,
    figure,
    finite,
    frame,
    linked,
    local,
    nothing,
    quoting,
    written,
)
from pipeline.report.languages import FRENCH, Language
from pipeline.typography import FIRM

_TREE: Final = 200.0
"""How far the tree reaches; labels stand beyond."""

_ROW: Final = 24.0
_TALL_ROW: Final = 34.0
_EDGE: Final = 4.0


@dataclass(frozen=True)
class Leaf:
    """A theme."""

    label: str
    count: int
    href: str | None = None


@dataclass(frozen=True)
class Merge:
    """Two nodes that join at a height: a leaf by its place, or the merge of place m by the number of leaves + m."""

    left: int
    right: int
    height: float


@dataclass(frozen=True)
class Dendrogram:
    """Leaves, and the merges from the first to the last, in the numbering of scipy.cluster.hierarchy."""

    title: str
    leaves: tuple[Leaf, ...]
    merges: tuple[Merge, ...]
    language: Language = FRENCH


def dendrogram(picture: Dendrogram) -> Markup:
    """Draw the tree, with the labels of leaves whole where two lines hold them.

    Raises
    ------
    ValueError
        When a merge joins what is joined already, or does not exist yet.
    """
    if not picture.leaves:
        return nothing(picture.title, "tree", picture.language)
    order = leaf_order(picture)
    texts = {leaf: _lines(picture.leaves[leaf], picture.language) for leaf in order}
    row = _TALL_ROW if any(len(lines) > 1 for lines in texts.values()) else _ROW
    root = frame(picture.title, row * len(order), "tree", links=any(local(leaf.href) for leaf in picture.leaves))
    add(root, "path", d=_branches(picture, order, row), class_="branch")
    labels = quoting(root, picture.language)
    for rank, place in enumerate(order):
        leaf, middle = picture.leaves[place], row * (rank + 0.5)
        holder = linked(labels, leaf.href)
        first = middle + 4 - LINE * (len(texts[place]) - 1) / 2
        for line, text in enumerate(texts[place]):
            add(holder, "text", text, x=_TREE + 6, y=first + line * LINE)
    return written(root)


def leaf_order(picture: Dendrogram) -> list[int]:
    """Return the leaves from top to bottom, so that no two branches cross; trees apart follow each other."""
    n_leaves, joined = len(picture.leaves), set[int]()
    for place, merge in enumerate(picture.merges):
        for node in (merge.left, merge.right):
            if not 0 <= node < n_leaves + place or node in joined:
                raise ValueError(f"merge {place} joins node {node}, which is joined already or not there yet")
            joined.add(node)
    stack = [node for node in range(n_leaves + len(picture.merges)) if node not in joined]
    order = []
    while stack:
        node = stack.pop()
        if node < n_leaves:
            order.append(node)
        else:
            merge = picture.merges[node - n_leaves]
            stack += [merge.right, merge.left]
    return order


def _branches(picture: Dendrogram, order: list[int], row: float) -> str:
    """Return the path of all branches: each merge an upright line, from which lines lead to what it joins."""
    n_leaves = len(picture.leaves)
    highest = max((merge.height for merge in picture.merges if finite(merge.height)), default=1.0) or 1.0
    ys = {leaf: row * (rank + 0.5) for rank, leaf in enumerate(order)}
    xs = dict.fromkeys(order, _TREE)
    path = ""
    for place, merge in enumerate(picture.merges):
        share = min(1.0, max(0.0, merge.height / highest)) if finite(merge.height) else 1.0
        x = _TREE - share * (_TREE - 3 * _EDGE)
        x = min(x, xs[merge.left] - _EDGE / 4, xs[merge.right] - _EDGE / 4)  # a parent is never right of its parts
        top, bottom = sorted((ys[merge.left], ys[merge.right]))
        upper, lower = (merge.left, merge.right) if ys[merge.left] == top else (merge.right, merge.left)
        path += f"M{figure(xs[upper])} {figure(top)}H{figure(x)}V{figure(bottom)}H{figure(xs[lower])}"
        xs[n_leaves + place], ys[n_leaves + place] = x, (top + bottom) / 2
    parts = {node for merge in picture.merges for node in (merge.left, merge.right)}
    for node in sorted(xs.keys() - parts):
        path += f"M{figure(xs[node])} {figure(ys[node])}H{figure(min(_EDGE, xs[node] - _EDGE))}"
    return path


def _lines(leaf: Leaf, language: Language) -> list[str]:
    """Return the label with its count, on one line or two."""
    room = WIDTH - _TREE - 10
    count = f" ({language.number(leaf.count)})"
    label = clean(leaf.label)
    if text_width(label + count) <= room:
        return [label + count]
    lines = wrap(label, room, 2) or [f"{label[:20]}…"]
    if text_width(lines[-1] + count) <= room:
        return [*lines[:-1], lines[-1] + count]
    shortened = wrap(label, room - text_width(count + FIRM), 2) or [f"{label[:20]}…"]
    return [*shortened[:-1], shortened[-1] + count]
