"""Tokens are those of spaCy's French rules, wherever nothing is joined; and they quote the text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.language import plain, stock
from pipeline.language.forms import Forms
from pipeline.language.joining import joined
from tests.language.sentences import sentences


def tokens_of(text: str, forms: Forms | None = None) -> list[tuple[str, int, bool]]:
    """Return the tokens of a text: characters, start, and whether a space follows."""
    forms = forms or Forms()
    stream = forms.read([text])
    return [
        (text[start:end], start, forms.forms[form].spaced)
        for form, start, end in zip(stream.form, stream.start, stream.end, strict=True)
    ]


def of_spacy(text: str) -> list[tuple[str, int, bool]]:
    doc = stock().tokenizer(plain(text))
    return [(text[token.idx : token.idx + len(token)], token.idx, bool(token.whitespace_)) for token in doc]


def test_tokens_are_those_of_spacy_where_nothing_is_joined() -> None:
    compared = [text for text in sentences() if not joined(plain(text)) and "234,56" not in text]
    assert len(compared) > 100
    for text in compared:
        assert tokens_of(text) == of_spacy(text)


LETTERS = "aeéàlsdt LCEÉ\n\t.,;:!?'’-()«»\"0 \u00a0\u202f"


@settings(max_examples=300)
@given(st.text(alphabet=LETTERS, max_size=40))
@example("a b")
@example(" a\u00a0b")
@example("l’ete.")
@example("a  \n b \n")
def test_tokens_are_those_of_spacy_for_any_text_where_nothing_is_joined(text: str) -> None:
    if not joined(plain(text)) and not any(character.isdigit() for character in text):
        assert tokens_of(text) == of_spacy(text)


@given(st.text(max_size=200))
def test_tokens_quote_the_text_and_leave_no_character_out(text: str) -> None:
    place = 0
    for quote, start, _ in tokens_of(text):
        assert text[place:start] in ("", " ") or text[place:start].isspace()
        assert quote
        place = start + len(quote)
    assert text[place:] in ("", " ") or text[place:].isspace()


def test_what_was_read_before_never_shows() -> None:
    forms = Forms()
    texts = sentences()
    forms.read(texts)
    for text in texts[::7]:
        assert tokens_of(text, forms) == tokens_of(text)


def test_texts_read_together_keep_their_own_offsets() -> None:
    texts = ["la Poste", "", "à Lyon, ici.", " "]
    forms = Forms()
    stream = forms.read(texts)
    found: list[Any] = []
    for number, text in enumerate(texts):
        place = slice(stream.bounds[number], stream.bounds[number + 1])
        found.append([text[a:b] for a, b in zip(stream.start[place], stream.end[place], strict=True)])
    assert found == [["la", "Poste"], [], ["à", "Lyon", ",", "ici", "."], [" "]]


@pytest.mark.parametrize("apostrophe", "’ʼ`´")
def test_a_typographic_apostrophe_gives_the_tokens_of_a_straight_one(apostrophe: str) -> None:
    straight = "L'État n'aide pas l'hôpital"
    found = tokens_of(straight.replace("'", apostrophe))
    assert [token[1:] for token in found] == [token[1:] for token in tokens_of(straight)]


def test_no_break_spaces_are_spaces() -> None:
    assert [quote for quote, *_ in tokens_of("la\u00a0Poste\u202f!")] == ["la", "Poste", "!"]
