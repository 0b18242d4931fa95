"""The plane of segments: those that use the same words lie together, the same way each time."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from pipeline.report.plane import LEAST, plane


def two_groups(each: int = 20) -> sparse.csr_matrix:
    """Return segments of two vocabularies that share no word."""
    chance = np.random.default_rng(3)
    words = chance.integers(0, 3, (each, 8)) + np.eye(each, 8, dtype=np.int64)
    nothing = np.zeros_like(words)
    return sparse.csr_matrix(np.block([[words, nothing], [nothing, words]]))


def test_segments_of_the_same_words_lie_together() -> None:
    places = plane(two_groups(), np.arange(40))
    one, other = places[:20].mean(axis=0), places[20:].mean(axis=0)
    nearer = np.linalg.norm(places - one, axis=1) < np.linalg.norm(places - other, axis=1)
    assert nearer.tolist() == [True] * 20 + [False] * 20


def test_the_same_segments_lie_in_the_same_places_and_only_the_chosen_ones() -> None:
    counts, chosen = two_groups(), np.arange(0, 40, 2)
    places = plane(counts, chosen)
    assert places.shape == (20, 2) and np.isfinite(places).all()
    assert np.array_equal(places, plane(counts, chosen))


def test_too_few_segments_or_words_have_no_plane() -> None:
    assert plane(two_groups(), np.arange(LEAST - 1)).shape == (0, 2)
    assert plane(two_groups()[:, : LEAST - 1], np.arange(40)).shape == (0, 2)
