"""Private persons in many spellings; public figures and people in office as the analyst chooses."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline import dataset
from pipeline.config import Config
from pipeline.dataset.names import first_names, public_figures
from pipeline.dataset.people import People
from pipeline.privacy import hide
from tests.workspaces import Builder

KEPT = People(public_figures(), first_names())
MASKED = People(public_figures(), first_names(), keep_public=False)


def hidden(text: str, people: People = KEPT) -> str:
    return hide(text, people.in_unread_text(text)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("je suis claude fontanel et", "je suis [nom] et"),
        ("voyez nadège vermorel", "voyez [nom]"),
        ("madame vermorelle a dit", "madame [nom] a dit"),
        ("VERMOREL Nadège", "[nom]"),
        ("N. Vermorel", "[nom]"),
        ("le juge Vermorel", "le juge [nom]"),
        ("la famille Vermorel", "la famille [nom]"),
        ("ma fille Nadège est là", "ma fille [nom] est là"),
        ("merci à Nadège et à Didier", "merci à [nom] et à [nom]"),
        ("Mme Le Vermorel", "Mme [nom]"),
        ("M.Vermorel Président", "M.[nom] Président"),
    ],
)
def test_a_name_is_masked_however_it_is_written(text: str, expected: str) -> None:
    assert hidden(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Assistante Familiale",
        "Rose Des Vents",
        "Pierre Précieuse",
        "le conseiller municipal",
        "le maître d'ouvrage",
        "la station Nadège Vermorel",
        "madame la maire",
        "la famille nombreuse",
        "je suis claire et nette",
        "jean qui rit",
        "Jean Paul Delevoye",
        "Monsieur Le Maire",
    ],
)
def test_words_and_places_are_no_persons_even_where_nothing_else_is_known(text: str) -> None:
    assert hidden(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Le maire de Lyon, M. Vermorel, dort", "Le maire de Lyon, M. [nom], dort"),
        ("Nadège Vermorel, députée de la Loire", "[nom], députée de la Loire"),
        ("M. Macron et Blanquer", "M. [nom] et [nom]"),
        ("emmanuel macron", "[nom]"),
    ],
)
def test_public_figures_and_people_in_office_stay_or_not(text: str, masked: str) -> None:
    assert hidden(text) == text
    assert hidden(text, MASKED) == masked


@pytest.mark.parametrize(
    "text",
    [
        "l'adjointe au maire Nadège Vermorel",
        "l'ancien maire de Lyon, Nadège Vermorel",
        "la femme du maire Nadège Vermorel",
    ],
)
def test_who_is_near_an_office_is_not_in_it(text: str) -> None:
    assert hidden(text) == text.replace("Nadège Vermorel", "[nom]")


@pytest.mark.parametrize("text", ["M. le maire", "le lycée Jean Moulin", "pourquoi le maire", "philippe dit"])
def test_who_masks_public_figures_keeps_functions_and_places(text: str) -> None:
    assert hidden(text, MASKED) == text


@pytest.mark.parametrize(("choice", "expected"), [("keep", "M. Macron"), ("mask", "M. [nom]")])
def test_the_dataset_does_with_public_figures_what_the_settings_say(tmp_path: Path, choice: str, expected: str) -> None:
    builder = Builder(tmp_path)
    builder.answer(builder.contribution(1), builder.question(1, "Quoi ?"), "M. Macron")
    dataset.run(builder.write(), Config().with_values("privacy", public_figures=choice))
    assert pq.read_table(tmp_path / "dataset" / "answers.parquet")["text"].to_pylist() == [expected]
