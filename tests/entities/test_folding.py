"""Folded text: the same name however it is written, and offsets that lead back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.folding import _fold_slowly, fold, fold_with_offsets


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Pôle-Emploi", "pole emploi"),
        ("POLE  EMPLOI", "pole emploi"),
        ("Po\u0302le\u00a0emploi", "pole emploi"),
        ("S.N.C.F.", "sncf"),
        ("l\u2019U.E", "l ue"),
        ("Restos du cœur", "restos du coeur"),
        ("ＣＡＦ", "caf"),
        ("pôle\u00adem\u200bploi", "poleemploi"),
        ("la CAF. Elle", "la caf. elle"),
        ("Lyon…", "lyon…"),
    ],
)
def test_case_accents_hyphens_apostrophes_and_dots_of_acronyms_do_not_count(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_every_folded_character_remembers_where_it_comes_from(text: str) -> None:
    folded = fold_with_offsets(text)
    assert len(folded.offsets) == len(folded.text)
    assert list(folded.offsets) == sorted(folded.offsets)
    assert all(0 <= offset < len(text) for offset in folded.offsets)


@given(st.text(alphabet="aéÉzœ -'’.\u00a0\n\u0301«!", max_size=40))
def test_the_fast_way_and_the_slow_way_agree(text: str) -> None:
    fast, slow = fold_with_offsets(text), _fold_slowly(text)
    assert (fast.text, list(fast.offsets)) == (slow.text, list(slow.offsets))


def test_an_accent_of_its_own_belongs_to_the_letter_before_it() -> None:
    text = "e\u0301te\u0301!"
    folded = fold_with_offsets(text)
    assert folded.text == "ete!"
    assert folded.span(0, 3) == (0, 5)
