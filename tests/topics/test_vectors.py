"""Word vectors: words of the same contexts lie near each other, and a text is the sum of what is known of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from pipeline.topics.vectors import (
    WordVectors,
    _nearness,
    common_component,
    count_matrix,
    remove_component,
    train_vectors,
    unit_rows,
)
from tests import corpus


def trained(n_documents: int = 400, **options: int) -> WordVectors:
    found, _ = corpus.documents(n_documents)
    return train_vectors([document.terms for document in found], minimum_documents=5, **options)  # type: ignore[arg-type]


def test_words_of_the_same_context_are_nearer_than_words_of_others() -> None:
    vectors = trained(n_dimensions=8)
    matrix = vectors.matrix.astype(np.float32)
    theme = np.asarray([next(t for t, words in corpus.THEMES.items() if w in words) for w in vectors.vocabulary])
    likeness = matrix @ matrix.T
    same = theme[:, None] == theme[None, :]
    np.fill_diagonal(same, False)
    assert likeness[same].mean() > likeness[theme[:, None] != theme[None, :]].mean() + 0.3


def test_training_twice_gives_the_same_numbers() -> None:
    first, second = trained(), trained()
    assert first.vocabulary == second.vocabulary
    assert first.matrix.tobytes() == second.matrix.tobytes()
    assert first.frequencies.tobytes() == second.frequencies.tobytes()


def test_vectors_are_small_have_length_one_and_frequencies_sum_to_one() -> None:
    vectors = trained(n_dimensions=8)
    assert vectors.matrix.dtype == np.float16 and vectors.frequencies.dtype == np.float32
    assert vectors.matrix.shape == (len(vectors.vocabulary), 8)
    assert np.linalg.norm(vectors.matrix.astype(np.float32), axis=1) == pytest.approx(1, abs=2e-3)
    assert vectors.frequencies.sum() == pytest.approx(1)


def test_the_vocabulary_is_the_frequent_words_most_frequent_first() -> None:
    texts = [["gare", "train"]] * 6 + [["gare", "bus"]] * 3 + [["gare", "gare", "vélo"]] * 2
    assert train_vectors(texts, minimum_documents=2).vocabulary == ("gare", "train", "bus", "vélo")
    assert train_vectors(texts, minimum_documents=3).vocabulary == ("gare", "train", "bus")
    assert train_vectors(texts, minimum_documents=2, excluded=frozenset({"train"})).vocabulary[1] == "bus"


@pytest.mark.parametrize("texts", [[], [[]], [["un", "deux"]] * 30, [["a"], ["b"], ["c"]]])
def test_too_few_words_for_vectors_is_said(texts: list[list[str]]) -> None:
    with pytest.raises(ValueError, match="too few for vectors"):
        train_vectors(texts, minimum_documents=2)


def test_three_words_are_enough() -> None:
    vectors = train_vectors([["a", "b", "c"]] * 5, minimum_documents=2)
    assert vectors.matrix.shape == (3, 2)
    assert np.isfinite(vectors.matrix).all()


def test_words_that_never_meet_have_vectors_that_are_numbers() -> None:
    vectors = train_vectors([["a"], ["b"], ["c"], ["d"]] * 5, minimum_documents=2)
    assert np.isfinite(vectors.matrix).all()


def test_nearness_counts_pairs_within_the_window_and_inside_one_text() -> None:
    # « a b a » then « b »: pairs at distance 1 are ab, ba; at distance 2 aa. The second b is another text.
    flat, owner = np.asarray([0, 1, 0, 1]), np.asarray([0, 0, 0, 1])
    assert _nearness(flat, owner, 2, window=1).toarray().tolist() == [[0, 2], [2, 0]]
    assert _nearness(flat, owner, 2, window=2).toarray().tolist() == [[2, 2], [2, 0]]


def test_a_text_of_unknown_words_is_a_row_of_zeros() -> None:
    embedding = trained().embed([["inconnu", "mot"], [], ["gare"]])
    assert not embedding[:2].any()
    assert np.linalg.norm(embedding[2]) == pytest.approx(1)


def test_no_text_gives_no_row() -> None:
    vectors = trained()
    assert vectors.embed([]).shape == (0, vectors.n_dimensions)


def test_a_rare_word_weighs_more_than_a_frequent_one() -> None:
    vectors = WordVectors(("often", "rarely"), np.eye(2, dtype=np.float16), np.asarray([0.5, 0.001], dtype=np.float32))
    often, rarely = vectors.embed([["often", "rarely"]])[0]
    assert rarely > often > 0


def test_counts_are_those_of_the_known_words() -> None:
    counts = count_matrix([["a", "b", "a"], [], ["c"]], {"a": 0, "b": 1})
    assert isinstance(counts, sparse.csr_matrix)
    assert counts.toarray().tolist() == [[2, 1], [0, 0], [0, 0]]


def test_removing_the_common_component_leaves_nothing_along_it() -> None:
    rows = unit_rows(np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32) + 2)
    component = common_component(rows)
    assert np.linalg.norm(component) == pytest.approx(1, abs=1e-5)
    assert np.abs(remove_component(rows, component) @ component).max() < 1e-5
    assert common_component(rows).tobytes() == component.tobytes()


def test_unit_rows_leave_rows_of_zeros() -> None:
    assert unit_rows(np.asarray([[3, 4], [0, 0]], dtype=np.float32)).tolist() == pytest.approx(
        np.asarray([[0.6, 0.8], [0, 0]])
    )


def test_texts_of_chance_hold_words_as_often_as_the_training_texts_do() -> None:
    words = WordVectors(("souvent", "rarement"), np.eye(2, dtype=np.float16), np.asarray([0.9, 0.1], dtype=np.float32))
    found = words.embed_chance([1] * 2000)
    assert found.shape == (2000, 2) and found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1)
    assert found[:, 0].mean() == pytest.approx(0.9, abs=0.03)
    assert words.embed_chance([3, 1, 2], 5).tolist() == words.embed_chance([3, 1, 2], 5).tolist()
    assert words.embed_chance([]).shape == (0, 2)
