"""The key of a partition holds what may touch it, and not what happens elsewhere."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dataset.names import first_names, public_figures
from pipeline.dataset.partition_keys import names_that_matter
from pipeline.dataset.people import People

PEOPLE = People(public_figures(), first_names())
WORDS = st.sampled_from(
    ["Jean", "Durand", "jean", "rose", "Rose", "d'Inès", "Marie-Claire", "le", "Madame", "vélo", ",", "."]
)


def test_only_names_all_of_whose_words_are_in_the_text_matter() -> None:
    people = replace(PEOPLE, ordinary=frozenset({"rose", "pierre"}), seen=frozenset({"jean durand", "luc moreau"}))
    assert names_that_matter(people, "Merci à Jean DURAND, une rose") == (["rose"], ["jean durand"])
    assert names_that_matter(people, "Jean seul") == ([], [])


@settings(deadline=None)  # the first one loads word lists
@given(st.lists(WORDS, max_size=12), st.sets(st.sampled_from(["jean durand", "rose durand", "marie claire durand"])))
def test_what_is_left_out_hides_nothing(words: list[str], seen: set[str]) -> None:
    text = " ".join(words)
    people = replace(PEOPLE, ordinary=frozenset({"rose", "jean"}), seen=frozenset(seen))
    ordinary, kept = names_that_matter(people, text)
    less = replace(people, ordinary=frozenset(ordinary), seen=frozenset(kept))
    assert list(less.in_unread_text(text)) == list(people.in_unread_text(text))
    assert list(less.in_read_text(text, [])) == list(people.in_read_text(text, []))
