"""Phrases: runs of terms that can stand alone, told from pieces of longer ones by what people write around them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pipeline.language.terms import stop_words
from pipeline.topics.documents import Document
from pipeline.topics.phrases import (
    CONJUGATED,
    INFINITIVE,
    LONGEST,
    OTHER,
    PARTICIPLE,
    Phrases,
    find_phrases,
    is_infinitive,
    kind_of,
)

WORD = re.compile(r"[\w-]+")


def document(text: str, lemmas: dict[str, str] | None = None) -> Document:
    """Return the document of a text: its words but the stop words, with their lemmas where they are given."""
    found = [m for m in WORD.finditer(text) if m.group().lower() not in stop_words()]
    terms = tuple((lemmas or {}).get(m.group().lower(), m.group().lower()) for m in found)
    return Document(text, terms, tuple(m.start() for m in found), tuple(m.end() for m in found))


def phrases(texts: list[str], lemmas: dict[str, str] | None = None) -> Phrases:
    return find_phrases([document(text, lemmas) for text in texts])


def several(found: Phrases) -> set[str]:
    return {" ".join(terms) for terms in found.terms if len(terms) > 1}


def alone(found: Phrases) -> set[str]:
    return {" ".join(terms) for terms, whole in zip(found.terms, found.whole, strict=True) if whole}


def test_a_phrase_is_up_to_four_terms_with_linking_words_between_them() -> None:
    found = phrases(["la suppression des avantages des élus de la nation française"] * 2)
    assert "suppression avantages élus nation" in several(found)
    assert max(len(terms) for terms in found.terms) == LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "impôts, retraites",
        "impôts. Retraites",
        "impôts\nretraites",
        "impôts qui financent retraites",
        "impôts ; retraites",
    ],
)
def test_no_phrase_runs_across_punctuation_lines_or_other_words(text: str) -> None:
    assert "impôts retraites" not in several(phrases([text, text]))


def test_a_phrase_of_several_terms_stands_in_two_documents() -> None:
    found = phrases(["le vote blanc et le vote blanc", "le vote blanc", "les niches fiscales et les niches fiscales"])
    assert several(found) == {"vote blanc"}


def test_a_phrase_has_no_conjugated_verb() -> None:
    lemmas = {"financent": "financer"}
    assert "impôts financer" not in several(phrases(["impôts financent la santé"] * 2, lemmas))


def test_an_infinitive_after_a_noun_needs_a_preposition() -> None:
    assert "impôts payer" in several(phrases(["les impôts à payer"] * 2))
    assert "entreprises payer" not in several(phrases(["les entreprises payer"] * 2))


def test_an_article_alone_links_a_verb_with_its_object_but_not_two_nouns() -> None:
    assert "taxer revenu" in several(phrases(["taxer le revenu"] * 2))
    assert "revenu citoyen" not in several(phrases(["revenu le citoyen"] * 2))


def test_pieces_of_longer_phrases_do_not_stand_alone() -> None:
    found = phrases(["l'évasion fiscale", "contre l'évasion fiscale", "une évasion fiscale"])
    assert alone(found) == {"évasion fiscale"}


def test_a_word_that_qualifies_others_does_not_stand_alone() -> None:
    found = phrases(["la fraude fiscale", "les niches fiscales", "la justice fiscale"], {"fiscales": "fiscale"})
    assert "fiscale" not in alone(found)


def test_a_word_after_verbs_is_no_noun() -> None:
    found = phrases(["il faut que ce soit accessible", "tout est accessible", "la mairie"])
    assert "accessible" not in alone(found) and "mairie" in alone(found)


def test_locutions_are_no_phrases() -> None:
    assert "fonction" not in alone(phrases(["payer en fonction", "taxer en fonction"]))


def test_counts_tell_how_often_a_phrase_stands_in_a_document() -> None:
    found = phrases(["vote blanc, vote blanc", "vote blanc", "rien d'autre ici"])
    number = found.terms.index(("vote", "blanc"))
    assert found.counts()[:, number].toarray().ravel().tolist() == [2, 1, 0]


def test_occurrences_point_at_the_first_term() -> None:
    found = phrases(["un autre jour, le vote blanc", "le vote blanc"])
    for phrase, owner, position in zip(found.phrase, found.owner, found.position, strict=True):
        terms = found.terms[phrase]
        assert found.documents[owner].terms[position : position + len(terms)] == terms


@pytest.mark.parametrize("term", ["taxer", "publier", "simplifier", "réduire", "mettre", "finir", "rendre", "élire"])
def test_infinitives_are_told(term: str) -> None:
    assert is_infinitive(term)


@pytest.mark.parametrize(
    "term",
    ["foncier", "loyer", "métier", "avenir", "ministre", "maire", "affaire", "histoire", "lettre", "particulier"],
)
def test_nouns_and_adjectives_that_end_like_infinitives_are_told(term: str) -> None:
    assert not is_infinitive(term)


@pytest.mark.parametrize(
    ("form", "term", "kind"),
    [
        ("Taxer", "taxer", INFINITIVE),
        ("taxent", "taxer", CONJUGATED),
        ("paie", "payer", CONJUGATED),
        ("permettrait", "permettre", CONJUGATED),
        ("taxées", "taxer", PARTICIPLE),
        ("réduit", "réduire", PARTICIPLE),
        ("taxes", "taxe", OTHER),
        ("étrangère", "étranger", OTHER),
    ],
)
def test_the_form_of_a_verb_shows_in_its_lemma(form: str, term: str, kind: int) -> None:
    assert kind_of(form, term) == kind


def test_nothing_gives_nothing() -> None:
    empty = find_phrases([])
    assert empty.terms == [] and empty.counts().shape == (0, 0)
    blank = find_phrases([Document("", (), (), ())] * 3)
    assert blank.terms == [] and blank.counts().shape == (3, 0)


def test_finding_twice_gives_the_same() -> None:
    texts = ["supprimer les niches fiscales", "les niches fiscales des riches", "taxer les riches", "taxer les riches"]
    one, two = phrases(texts), phrases(texts)
    assert one.terms == two.terms and np.array_equal(one.phrase, two.phrase) and np.array_equal(one.whole, two.whole)
