"""The French analyser: as fast as we set it up, it says what the stock model says; and it never moves an offset."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import language
from pipeline.resources import resource

WRITTEN = [
    "L'État doit rendre des comptes aux citoyens, n'est-ce pas ?",
    "J'ai dû faire 40 km pour aller à la CPAM de Saint-Étienne !!!",
    "SUPPRIMER LE SÉNAT ET L'ENA",
    "La Poste, EDF, ENGIE et Malakoff Médéric Humanis ont quitté Béthune.",
    "plus de medecin a la campagne svp merci",
    "1. Baisser la TVA.\n2. Augmenter les retraites.\n\n- Fin des niches fiscales",
    "Le rendez-vous d'aujourd'hui à la mairie s'est-il bien passé ? Non : personne.",
    "Mme Dupont (75 ans) a payé 1 234,56 € d'impôts en 2018 ; M. Martin, rien.",
    "Voir www.pimms.org ou écrire à contact@example.org",
    "Pôle emploi : plus d'accueil physique, moins d'Internet…",
    "c'est-à-dire qu'il n'y a plus de bureau de poste, ni de trésorerie.",
    "😀 Bravo l'inspection académique de Lyon 🇫🇷",
    "RAS",
    "?",
    "  espaces   au   milieu  ",
]


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    with resource("seeds", "contributions", "organisation.csv").open(encoding="utf-8", newline="") as file:
        cells = [
            cell for row in csv.DictReader(file) for name, cell in row.items() if name[:1] == "Q" and len(cell) > 3
        ]
    return WRITTEN + [cell[:600] for cell in cells[:: len(cells) // 135]]


@pytest.fixture(scope="module")
def stock(sentences: list[str]) -> list[dict[str, Any]]:
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    set_current_ops(NumpyOps())
    nlp = spacy.load(language.MODEL, exclude=["parser"])
    nlp.enable_pipe("senter")
    return [describe(doc) | {"entities": entities(doc)} for doc in nlp.pipe(sentences)]


def describe(doc: Any) -> dict[str, Any]:
    return {
        "tokens": [(token.text, token.idx, token.lemma_, token.pos_, token.is_sent_start) for token in doc],
        "morphology": [str(token.morph) for token in doc],
    }


def entities(doc: Any) -> list[tuple[int, int, str]]:
    return [(entity.start_char, entity.end_char, entity.label_) for entity in doc.ents]


def test_the_model_is_the_one_that_is_pinned() -> None:
    assert language.versions()[language.MODEL] == language.MODEL_VERSION


def test_the_sentences_compared_are_many_and_varied(sentences: list[str]) -> None:
    assert len(sentences) >= 150
    assert len({len(sentence) // 20 for sentence in sentences}) > 10


def test_the_analyser_gives_what_the_stock_model_gives(sentences: list[str], stock: list[dict[str, Any]]) -> None:
    for sentence, expected, doc in zip(sentences, stock, language.analyser().pipe(sentences), strict=True):
        found = describe(doc)
        assert found["tokens"] == expected["tokens"], sentence
        assert found["morphology"] == expected["morphology"], sentence


def test_the_recogniser_gives_what_the_stock_model_gives(sentences: list[str], stock: list[dict[str, Any]]) -> None:
    assert sum(len(expected["entities"]) for expected in stock) > 30
    for sentence, expected, doc in zip(sentences, stock, language.recogniser().pipe(sentences), strict=True):
        assert entities(doc) == expected["entities"], sentence


def test_lemmas_are_there_and_depend_on_the_part_of_speech() -> None:
    lemmas = {token.text: token.lemma_ for token in language.analyser()("Les médecins manquent dans nos campagnes")}
    assert lemmas["médecins"] == "médecin" and lemmas["manquent"] == "manquer"


@pytest.mark.parametrize("apostrophe", "’ʼ`´")
def test_a_typographic_apostrophe_gives_the_tokens_of_a_straight_one(apostrophe: str) -> None:
    straight = "L'État n'aide pas l'hôpital"
    other = straight.replace("'", apostrophe)
    [found], [expected] = language.tokens_of([other]), language.tokens_of([straight])
    assert [token[1:] for token in found] == [token[1:] for token in expected]
    assert all(other[start:end] == form for form, _, start, end in found)


def test_no_break_spaces_are_spaces() -> None:
    [found] = language.tokens_of(["la\u00a0Poste\u202f!"])
    assert [form for form, *_ in found] == ["la", "Poste", "!"]


@given(st.text(max_size=300))
def test_plain_keeps_the_length_and_is_settled_at_once(text: str) -> None:
    plain = language.plain(text)
    assert len(plain) == len(text)
    assert language.plain(plain) == plain


@given(st.text(alphabet="ab. \né😀\u0301", max_size=400), st.integers(min_value=2, max_value=50))
def test_pieces_rejoin_to_the_text_and_none_is_too_long(text: str, limit: int) -> None:
    pieces = language.pieces(text, limit)
    assert "".join(piece for _, piece in pieces) == text
    assert all(len(piece) <= limit for _, piece in pieces)
    assert all(text.startswith(piece, offset) for offset, piece in pieces)
    assert all(piece for _, piece in pieces) or not text


def test_pieces_are_cut_where_a_sentence_or_a_line_ends() -> None:
    text = "Première phrase. Deuxième phrase. " * 20
    assert all(piece.endswith(". ") for _, piece in language.pieces(text, 100)[:-1])


def texts() -> Iterator[str]:
    yield ""
    yield " \n\t"
    yield "a" * 50_000
    yield "Une phrase. " * 5_000


def test_tokens_quote_the_text_at_their_offsets_however_long_it_is() -> None:
    given_texts = list(texts())
    for text, tokens in zip(given_texts, language.tokens_of(given_texts), strict=True):
        assert all(text[start:end] == form and lemma for form, lemma, start, end in tokens)
        assert "".join(form for form, *_ in tokens) == "".join(text.split())
