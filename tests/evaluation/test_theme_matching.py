"""Which theme of people a theme stands for, and what a sub-theme counts as."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.theme_matching import UNMATCHED, Matching, Topic, match_themes

TAXES = Topic("t-taxes", "Impôts")
VAT = Topic("t-vat", "La T.V.A.", "t-taxes")
TRAINS = Topic("t-trains", "Trains du soir")
TOPICS = [TAXES, VAT, TRAINS]


def test_names_match_whatever_their_case_and_accents_and_ids_match_too() -> None:
    found = match_themes(TOPICS, [(["t-taxes"], ["IMPOTS"]), (["t-trains"], ["t-trains"])])
    assert found.how == "labels" and found.theme_of == {"t-taxes": "IMPOTS", "t-trains": "t-trains"}


def test_without_an_equal_name_themes_are_matched_one_to_one_where_most_answers_agree() -> None:
    answers = [(["t-vat"], ["fiscalité"])] * 3 + [(["t-trains"], ["fiscalité", "transport"])] * 2
    found = match_themes(TOPICS, answers)
    assert found.how == "best" and found.theme_of == {"t-taxes": "fiscalité", "t-trains": "transport"}
    assert match_themes(TOPICS, answers, "labels").theme_of == {}


def test_one_name_that_is_equal_by_chance_does_not_make_all_others_wrong() -> None:
    answers = [(["t-vat"], ["fiscalité"])] * 2 + [(["t-trains"], ["trains du soir"])]
    assert match_themes(TOPICS, answers).theme_of == {"t-taxes": "fiscalité", "t-trains": "trains du soir"}
    found = match_themes(TOPICS, answers[1:])  # half of what people gave
    assert found.how == "labels" and found.theme_of == {"t-trains": "trains du soir"}


def test_best_is_taken_where_it_is_asked_for_even_if_names_are_equal() -> None:
    answers = [(["t-trains"], ["Impôts"]), (["t-taxes"], ["Trains du soir"])]
    assert match_themes(TOPICS, answers, "best").theme_of == {"t-taxes": "Trains du soir", "t-trains": "Impôts"}


def test_a_sub_theme_counts_as_its_theme_where_people_name_the_theme() -> None:
    found = Matching("labels", {"t-taxes": "Impôts"}, {"t-vat": "t-taxes"})
    assert found.given(["t-vat"], {"Impôts"}) == {"Impôts"}
    assert found.given(["t-vat"], {"Trains"}) == {"Impôts"}  # a wrong one, and only one
    assert found.given(["t-vat", "t-taxes"], set()) == {"Impôts"}


def test_a_sub_theme_that_people_name_is_itself_and_its_theme_only_where_they_say_so() -> None:
    found = Matching("labels", {"t-taxes": "Impôts", "t-vat": "TVA"}, {"t-vat": "t-taxes"})
    assert found.given(["t-vat"], {"TVA"}) == {"TVA"}
    assert found.given(["t-vat"], {"TVA", "Impôts"}) == {"TVA", "Impôts"}
    assert found.given(["t-vat"], {"Impôts"}) == {"Impôts"}
    assert found.given(["t-vat"], {"Trains"}) == {"TVA"}
    assert found.given(["t-taxes"], {"TVA"}) == {"Impôts"}


def test_parts_of_a_theme_that_stands_for_none_are_one_wrong_theme() -> None:
    found = Matching("best", {}, {"t-vat": "t-taxes", "t-csg": "t-taxes"})
    assert found.given(["t-vat", "t-csg"], {"Impôts"}) == {f"{UNMATCHED}t-taxes"}
    assert found.given([], {"Impôts"}) == frozenset()


def test_the_main_theme_is_counted_at_the_level_that_people_name() -> None:
    found = Matching("labels", {"t-vat": "TVA"}, {"t-vat": "t-taxes", "t-csg": "t-taxes"})
    assert [found.group(key) for key in ("t-vat", "t-csg", "t-taxes", None)] == ["t-vat", "t-taxes", "t-taxes", ""]


_IDS = st.sets(st.sampled_from(["t-taxes", "t-vat", "t-trains"]))
_NAMES = st.sets(st.sampled_from(["Impôts", "la t.v.a.", "Trains", "École"]))


@given(st.lists(st.tuples(_IDS, _NAMES)))
def test_every_theme_that_was_found_counts_and_right_ones_are_those_of_people(
    answers: list[tuple[set[str], set[str]]],
) -> None:
    for how in (None, "labels", "best"):
        found = match_themes(TOPICS, answers, how)
        for topics, gold in answers:
            given_ = found.given(topics, gold)
            assert bool(given_) == bool(topics)
            names = {name for name in given_ if not name.startswith(UNMATCHED)}
            assert names <= set(found.theme_of.values())
            assert all(found.given([topic], gold) & given_ for topic in topics)
