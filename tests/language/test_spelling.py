"""The usual spelling of a form: put right where it is certain, left alone elsewhere."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.model import is_known
from pipeline.language.spelling import usual_form
from pipeline.resources import resource


@pytest.mark.parametrize(
    ("form", "usual"),
    [
        ("ecole", "école"),
        ("Ecole", "École"),
        ("ECOLE", "école"),
        ("impots", "impôts"),
        ("telephonique", "téléphonique"),
        ("proportionelle", "proportionnelle"),
        ("SUPPRIMER", "supprimer"),
        ("LES", "les"),
        ("L'", "l'"),
        ("SÉNAT", "sénat"),
    ],
)
def test_capitals_missing_accents_and_common_misspellings_are_put_right(form: str, usual: str) -> None:
    assert usual_form(form) == usual


@pytest.mark.parametrize(
    "form",
    ["marche", "nombre", "ligne", "compte", "CAF", "TVA", "SNCF", "ENA", "Macron", "Lyon", "cesu", "à", "mur", "sur"],
)
def test_words_and_names_and_acronyms_are_left_alone(form: str) -> None:
    assert usual_form(form) == form


@given(st.text(max_size=20))
def test_the_usual_spelling_is_settled_at_once(form: str) -> None:
    assert usual_form(usual_form(form)) == usual_form(form)


def test_the_shipped_misspellings_are_sorted_lower_case_and_lead_to_words() -> None:
    with resource("seeds", "spelling", "french.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    forms = [row["form"] for row in rows]
    assert len(rows) > 1500 and forms == sorted(set(forms))
    assert all(form == form.lower() for form in forms)
    assert not {row["usual"] for row in rows} & set(forms), "a right spelling is no wrong one"
    assert sum(is_known(row["usual"]) for row in rows) / len(rows) > 0.97
