"""`TopicModel` among scikit-learn estimators: their own checks where these fit text, the same for texts where not."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks, get_tags

from pipeline.errors import DoleancesError
from pipeline.topics.estimator import TopicModel
from tests import corpus

PAIRS = corpus.answers(120, seed=7)
TEXTS = [text for _, text in PAIRS]
SUBJECTS = [subject for subject, _ in PAIRS]
OTHERS = [*(text for _, text in corpus.answers(10, seed=8)), "", "xyzzy", "Le train. " * 40]


def given(path: Path, n_topics: int | None = 4, **parameters: Any) -> TopicModel:
    return TopicModel(n_topics, model=str(path), **parameters)


@pytest.fixture(scope="module")
def fitted(tiny_model: Path) -> TopicModel:
    return given(tiny_model).fit(TEXTS)


def same(one: TopicModel, other: TopicModel) -> bool:
    found = one.topics_.equals(other.topics_) and one.labels_.tolist() == other.labels_.tolist()
    return found and one.transform(OTHERS).tobytes() == other.transform(OTHERS).tobytes()


CHECKS = (
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_get_params_invariance",
    "check_set_params",
)
"""Those of scikit-learn that give the estimator no table of numbers."""


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_of_scikit_learn_that_needs_no_data_passes(name: str) -> None:
    getattr(estimator_checks, name)("TopicModel", TopicModel())


def test_it_says_that_it_takes_texts() -> None:
    tags = get_tags(TopicModel()).input_tags
    assert tags.string and tags.one_d_array and not tags.two_d_array


@pytest.mark.parametrize("name", ["transform", "predict", "get_feature_names_out", "topics_"])
def test_what_a_fit_gives_is_not_there_before_one(name: str) -> None:
    model = TopicModel().set_output(transform="pandas")
    with pytest.raises(NotFittedError):
        found = getattr(model, name)
        found(*[TEXTS[:2]][: len(inspect.signature(found).parameters)])
    assert not hasattr(model, "topics_")


def test_a_fit_returns_the_estimator_and_changes_neither_parameters_nor_texts(tiny_model: Path) -> None:
    model, texts = given(tiny_model, 2, minimum_score=0.2, random_state=5), TEXTS[:40]
    before = copy.deepcopy(model.get_params())
    assert model.fit(texts) is model and model.partial_fit(texts) is model
    assert model.get_params() == before and texts == TEXTS[:40]
    learned = vars(model).keys() - before.keys()
    assert learned and all(name.startswith("_") or name.endswith("_") for name in learned)


def test_what_is_asked_of_a_fit_does_not_change_it(fitted: TopicModel) -> None:
    before = dict(vars(fitted))
    fitted.transform(OTHERS), fitted.predict(OTHERS), fitted.get_feature_names_out(), fitted.topics_
    assert all(vars(fitted)[name] is value for name, value in before.items()) and vars(fitted).keys() == before.keys()


def test_fitting_again_gives_the_same_whatever_was_fitted_between(fitted: TopicModel, tiny_model: Path) -> None:
    model = given(tiny_model, 2).fit(OTHERS)
    assert not same(model, fitted)
    assert same(model.set_params(n_topics=4).fit(TEXTS), fitted)


def test_a_refused_fit_leaves_the_fit_before_as_it_was(fitted: TopicModel) -> None:
    model = copy.deepcopy(fitted)
    for texts in ([], ["xyzzy"], TEXTS[:3]):
        with pytest.raises(ValueError, match="too few"):
            model.fit(texts)
    assert same(model, fitted)


@pytest.mark.parametrize("number", range(3))
def test_a_text_gets_the_same_in_whatever_order_and_company(fitted: TopicModel, number: int) -> None:
    texts = [*TEXTS, *OTHERS]
    whole, predicted = fitted.transform(texts), fitted.predict(texts)
    chosen = np.random.default_rng(number).permutation(len(texts))[: (len(texts), 40, 1)[number]]
    part = [texts[i] for i in chosen]
    np.testing.assert_allclose(fitted.transform(part), whole[chosen], atol=1e-6)
    assert fitted.predict(part).tolist() == predicted[chosen].tolist()


CONTAINERS: dict[str, Callable[[list[str]], Iterable[str]]] = {
    "tuple": tuple,
    "generator": lambda texts: (text for text in texts),
    "object array": lambda texts: np.array(texts, dtype=object),
    "array of str": np.array,
    "Series": lambda texts: pd.Series(texts, index=range(100, 100 + len(texts)), name="réponse"),
    "category": lambda texts: pd.Series(texts, dtype="category"),
    "Index": pd.Index,
    "values": lambda texts: dict(enumerate(texts)).values(),
}


@pytest.mark.parametrize("kind", CONTAINERS)
def test_texts_may_come_in_any_column(fitted: TopicModel, tiny_model: Path, kind: str) -> None:
    column = CONTAINERS[kind]
    assert fitted.transform(column(TEXTS)).tobytes() == fitted.transform(TEXTS).tobytes()
    assert fitted.predict(column(OTHERS)).tolist() == fitted.predict(OTHERS).tolist()
    few = TEXTS[:40]
    assert same(given(tiny_model, 2).fit(column(few)), given(tiny_model, 2).fit(few))


@pytest.mark.parametrize("kind", ["generator", "Series"])
def test_fit_and_transform_at_once_give_what_they_give_one_after_the_other(
    fitted: TopicModel, tiny_model: Path, kind: str
) -> None:
    column = CONTAINERS[kind]
    found = given(tiny_model).fit_transform(column(TEXTS))
    np.testing.assert_array_equal(found, fitted.transform(TEXTS))
    assert given(tiny_model).fit_predict(column(TEXTS)).tolist() == fitted.predict(TEXTS).tolist()


def test_rows_are_shares_and_the_greatest_is_what_is_predicted(fitted: TopicModel) -> None:
    texts = [*TEXTS, *OTHERS]
    shares = fitted.transform(texts)
    assert (shares >= 0).all() and (shares.sum(axis=1) <= 1 + 1e-5).all()
    names = fitted.get_feature_names_out()
    assert fitted.predict(texts, allow_unassigned=False).tolist() == names[shares.argmax(axis=1)].tolist()
    unsure = shares.max(axis=1) < fitted.minimum_score
    assert unsure.any() and not unsure.all()
    assert [one is None for one in fitted.predict(texts)] == unsure.tolist()


def test_columns_are_named_by_the_ids_of_themes(fitted: TopicModel) -> None:
    names = fitted.get_feature_names_out()
    assert sorted(names) == sorted(fitted.topics_["topic_id"]) and len(set(names)) == len(names)


def test_the_output_may_be_a_table_with_the_index_of_the_texts(fitted: TopicModel) -> None:
    model = copy.deepcopy(fitted).set_output(transform="pandas")
    index = pd.Index(["a", "b", "c"])
    found = model.transform(pd.Series(TEXTS[:3], index=index))
    assert isinstance(found, pd.DataFrame) and found.index.equals(index)
    assert list(found.columns) == list(fitted.get_feature_names_out())
    np.testing.assert_array_equal(found.to_numpy(), fitted.transform(TEXTS[:3]))
    assert list(model.transform(iter(TEXTS[:3])).index) == [0, 1, 2]
    assert isinstance(clone(model).fit_transform(TEXTS), pd.DataFrame)
    assert model.predict(TEXTS[:3]).tolist() == fitted.predict(TEXTS[:3]).tolist()


def test_it_is_a_step_of_a_pipeline(tiny_model: Path) -> None:
    steps = make_pipeline(given(tiny_model), LogisticRegression())
    steps.fit(pd.Series(TEXTS[:80]), SUBJECTS[:80])
    assert steps.score(TEXTS[80:], SUBJECTS[80:]) > 0.9
    assert steps.set_params(topicmodel__n_topics=2).fit(TEXTS[:80], SUBJECTS[:80])[0].transform(OTHERS).shape[1] == 2


def test_it_reads_one_column_of_a_table(tiny_model: Path, fitted: TopicModel) -> None:
    table = pd.DataFrame({"réponse": TEXTS, "âge": range(len(TEXTS))})
    columns = ColumnTransformer([("thème", given(tiny_model), "réponse")], remainder="passthrough")
    found = columns.set_output(transform="pandas").fit_transform(table)
    assert list(found.columns) == [*(f"thème__{name}" for name in fitted.get_feature_names_out()), "remainder__âge"]


def test_a_copy_predicts_what_it_is_a_copy_of_predicts(fitted: TopicModel) -> None:
    assert same(copy.deepcopy(fitted), fitted)


@pytest.mark.parametrize("method", ["vectors", "nmf", "reinert"])
@pytest.mark.parametrize("n_topics", [1, 3, np.int64(5)])
def test_as_many_themes_are_found_as_are_asked_for(tiny_model: Path, method: Any, n_topics: int) -> None:
    model = given(tiny_model, n_topics, method=method).fit(TEXTS)
    found = len(model.topics_)
    # A class that holds too few texts is not split any more.
    assert 1 <= found <= n_topics if method == "reinert" else found == n_topics
    assert model.transform(TEXTS[:2]).shape == (2, found)


def test_another_seed_gives_another_fit_as_good_as_the_first(fitted: TopicModel, tiny_model: Path) -> None:
    other = given(tiny_model, random_state=11).fit(TEXTS)
    assert not np.array_equal(other.transform(TEXTS), fitted.transform(TEXTS))
    for model in (fitted, other):
        pure = pd.crosstab(model.predict(TEXTS, allow_unassigned=False), SUBJECTS).max(axis=1).sum() / len(TEXTS)
        assert len(model.topics_) == 4 and pure > 0.95
    assert same(given(tiny_model, random_state=np.int32(11)).fit(TEXTS), other)


def test_the_seed_is_all_that_a_fit_draws_from(fitted: TopicModel, tiny_model: Path) -> None:
    np.random.seed(3)
    before = np.random.get_state()[1]
    again = given(tiny_model).fit(TEXTS)
    assert same(again, fitted)
    assert np.array_equal(np.random.get_state()[1], before)


NO_TEXTS: dict[str, tuple[Any, str]] = {
    "nothing": (None, "give a list of texts, nothing of type NoneType"),
    "a number": (1.5, "give a list of texts, nothing of type float"),
    "one text": ("La gare", "give a list of texts, not one text"),
    "bytes": (b"La gare", "give a list of texts, not one text"),
    "a dictionary": ({"La gare": 1}, "give a list of texts, nothing of type dict"),
    "a set, without order": ({"La gare"}, "give a list of texts, nothing of type set"),
    "a table": (pd.DataFrame({"a": ["La gare"]}), "give one column of texts, no DataFrame of another shape"),
    "a matrix": (np.array([["La gare"]]), "give one column of texts, no ndarray of another shape"),
    "no dimension": (np.array("La gare"), "give one column of texts, no ndarray of another shape"),
    "floats": ([0.5], "text 0 is no str but of type float: leave it out, or put '' there"),
    "a missing one": (pd.Series(["La gare", None]), "text 1 is no str but of type "),
    "bytes within": (["La gare", b"Le train"], "text 1 is no str but of type bytes"),
    "lists within": ([["La gare"]], "text 0 is no str but of type list"),
    "half a character": (["La gare", "Le train \ud800"], "text 1 holds half a character"),
}


@pytest.mark.parametrize("kind", NO_TEXTS)
def test_what_is_no_list_of_texts_is_refused_in_a_plain_line(fitted: TopicModel, kind: str) -> None:
    texts, expected = NO_TEXTS[kind]
    for ask in (
        fitted.transform,
        fitted.predict,
        clone(fitted).fit,
        clone(fitted).fit_transform,
        clone(fitted).fit_predict,
    ):
        with pytest.raises(ValueError) as caught:
            ask(texts)
        assert str(caught.value).startswith(expected) and len(str(caught.value).splitlines()) == 1
        assert type(caught.value) is ValueError


WRONG: list[tuple[str, Any]] = [
    *(("n_topics", value) for value in (0, -1, 2.0, "3", True, float("nan"), [3], TEXTS)),
    *(("random_state", value) for value in (None, -1, 2**32, 0.5, "0", True, np.random.RandomState(0))),
    *(("minimum_score", value) for value in (None, "0.3", float("nan"), [0.3])),
    *(("model", value) for value in (None, 3, ["grand-debat-2019"])),
    *(("method", value) for value in (None, "lda", ["nmf"], np.array(["nmf", "vectors"]))),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda part: str(part)[:20])
def test_a_parameter_of_no_use_is_refused_in_a_plain_line_before_texts_are_read(
    tiny_model: Path, name: str, value: Any
) -> None:
    model = given(tiny_model, 2).set_params(**{name: value})
    read: list[str] = []
    for ask in (model.fit, model.partial_fit, model.fit_transform):
        with pytest.raises(ValueError, match=rf"^{name} must be .+, not [^\n]{{1,81}}$"):
            ask(read.append(text) or text for text in TEXTS)  # type: ignore[func-returns-value]
    assert read == []


@pytest.mark.parametrize("name", ["", "never", "a\0b"])
def test_a_model_that_is_not_there_is_told_in_a_coded_line(name: str) -> None:
    with pytest.raises(DoleancesError, match=r"^E301 no model called [^\n]+$"):
        TopicModel(model=name).fit(TEXTS[:9])


def test_the_model_may_be_a_path(tiny_model: Path, fitted: TopicModel) -> None:
    assert same(given(tiny_model).set_params(model=tiny_model).fit(TEXTS), fitted)


def test_more_texts_for_another_model_are_refused(fitted: TopicModel, tmp_path: Path) -> None:
    from pipeline.topics import bundle
    from pipeline.topics.vectors import train_vectors

    vectors = train_vectors([d.terms for d in corpus.documents(80)[0]], minimum_documents=2, n_dimensions=6)
    bundle.save(bundle.Bundle("other", "1", vectors, {}), tmp_path / "other", "# other\n")
    model = copy.deepcopy(fitted).set_params(model=str(tmp_path / "other"))
    with pytest.raises(ValueError, match=r"model is another .* call fit with all of them"):
        model.partial_fit(TEXTS[:9])
    assert len(model.fit(TEXTS).labels_) == len(TEXTS)


def test_the_largest_seed_is_a_seed(tiny_model: Path) -> None:
    assert len(given(tiny_model, None, random_state=2**32 - 1).fit(TEXTS[:60]).topics_) >= 2
