"""Fitting the themes of one question: planted themes are found, and next to nothing is no trouble."""

from __future__ import annotations

import warnings
from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from pipeline.topics.assigner import fit_assigner
from pipeline.topics.bundle import ThemeSet
from pipeline.topics.documents import Document
from pipeline.topics.fitting import assign, distinct, fit_themes
from pipeline.topics.vectors import WordVectors, common_component, train_vectors
from tests import corpus


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    found, _ = corpus.documents(400, seed=1)
    return train_vectors([document.terms for document in found], minimum_documents=5, n_dimensions=20)


@pytest.fixture(autouse=True)
def no_warning() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def fit(documents: list[Document], vectors: WordVectors, n_topics: int | None = None, **more: float) -> ThemeSet | None:
    return fit_themes(
        documents,
        vectors,
        questionnaire="organisation",
        question_id="q-1",
        model="local/1",
        n_topics=n_topics,
        **more,  # type: ignore[arg-type]
    )


def predicted(themes: ThemeSet, vectors: WordVectors, documents: list[Document]) -> list[int]:
    return assign(themes.assigner, vectors.embed([document.terms for document in documents]), 0.0).tolist()


def test_planted_themes_are_found_and_named_by_their_words(vectors: WordVectors) -> None:
    documents, names = corpus.documents(200, seed=2)
    themes = fit(documents, vectors, 4)
    assert themes is not None and len(themes.topics) == 4
    assert adjusted_mutual_info_score(names, predicted(themes, vectors, documents)) > 0.9
    for topic in themes.topics:
        owners = Counter(name for term in topic.terms for name, words in corpus.THEMES.items() if term in words)
        assert owners.most_common(1)[0][1] == len(topic.terms)
    later, later_names = corpus.documents(100, seed=3)
    assert adjusted_mutual_info_score(later_names, predicted(themes, vectors, later)) > 0.9


def test_sizes_count_copies_and_themes_come_largest_cluster_first(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(100, seed=2)
    once, thrice = fit(documents, vectors, 4), fit(documents * 3, vectors, 4)
    assert once is not None and thrice is not None
    assert sum(topic.n_answers for topic in once.topics) == 100
    assert [topic.n_answers for topic in thrice.topics] == [3 * topic.n_answers for topic in once.topics]
    assert [topic.topic_id for topic in thrice.topics] == [topic.topic_id for topic in once.topics]


def test_fitting_twice_gives_the_same_themes_and_numbers(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(80, seed=5)
    first, second = fit(documents, vectors), fit(documents, vectors)
    assert first is not None and second is not None
    assert first.topics == second.topics
    assert first.assigner.coefficients.tobytes() == second.assigner.coefficients.tobytes()


def test_a_sample_fits_less_and_still_gives_every_text_a_theme(vectors: WordVectors) -> None:
    documents, names = corpus.documents(300, seed=6)
    themes = fit(documents, vectors, 4, sample=80)
    assert themes is not None
    assert sum(topic.n_answers for topic in themes.topics) == 300
    assert adjusted_mutual_info_score(names, predicted(themes, vectors, documents)) > 0.8


def test_no_document_and_no_known_word_give_no_themes(vectors: WordVectors) -> None:
    assert fit([], vectors) is None
    assert fit([Document("", (), (), ())] * 5, vectors) is None
    assert fit([corpus.written(["inconnu", "autre"])] * 5, vectors) is None


def test_one_document_is_one_theme(vectors: WordVectors) -> None:
    themes = fit([corpus.written(["gare", "train"])], vectors, 3)
    assert themes is not None and len(themes.topics) == 1
    assert themes.topics[0].n_answers == 1
    assert predicted(themes, vectors, [corpus.written(["impôt"])]) == [0]


@pytest.mark.parametrize("n_topics", [None, 1, 2, 5, 50])
def test_five_documents_give_at_most_five_themes(vectors: WordVectors, n_topics: int | None) -> None:
    documents, _ = corpus.documents(5)
    themes = fit(documents, vectors, n_topics)
    assert themes is not None and 1 <= len(themes.topics) <= 5
    assert len({topic.topic_id for topic in themes.topics}) == len(themes.topics)
    assert len({topic.label for topic in themes.topics}) == len(themes.topics)
    assert len(themes.assigner.intercepts) == len(themes.topics)


def test_identical_answers_are_one_theme_that_counts_them_all(vectors: WordVectors) -> None:
    themes = fit([corpus.written(["gare", "train"])] * 50, vectors)
    assert themes is not None and [topic.n_answers for topic in themes.topics] == [50]


def test_answers_that_say_the_same_words_in_another_order_are_fitted(vectors: WordVectors) -> None:
    documents = [corpus.written(words) for words in (["gare", "train"], ["train", "gare"], ["gare", "gare", "train"])]
    themes = fit(documents * 10, vectors, 3)
    assert themes is not None and sum(topic.n_answers for topic in themes.topics) == 30


def test_a_single_known_word_among_unknown_ones_is_enough(vectors: WordVectors) -> None:
    documents = [corpus.written(["gare", f"inconnu{number}"]) for number in range(40)]
    themes = fit(documents, vectors)
    assert themes is not None and sum(topic.n_answers for topic in themes.topics) == 40


def test_distinct_documents_are_the_first_of_each_kind_with_a_known_word(vectors: WordVectors) -> None:
    one, two = corpus.written(["gare"]), corpus.written(["train"])
    assert distinct([one, two, one, corpus.written(["inconnu"])], vectors) == [one, two]


def test_topic_ids_belong_to_the_question(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(40)
    options = {"questionnaire": "organisation", "model": "local/1", "n_topics": 4}
    ids = [
        {topic.topic_id for topic in themes.topics}
        for question in ("q-1", "q-2", None)
        if (themes := fit_themes(documents, vectors, question_id=question, **options))  # type: ignore[arg-type]
    ]
    assert len(set.union(*ids)) == 12
    assert all(topic_id.startswith("t-") for topic_id in ids[0])


def test_themes_say_where_they_come_from(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(20)
    themes = fit(documents, vectors, 2)
    assert themes is not None
    assert all(
        topic.lineage == ({"event": "created", "topic_id": None, "model": "local/1"},) for topic in themes.topics
    )


@pytest.mark.parametrize("n_topics", [1, 2, 4])
def test_the_classifier_repeats_the_clusters_and_its_rows_sum_to_one(vectors: WordVectors, n_topics: int) -> None:
    documents, names = corpus.documents(120, list(corpus.THEMES)[:n_topics])
    embedding = vectors.embed([document.terms for document in documents])
    labels = np.asarray([list(corpus.THEMES).index(name) for name in names])
    assigner = fit_assigner(embedding, labels, n_topics, common_component(embedding))
    probabilities = assigner.probabilities(embedding)
    assert probabilities.dtype == np.float32 and probabilities.shape == (120, n_topics)
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (probabilities.argmax(axis=1) == labels).mean() > 0.95


def test_a_text_without_a_known_word_has_no_theme(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(40)
    themes = fit(documents, vectors, 2)
    assert themes is not None
    unknown = vectors.embed([("inconnu",), ()])
    assert themes.assigner.probabilities(unknown).tolist() == [[0, 0], [0, 0]]
    assert assign(themes.assigner, unknown, 0.0).tolist() == [-1, -1]


def test_a_probability_under_the_minimum_is_no_theme(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(40)
    themes = fit(documents, vectors, 4)
    assert themes is not None
    embedding = vectors.embed([document.terms for document in documents])
    assert set(assign(themes.assigner, embedding, 1.01)) == {-1}
    assert -1 not in assign(themes.assigner, embedding, 0.0)
