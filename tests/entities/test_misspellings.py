"""Misspelt words of long names: found, but never where a French word means what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.finder import knowledge
from pipeline.entities.folding import fold
from pipeline.entities.misspellings import Misspellings

MATCHER = knowledge().matcher


def found(text: str) -> list[tuple[str, str]]:
    return [(text[match.start : match.end], match.organisation_id) for match in MATCHER.find(text)]


@pytest.mark.parametrize(
    ("text", "surface", "organisation_id"),
    [
        ("la misson locale de mon quartier", "misson locale", "mission-locale"),
        ("l’Asemblée  nationnale, oui", "Asemblée  nationnale", "assemblee-nationale"),
        ("à l'éductation nationale", "éductation nationale", "education-nationale"),
        ("la sécurtie sociale", "sécurtie sociale", "securite-sociale"),
        ("le conseil économique et sociale", "conseil économique et sociale", "cese"),
        ("Caisse des Dépôts et consignation !", "Caisse des Dépôts et consignation", "caisse-des-depots"),
        ("avec l'AGEPHIP", "AGEPHIP", "agefiph"),
        ("les pesticides de Monsento.", "Monsento", "monsanto"),
    ],
)
def test_a_name_with_a_misspelt_word_is_found_with_exact_offsets(text: str, surface: str, organisation_id: str) -> None:
    assert found(text) == [(surface, organisation_id)]


@pytest.mark.parametrize(
    "text",
    [
        "le ministre de l'éducation",  # a person
        "une température accentuée",  # no capital, and a French word
        "la porte, la pose, la balle",  # too short a name
        "des missions locaux",  # two letters away
        "la mision est locale",  # not side by side
        "Roussel",  # a surname
    ],
)
def test_what_may_mean_what_it_says_is_left(text: str) -> None:
    assert found(text) == []


def test_texts_are_mended_only_where_the_other_words_of_a_name_stand_too() -> None:
    misspellings = Misspellings(["mission locale", "agefiph"])
    assert misspellings.mend("une misson difficile") is None
    text, places, words = misspellings.mend("la misson locale.") or ("", [], [])
    assert text == "la mission locale."
    assert [text[start:end] for start, end in words] == ["mission"]
    assert len(places) == len(text)
    assert misspellings.mend("la misson locale.") is not None  # what was met before is still told


def test_what_is_remembered_stays_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.entities.misspellings._REMEMBERED", 20)
    misspellings = Misspellings(["mission locale"])
    for number in range(100):
        assert misspellings.mend(f"{number} une{'a' * (number % 9)} {'long' * number}") is None
        assert len(misspellings._sound) + len(misspellings._mended) <= 20
        assert all(len(one) <= 80 for one in (*misspellings._sound, *misspellings._mended))


@given(st.text(alphabet="abcmisonlocae .,é", max_size=40))
def test_places_go_up_and_stay_within_the_text(text: str) -> None:
    folded = fold(text)
    mended = Misspellings(["mission locale"]).mend(folded)
    if mended is not None:
        _, places, _ = mended
        assert places == sorted(places)
        assert all(0 <= place < len(folded) for place in places)
