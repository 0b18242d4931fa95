"""Terms: the lemmas that can tell one theme from another, whatever apostrophe a person types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.terms import MAXIMUM_LENGTH, stop_words, term_of
from pipeline.topics.documents import document


@pytest.mark.parametrize("word", ["le", "être", "d'", "ne", "aujourd'hui", "Les", "IL"])
def test_stop_words_are_no_terms(word: str) -> None:
    assert term_of(word, word.lower()) is None


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ", "`", "´"])
def test_a_stop_word_is_one_whatever_its_apostrophe(apostrophe: str) -> None:
    word = f"aujourd{apostrophe}hui"
    assert term_of(word, word) is None
    assert term_of(f"d{apostrophe}", f"d{apostrophe}") is None


def test_a_form_that_is_a_stop_word_is_no_term_even_when_its_lemma_is_none() -> None:
    assert "sont" in stop_words()
    assert term_of("sont", "xyz") is None


def test_the_term_is_the_lemma_in_lower_case() -> None:
    assert term_of("Médecins", "Médecin") == "médecin"
    assert term_of("SNCF", "SNCF") == "sncf"


@pytest.mark.parametrize("word", ["", "a", "12", "2019", "!!!", "-", "😀", "x" * (MAXIMUM_LENGTH + 1), "mot-", "…"])
def test_what_is_no_word_is_no_term(word: str) -> None:
    assert term_of(word, word) is None


def test_compounds_are_terms() -> None:
    assert term_of("rendez-vous", "rendez-vous") == "rendez-vous"
    assert term_of("co2", "co2") == "co2"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_token_gives_a_short_lower_case_term_or_none(form: str, lemma: str) -> None:
    term = term_of(form, lemma)
    assert term is None or (2 <= len(term) <= MAXIMUM_LENGTH and term not in stop_words())


def test_a_document_knows_where_its_terms_stand() -> None:
    text = "Le pouvoir d'achat des retraités"
    words = [("Le", 0), ("pouvoir", 3), ("d'", 11), ("achat", 13), ("des", 19), ("retraités", 23)]
    found = document(text, [(word, word.lower(), start, start + len(word)) for word, start in words])
    assert [found.surface(i) for i in range(len(found.terms))] == list(found.terms)
    assert "achat" in found.terms and "retraités" in found.terms


def test_an_empty_text_is_a_document_without_terms() -> None:
    assert document("", []).terms == ()


def test_a_sign_whose_lemma_is_a_word_is_no_term() -> None:
    assert term_of("%", "pourcent") is None
