"""Register, places and model: one precedence."""

from __future__ import annotations

import pytest

from pipeline.entities.finder import knowledge
from pipeline.entities.linker import local_id
from pipeline.entities.merge import merge
from pipeline.entities.spans import Span


def spans(text: str, *by_model: tuple[str, str]) -> list[Span]:
    """Merge with what a model would say: (surface, label) of first occurrences."""
    found = [Span(text.index(one), text.index(one) + len(one), label, one) for one, label in by_model]
    return merge(text, knowledge(), found)


def organisations(text: str, *by_model: tuple[str, str]) -> list[str]:
    return [span.surface for span in spans(text, *by_model) if span.label == "ORG"]


def test_the_register_wins_over_the_model() -> None:
    text = "à Pôle emploi et à la CAF du Rhône"
    (first, second) = spans(text, ("Pôle emploi", "LOC"), ("CAF du", "PER"))
    assert (first.surface, first.label, first.organisation_id, first.source, first.score) == (
        "Pôle emploi",
        "ORG",
        "o-pole-emploi",
        "register",
        1.0,
    )
    assert (second.surface, second.organisation_id) == ("CAF du Rhône", "o-caf")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la CAF du Rhône", "CAF du Rhône"),
        ("pole emploi de cahors (46)", "pole emploi de cahors"),
        ("la MDPH du 93 tarde", "MDPH du 93"),
        ("la CPAM de Paris", "CPAM de Paris"),
        ("la CPAM de la haute vienne", "CPAM de la haute vienne"),
        ("à la mairie de Lyon", "mairie de Lyon"),
        ("le conseil départemental du Lot", "conseil départemental du Lot"),
        ("la préfecture de l'Isère", "préfecture de l'Isère"),
        ("à Pôle Emploi de Villefranche sur Saône, rien", "Pôle Emploi de Villefranche sur Saône"),
        ("la mairie de Trifouilly-les-Oies", "mairie de Trifouilly-les-Oies"),
        ("la mairie d'Orange", "mairie d'Orange"),
    ],
)
def test_a_place_makes_a_local_body_a_name(text: str, expected: str) -> None:
    assert organisations(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "la mairie",
        "la préfecture de police",
        "la mairie de mon village",
        "la mairie de LA COMMUNE",
        "le conseil régional",
    ],
)
def test_a_local_body_without_a_place_is_none(text: str) -> None:
    assert organisations(text) == []


def test_a_place_after_a_network_in_a_list_is_not_part_of_it() -> None:
    assert organisations("la CAF, Lyon et la CPAM à Paris") == ["CAF", "CPAM"]


@pytest.mark.parametrize(
    "name", ["TVA", "RIC", "BTS", "CNI", "VAE", "FranceConnect", "Parcoursup", "l'État", "Mairie", "LYON"]
)
def test_what_is_no_organisation_is_taken_from_the_model(name: str) -> None:
    assert organisations(f"On parle de la {name} ici", (name, "ORG")) == []


@pytest.mark.parametrize("text", ["ECOLE gratuite", "IL FAUT UNE ECOLE GRATUITE PARTOUT"])
def test_shouted_and_first_words_of_the_model_are_none(text: str) -> None:
    assert organisations(text, ("ECOLE", "ORG")) == []


def test_an_organisation_that_only_the_model_knows_stays_without_its_determiner() -> None:
    (span,) = spans("avec l'Association des Riverains du Canal.", ("l'Association des Riverains du Canal", "ORG"))
    assert (span.surface, span.source, span.score) == ("Association des Riverains du Canal", "model", None)
    assert span.organisation_id == local_id("ASSOCIATION DES RIVERAINS DU CANAL")


def test_persons_and_places_of_the_model_stay_and_name_no_organisation() -> None:
    found = spans("Jeanne Martin vit à Cahors", ("Jeanne Martin", "PER"), ("Cahors", "LOC"))
    assert [(span.surface, span.label, span.organisation_id) for span in found] == [
        ("Jeanne Martin", "PER", None),
        ("Cahors", "LOC", None),
    ]


def test_an_acronym_and_its_expansion_are_two_spans() -> None:
    text = "le DITP (direction inter-ministérielle de transformation publique)"
    assert organisations(text) == ["DITP", "direction inter-ministérielle de transformation publique"]
    assert len({span.organisation_id for span in spans(text)}) == 1
