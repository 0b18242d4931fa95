"""The graph of words: a tree of the strongest edges, the strongest others, places and communities that never vary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.csgraph import connected_components, shortest_path

from pipeline.textometry.communities import communities, modularity
from pipeline.textometry.layout import layout, stress
from pipeline.textometry.word_graph import WordGraph, word_graph

WORDS = ("impôt", "taxe", "carbone", "école", "classe", "élève", "eau", "gare")


def graph(segments: list[set[str]], words: tuple[str, ...] = WORDS, **options: object) -> WordGraph:
    rows = [[word in segment for word in words] for segment in segments]
    counts = sparse.csr_matrix(np.asarray(rows, dtype=np.float32).reshape(len(rows), len(words)))
    return word_graph(counts, words, **{"least_together": 1, **options})  # type: ignore[arg-type]


def named(found: WordGraph) -> dict[frozenset[str], float]:
    return {frozenset((found.nodes[e.source].word, found.nodes[e.target].word)): e.weight for e in found.edges}


TAXES = [{"impôt", "taxe"}] * 4 + [{"taxe", "carbone"}] * 3 + [{"impôt"}] * 2
SCHOOLS = [{"école", "classe"}] * 3 + [{"classe", "élève"}] * 2


def test_edges_are_weighed_by_the_index_that_is_asked_for() -> None:
    pair = frozenset(("impôt", "taxe"))  # 6 segments, 7 segments, 4 with both
    assert named(graph(TAXES))[pair] == pytest.approx(4 / 9)
    assert named(graph(TAXES, index="cosine"))[pair] == pytest.approx(4 / np.sqrt(42))
    assert named(graph(TAXES, index="together"))[pair] == 4
    with pytest.raises(ValueError, match="no index"):
        graph(TAXES, index="dice")


def test_a_word_that_is_said_twice_in_a_segment_counts_once() -> None:
    found = word_graph(sparse.csr_matrix([[5, 1], [1, 0]]), ["impôt", "taxe"], least_together=1)
    assert [(node.word, node.count) for node in found.nodes] == [("impôt", 2), ("taxe", 1)]
    assert [(edge.weight, edge.together) for edge in found.edges] == [(0.5, 1)]


def test_words_that_share_too_few_segments_have_no_edge() -> None:
    assert set(named(graph(TAXES + SCHOOLS, least_together=3))) == {
        frozenset(("impôt", "taxe")),
        frozenset(("taxe", "carbone")),
        frozenset(("école", "classe")),
    }


def test_the_most_frequent_words_are_drawn_and_the_rarest_are_not() -> None:
    found = graph(TAXES + SCHOOLS, most_words=3)
    assert [(node.word, node.count) for node in found.nodes] == [("taxe", 7), ("impôt", 6), ("classe", 5)]


def test_edges_beside_the_tree_are_the_strongest() -> None:
    triangle = [{"eau", "gare"}] * 5 + [{"gare", "taxe"}] * 4 + [{"eau", "taxe"}] * 3
    tree = graph(triangle, more_edges=0)
    assert set(named(tree)) == {frozenset(("eau", "gare")), frozenset(("gare", "taxe"))}
    whole = graph(triangle, more_edges=0.5)
    assert [edge.in_tree for edge in whole.edges] == [True, True, False]


def test_words_of_two_subjects_are_two_communities_apart() -> None:
    found = graph(TAXES + SCHOOLS)
    group = {node.word: node.community for node in found.nodes}
    assert group["impôt"] == group["taxe"] == group["carbone"] == 0
    assert group["école"] == group["classe"] == group["élève"] == 1
    right_of_taxes = max(node.x for node in found.nodes if node.community == 0)
    below_taxes = max(node.y for node in found.nodes if node.community == 0)
    schools = [node for node in found.nodes if node.community == 1]
    assert all(node.x > right_of_taxes for node in schools) or all(node.y > below_taxes for node in schools)


SEGMENTS = st.lists(st.sets(st.sampled_from(WORDS), max_size=4), max_size=25)


@settings(deadline=None, max_examples=20)
@given(SEGMENTS, st.sampled_from(["jaccard", "cosine", "together"]))
def test_the_tree_is_a_maximum_spanning_tree(segments: list[set[str]], index: str) -> None:
    found = graph(segments, index=index, more_edges=100)  # all edges
    n = len(found.nodes)
    tree = [edge for edge in found.edges if edge.in_tree]
    pieces = connected_components(_matrix(n, found), directed=False)[0] if n else 0
    assert len(tree) == n - pieces
    assert connected_components(_matrix(n, replace(found, edges=tuple(tree))), directed=False)[0] == pieces if n else 1
    for edge in found.edges:
        if not edge.in_tree:
            path = _path(tree, edge.source, edge.target)
            assert min(step.weight for step in path) >= edge.weight


@settings(deadline=None, max_examples=20)
@given(SEGMENTS, st.permutations(WORDS), st.randoms(use_true_random=False))
def test_the_order_of_segments_and_words_does_not_matter(segments, words, random) -> None:  # type: ignore[no-untyped-def]
    found = graph(segments)
    random.shuffle(segments)
    assert graph(segments, tuple(words)) == found


@settings(deadline=None, max_examples=20)
@given(SEGMENTS)
def test_places_are_within_the_square_and_no_two_are_the_same(segments: list[set[str]]) -> None:
    found = graph(segments)
    places = [(node.x, node.y) for node in found.nodes]
    assert all(0 <= value <= 1 for place in places for value in place)
    assert len(set(places)) == len(places)


@settings(deadline=None, max_examples=20)
@given(SEGMENTS)
def test_communities_never_join_words_without_a_path_and_are_better_than_none(segments: list[set[str]]) -> None:
    found = graph(segments, more_edges=100)
    if not found.nodes:
        return
    matrix = _matrix(len(found.nodes), found)
    piece = connected_components(matrix, directed=False)[1]
    label = np.asarray([node.community for node in found.nodes])
    for number in set(label.tolist()):
        assert len(set(piece[label == number].tolist())) == 1
    assert modularity(matrix.toarray(), label) >= modularity(matrix.toarray(), np.arange(len(label))) - 1e-12
    sizes = np.bincount(label)
    assert (np.diff(sizes) <= 0).all()


def test_two_cliques_with_one_bridge_are_two_communities() -> None:
    weights = np.zeros((8, 8))
    weights[:4, :4] = weights[4:, 4:] = 1
    np.fill_diagonal(weights, 0)
    weights[3, 4] = weights[4, 3] = 0.5
    assert communities(weights).tolist() == [0] * 4 + [1] * 4
    # 12.5 edges, of which 12 inside; each clique has half of the ends.
    assert modularity(weights, communities(weights)) == pytest.approx(12 / 12.5 - 0.5)


def drawn(edges: list[tuple[int, int]], tree: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of nodes, in lengths of an edge, and their distances in the graph."""
    n = 1 + max(max(pair) for pair in edges)
    both = [(*zip(*pairs, strict=True),) for pairs in (edges, tree)]
    whole, part = (sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, n)) for rows, columns in both)
    places = layout(sparse.csr_matrix(whole + whole.T), sparse.csr_matrix(part + part.T))
    distances = shortest_path(whole, directed=False, unweighted=True)
    one, other = np.transpose(edges)
    return places / np.hypot(*(places[one] - places[other]).T).mean(), distances


