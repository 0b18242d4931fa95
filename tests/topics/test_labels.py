"""Labels: a theme is named by its own words, as people wrote them, and no two themes have one name."""

from __future__ import annotations

import re

import numpy as np

from pipeline.topics.documents import Document
from pipeline.topics.labels import LISTED_TERMS, name_topics
from tests import corpus

WORD = re.compile(r"[\w-]+")
STOPS = {"le", "la", "les", "de", "du", "d", "des", "plus", "et", "il", "faut", "sur"}


def document(text: str) -> Document:
    """Return the document of a text: every word is a term but the stop words, the term is the word in lower case."""
    words = [match for match in WORD.finditer(text) if match.group().lower() not in STOPS]
    terms = tuple(match.group().lower() for match in words)
    return Document(text, terms, tuple(m.start() for m in words), tuple(m.end() for m in words))


def named(groups: list[list[str]]) -> list[str]:
    documents = [document(text) for group in groups for text in group]
    labels = np.asarray([number for number, group in enumerate(groups) for _ in group])
    return [naming.label for naming in name_topics(documents, labels, len(groups))]


def test_a_theme_is_named_by_the_words_that_tell_it_from_the_others() -> None:
    documents, themes = corpus.documents(80)
    order = list(corpus.THEMES)
    found = name_topics(documents, np.asarray([order.index(theme) for theme in themes]), 4)
    for theme, naming in zip(order, found, strict=True):
        assert set(naming.terms) <= set(corpus.THEMES[theme])
        assert list(naming.term_scores) == sorted(naming.term_scores, reverse=True)
        assert all(score > 0 for score in naming.term_scores)
        assert all(part.lower() in corpus.THEMES[theme] for part in naming.label.split(", "))


def test_an_acronym_keeps_its_capitals_and_shouted_words_lose_theirs() -> None:
    groups = [["la SNCF ferme LES GUICHETS", "trop cher la SNCF et les GUICHETS"], ["moins d impôts"] * 2]
    label = named(groups)[0]
    assert "SNCF" in label
    assert "guichets" in label.lower() and "GUICHETS" not in label


def test_a_phrase_is_a_part_of_the_label() -> None:
    groups = [["le pouvoir d'achat baisse", "plus de pouvoir d'achat", "pouvoir d'achat"], ["les trains"] * 3]
    label = named(groups)[0]
    assert "pouvoir d'achat" in label.lower().split(", ")
    assert "achat" not in label.lower().replace("pouvoir d'achat", "")


def test_a_phrase_keeps_the_words_between_its_terms() -> None:
    groups = [["impôt sur le revenu", "baisser impôt sur le revenu"] * 2, ["les trains"] * 3]
    assert "impôt sur le revenu" in named(groups)[0].lower()


def test_the_usual_form_is_shown_not_the_lemma() -> None:
    documents = [
        Document("les médecins", ("médecin",), (4,), (12,)),
        Document("des médecins", ("médecin",), (4,), (12,)),
        Document("le train", ("train",), (3,), (8,)),
    ]
    first = name_topics(documents, np.asarray([0, 0, 1]), 2)[0]
    assert first.label == "Médecins" and first.terms == ("médecins",)


def test_labels_differ_even_where_the_words_are_the_same() -> None:
    labels = named([["la gare"] * 3, ["la gare"] * 3, ["la gare"] * 3])
    assert len(set(labels)) == 3 and all(labels)


def test_themes_without_words_have_names_that_differ() -> None:
    empty = Document("", (), (), ())
    found = name_topics([empty] * 4, np.asarray([0, 1, 0, -1]), 3)
    assert len({naming.label for naming in found}) == 3
    assert all(naming.terms == () and naming.label and naming.definition for naming in found)


def test_a_theme_without_documents_is_named_too() -> None:
    found = name_topics([document("la gare")], np.asarray([-1]), 1)
    assert found[0].label and found[0].terms == ()


def test_definitions_are_french_with_a_no_break_space_before_the_colon() -> None:
    documents, themes = corpus.documents(20)
    found = name_topics(documents, np.zeros(20, dtype=np.int64), 1)[0]
    assert found.definition.startswith("Réponses où reviennent\u00a0: ")
    assert len(found.terms) <= LISTED_TERMS
    assert themes


def test_naming_twice_gives_the_same_names() -> None:
    documents, _ = corpus.documents(60)
    labels = np.arange(60) % 3
    assert name_topics(documents, labels, 3) == name_topics(documents, labels, 3)
