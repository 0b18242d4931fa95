"""Acronyms that a text spells out, and what is learned from them for a whole corpus."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.finder import knowledge
from pipeline.entities.linker import local_id
from pipeline.entities.pairs import PairCounts, count_pairs, find_known, find_pairs
from pipeline.entities.spelt_out import find_spelt_out, learn

MATCHER = knowledge().matcher


def pairs(text: str) -> list[tuple[str, str]]:
    return [(text[p.long_start : p.long_end], text[p.short_start : p.short_end]) for p in find_pairs(text)]


@pytest.mark.parametrize(
    ("text", "long", "short"),
    [
        ("la Direction Départementale des Territoires (DDT) et", "Direction Départementale des Territoires", "DDT"),
        ("le DITP (direction inter-ministérielle de transformation publique) qui",
         "direction inter-ministérielle de transformation publique", "DITP"),
        ("AMAP (association pour le maintien de l'agriculture paysanne)",
         "association pour le maintien de l'agriculture paysanne", "AMAP"),
        ("À la Confédération générale du travail [C.G.T.], rien", "Confédération générale du travail", "C.G.T."),
        ("Fédération nationale des syndicats d'exploitants agricoles (FNSEA)",
         "Fédération nationale des syndicats d'exploitants agricoles", "FNSEA"),
        ("des PIMMS (Point information médiation multi-services)",
         "Point information médiation multi-services", "PIMMS"),
        ("le DITP ( direction interministérielle de transformation publique\t)",
         "direction interministérielle de transformation publique", "DITP"),
    ],
)  # fmt: skip
def test_an_expansion_is_the_words_that_hold_the_letters(text: str, long: str, short: str) -> None:
    assert pairs(text) == [(long, short)]


@pytest.mark.parametrize(
    "text",
    [
        "Pas de service (RAS)",
        "Rien ici (CAF)",
        "la CAF (CPAM)",
        "une (ABC)",
        "(ABC)",
        "de la protection (DLP)",
        "A B (AB)",
    ],
)
def test_brackets_that_spell_nothing_out_give_nothing(text: str) -> None:
    assert pairs(text) == []


@given(st.text(alphabet="ABCab ().[]é'\n", max_size=60))
def test_any_text_gives_pairs_within_it(text: str) -> None:
    for pair in find_pairs(text):
        assert 0 <= pair.long_start < pair.long_end <= len(text)
        assert 0 <= pair.short_start < pair.short_end <= len(text)
        assert pair.long_end <= pair.short_start or pair.short_end <= pair.long_start


def test_the_most_frequent_expansion_is_learned_and_none_of_two_as_frequent() -> None:
    often = "Fédération des amis du bocage (FAB)"
    counts = count_pairs([often, often.upper(), "Fondation des arbres blancs (FAB)"])
    assert counts.expansions() == {"FAB": "FÉDÉRATION DES AMIS DU BOCAGE"}
    tie = count_pairs(["Comité des amis du bois (CAB)", "Collectif anti bruit (CAB)"])
    assert tie.expansions() == {}
    assert (counts + tie).expansions() == counts.expansions()


def test_counts_add_up_in_any_order() -> None:
    texts = ["Comité des amis du bois (CAB)", "Collectif anti bruit (CAB)", "Comité des amis du bois (CAB)"]
    whole = count_pairs(texts)
    assert count_pairs(texts[:1]) + count_pairs(texts[1:]) == whole == count_pairs(texts[1:]) + count_pairs(texts[:1])


def test_what_is_learned_has_one_id_with_its_expansion() -> None:
    learned = learn(count_pairs(["la Fédération des amis du bocage (FAB)"]), MATCHER)
    assert learned == {"FAB": local_id("fédération des Amis du bocage")}
    assert find_known("La FAB, la F.A.B. et la fab", learned) == [(3, 6, learned["FAB"]), (11, 17, learned["FAB"])]


@pytest.mark.parametrize(
    "text",
    [
        "impôt de solidarité sur la fortune (ISF)",  # on the list of what is none
        "un établissement est très pratique (ENT)",  # no name begins so
        "la Caisse d'allocations familiales (CAF)",  # the register knows it
        "le service des impôts (SIE)",  # generic words
    ],
)
def test_what_is_no_organisation_or_known_already_is_not_learned(text: str) -> None:
    assert learn(count_pairs([text]), MATCHER) == {}


def test_an_expansion_that_the_register_knows_gives_its_acronym_that_id() -> None:
    assert learn(count_pairs(["l'Office national des forêts du Jura (ONFJ)"]), MATCHER).keys() == {"ONFJ"}
    assert learn(count_pairs(["la Caisse d'allocations familiales (CDAF)"]), MATCHER) == {"CDAF": "o-caf"}


def test_both_parts_of_a_pair_are_one_organisation() -> None:
    first, second = find_spelt_out("la Fédération des amis du bocage (FAB)", MATCHER, {})
    assert (first.surface, second.surface) == ("Fédération des amis du bocage", "FAB")
    assert first.organisation_id == second.organisation_id == local_id("Fédération des amis du bocage")


def test_no_pairs_at_all_are_no_pairs() -> None:
    assert PairCounts().expansions() == {}
    assert learn(PairCounts(), MATCHER) == {}


def test_copies_of_one_text_count_once_wherever_they_stand() -> None:
    copied, others = "le comité des amis de Bièvre (CAB)", ["la compagnie auxiliaire Bidon (CAB)"] * 2
    others[1] = f"Voyez {others[1]}"
    parts = [[copied], [copied], [copied, copied], others]
    whole = count_pairs(text for part in parts for text in part)
    assert whole.expansions() == {"CAB": "compagnie auxiliaire Bidon"}
    assert sum(map(count_pairs, parts), PairCounts()) == whole
