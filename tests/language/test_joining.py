"""What must stay one token does, and what only looks like it does not."""

from __future__ import annotations

import pytest

from pipeline.language import tokens_of


def tokens(text: str) -> list[str]:
    [found] = tokens_of([text])
    return [form for form, *_ in found]


def lemmas(text: str) -> list[str]:
    [found] = tokens_of([text])
    return [lemma for _, lemma, *_ in found]


@pytest.mark.parametrize(
    "one",
    [
        "10 000 €", "10 000 €", "10.000€", "3%", "3 %", "50k€", "1,5 %", "-2 %", "1 234 567", "1 234,56 €", "5€", "€5",
        "https://www.gouv.fr/a?b=c", "www.pimms.org", "impots.gouv.fr", "service-public.fr", "contact@example.org",
        "😀", "👍🏽", "👩‍👩‍👧‍👦", "🇫🇷", ":-)", ";)",
        "citoyen·ne·s", "citoyen.ne.s", "élu(e)s", "élu(e)", "tous.tes", "habitant·e", "acteur(rice)s",
        "agriculteur·rice·s",
        "citoyen-ne-s", "aujourd'hui", "aujourd’hui", "quelqu'un",
    ],
)  # fmt: skip
def test_it_stays_one_token_wherever_it_stands(one: str) -> None:
    for text in (one, f"voir {one} ici", f"voir {one}, ici", f"({one})", f"voir {one}."):
        assert one in tokens(text), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("en 2018 20 maires", ["en", "2018", "20", "maires"]),
        ("10 euros", ["10", "euros"]),
        ("trop cher.il faut", ["trop", "cher", ".", "il", "faut"]),
        ("nous;voir", ["nous", ";", "voir"]),
        ("territoires.Le maire", ["territoires", ".", "Le", "maire"]),
        ("(ou non)", ["(", "ou", "non", ")"]),
        ("les maires/élus", ["les", "maires", "/", "élus"]),
        ("12 345 et 67", ["12 345", "et", "67"]),
        ("03 80 12 34 56", ["03", "80", "12", "34", "56"]),
    ],
)
def test_what_only_looks_like_it_does_not(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("citoyen·ne·s", "citoyen"),
        ("élu(e)s", "élu"),
        ("agriculteur·rice·s", "agriculteur"),
        ("aujourd’hui", "aujourd'hui"),
    ],
)
def test_inclusive_forms_have_the_lemma_of_the_masculine(form: str, lemma: str) -> None:
    assert lemma in lemmas(f"Les {form} de la ville")


def test_amounts_urls_and_emoji_are_their_own_lemma() -> None:
    assert lemmas("payer 10 000 € sur www.gouv.fr 😀")[1::2] == ["10 000 €", "www.gouv.fr"]
    assert lemmas("payer 10 000 € sur www.gouv.fr 😀")[-1] == "😀"
