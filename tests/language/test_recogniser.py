"""The recogniser finds what the stock model finds, where a token can be a name."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.language import plain, recogniser
from pipeline.language.forms import Forms
from pipeline.language.joining import joined
from pipeline.language.names import Names
from tests.language.sentences import sentences


def names(text: str) -> list[str]:
    """Return the tokens of a text that can be a name."""
    forms = Forms()
    stream = forms.read([text])
    flags = Names().find(forms, stream)
    return [text[a:b] for a, b, flag in zip(stream.start, stream.end, flags, strict=True) if flag]


def test_entities_are_those_of_the_stock_model_that_hold_a_name(unaccelerated: Any) -> None:
    texts = [text for text in sentences() if not joined(plain(text)) and "234,56" not in text]
    n_entities = n_left_out = 0
    for text, found, doc in zip(
        texts, recogniser().entities(texts), unaccelerated.pipe(map(plain, texts)), strict=True
    ):
        expected = [(e.start_char, e.end_char, e.label_) for e in doc.ents]
        kept = [entity for entity in expected if any(word in text[entity[0] : entity[1]] for word in names(text))]
        assert [tuple(entity) for entity in found] == kept, text
        n_entities += len(kept)
        n_left_out += len(expected) - len(kept)
    assert n_entities > 30 and n_left_out > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Taxer les riches", []),
        ("Il faut que Macron écoute l'État", ["Macron", "État"]),
        ("Macron doit partir", ["Macron"]),
        ("la CAF et la cpam", ["CAF"]),
        ("SUPPRIMER LE SENAT", []),
        ("MACRON DEMISSION", ["MACRON"]),
        ("comme en canada", ["canada"]),
        ("- Baisser la TVA\n- Aider", ["TVA"]),
        ("ça va", []),
    ],
)
def test_a_token_can_be_a_name_by_how_it_is_written(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_entities_quote_the_text_as_it_was_received() -> None:
    text = "Il y a\u00a0Emmanuel Macron à l’Élysée, et Édouard Philippe à Matignon."
    [found] = recogniser().entities([text])
    assert {text[entity.start : entity.end] for entity in found} >= {"Emmanuel Macron", "Élysée"}


def test_no_text_gives_nothing() -> None:
    assert recogniser().entities([]) == []
    assert recogniser().entities(["", "  "]) == [[], []]
