from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.learning.features import Expectation, character_strings, learn_features
from pipeline.topics.documents import Document
from tests.learning.campaign import CORPUS, THEMES, UNKNOWING, VECTORS, document

DOCUMENTS = [one.document for one in CORPUS]
FEATURES = learn_features(DOCUMENTS, VECTORS)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_strings_of_characters_stay_within_words(text):
    strings = character_strings(text)
    assert all(3 <= len(string) <= 5 and " " not in string[1:-1] for string in strings)


def test_every_kind_of_feature_has_its_share():
    matrix = FEATURES.matrix(DOCUMENTS, VECTORS)
    assert matrix.shape == (len(DOCUMENTS), FEATURES.n_features) and matrix.dtype == np.float32
    squares = matrix.multiply(matrix).toarray()
    first, second = len(FEATURES.words), len(FEATURES.words) + len(FEATURES.characters)
    shares = [part.sum(axis=1) for part in (squares[:, :first], squares[:, first:second], squares[:, second:])]
    assert np.allclose(np.stack(shares, axis=1), [1 / 6, 1 / 6, 2 / 3], atol=1e-3)


def test_a_question_without_answers_has_vectors_alone():
    features = learn_features([], VECTORS)
    assert features.words == features.characters == ()
    assert features.matrix([document(("train",)), document(())], VECTORS).shape == (2, VECTORS.n_dimensions)


def test_a_theme_is_looked_for_in_each_segment():
    names = VECTORS.embed([theme.terms for theme in THEMES])
    expectation = Expectation(names, UNKNOWING, np.arange(3))
    whole = document(("train", "gare", "pays", "vie", "droit", "faire"))
    cut = Document(whole.text, whole.terms, whole.starts, whole.ends, (2,))
    evidence = expectation.evidence([whole, cut, document(())], VECTORS, FEATURES.component)
    assert evidence.shape == (3, 3, 4) and np.isfinite(evidence).all()
    assert evidence[1, 0, 0] > evidence[0, 0, 0]
    assert np.allclose(evidence[1, :, 1], evidence[0, :, 1])
