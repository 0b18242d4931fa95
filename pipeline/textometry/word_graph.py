"""Which words stand together: the graph of « analyse de similitude » (Flament 1962; Marchand and Ratinaud 2012).

Nodes are words, edges say how alike the segments are in which two words stand. The maximum spanning tree, which shows
each word by its strongest tie that makes no circle, and the strongest of the other edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import minimum_spanning_tree

from pipeline.textometry.communities import communities
from pipeline.textometry.layout import layout

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Index = Literal["jaccard", "cosine", "together"]

MOST_WORDS: Final = 80
"""Words that a page can show."""
LEAST_TOGETHER: Final = 3
"""Segments that two words must share for an edge."""
MORE_EDGES: Final = 0.5
"""Edges beside the tree, for each word."""


@dataclass(frozen=True)
class Node:
    """A word: how many segments have it, where it is drawn (0 to 1), and its community, from 0, the largest first."""

    word: str
    count: int
    x: float
    y: float
    community: int


@dataclass(frozen=True)
class Edge:
    """Two words, by their place among the nodes: how alike, how many segments have both, whether it is in the tree."""

    source: int
    target: int
    weight: float
    together: int
    in_tree: bool


@dataclass(frozen=True)
class WordGraph:
    """A graph of words: nodes by count, the most frequent first; edges by weight, the strongest first."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    index: Index
    n_segments: int


def word_graph(
    counts: sparse.csr_matrix,
    words: Sequence[str],
    *,
    index: Index = "jaccard",
    most_words: int = MOST_WORDS,
    least_together: int = LEAST_TOGETHER,
    more_edges: float = MORE_EDGES,
) -> WordGraph:
    """Return the graph of the most frequent words.

    Parameters
    ----------
    counts : sparse matrix, shape (n_segments, n_words)
        How often each word stands in each segment; only whether it does counts.
    words : sequence of str, length n_words
        The words, each once.
    index : {"jaccard", "cosine", "together"}
        Weight of an edge: segments with both words by those with either (Jaccard 1901), or by the geometric mean of
        those with each (Ochiai 1957), or their number alone.
    most_words : int
        How many words are drawn at most: those in most segments, of equals the first by the alphabet.
    least_together : int
        Words that share fewer segments have no edge.
    more_edges : float
        Edges beside those of the tree: so many for each word drawn, the strongest.

    Returns
    -------
    WordGraph
        The same whatever the order of segments and words: of equal weights the one of more segments goes first, then
        the one of more frequent words.

    Raises
    ------
    ValueError
        When there are not as many words as columns.
    """
    if counts.shape[1] != len(words):
        raise ValueError(f"{len(words)} words for {counts.shape[1]} columns")
    present = sparse.csc_matrix(counts > 0, dtype=np.int64)
    frequency = np.asarray(present.sum(axis=0)).ravel()
    chosen = sorted(np.flatnonzero(frequency).tolist(), key=lambda i: (-frequency[i], words[i]))[: max(most_words, 0)]
    frequency = frequency[chosen]
    together = (present[:, chosen].T @ present[:, chosen]).toarray()
    source, target = np.nonzero(np.triu(together >= max(least_together, 1), 1))
    both = together[source, target]
    weight = _weights(index, both, frequency[source], frequency[target])
    order = np.lexsort((target, source, -both, -weight))
    source, target, both, weight = source[order], target[order], both[order], weight[order]
    in_tree = _spanning(source, target, len(chosen))
    others = np.flatnonzero(~in_tree)[: int(more_edges * len(chosen))]
    kept = np.sort(np.concatenate([np.flatnonzero(in_tree), others]))
    places = layout(
        _symmetric(source[kept], target[kept], np.ones(len(kept)), len(chosen)),
        _symmetric(source[in_tree], target[in_tree], np.ones(in_tree.sum()), len(chosen)),
    )
    groups = communities(_symmetric(source[kept], target[kept], weight[kept], len(chosen)).toarray())
    nodes = (
        Node(words[i], int(n), x, y, int(group))
        for i, n, (x, y), group in zip(chosen, frequency, places.tolist(), groups, strict=True)
    )
    edges = (
        Edge(int(source[e]), int(target[e]), float(weight[e]), int(both[e]), bool(in_tree[e])) for e in kept.tolist()
    )
    return WordGraph(tuple(nodes), tuple(edges), index, counts.shape[0])


def _weights(index: Index, both: Ints, one: Ints, other: Ints) -> Floats:
    if index == "jaccard":
        return np.asarray(both / (one + other - both))
    if index == "cosine":
        return np.asarray(both / np.sqrt(one * other))
    if index == "together":
        return both.astype(np.float64)
    raise ValueError(f"no index of similarity is called {index!r}")


def _spanning(source: Ints, target: Ints, n_nodes: int) -> npt.NDArray[np.bool_]:
    """Return which edges, the strongest first, make the maximum spanning tree of each piece of the graph."""
    ranks = np.arange(1, len(source) + 1)  # all different, so that there is one such tree
    tree = minimum_spanning_tree(sparse.csr_matrix((ranks, (source, target)), shape=(n_nodes, n_nodes)))
    return np.isin(ranks, tree.data.astype(np.int64))


def _symmetric(source: Ints, target: Ints, values: Floats, n_nodes: int) -> sparse.csr_matrix:
    upper = sparse.csr_matrix((values, (source, target)), shape=(n_nodes, n_nodes))
    return sparse.csr_matrix(upper + upper.T)
