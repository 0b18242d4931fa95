"""Sub-themes are kept where one half of a text tells which part the other is in."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from pipeline.topics.confirming import confirm
from pipeline.topics.hierarchy import Division
from pipeline.topics.vectors import WordVectors
from tests import corpus


@pytest.fixture(autouse=True)
def no_warning() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def vectors_of(words: list[str]) -> WordVectors:
    """Return vectors of words that have nothing to do with each other."""
    matrix = np.random.default_rng(0).standard_normal((len(words), 40))
    frequencies = np.full(len(words), 1 / len(words), dtype=np.float32)
    return WordVectors(
        tuple(words), (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float16), frequencies
    )


COMMON = [f"mot{i}" for i in range(40)]


def test_parts_whose_words_stand_together_are_confirmed() -> None:
    chance = random.Random(0)
    documents = [d.terms for d in corpus.documents(160, ("health", "transport"))[0]]
    documents = [[*terms, *chance.sample(COMMON, 2)] for terms in documents]
    vectors = vectors_of([*corpus.THEMES["health"], *corpus.THEMES["transport"], *COMMON])
    division = Division(np.arange(160) % 2, (0, 0), (0,))
    found = confirm(division, documents, vectors)
    assert found.divided == (0,) and np.array_equal(found.leaves, division.leaves)


def test_texts_with_a_word_and_texts_without_are_no_sub_themes() -> None:
    chance = random.Random(0)
    documents = [[("gare", "train")[n % 2], *chance.sample(COMMON, 5)] for n in range(160)]
    division = Division(np.arange(160) % 2, (0, 0), (0,))
    found = confirm(division, documents, vectors_of(["gare", "train", *COMMON]))
    assert found.divided == () and found.parent_of == (0,) and not found.leaves.any()


def test_what_is_not_confirmed_is_made_whole_and_nothing_else_changes() -> None:
    chance = random.Random(0)
    real = [d.terms for d in corpus.documents(120, ("health", "transport"))[0]]
    noise = [chance.sample(COMMON, 5) for _ in range(120)]
    documents = [*noise, *real, ["école"], (), []]
    leaves = np.asarray([*(n % 2 for n in range(120)), *(2 + n % 2 for n in range(120)), 4, -1, 3])
    division = Division(leaves, (0, 0, 1, 1, 2), (0, 1))
    vectors = vectors_of([*corpus.THEMES["health"], *corpus.THEMES["transport"], *COMMON, "école"])
    found = confirm(division, documents, vectors)
    assert np.array_equal(found.themes, division.themes)
    assert found.divided == (1,) and found.parent_of == (0, 1, 1, 2)
    assert adjusted_mutual_info_score(leaves[120:240], found.leaves[120:240]) == 1
    assert np.array_equal(found.leaves, confirm(division, documents, vectors).leaves)


@pytest.mark.parametrize("documents", [[["gare"]] * 40, [[]] * 40, [["gare", "train"]] * 40, [["inconnu"]] * 40])
def test_texts_that_tell_nothing_confirm_nothing(documents: list[list[str]]) -> None:
    division = Division(np.arange(40) % 2, (0, 0), (0,))
    assert confirm(division, documents, vectors_of(["gare", "train"])).divided == ()


def test_too_few_texts_confirm_nothing() -> None:
    division = Division(np.asarray([0, 0, 0, 0, 0, 0, 1, 1]), (0, 0), (0,))
    assert (
        confirm(division, [["gare", "train"]] * 6 + [["vélo", "bus"]] * 2, vectors_of(["gare", "vélo"])).n_leaves == 1
    )
    nothing = confirm(Division(np.zeros(0, dtype=np.int64), (), ()), [], vectors_of(["gare"]))
    assert nothing.parent_of == () and nothing.leaves.shape == (0,)


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="3 labels for 1 texts"):
        confirm(Division(np.zeros(3, dtype=np.int64), (0,), ()), [["gare"]], vectors_of(["gare"]))
