"""Themes from a codebook: planted themes are found from their words, what fits none is left over, ids are stable."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from pipeline.topics.assigning import assign as assign_segments
from pipeline.topics.bundle import Bundle
from pipeline.topics.codebook import CodebookEntry
from pipeline.topics.codebook_effect import dry_run
from pipeline.topics.codebook_fitting import (
    chance_level,
    codebook_themes,
    combine,
    leftover,
    theme_words,
    topic_id_of,
)
from pipeline.topics.documents import Document
from pipeline.topics.fitting import fit_themes
from pipeline.topics.theme_files import ThemeSet, read_sets, write_sets
from pipeline.topics.vectors import WordVectors, train_vectors
from tests import corpus

HEALTH = CodebookEntry(2, "Hôpital", examples=("médecin ; soin",))
TRANSPORT = CodebookEntry(3, "Gare", definition="train ; autobus")
TAXES = CodebookEntry(4, "Impôt", terms=("taxe",))


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    found, _ = corpus.documents(400, seed=1)
    return train_vectors([document.terms for document in found], minimum_documents=5, n_dimensions=20)


@pytest.fixture(autouse=True)
def no_warning() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def analyse(texts: list[str]) -> list[Document]:
    return [corpus.written(text.replace(" ; ", " ").split()) for text in texts]


def fit(
    entries: list[CodebookEntry], documents: list[Document], vectors: WordVectors, question_id: str | None = "q-1"
) -> tuple[ThemeSet, np.ndarray, np.ndarray]:
    return codebook_themes(
        entries, documents, vectors, analyse, questionnaire="organisation", question_id=question_id, model="local/1"
    )


def test_answers_find_their_themes_from_the_words_of_the_themes(vectors: WordVectors) -> None:
    documents, names = corpus.documents(200, seed=2)
    wanted = {"health": 0, "transport": 1, "taxes": 2}
    themes, labels, scores = fit([HEALTH, TRANSPORT, TAXES], documents, vectors)
    known = np.asarray([wanted.get(name, -1) for name in names])
    assert (labels == known)[known >= 0].mean() > 0.85
    assert (labels == -1)[known == -1].mean() > 0.8  # school is in no theme
    assert labels.dtype == np.int64 and scores.dtype == np.float32 and scores.shape == (200, 3)
    assert not scores[labels == -1].any()
    assert (scores.argmax(axis=1) == labels)[labels >= 0].all()
    assert [topic.label for topic in themes.topics] == ["Hôpital", "Gare", "Impôt"]
    assert [topic.n_answers for topic in themes.topics] == np.bincount(labels[labels >= 0]).tolist()
    assert themes.topics[1].definition == "train ; autobus" and themes.topics[0].definition
    assert set(themes.topics[2].terms) <= set(corpus.THEMES["taxes"])


def test_a_text_without_any_word_of_the_theme_is_found_by_words_near_to_it(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(100, seed=2)
    apart = corpus.written(["vélo", "route", "voiture"])
    themes, _, _ = fit([HEALTH, TRANSPORT], [*documents, apart], vectors)
    health, transport = themes.assigner.probabilities(vectors.embed([apart.terms]))[0]
    assert transport > 5 * health


def test_fitting_twice_gives_the_same_bytes(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(80, seed=5)
    first, second = (fit([HEALTH, TRANSPORT, TAXES], documents, vectors) for _ in range(2))
    assert first[0].topics == second[0].topics
    assert first[0].assigner.coefficients.tobytes() == second[0].assigner.coefficients.tobytes()
    assert first[2].tobytes() == second[2].tobytes()


def test_ids_outlive_other_definitions_and_belong_to_the_question(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(40)
    same, _, _ = fit([TAXES, HEALTH], documents, vectors)
    changed, _, _ = fit([HEALTH, replace(TAXES, label="IMPOT ", definition="fisc", line=9)], documents, vectors)
    elsewhere, _, _ = fit([TAXES, HEALTH], documents, vectors, "q-2")
    assert same.topics[0].topic_id == changed.topics[1].topic_id != elsewhere.topics[0].topic_id
    assert topic_id_of(TAXES, "q-1") == same.topics[0].topic_id


def test_an_id_of_an_earlier_consultation_is_kept_where_it_names_one_theme() -> None:
    given = replace(TAXES, topic_id="t-old", question="7")
    assert topic_id_of(given, "q-1") == topic_id_of(given, "questionnaire:x") == "t-old"
    general = replace(TAXES, topic_id="t-old")
    assert len({topic_id_of(general, key) for key in ("q-1", "q-2", "questionnaire:x")}) == 3


def test_themes_serve_segments_and_are_saved_as_any_other(vectors: WordVectors, tmp_path: object) -> None:
    documents, _ = corpus.documents(120, seed=2)
    themes, _, _ = fit([HEALTH, TRANSPORT, TAXES], documents, vectors)
    write_sets([themes], tmp_path)  # type: ignore[arg-type]
    again = read_sets(tmp_path, vectors.n_dimensions)["q-1"]  # type: ignore[arg-type]
    assert again.topics == themes.topics
    model = Bundle("local", "1", vectors, {"q-1": again}, {})
    rows = assign_segments(model, again, [(0, "s-1", ("train", "vélo")), (1, "s-2", ("inconnu",))], 0.3)
    assert [(place, row["topic_id"]) for place, row in rows if row["rank"] == 1] == [(0, themes.topics[1].topic_id)]


def test_what_is_left_over_is_clustered_and_joins_the_themes_under_one_classifier(vectors: WordVectors) -> None:
    documents, names = corpus.documents(200, seed=2)
    first, labels, _ = fit([HEALTH, TRANSPORT], documents, vectors)
    rest = leftover(documents, labels)
    assert len(rest) == (labels == -1).sum()
    proposed = fit_themes(rest, vectors, questionnaire="organisation", question_id="q-1", model="local/1", n_topics=2)
    both = combine(first, proposed, documents, labels, vectors)
    assert proposed is not None and both.topics == first.topics + proposed.topics
    probabilities = both.assigner.probabilities(vectors.embed([document.terms for document in documents]))
    assert probabilities.shape == (200, 4) and (probabilities.sum(axis=1) <= 1 + 1e-5).all()
    best = probabilities.argmax(axis=1)
    for name, expected in (("health", {0}), ("transport", {1}), ("taxes", {2, 3}), ("school", {2, 3})):
        members = [int(k) for k, own in zip(best, names, strict=True) if own == name]
        assert sum(k in expected for k in members) / len(members) > 0.9


def test_nothing_left_over_leaves_the_themes_as_they_are(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(40, ["health"])
    themes, labels, _ = fit([HEALTH, TAXES], documents, vectors)
    assert combine(themes, None, documents, labels, vectors) is themes


def test_a_proposed_theme_with_the_label_of_a_given_one_is_told_apart(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(60)
    themes, labels, _ = fit([HEALTH], documents, vectors)
    twin = replace(themes, topics=(replace(themes.topics[0], topic_id="t-2"),))
    assert [topic.label for topic in combine(themes, twin, documents, labels, vectors).topics] == [
        "Hôpital",
        "Hôpital (autre)",
    ]


def test_one_theme_takes_what_is_near_to_it_only(vectors: WordVectors) -> None:
    documents, names = corpus.documents(200, seed=2)
    _, labels, _ = fit([HEALTH], documents, vectors)
    right = np.asarray([name == "health" for name in names])
    assert ((labels == 0) == right).mean() > 0.9


def test_a_theme_that_no_answer_has_stays_empty_and_keeps_its_place(vectors: WordVectors) -> None:
    documents, _ = corpus.documents(60, ["health", "transport"])
    unknown = CodebookEntry(5, "inconnu")
    themes, labels, _ = fit([unknown, HEALTH, TRANSPORT], documents, vectors)
    assert themes.topics[0].n_answers == 0 and themes.topics[0].terms == () and themes.topics[0].definition == ""
    assert 0 not in labels and {1, 2} <= set(labels.tolist())
    both = combine(themes, replace(themes, topics=themes.topics), documents, labels, vectors)
    assert both.assigner.n_topics == 6


@pytest.mark.parametrize("documents", [[], [Document("", (), (), ())] * 3, [corpus.written(["inconnu"])] * 3])
def test_no_answer_and_no_known_word_give_themes_without_answers(
    vectors: WordVectors, documents: list[Document]
) -> None:
    themes, labels, scores = fit([HEALTH, TAXES], documents, vectors)
    assert [topic.n_answers for topic in themes.topics] == [0, 0]
    assert labels.tolist() == [-1] * len(documents) and scores.shape == (len(documents), 2)
    found = dry_run([HEALTH, TAXES], documents, vectors, analyse)
    assert found.n_unfitted == len(documents)


def test_a_codebook_without_themes_is_refused(vectors: WordVectors) -> None:
    with pytest.raises(ValueError, match="at least one theme"):
        fit([], corpus.documents(10)[0], vectors)


def test_a_dry_run_shows_counts_shares_and_two_texts_of_each_theme(vectors: WordVectors) -> None:
    documents, names = corpus.documents(100, seed=2)
    found = dry_run([HEALTH, TRANSPORT], documents * 2, vectors, analyse)
    assert [row.label for row in found.rows] == ["Hôpital", "Gare"]
    assert sum(row.n_documents for row in found.rows) + found.n_unfitted == 200
    assert sum(row.share for row in found.rows) + found.unfitted_share == pytest.approx(1)
    own = {document.text: name for document, name in zip(documents, names, strict=True)}
    assert [own[text] for text in found.rows[0].examples] == ["health", "health"]
    assert len(set(found.rows[0].examples)) == 2


def test_words_that_most_themes_share_do_not_count_but_a_theme_keeps_its_last_word() -> None:
    entries = [CodebookEntry(i, f"moins de {word}") for i, word in enumerate(("taxe", "bus", "vélo", "fisc"))]
    words = theme_words([*entries, CodebookEntry(9, "moins")], lambda texts: [corpus.written(t.split()) for t in texts])
    assert words == [("taxe",), ("bus",), ("vélo",), ("fisc",), ("moins",)]


def test_the_level_is_what_one_score_in_ten_with_another_theme_reaches() -> None:
    scores = np.column_stack([np.full(100, 2.0), np.linspace(0, 1, 100)]).astype(np.float32)
    assert chance_level(scores) == pytest.approx(0.9)
    assert chance_level(scores[:, :1]) == chance_level(np.zeros((3, 2), np.float32)) > 0
