"""Exact copies after normalisation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.copies import find_copies, normalise_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Les Médecins", "les medecins"),
        ("  trop   d’impôts\n", "Trop d'impots."),
        ("« Rien »", "rien !"),
        ("sœur", "soeur"),
        ("e\u0301cole", "ÉCOLE"),
    ],
)
def test_case_accents_blanks_and_typography_do_not_make_another_text(one, other):
    assert normalise_text(one) == normalise_text(other)


@pytest.mark.parametrize(("one", "other"), [("+ 5 %", "5 €"), ("5,5", "55"), ("👍", "👎"), ("pas d'impôt", "impôt")])
def test_different_words_numbers_or_signs_stay_different(one, other):
    assert normalise_text(one) != normalise_text(other)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 2)), max_size=60))
def test_copies_are_those_that_a_plain_search_finds(answers):
    question, text, author = (
        (np.array(column, dtype=np.uint64) for column in zip(*answers, strict=True))
        if (answers)
        else (np.empty(0, dtype=np.uint64),) * 3
    )
    first, again = find_copies(question, text, author)
    for place, (asked, words, who) in enumerate(answers):
        same = [other for other in range(place) if answers[other][:2] == (asked, words)]
        assert first[place] == (same[0] if same else -1)
        assert again[place] == (who != 0 and any(answers[other][2] == who for other in same))