def test_a_path_is_drawn_as_a_line_and_a_star_as_a_star() -> None:
    path = [(i, i + 1) for i in range(5)]
    places, distances = drawn(path, path)
    assert stress(places, distances) < 0.01
    star = [(0, i) for i in range(1, 6)]
    places, _ = drawn(star, star)
    assert np.hypot(*(places[1:] - places[0]).T) == pytest.approx(np.ones(5), rel=0.02)


def test_a_circle_is_drawn_as_a_circle_though_its_tree_is_a_path() -> None:
    circle = [(i, (i + 1) % 12) for i in range(12)]
    places, _ = drawn(circle, circle[:-1])
    radii = np.hypot(*(places - places.mean(axis=0)).T)
    assert radii == pytest.approx(np.full(12, radii.mean()), rel=0.05)


@pytest.mark.parametrize("segments", [[], [set()], [{"eau"}], [{"eau"}, {"gare"}], [{"eau", "gare"}]])
def test_graphs_of_hardly_anything(segments: list[set[str]]) -> None:
    found = graph(segments)
    assert len(found.nodes) == len(set().union(*segments))
    assert all(np.isfinite((node.x, node.y)).all() for node in found.nodes)


def test_words_and_columns_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="1 words for 2 columns"):
        word_graph(sparse.csr_matrix((3, 2)), ["impôt"])


def _matrix(n: int, found: WordGraph) -> sparse.csr_matrix:
    rows = [edge.source for edge in found.edges]
    columns = [edge.target for edge in found.edges]
    upper = sparse.csr_matrix(([edge.weight for edge in found.edges], (rows, columns)), shape=(n, n))
    return sparse.csr_matrix(upper + upper.T)


def _path(tree, source, target):  # type: ignore[no-untyped-def]
    """Return the edges of a tree between two nodes."""
    paths = {source: []}
    while target not in paths:
        for edge in tree:
            for one, other in ((edge.source, edge.target), (edge.target, edge.source)):
                if one in paths and other not in paths:
                    paths[other] = [*paths[one], edge]
    return paths[target]
