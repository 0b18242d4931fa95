"""What makes two texts word for word the same."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.normalising import normalise_texts, text_keys


def normalised(*texts):
    found = normalise_texts(pa.array(texts, pa.string()))
    return found[0] if len(texts) == 1 else found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Les Médecins", "les medecins"),
        ("  trop   d’impôts\n", "Trop d'impots."),
        ("« Rien »", "rien !"),
        ("sœur", "soeur"),
        ("e\u0301cole", "ÉCOLE"),
        ("L'école, oui.", "l’école oui"),
        ("sœur\xadiale", "soeuriale"),
        ("une\u202foffre –\u00a0ici", "Une offre, ici"),
        ("100 €", "100 euros"),
        ("ПРИВЕТ", "привет"),
    ],
)
def test_case_accents_blanks_and_typography_do_not_make_another_text(one, other):
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), [("+ 5 %", "5 €"), ("5,5", "55"), ("👍", "👎"), ("pas d'impôt", "impôt")])
def test_different_words_numbers_or_signs_stay_different(one, other):
    assert normalised(one) != normalised(other)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(texts, max_size=8))
def test_a_text_is_normalised_the_same_alone_and_among_others(found):
    assert normalise_texts(pa.array(found, pa.string())) == [normalised(text) for text in found]


@given(texts)
def test_the_normalised_text_has_single_blanks_and_stays_as_it_is(text):
    once = normalised(text)
    assert (b"  " not in once and once.isascii()) or once.startswith(b"=")
    if not once.startswith(b"="):
        assert once == once.strip() and normalised(once.decode("ascii")) == once


def test_signs_alone_are_kept_apart():
    assert len(set(normalised("👍", "👎", "!", "?", "...", "😀"))) == 6


def test_keys_are_those_of_the_words():
    one, other, third = text_keys(normalised("Trop d'impôts !", "trop d’impots", "trop peu"))
    assert one == other != third
