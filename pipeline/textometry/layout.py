"""Places for the nodes of a graph on a plane: trees spread like rays, then eased so that near nodes lie near.

Nothing is drawn by chance: each piece of the graph starts from its spanning tree around its centre, and moves by stress
majorization (Gansner, Koren and North, « Graph drawing by stress majorization », 2004) with their weights, the
inverse squares of distances (Kamada and Kawai 1989). Pieces stand side by side.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, connected_components, shortest_path

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STEPS: Final = 300
TOLERANCE: Final = 1e-5
"""Stress that falls less than this share in a step is as low as it gets."""
GAP: Final = 1.0
"""Room between two pieces, in lengths of an edge."""
TWIST: Final = 0.3
"""Radians by which a tree turns at each step from its centre: nodes that start on one line would stay on it."""
_DECIMALS: Final = 6


def layout(edges: sparse.csr_matrix, tree: sparse.csr_matrix) -> Floats:
    """Return a place for each node.

    Parameters
    ----------
    edges : sparse matrix, shape (n_nodes, n_nodes)
        Not 0 where two nodes are linked; symmetric. All links are as long.
    tree : sparse matrix, shape (n_nodes, n_nodes)
        The edges of a spanning tree, or forest, of the same; symmetric.

    Returns
    -------
    ndarray of float64, shape (n_nodes, 2)
        x and y, from 0 to 1, on the same scale; the largest piece first. Rounded, so that machines agree.
    """
    n = edges.shape[0]
    distances = shortest_path(edges, directed=False, unweighted=True)
    _, piece = connected_components(edges, directed=False)
    members = [np.flatnonzero(piece == number) for number in range(piece.max(initial=-1) + 1)]
    members.sort(key=lambda nodes: (-len(nodes), int(nodes[0])))
    drawn = []
    for nodes in members:
        between = distances[np.ix_(nodes, nodes)]
        drawn.append(_ease(_rays(tree[np.ix_(nodes, nodes)].tocsr(), between), between))
    places = np.zeros((n, 2))
    for nodes, here in zip(members, _side_by_side(drawn), strict=True):
        places[nodes] = here
    extent = float(np.ptp(places, axis=0).max(initial=0.0)) if n else 0.0
    return np.asarray(np.round(places / extent if extent > 0 else places, _DECIMALS))


def stress(places: Floats, distances: Floats) -> float:
    """Return how far distances on the plane are from those of the graph, by their share."""
    first, second = np.triu_indices(len(places), 1)
    apart = np.hypot(*(places[first] - places[second]).T)
    return float(((apart / distances[first, second] - 1) ** 2).sum())


def _rays(tree: sparse.csr_matrix, distances: Floats) -> Floats:
    """Draw a tree around its centre: each branch has a wedge as wide as its leaves are many."""
    n = tree.shape[0]
    centre = int(distances.max(axis=1).argmin())
    order, parent = breadth_first_order(tree, centre, directed=False)
    children: list[list[int]] = [[] for _ in range(n)]
    for node in sorted(order[1:].tolist()):
        children[parent[node]].append(node)
    leaves = np.ones(n)
    for node in reversed(order.tolist()):
        if children[node]:
            leaves[node] = leaves[children[node]].sum()
    start, wide, depth = np.zeros(n), np.zeros(n), np.zeros(n)
    wide[centre] = 2 * np.pi
    for node in order.tolist():
        bounds = start[node] + wide[node] * np.cumsum([0, *leaves[children[node]]]) / leaves[node]
        for child, (low, high) in zip(children[node], pairwise(bounds.tolist()), strict=True):
            start[child], wide[child], depth[child] = low, high - low, depth[node] + 1
    angle = start + wide / 2 + TWIST * depth
    return np.column_stack([depth * np.cos(angle), depth * np.sin(angle)])


def _ease(places: Floats, distances: Floats) -> Floats:
    """Move nodes until the stress falls no more; each step puts it lower."""
    n = len(places)
    if n < 3:
        return places
    weights = np.divide(1.0, distances**2, out=np.zeros_like(distances), where=distances > 0)
    # The places may be moved as a whole: a constant on the Laplacian makes it invertible and holds their mean.
    solve = np.linalg.inv(np.diag(weights.sum(axis=1)) - weights + 1 / n)
    now = stress(places, distances)
    for _ in range(STEPS):
        apart = np.hypot(*np.moveaxis(places[:, None] - places[None, :], 2, 0))
        pull = np.divide(weights * distances, apart, out=np.zeros_like(apart), where=apart > 0)
        places = solve @ (np.diag(pull.sum(axis=1)) - pull) @ places
        before, now = now, stress(places, distances)
        if before - now <= TOLERANCE * before:
            break
    return places


def _side_by_side(drawn: list[Floats]) -> list[Floats]:
    """Put pieces in rows from left to right, so that all of them fill about a square; each starts at 0, 0 itself."""
    boxes = [np.ptp(places, axis=0) + GAP for places in drawn]
    widest = max((float(box[0]) for box in boxes), default=0.0)
    room = max(widest, float(np.sqrt(sum(box[0] * box[1] for box in boxes))))
    put, across, down, height = [], 0.0, 0.0, 0.0
    for places, (width, tall) in zip(drawn, boxes, strict=True):
        if across and across + width > room:
            across, down, height = 0.0, down + height, 0.0
        put.append(places - places.min(axis=0) + [across, down])
        across, height = across + float(width), max(height, float(tall))
    return put
