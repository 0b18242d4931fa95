"""Ways to find groups: every method keeps the same promises."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest

from pipeline import catalogue
from pipeline.topics import bundle
from pipeline.topics.methods import METHODS, Method, group
from pipeline.topics.vectors import WordVectors

SUBJECTS = {
    "transport": ["train", "gare", "bus", "vélo", "route", "voiture"],
    "santé": ["médecin", "hôpital", "soin", "maladie", "infirmier", "santé"],
    "impôt": ["impôt", "taxe", "fiscal", "revenu", "payer", "fraude"],
}


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    return bundle.load(catalogue.locate(catalogue.DEFAULT_MODEL)).vectors


def texts(n: int, *, uneven: bool = False) -> tuple[list[list[str]], list[int]]:
    """Return texts about three subjects, as many of each or half as many as of the one before, and their subjects."""
    chance = random.Random(3)
    subjects = [2 - int(np.log2(1 + 7 * i / n)) if uneven else i % 3 for i in range(n)]
    words = list(SUBJECTS.values())
    return [chance.sample(words[subject], 4) for subject in subjects], subjects


@pytest.mark.parametrize("method", METHODS)
def test_subjects_that_share_no_word_are_told_apart(method: Method, vectors: WordVectors) -> None:
    documents, subjects = texts(140)
    found = group(method, documents, vectors, 3).labels
    assert found.dtype == np.int64 and found.shape == (140,)
    for subject in range(3):
        mine = found[np.asarray(subjects) == subject]
        assert np.mean(mine == np.bincount(mine[mine >= 0]).argmax()) > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_groups_are_numbered_by_size_and_none_is_empty(method: Method, vectors: WordVectors) -> None:
    found = group(method, texts(140, uneven=True)[0], vectors, 3).labels
    sizes = np.bincount(found[found >= 0])
    assert (sizes > 0).all() and sizes.tolist() == sorted(sizes, reverse=True)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_texts_give_the_same_groups(method: Method, vectors: WordVectors) -> None:
    documents, _ = texts(90)
    first, again = (group(method, documents, vectors, 4).labels.tolist() for _ in range(2))
    assert first == again


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "documents",
    [[], [[]], [["impôt"]], [["impôt"], ["taxe"], ["gare"], [], ["zzz"]], [["impôt", "taxe"]] * 40, [["a"], ["a"]]],
    ids=["none", "empty", "one", "five", "all alike", "one word"],
)
@pytest.mark.parametrize("n_topics", [None, 1, 3, 50])
def test_little_to_group_is_grouped_without_a_word(
    method: Method, documents: list[list[str]], n_topics: int | None, vectors: WordVectors
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = group(method, documents, vectors, n_topics).labels
    assert found.shape == (len(documents),)
    assert set(found.tolist()) <= {-1, *range(min(n_topics or 20, max(len(documents), 1)))}


def test_a_number_that_nobody_gives_is_chosen_by_stability_and_the_curve_is_kept(vectors: WordVectors) -> None:
    found = group("vectors", texts(140)[0], vectors, None)
    assert found.curve is not None and found.stability is not None
    assert int(found.labels.max()) + 1 in found.curve.numbers
    assert found.stability.shape == (int(found.labels.max()) + 1,)
    assert ((found.stability >= 0) & (found.stability <= 1)).all()
    assert group("vectors", texts(140)[0], vectors, 3).curve is None


def test_groups_of_an_earlier_fit_are_looked_for_again_as_many_as_there_were(vectors: WordVectors) -> None:
    documents, subjects = texts(140)
    start = np.asarray(subjects)
    start[::10] = -1
    found = group("vectors", documents, vectors, None, start=start)
    assert found.curve is None and int(found.labels.max()) + 1 == 3
