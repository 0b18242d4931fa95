"""Lemmas good for French consultation answers, in their sentences."""

from __future__ import annotations

import pytest

from pipeline.language import tokens_of
from pipeline.language.lemmas import infinitives, lemma_of


def lemmas(text: str) -> dict[str, str]:
    [found] = tokens_of([text])
    return {form: lemma for form, lemma, *_ in found}


@pytest.mark.parametrize(
    ("text", "form", "lemma"),
    [
        ("Les médecins manquent", "manquent", "manquer"),
        ("Il manque des trains", "manque", "manquer"),
        ("On demande des aides", "demande", "demander"),
        ("La taxe a été supprimée", "supprimée", "supprimer"),
        ("Les écoles sont concernées", "concernées", "concerner"),
        ("Supprimer le Sénat", "Supprimer", "supprimer"),
        ("SUPPRIMER LE SENAT", "SENAT", "sénat"),
        ("L’école d’à côté", "L’", "le"),
        ("qu'il s'en aille", "qu'", "que"),
        ("Moins d'impots", "impots", "impôt"),
        ("une ecole pour tous", "ecole", "école"),
        ("des proportionelles", "des", "des"),
        ("la proportionelle", "proportionelle", "proportionnelle"),
        ("les citoyen·ne·s", "citoyen·ne·s", "citoyen"),
        ("Aujourd’hui tout va mal", "Aujourd’hui", "aujourd'hui"),
        ("faut-il voter", "-il", "il"),
        ("y a-t-il une poste", "-il", "il"),
        ("le locataire paie", "locataire", "locataire"),
        ("les services privés", "privés", "privé"),
        ("les personnes âgées", "âgées", "âgé"),
        ("la SNCF et la CAF", "CAF", "CAF"),
    ],
)
def test_a_form_has_this_lemma_in_its_sentence(text: str, form: str, lemma: str) -> None:
    assert lemmas(text)[form] == lemma


@pytest.mark.parametrize(
    ("form", "part_of_speech", "lemma"),
    [
        ("manque", "VERB", "manquer"),
        ("santé", "VERB", "santé"),  # a noun that the tagger took for a verb
        ("inadaptées", "VERB", "inadapté"),
        ("connait", "VERB", "connaître"),
        ("mangeons", "VERB", "manger"),
        ("Décentraliser", "PROPN", "décentraliser"),
        ("Impôts", "PROPN", "impôt"),
        ("Lyon", "PROPN", "lyon"),
        ("faire", "ADJ", "faire"),
        ("territoire", "ADJ", "territoire"),
        ("/", "ADP", "/"),
        ("hélas", "INTJ", "hélas"),
        ("ex", "NOUN", "ex"),
    ],
)
def test_where_the_model_is_wrong_the_lemma_is_put_right(form: str, part_of_speech: str, lemma: str) -> None:
    assert lemma_of(form, part_of_speech) == lemma


def test_every_regular_form_of_a_first_group_verb_has_its_infinitive() -> None:
    endings = (
        "e",
        "es",
        "ons",
        "ez",
        "ent",
        "ais",
        "ait",
        "aient",
        "era",
        "eront",
        "erait",
        "é",
        "ée",
        "és",
        "ées",
        "ant",
    )
    for verb in ("supprimer", "baisser", "augmenter", "développer", "taxer", "respecter"):
        assert verb in infinitives()
        assert {lemma_of(verb[:-2] + ending, "VERB") for ending in endings} == {verb}


def test_a_lemma_never_is_empty() -> None:
    for part_of_speech in ("NOUN", "VERB", "ADJ", "PROPN", "X", "PUNCT"):
        for form in ("s", "x", "es", "é", "-", "’", "🙂", "\u0301", "l'"):
            assert lemma_of(form, part_of_speech)
