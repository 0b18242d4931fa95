"""The language of an answer: French unless it is clearly another."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.resources import resource
from pipeline.tokenise.detection import language_of


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RAS",
        "Non",
        "CAF",
        "transports",
        "Internet, wifi",
        "service public",
        "hopital gare poste maternite",
        "La Poste",
        "40000",
        "www.service-public.fr",
        "trop de fonctionnaires",
        "moins d impots svp",
        "Tout est bien",
        "VIVE LA FRANCE",
        "Pôle emploi CAF CPAM MSA Carsat Urssaf",
        "Rendre l'administration plus simple",
        "Start-up nation, flat tax, team building : assez !",
    ],
)
def test_short_french_answers_stay_french(text: str) -> None:
    assert language_of(text) == "fr"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I would like more trains and fewer roads please, because the countryside needs them", "en"),
        ("The government should listen to the people before raising taxes again", "en"),
        ("Wir brauchen mehr Züge und weniger Straßen, und die Verwaltung muss einfacher werden", "de"),
        ("Necesitamos más trenes y menos carreteras, y que el gobierno escuche a la gente del campo", "es"),
        ("Vorremmo più treni e meno strade, e che il governo ascolti finalmente la gente", "it"),
        ("É preciso baixar os impostos e melhorar os hospitais do interior", "pt"),
    ],
)
def test_sentences_in_another_language_are_told(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_french_answer_that_quotes_english_is_french() -> None:
    text = "Il faut arrêter avec le « flat tax », les « start-ups » et le « management » dans les services publics"
    assert language_of(text) == "fr"


def test_shouted_and_unaccented_french_is_french() -> None:
    assert language_of("IL FAUT RETABLIR L ISF ET BAISSER LES IMPOTS DES PLUS MODESTES") == "fr"


def test_hardly_an_answer_of_the_sample_is_taken_for_another_language() -> None:
    with resource("seeds", "contributions", "organisation.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.DictReader(file) for name, cell in row.items() if name[:1] == "Q" and cell]
    other = [cell for cell in cells if language_of(cell) != "fr"]
    assert len(cells) > 3000
    assert len(other) / len(cells) < 0.002, other


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_a_language_code(text: str) -> None:
    assert language_of(text).isalpha() and len(language_of(text)) == 2


def test_codes_and_numbers_are_no_foreign_language() -> None:
    assert language_of("A0E0E0E0¹0¹") == "fr"
