"""Of what people said of names, only what they said in one voice teaches."""

from __future__ import annotations

from pipeline.entities.corrected import CorrectedName, hash_of
from pipeline.entities.linker import local_id
from pipeline.retrain.names import corrections_of
from pipeline.review.mentions import MentionEdit, ReviewedMentions


def edit(
    text: str, before: str, after: str | None, label: str | None, organisation_id: str | None = None
) -> MentionEdit:
    start = text.index(before)
    new = start if after is None else text.index(after)
    end = start + len(before) if after is None else new + len(after)
    return MentionEdit(start, start + len(before), label, new, end, organisation_id, text, "d")


def taught(*edits: MentionEdit, **more: object) -> ReviewedMentions:
    return ReviewedMentions({f"a-{place}": (one,) for place, one in enumerate(edits)}, **more)  # type: ignore[arg-type]


HOUSE = "La Maison du Lac aide."


def test_a_name_with_a_capital_is_learned_from_one_answer_with_its_organisation() -> None:
    linked = edit(HOUSE, "Maison du Lac", "Maison du Lac", "ORG", "r:lac")
    assert corrections_of(taught(linked)).names == (CorrectedName("Maison du Lac", "ORG", "r:lac"),)
    unlinked = edit(HOUSE, "Maison du Lac", "Maison du Lac", "ORG")
    assert corrections_of(taught(unlinked)).names[0].organisation_id == local_id("Maison du Lac")


def test_a_single_word_without_a_capital_needs_two_answers() -> None:
    one, other = edit("la poste ferme", "poste", "poste", "ORG"), edit("une poste", "poste", "poste", "ORG")
    assert corrections_of(taught(one)).names == ()
    assert corrections_of(taught(one, other)).names == (CorrectedName("poste", "ORG", local_id("poste")),)


def test_a_deletion_needs_two_answers_and_leaves_no_name_behind() -> None:
    one, other = edit("Taxer plus", "Taxer", None, None), edit("Taxer moins", "Taxer", None, None)
    assert not corrections_of(taught(one))
    found = corrections_of(taught(one, other))
    assert found.nothing == {hash_of("taxer")} and b"axer" not in found.to_json()


def test_two_opinions_teach_nothing() -> None:
    org = edit(HOUSE, "Maison du Lac", "Maison du Lac", "ORG", "r:lac")
    place = edit("Maison du Lac", "Maison du Lac", "Maison du Lac", "LOC")
    gone = edit("Oui, Maison du Lac", "Maison du Lac", None, None)
    assert not corrections_of(taught(org, place))
    assert not corrections_of(taught(org, gone))


def test_names_of_persons_are_not_kept() -> None:
    person = edit("Jeanne Durand a dit", "Jeanne Durand", "Jeanne Durand", "PER")
    found = corrections_of(taught(person))
    assert not found and b"Durand" not in found.to_json()


def test_other_boundaries_teach_the_new_ones() -> None:
    text = "L’Union nationale des PIMMS."
    moved = edit(text, "Union nationale", "Union nationale des PIMMS", "ORG", "r:pimms")
    assert corrections_of(taught(moved)).names == (CorrectedName("Union nationale des PIMMS", "ORG", "r:pimms"),)


def test_a_french_word_with_a_capital_needs_two_answers_too() -> None:
    one, other = edit("Elle aide", "Elle", "Elle", "ORG"), edit("Elle, oui", "Elle", "Elle", "ORG")
    assert corrections_of(taught(one)).names == ()
    assert len(corrections_of(taught(one, other)).names) == 1
    assert len(corrections_of(taught(edit("La CARSAT aide", "CARSAT", "CARSAT", "ORG"))).names) == 1


def test_of_two_organisations_of_one_spelling_the_last_one_that_people_said_is_taught() -> None:
    found = corrections_of(
        taught(spellings={"r:a": ("Truc Machin",), "r:b": ("Truc Machin",)}, aliases={"truc machin": "r:a"})
    )
    assert found.names == (CorrectedName("Truc Machin", "ORG", "r:a"),)


def test_spellings_that_people_added_come_before_what_one_answer_says() -> None:
    one = edit(HOUSE, "Maison du Lac", "Maison du Lac", "ORG", "r:other")
    found = corrections_of(taught(one, spellings={"r:lac": ("maison du lac",)}, aliases={"maison du lac": "r:lac"}))
    assert found.names == (CorrectedName("maison du lac", "ORG", "r:lac"),)
