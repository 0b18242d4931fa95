"""Masking: what is hidden, what stays, and offsets that move with the text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset.names import first_names, is_full_name, normalised, public_figures
from pipeline.dataset.people import People
from pipeline.privacy import (
    NAME,
    Private,
    cut_at,
    find_identifiers,
    hide,
    mask,
    without_emails,
    without_overlaps,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("écrire à jean.dupont@orange.fr.", "écrire à [courriel]."),
        ("jean (at) example.org", "[courriel]"),
        ("au 06 12 34 56 78, merci", "au [téléphone], merci"),
        ("+33 (0)6.12.34.56.78 ou 0033612345678", "[téléphone] ou [téléphone]"),
        ("le 1 85 05 78 006 084 36", "le [NIR]"),
        ("185057800608436", "[NIR]"),
        ("FR76 3000 6000 0112 3456 7890 189", "[IBAN]"),
        ("DE89370400440532013000", "[IBAN]"),
        ("au 12 rue des Lilas, 69008 Lyon. Ensuite", "au [adresse]. Ensuite"),
        ("12 bis, avenue du Général de Gaulle 75011 Paris et après", "[adresse] et après"),
        ("12 rue victor hugo 69008 lyon", "[adresse]"),
        ("rue des Lilas 69008 Lyon", "[adresse]"),
    ],
)
def test_identifiers_are_masked(text: str, expected: str) -> None:
    assert hide(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "la rue de la République est sale",
        "2 places de parking et 3 cours de français",
        "un budget de 1 234 567 890 euros en 2019",
        "en 2019 rue par rue",
        "80 km/h sur route",
        "article 49.3, loi 2005-102 du 11 février 2005",
        "DE12 3456 7890 1234 5678 90",
        "le code postal 69008",
        "0,5 % à 12 h 30 le 01/02/2019",
    ],
)
def test_what_identifies_nobody_stays(text: str) -> None:
    assert hide(text).text == text


@pytest.mark.parametrize("piece", ["a", "1 ", "a@", "12 rue ", "rue de la ", "0", "FR76 ", "a.", "M. A", "rue a 1   "])
def test_hostile_texts_are_searched_in_linear_time(piece: str) -> None:
    find_identifiers(piece * (200_000 // len(piece)))  # it would not end, were it quadratic


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 12), st.sampled_from(["[nom]", "[adresse]", "[NIR]"])), max_size=6
)


@given(text=st.text(min_size=0, max_size=60), found=spans, quote=st.tuples(st.integers(0, 60), st.integers(0, 60)))
def test_a_quote_outside_the_masks_is_the_same_text_after_masking(
    text: str, found: list[tuple[int, int, str]], quote: tuple[int, int]
) -> None:
    private = [Private(s, min(s + n, len(text)), m) for s, n, m in found if s < len(text)]
    clean = without_overlaps(private)
    masked = mask(text, clean)
    start, end = sorted(min(place, len(text)) for place in quote)
    moved = masked.text[slice(*masked.shift(start, end))]
    touched = [span for span in clean if span.start < end and start < span.end]
    if not touched:
        assert moved == text[start:end]
    else:
        expected = mask(text[min(start, touched[0].start) : max(end, touched[-1].end)], shifted(touched, start))
        assert moved == expected.text


def shifted(found: list[Private], start: int) -> list[Private]:
    origin = min(start, found[0].start)
    return [Private(span.start - origin, span.end - origin, span.mask) for span in found]


@given(text=st.text(max_size=60), found=spans)
def test_masked_text_holds_nothing_of_what_was_masked_and_all_of_the_rest(
    text: str, found: list[tuple[int, int, str]]
) -> None:
    clean = without_overlaps([Private(s, min(s + n, len(text)), m) for s, n, m in found if s < len(text)])
    hidden = {place for span in clean for place in range(span.start, span.end)}
    kept = "".join(c for place, c in enumerate(text) if place not in hidden)
    masked = mask(text, clean)
    rest, position = "", 0
    for span in clean:
        start, end = masked.shift(span.start, span.end)
        assert masked.text[start:end] == span.mask
        rest += masked.text[position:start]
        position = end
    assert rest + masked.text[position:] == kept


@given(text=st.text(max_size=60), found=spans, bounds=st.lists(st.integers(0, 60), max_size=6))
def test_segments_do_not_overlap_after_masking(text: str, found: list[tuple[int, int, str]], bounds: list[int]) -> None:
    limits = sorted({min(bound, len(text)) for bound in [*bounds, 0, 60]})
    clean = without_overlaps([Private(s, min(s + n, len(text)), m) for s, n, m in found if s < len(text)])
    masked = mask(text, cut_at(text, clean, limits))
    moved = [masked.shift(start, end) for start, end in pairwise(limits)]
    assert "".join(masked.text[start:end] for start, end in moved) == masked.text


def people(*seen: str, ordinary: Iterable[str] = ()) -> People:
    return People(public_figures(), first_names(), frozenset(ordinary), frozenset(normalised(name) for name in seen))


def masked_people(text: str, *mentions: tuple[str, str]) -> str:
    rows = [{"start": text.index(s), "end": text.index(s) + len(s), "label": label} for s, label in mentions]
    return hide(text, people().in_read_text(text, rows)).text


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("selon Jeanne Martin hier", "Jeanne Martin", "selon [nom] hier"),
        ("Mme Martin le dit", "Martin", "Mme [nom] le dit"),
        ("Monsieur Dupont-Durand", "Dupont-Durand", "Monsieur [nom]"),
        ("Macron et Dupont", "Dupont", "Macron et Dupont"),
        ("Emmanuel Macron", "Emmanuel Macron", "Emmanuel Macron"),
        ("E. Macron", "E. Macron", "E. Macron"),
        ("la loi de M. Blanquer", "Blanquer", "la loi de M. Blanquer"),
        ("J-M Blanquer", "J-M Blanquer", "J-M Blanquer"),
        ("l'ordonnance du docteur Y", "Y", "l'ordonnance du docteur Y"),
        ("Élisabeth Borne", "Élisabeth Borne", "Élisabeth Borne"),
    ],
)
def test_names_of_private_persons_are_masked_and_those_of_public_figures_stay(
    text: str, name: str, expected: str
) -> None:
    assert masked_people(text, (name, "PER")) == expected


def test_a_name_after_a_civility_is_masked_even_when_the_recogniser_missed_it() -> None:
    assert masked_people("merci à Mme Lebrun et à M. Macron") == "merci à Mme [nom] et à M. Macron"


@pytest.mark.parametrize("text", ["Monsieur le Président", "Madame la Ministre", "M. Le Maire", "Monsieur Macron"])
def test_functions_are_not_names(text: str) -> None:
    assert masked_people(text) == text


def test_an_organisation_is_not_masked_as_a_person() -> None:
    text = "chez Malakoff Médéric Humanis"
    assert masked_people(text, ("Malakoff Médéric", "PER"), ("Malakoff Médéric Humanis", "ORG")) == text


def test_a_text_that_the_recogniser_has_not_read_is_masked_by_the_names_found_elsewhere() -> None:
    text = "D'après OURSOULA QUIMPEROISE et Oursoula Petite"
    private = people("Oursoula Quimperoise").in_unread_text(text)
    assert hide(text, private).text == "D'après [nom] et Oursoula Petite"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jean Bertholin est un voleur, il habite ici.", "[nom] est un voleur, il habite ici."),
        ("Voyez Marie Le Goff, Pierre Van Damme et d'Alain Dupont", "Voyez [nom], [nom] et d'[nom]"),
        ("ON SAIT BIEN QUE JEAN BERTHOLIN, LUI, VOLE", "ON SAIT BIEN QUE [nom], LUI, VOLE"),
        ("Emmanuel Macron et Jean-Pierre Dupont", "Emmanuel Macron et [nom]"),
        ("le collège Jean Moulin", "le collège Jean Moulin"),
        ("Oui, la Mairie Centrale", "Oui, la Mairie Centrale"),
    ],
)
def test_a_first_name_and_a_capitalised_word_are_a_person_where_the_recogniser_has_not_read(
    text: str, expected: str
) -> None:
    assert hide(text, people().in_unread_text(text)).text == expected


def test_a_name_with_a_particle_found_elsewhere_is_masked_whole() -> None:
    text = "d'après Zyad de La Tour"
    assert hide(text, people("Zyad de La Tour").in_unread_text(text)).text == "d'après [nom]"


def test_one_word_is_no_full_name() -> None:
    assert not is_full_name("Dupont")
    assert not is_full_name("le maire")
    assert not is_full_name("PROHIBITIVES A 3000")
    assert is_full_name("Jean-Pierre Dupont")


def test_ordinary_words_are_no_name_unless_a_first_name_opens_them() -> None:
    known = people(ordinary=["assistante", "familiale", "page", "emploi", "petit"])
    assert not known.is_private_name("Assistante Familiale")
    assert not known.is_private_name("Page Emploi")
    assert known.is_private_name("Pierre Petit")
    assert known.is_private_name("Zyad Khelifi")


def test_a_place_that_bears_a_name_keeps_it() -> None:
    assert masked_people("le collège Paul Cézanne", ("Paul Cézanne", "PER")) == "le collège Paul Cézanne"


def test_every_public_figure_is_kept_under_name_surname_and_initial() -> None:
    names = public_figures()
    assert {"emmanuel macron", "macron", "e. macron", "coluche", "blanquer", "jm blanquer", "j. m. blanquer"} <= names
    assert all(name == normalised(name) for name in names)
    assert "michel blanquer" not in names


def test_numbers_in_a_reference_stay() -> None:
    assert without_emails("4-0612345678") == "4-0612345678"
    assert without_emails("jean@example.org") == "[courriel]"
    assert without_emails(None) is None


def test_the_mask_of_a_name_is_what_the_card_says() -> None:
    assert NAME == "[nom]"


def test_a_surname_that_many_bear_stays_only_with_the_first_name() -> None:
    names = public_figures()
    assert "philippe martinez" in names and "martinez" not in names
    assert "emmanuel macron" in names and "macron" in names
