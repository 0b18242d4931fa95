"""Names that people corrected are found in other texts, and what they said is no mention is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.corrected import CorrectedName, Corrections, corrections_from_json, hash_of
from pipeline.entities.finder import knowledge, recognise
from pipeline.entities.folding import fold, fold_with_offsets
from pipeline.entities.spans import Span
from pipeline.tables import LEARNED

HOUSE = CorrectedName("Maison du Lac", "ORG", "local:maison du lac")


def found(text: str, *names: CorrectedName) -> list[tuple[str, str, str | None]]:
    spans = Corrections(names).find(fold_with_offsets(text))
    assert all(text[span.start : span.end] == span.surface and span.source == LEARNED for span in spans)
    return [(span.surface, span.label, span.organisation_id) for span in spans]


def test_a_name_is_found_as_it_is_written_whatever_its_accents_and_hyphens() -> None:
    assert found("Merci à la Maison-du-Lac !", HOUSE) == [("Maison-du-Lac", "ORG", "local:maison du lac")]
    assert found("une maison du lac", HOUSE) == []


def test_a_name_without_capitals_is_found_in_any_casing() -> None:
    assert found("La Poste, la poste", CorrectedName("la poste", "ORG", "r:poste")) == [
        ("La Poste", "ORG", "r:poste"),
        ("la poste", "ORG", "r:poste"),
    ]


def test_an_organisation_of_the_register_stands_before_what_people_corrected_elsewhere() -> None:
    text = "La CAF et la Maison du Lac."
    wrong = CorrectedName("CAF", "ORG", "local:caf")
    spans = recognise([text], use_model=False, corrected=Corrections((wrong, HOUSE)))[0]
    known = recognise([text], use_model=False)[0]
    assert [span.surface for span in spans] == ["CAF", "Maison du Lac"]
    assert spans[0] == known[0] and spans[1].organisation_id == "local:maison du lac"


def test_what_people_said_is_no_mention_is_left_out_of_what_models_find_alone() -> None:
    corrections = Corrections(nothing=frozenset({hash_of(fold("Taxer"))}))
    assert corrections.denies(Span(0, 5, "MISC", "TAXER"))
    assert not corrections.denies(Span(0, 5, "ORG", "Taxer", "r:taxer", "register", 1.0))
    assert not corrections.denies(Span(0, 6, "MISC", "Taxes"))


def test_a_name_of_another_kind_takes_the_place_of_what_a_model_says() -> None:
    place = CorrectedName("Lac Bleu", "LOC")
    corrections = Corrections((place,))
    assert corrections.denies(Span(0, 8, "PER", "Lac Bleu")) and not corrections.denies(Span(0, 8, "LOC", "Lac Bleu"))
    spans = recognise(["Près du Lac Bleu."], corrected=corrections)[0]
    assert [(span.surface, span.label) for span in spans] == [("Lac Bleu", "LOC")]


def test_nothing_corrected_changes_nothing() -> None:
    text = ["La CAF de Lyon, Madame Durand et la SNCF."]
    assert recognise(text, corrected=Corrections()) == recognise(text)
    assert not Corrections() and Corrections((HOUSE,))
    assert knowledge().corrected == Corrections()


@given(
    st.lists(
        st.builds(CorrectedName, st.text(min_size=1), st.sampled_from(["ORG", "LOC"]), st.none() | st.text()),
        unique_by=lambda one: one.surface,
        max_size=5,
    ),
    st.text(max_size=80),
)
def test_any_names_are_written_and_read_and_searched(names: list[CorrectedName], text: str) -> None:
    written = Corrections(tuple(sorted(names, key=lambda one: one.surface)), frozenset({hash_of("x")}))
    again = corrections_from_json(written.to_json())
    assert set(again.names) == set(names) and again.nothing == written.nothing
    for span in again.find(fold_with_offsets(text)):
        assert text[span.start : span.end] == span.surface


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError):
        corrections_from_json(b'{"names": [{"surface": 1}]}')
