"""The matcher: every spelling of a name, whole words only, exact offsets."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.finder import knowledge
from pipeline.entities.folding import fold
from pipeline.entities.matcher import RegisterMatcher
from pipeline.entities.register import Register, load_register, register_files
from tests.entities.registers import write_register

MATCHER = knowledge().matcher
ANY_CASING = sorted(
    {(surface, one.organisation_id) for one in MATCHER.register.organisations.values() for surface in one.surfaces}
)


def found(text: str) -> list[tuple[str, str]]:
    return [(text[match.start : match.end], match.organisation_id) for match in MATCHER.find(text)]


@pytest.mark.parametrize(
    ("text", "surface", "organisation_id"),
    [
        ("à LA POSTE, hier", "LA POSTE", "la-poste"),
        ("de la poste du village", "la poste", "la-poste"),
        ("MALAKOFF MEDERIC HUMANIS", "MALAKOFF MEDERIC HUMANIS", "malakoff-mederic-humanis"),
        ("pole emploi ne répond pas", "pole emploi", "pole-emploi"),
        ("chez Pôle-Emploi.", "Pôle-Emploi", "pole-emploi"),
        ("auprès de P.E. ou ailleurs", "P.E.", "pole-emploi"),
        ("l\u2019URSSAF", "URSSAF", "urssaf"),
        ("la S.N.C.F. ferme", "S.N.C.F.", "sncf"),
        ("les pimms de Béthune", "pimms", "pimms"),
        ("L'Union nationale des PIMMS est", "Union nationale des PIMMS", "pimms"),
        ("l'Union des Pimms", "Union des Pimms", "pimms"),
        ("Restos du Cœur", "Restos du Cœur", "restos-du-coeur"),
        ("Cour des\u00a0comptes", "Cour des\u00a0comptes", "cour-des-comptes"),
    ],
)
def test_a_name_is_found_in_every_casing_and_spelling(text: str, surface: str, organisation_id: str) -> None:
    assert found(text) == [(surface, organisation_id)]


@pytest.mark.parametrize("text", ["EDFs", "PIMMSX", "xEDF", "SNCF2", "PandaByPIMMS", "édfé", "cafard", "décaf"])
def test_a_name_is_not_found_inside_a_word(text: str) -> None:
    assert found(text) == []


def test_two_names_joined_by_a_slash_are_two() -> None:
    assert found("MSAP/PIMMS et CAF-CPAM") == [("MSAP", "msap"), ("PIMMS", "pimms"), ("CAF", "caf"), ("CPAM", "cpam")]


def test_the_longest_name_wins() -> None:
    assert found("sécurité sociale des indépendants") == [("sécurité sociale des indépendants", "ssi")]


@pytest.mark.parametrize(
    "text", ["voir www.pimms.org", "écrire à contact@caf.fr", "https://example.org/edf/x", "mon.edf.fr"]
)
def test_a_name_inside_an_address_is_no_mention(text: str) -> None:
    assert found(text) == []


def test_an_address_that_is_itself_a_name_is_found() -> None:
    assert found("le site d'ameli.fr est bien") == [("ameli.fr", "ameli")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la taxe de Total et des autres", ["Total"]),
        ("Total : 3 pages. Total encore", []),
        ("au total, rien", []),
        ("l'ARS décide", ["ARS"]),
        ("en ars", []),
        ("IL FAUT CHANGER LES ARS PARTOUT", []),
        ("le canal de Suez", []),
        ("lu dans Le Monde hier", ["Le Monde"]),
        ("le monde change. Le Monde aussi", []),
        ("PS, LR, RN et FN", ["PS", "LR", "RN", "FN"]),
        ("la TVA, la CSG, le RIC, le CPF et le DALO", []),
    ],
)
def test_names_that_are_also_words_need_their_capitals(text: str, expected: list[str]) -> None:
    assert [surface for surface, _ in found(text)] == expected


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
NOISE = st.lists(st.sampled_from([*" .,;!?()«»\n\t\u00a0\u202f…€", FAMILY]), min_size=1, max_size=4).map("".join)
CASING = st.sampled_from([str.lower, str.upper, str.title, str.swapcase, lambda text: text])


@st.composite
def hostile_texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    """Names in odd casings, with accents as characters of their own, among emoji and punctuation."""
    text, spans = draw(NOISE), []
    for surface, _ in draw(st.lists(st.sampled_from(ANY_CASING), min_size=1, max_size=4)):
        written = draw(CASING)(surface)
        if draw(st.booleans()):
            written = "".join(letter + "\u0301" if letter.isalpha() else letter for letter in written)
        if "." in surface:
            text += " "  # « consommateurs.lassuranceretraite.fr » would be another address
        spans.append((len(text), len(text) + len(written), fold(surface)))
        text += written + draw(NOISE)
    return text, spans


@given(hostile_texts())
def test_offsets_are_exact_in_hostile_text(case: tuple[str, list[tuple[int, int, str]]]) -> None:
    text, expected = case
    matches = MATCHER.find(text)
    for match in matches:
        folded = fold(text[match.start : match.end])
        organisation = MATCHER.register.organisations[match.organisation_id]
        assert folded in {fold(surface) for surface in (*organisation.surfaces, *organisation.cased)}
    for before, after in pairwise(matches):
        assert before.end <= after.start
    # Each name written is found, alone or inside a longer one (« Caisse … » + « … de Paris »).
    for start, end, _ in expected:
        assert any(match.start < end and start < match.end for match in matches)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for match in MATCHER.find(text):
        assert 0 <= match.start < match.end <= len(text)


def test_a_register_of_ones_own(tmp_path: Path) -> None:
    matcher = RegisterMatcher(load_register(register_files(write_register(tmp_path))))
    assert [match.organisation_id for match in matcher.find("EDF, la caisse des allocations et Suez")] == [
        "caf",
        "suez",
    ]


def test_an_empty_register_finds_nothing(tmp_path: Path) -> None:
    path = write_register(tmp_path, "", denied="")
    assert RegisterMatcher(load_register(register_files(path))).find("la CAF") == []


def test_a_name_of_which_nothing_is_left_is_found_nowhere(tmp_path: Path) -> None:
    register = load_register(register_files(write_register(tmp_path)))
    matcher = RegisterMatcher(replace(register, not_organisations=frozenset(("", "!", "tva"))))
    assert [match.organisation_id for match in matcher.find("La CAF ! Et - ? la TVA paie. ")] == ["caf"]
    assert RegisterMatcher(Register({}, {}, frozenset(("",)), frozenset())).find("La CAF. ") == []


SHARED = """organisation_id;name;acronym;aliases;cased;ambiguous;near;kind
orientation;Centre d'information et d'orientation;;;;CIO;orient*|conseiller d'orientation|lycée*;réseau local
olympique;Comité international olympique;;;;CIO;olymp*|jeux;association
assurance;Assurance maladie;CNAM;;;;;protection sociale
arts;Conservatoire des arts et métiers;;;;CNAM;cours du soir|auditeur*;école ou université
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("le CIO, pour les Jeux", ["olympique"]),
        ("le cio m'a mal orientée", ["orientation"]),
        ("un conseiller d’orientation du C.I.O.", ["orientation"]),
        ("le CIO ne répond pas", []),
        ("le CIO et ses enjeux", []),
        ("les cours du soir de la CNAM", ["arts"]),
        ("la CNAM rembourse", ["assurance"]),
        ("le CIO " + "x " * 60 + "olympique", []),
    ],
)
def test_a_shared_name_is_read_by_the_words_around_it(tmp_path: Path, text: str, found: list[str]) -> None:
    path = tmp_path / "register.csv"
    path.write_text(SHARED, encoding="utf-8")
    matcher = RegisterMatcher(load_register(register_files(path)))
    assert [match.organisation_id for match in matcher.find(text)] == found
