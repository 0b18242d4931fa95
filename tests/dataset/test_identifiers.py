"""What identifies a person by its form: plates, handles, personal pages, numbers; and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset import name_patterns
from pipeline.dataset.names import first_names, public_figures
from pipeline.dataset.people import People
from pipeline.identifiers import KINDS, find_identifiers
from pipeline.privacy import hide


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la ZA-987-ZY encore", "la [plaque] encore"),
        ("ma voiture 55 ZZT 69 au garage", "ma voiture [plaque] au garage"),
        ("suivez @une_citoyenne_89 !", "suivez [pseudo] !"),
        ("https://www.facebook.com/une.citoyenne, merci", "[lien] merci"),
        ("http://une-citoyenne.over-blog.com", "[lien]"),
        ("https://exemple.fr/membre/une-citoyenne", "[lien]"),
        ("https://exemple.fr/?courriel=moi%40exemple.fr", "[lien]"),
        ("n° de sécu 1 8505 7800 0000 64", "n° de sécu [NIR]"),
        ("BP 12, 99310 Brécy", "[adresse]"),
        ("Appt 3, 14 rue des Lilas", "[adresse]"),
        ("moi arobase exemple point fr", "[courriel]"),
        ("+41 22 345 67 89", "[téléphone]"),
    ],
)
def test_each_kind_has_its_mask(text: str, expected: str) -> None:
    assert hide(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "ET 100 KM",
        "les 1500 CV 75",
        "un véhicule de 150cv",
        "les citoyen@s à 18 h @ la mairie",
        "@CAF",
        "https://www.facebook.com/groups/123",
        "https://www.exemple.gouv.fr/particuliers/vosdroits/F12",
        "youtube.com/watch?v=abc",
        "2 100 000 000 000 euros",
        "SIRET 999 999 990 00012",
    ],
)
def test_what_only_looks_like_an_identifier_stays(text: str) -> None:
    assert hide(text).text == text


@given(st.text(max_size=80))
def test_spans_lie_inside_the_text_and_have_a_known_mask(text: str) -> None:
    for span in find_identifiers(text):
        assert 0 <= span.start < span.end <= len(text)
        assert span.mask in KINDS


EVERYBODY = People(public_figures(), first_names())


class Counted:
    """A pattern that counts the characters that its searches may look at."""

    def __init__(self, pattern: Any) -> None:
        self.pattern = pattern
        self.seen = 0

    def __getattr__(self, name: str) -> Any:
        def call(text: str, start: int = 0, end: int | None = None) -> Any:
            stop = len(text) if end is None else min(end, len(text))
            self.seen += min(stop - start, 200) if name == "match" else max(0, stop - start)  # a match stays in place
            return getattr(self.pattern, name)(text, start, stop)

        return call if name in ("search", "match", "finditer") else getattr(self.pattern, name)


def _read_by_patterns(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    counted = []
    with monkeypatch.context() as patch:
        for name, value in vars(name_patterns).items():
            if hasattr(value, "finditer"):
                counted.append(Counted(value))
                patch.setattr(name_patterns, name, counted[-1])
        list(EVERYBODY.in_unread_text(text))
        list(EVERYBODY.in_read_text(text, []))
    return sum(pattern.seen for pattern in counted)


HOSTILE = [
    "M. Dupont ",
    "Jean Petit et ",
    "jean claude ",
    "à Marie ",
    "merci à Inès, Inès, ",
    "A. B. ",
    "Mme ",
    "rue Jean ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_what_is_looked_at_grows_with_the_text_and_not_with_its_square(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = _read_by_patterns(piece * 100, monkeypatch)
    long = _read_by_patterns(piece * 800, monkeypatch)
    assert long <= 10 * short  # eight times the text; its square would be 64 times


LONG = 60_000


@pytest.mark.parametrize(
    "piece",
    [
        *HOSTILE,
        "www.",
        "http://a/",
        "@",
        "ZA-",
        "1 2 ",
        "jean ",
        "Jean ",
        "A.",
        "d'",
        "n° secu 1 ",
        "appt 1 ",
        "Le Le ",
    ],
)
@pytest.mark.parametrize("find", [find_identifiers, lambda text: list(EVERYBODY.in_unread_text(text))])
def test_a_long_hostile_text_ends(find: Callable[[str], object], piece: str) -> None:
    find(piece * (LONG // len(piece)))  # it would not end, were it quadratic
