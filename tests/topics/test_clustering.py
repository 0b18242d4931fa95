"""Clustering: planted groups are found, the same each time, however few or alike the texts are."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from pipeline.topics.clustering import choose_number, cluster, features, nearest
from pipeline.topics.vectors import WordVectors, train_vectors, unit_rows
from tests import corpus


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    found, _ = corpus.documents(400, seed=1)
    return train_vectors([document.terms for document in found], minimum_documents=5, n_dimensions=20)


@pytest.fixture(autouse=True)
def no_warning() -> object:
    """A warning of a library would stand on the terminal of somebody who cannot act on it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def blobs(n_rows: int, n_groups: int, seed: int = 0) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(n_groups, 12)) * 5
    groups = np.arange(n_rows) % n_groups
    return (centres[groups] + chance.normal(size=(n_rows, 12)) * 0.3).astype(np.float32), groups


def test_planted_themes_are_found(vectors: WordVectors) -> None:
    documents, themes = corpus.documents(240, seed=2)
    matrix = features([document.terms for document in documents], vectors)
    labels = cluster(matrix, 4)
    assert adjusted_mutual_info_score(themes, labels) > 0.9


def test_clustering_twice_gives_the_same_labels() -> None:
    matrix, _ = blobs(120, 5)
    assert cluster(matrix, 5).tolist() == cluster(matrix.copy(), 5).tolist()


@pytest.mark.parametrize("n_rows", [2, 3, 8, 15, 16, 17, 40])
def test_few_texts_are_clustered_too(n_rows: int) -> None:
    matrix, _ = blobs(n_rows, 2)
    labels = cluster(matrix, 2)
    assert set(labels) == {0, 1}


@pytest.mark.parametrize("n_rows", [5, 40])
def test_identical_texts_are_one_group_and_need_not_fill_the_others(n_rows: int) -> None:
    labels = cluster(np.ones((n_rows, 6), dtype=np.float32), 3)
    assert labels.shape == (n_rows,)
    assert labels.min() >= 0 and labels.max() < 3
    assert cluster(np.ones((n_rows, 6), dtype=np.float32), 3).tolist() == labels.tolist()


def test_rows_of_zeros_do_not_stop_it() -> None:
    matrix, _ = blobs(40, 2)
    matrix[::5] = 0
    assert len(cluster(matrix, 2)) == 40


def test_as_many_groups_as_texts_and_one_group() -> None:
    matrix, _ = blobs(6, 6)
    assert sorted(cluster(matrix, 6)) == list(range(6))
    assert set(cluster(matrix, 1)) == {0}


def test_nearest_rows_are_those_of_the_full_comparison() -> None:
    matrix, _ = blobs(70, 7)
    indices, distances = nearest(matrix, 6)
    likeness = unit_rows(matrix) @ unit_rows(matrix).T
    assert indices[:, 0].tolist() == list(range(70))
    assert (np.diff(distances, axis=1) >= -1e-6).all() and (distances >= 0).all()
    for row in range(70):
        assert likeness[row, indices[row]].min() >= np.sort(likeness[row])[-6] - 1e-6


def test_features_have_two_halves_of_length_one(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(80, seed=3)
    terms = [document.terms for document in documents]
    matrix = features(terms, vectors)
    halves = np.hsplit(matrix, [matrix.shape[1] - vectors.n_dimensions])
    for half in halves:
        assert np.linalg.norm(half, axis=1) == pytest.approx(1, abs=1e-4)
    assert features(terms, vectors).tobytes() == matrix.tobytes()


@pytest.mark.parametrize("terms", [[("gare",)], [("gare", "train")] * 2, [("mot",), ("autre",)], [(), ("gare",)]])
def test_features_of_next_to_nothing_are_numbers(vectors: WordVectors, terms: list[tuple[str, ...]]) -> None:
    matrix = features(terms, vectors)
    assert matrix.shape[0] == len(terms) and np.isfinite(matrix).all()


@pytest.mark.parametrize(("n_texts", "expected"), [(1, 4), (50, 5), (300, 8), (1_300, 12), (6_000, 18), (10**7, 20)])
def test_the_number_of_themes_grows_slowly(n_texts: int, expected: int) -> None:
    assert choose_number(n_texts) == expected
