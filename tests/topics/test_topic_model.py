"""`TopicModel` alone on a list of strings, in the manner of scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_mutual_info_score

import pipeline
from pipeline.topics.estimator import TopicModel
from tests import corpus

PAIRS = corpus.answers(160, seed=4)
TEXTS = [text for _, text in PAIRS]


@pytest.fixture(scope="module")
def fitted(tiny_model: Path) -> TopicModel:
    return TopicModel(4, model=str(tiny_model)).fit(TEXTS)


def test_it_is_part_of_the_public_names() -> None:
    assert pipeline.TopicModel is TopicModel


def test_planted_themes_are_found(fitted: TopicModel) -> None:
    found = fitted.predict(TEXTS, allow_unassigned=False)
    assert adjusted_mutual_info_score([theme for theme, _ in PAIRS], found) > 0.9


def test_probabilities_have_a_column_a_theme_and_rows_that_sum_to_at_most_one(fitted: TopicModel) -> None:
    probabilities = fitted.transform([*TEXTS[:10], "", "xyzzy"])
    assert probabilities.shape == (12, 4)
    sums = probabilities.sum(axis=1)
    assert (sums[:10] > 0.5).all() and (sums <= 1 + 1e-5).all()
    assert not probabilities[10:].any()


def test_a_text_about_other_things_has_no_theme(tiny_model: Path) -> None:
    subjects = sorted({subject for subject, _ in PAIRS})
    about = [text for subject, text in PAIRS if subject in subjects[:2]]
    others = [text for subject, text in PAIRS if subject not in subjects[:2]]
    model = TopicModel(2, model=str(tiny_model)).fit(about)
    assert np.mean(model.predict(about) == None) < 0.05  # noqa: E711 (an array of ids and None)
    assert np.mean(model.predict(others) == None) > 0.5  # noqa: E711


def test_predictions_are_ids_of_its_themes_or_none(fitted: TopicModel) -> None:
    ids = set(fitted.topics_["topic_id"])
    found = fitted.predict([*TEXTS, "", "xyzzy plugh"])
    assert set(found[:-2]) <= ids | {None}
    assert found[-2:].tolist() == [None, None]


def test_without_unassigned_every_text_gets_a_theme(fitted: TopicModel) -> None:
    ids = set(fitted.topics_["topic_id"])
    assert set(fitted.predict([*TEXTS[:5], "", "xyzzy plugh"], allow_unassigned=False)) <= ids


def test_a_high_minimum_leaves_texts_unassigned(tiny_model: Path) -> None:
    model = TopicModel(4, minimum_score=1.01, model=str(tiny_model)).fit(TEXTS[:60])
    assert set(model.predict(TEXTS[:60])) == {None}


def test_themes_are_a_table_largest_first(fitted: TopicModel) -> None:
    table = fitted.topics_
    assert list(table.columns) == ["topic_id", "label", "definition", "terms", "n_texts"]
    assert len(table) == 4 and table["n_texts"].is_monotonic_decreasing
    assert table["label"].is_unique


def test_sub_themes_are_a_table_and_each_text_of_their_theme_is_in_one(tiny_model: Path) -> None:
    fitted = TopicModel(2, model=str(tiny_model)).fit([text for _, text in corpus.answers(320, seed=4)])
    parts = fitted.subtopics_
    assert len(parts) and list(parts.columns) == ["topic_id", "parent_id", "label", "definition", "terms", "n_texts"]
    assert set(parts["parent_id"]) <= set(fitted.topics_["topic_id"])
    texts = [document.text for document in fitted._documents]
    themes, found = fitted.predict(texts), fitted.predict_subtopics(texts)
    parent = dict(zip(parts["topic_id"], parts["parent_id"], strict=True))
    assert [parent.get(topic, topic) for topic in found] == list(themes)
    assert not set(parts["parent_id"]) & set(found)
    assert fitted.transform(texts).shape[1] == len(fitted.topics_)  # top-level themes only


def test_the_same_texts_and_seed_give_the_same_themes(fitted: TopicModel, tiny_model: Path) -> None:
    again = TopicModel(4, model=str(tiny_model)).fit(iter(TEXTS))
    assert again.topics_.equals(fitted.topics_)
    assert again.transform(TEXTS[:9]).tobytes() == fitted.transform(TEXTS[:9]).tobytes()
    assert fitted.labels_.tolist() == fitted.predict(TEXTS).tolist()


def test_parameters_are_those_of_a_scikit_learn_estimator(fitted: TopicModel) -> None:
    parameters = fitted.get_params()
    assert parameters.keys() == {"n_topics", "method", "minimum_score", "model", "random_state"}
    copy = clone(fitted)
    assert copy.get_params() == parameters and not hasattr(copy, "themes_")
    assert copy.set_params(n_topics=3).n_topics == 3


def test_what_is_not_fitted_says_so() -> None:
    for ask in (lambda m: m.transform(TEXTS[:2]), lambda m: m.predict(TEXTS[:2]), lambda m: m.topics_):
        with pytest.raises(NotFittedError):
            ask(TopicModel())


@pytest.mark.parametrize("texts", ["one text", [b"bytes"], ["text", None], [1, 2], [["list"]]])
def test_only_a_list_of_str_is_taken(fitted: TopicModel, texts: Any) -> None:
    with pytest.raises(ValueError, match="text"):
        fitted.transform(texts)
    with pytest.raises(ValueError, match="text"):
        clone(fitted).fit(texts)


@pytest.mark.parametrize("texts", [[], [""], ["xyzzy", "plugh"]])
def test_texts_without_a_known_word_cannot_be_fitted(tiny_model: Path, texts: list[str]) -> None:
    with pytest.raises(ValueError, match="too few"):
        TopicModel(model=str(tiny_model)).fit(texts)


@pytest.mark.parametrize("n_topics", [0, -1])
def test_a_number_of_themes_is_at_least_one(tiny_model: Path, n_topics: int) -> None:
    with pytest.raises(ValueError, match="n_topics"):
        TopicModel(n_topics, model=str(tiny_model)).fit(TEXTS[:10])


def test_more_themes_than_texts_are_refused(tiny_model: Path) -> None:
    with pytest.raises(ValueError, match="too few for 5 topics"):
        TopicModel(5, model=str(tiny_model)).fit(["la gare", "le train", "la gare"])


def test_one_text_is_one_theme(tiny_model: Path) -> None:
    model = TopicModel(model=str(tiny_model)).fit(["Il manque une gare et un train"])
    assert len(model.topics_) == 1
    assert model.predict(["la gare"], allow_unassigned=False).tolist() == model.topics_["topic_id"].tolist()


def test_no_text_gives_no_row(fitted: TopicModel) -> None:
    assert fitted.transform([]).shape == (0, 4)
    assert fitted.predict([]).shape == (0,)
    assert fitted.predict([], allow_unassigned=False).dtype == np.dtype(object)


def test_themes_that_are_still_there_keep_their_ids_when_more_texts_come(tiny_model: Path) -> None:
    model = TopicModel(4, model=str(tiny_model)).partial_fit(TEXTS[:140])
    before, first = set(model.topics_["topic_id"]), model.predict(TEXTS[:140])
    model.partial_fit(TEXTS[140:])
    assert set(model.topics_["topic_id"]) == before
    assert np.mean(model.predict(TEXTS[:140]) == first) > 0.9
    assert len(model.labels_) == len(TEXTS)
    assert {topic.lineage[-1]["event"] for topic in model.themes_.topics} <= {"kept", "renamed"}


def test_fitting_again_from_nothing_forgets_what_was_given_before(tiny_model: Path, fitted: TopicModel) -> None:
    model = TopicModel(4, model=str(tiny_model)).partial_fit(TEXTS[:50]).fit(TEXTS)
    assert model.topics_.equals(fitted.topics_)


@pytest.mark.parametrize("method", ["reinert", "nmf"])
def test_other_methods_find_planted_themes_too(tiny_model: Path, method: Any) -> None:
    model = TopicModel(4, model=str(tiny_model), method=method).fit(TEXTS)
    found = model.predict(TEXTS, allow_unassigned=False)
    assert adjusted_mutual_info_score([theme for theme, _ in PAIRS], found) > 0.6


def test_an_unknown_method_is_refused(tiny_model: Path) -> None:
    with pytest.raises(ValueError, match="one of vectors, reinert, nmf"):
        TopicModel(model=str(tiny_model), method="lda").fit(TEXTS)  # type: ignore[arg-type]
