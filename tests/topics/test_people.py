"""People and identifiers never name a theme."""

from __future__ import annotations

import pytest

from pipeline.topics.people import Token, without_people


def tokens(text: str) -> list[Token]:
    found, start = [], 0
    for word in text.split(" "):
        found.append((word, word.lower(), start, start + len(word)))
        start += len(word) + 1
    return found


def kept(text: str, names: list[tuple[int, int]] | None = None) -> str:
    return " ".join(form for form, *_ in without_people(tokens(text), names or []))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("écrire à jean.bernoulli@orange.fr pour les impôts", "écrire à pour les impôts"),
        ("voir https://exemple.fr/jean ou www.exemple.fr", "voir ou"),
        ("appelez le 0612345678 en 2019", "appelez le en 2019"),
        ("Monsieur Bertholin a raison", "Monsieur a raison"),
        ("Mme Marie Durand demande un médecin", "Mme demande un médecin"),
        ("madame la ministre", "madame la ministre"),
        ("Plus de médecins", "Plus de médecins"),
    ],
)
def test_identifiers_and_names_after_a_civility_are_left_out(text: str, expected: str) -> None:
    assert kept(text) == expected


def test_what_a_mention_calls_a_person_is_left_out() -> None:
    assert kept("la réforme de Jean Bertholin coûte", [(14, 28)]) == "la réforme de coûte"
