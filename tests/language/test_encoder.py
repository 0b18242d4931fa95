"""The encoder computes what thinc computes, block by block, however the texts are cut or put together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline.language import plain, stock
from pipeline.language.forms import Forms
from pipeline.language.tagger import TokenEncoder
from tests.language.sentences import sentences


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [text for text in sentences() if plain(text) == text]


def encode(encoder: TokenEncoder, forms: Forms, texts: list[str]) -> list[Any]:
    stream = forms.read(texts)
    found = np.full((len(stream.form), encoder.width), np.nan, dtype=np.float32)
    for tokens, rows in encoder.blocks(forms, stream):
        found[tokens] = rows
    return np.split(found, stream.bounds[1:-1])


@pytest.mark.parametrize("component", ["tok2vec", "ner", "senter"])
def test_encoded_tokens_are_those_of_thinc(component: str, texts: list[str], unaccelerated: Any) -> None:
    model = unaccelerated.get_pipe(component).model
    model = model if component == "tok2vec" else model.get_ref("tok2vec")
    model = model.layers[0] if component == "ner" else model
    docs = [unaccelerated.tokenizer(text) for text in texts]
    expected = model.predict(docs)
    # Forms as they are written: what is read in another spelling is another text.
    forms = Forms()
    compared = 0
    for doc, ours, theirs in zip(docs, encode(TokenEncoder(model, usual=False), forms, texts), expected, strict=True):
        if len(doc) == len(ours):  # nothing was joined
            assert np.allclose(ours, theirs, atol=1e-4)
            compared += len(doc)
    assert compared > 2000


def test_a_text_gives_the_same_rows_alone_and_among_others(texts: list[str]) -> None:
    encoder = TokenEncoder(stock().get_pipe("tok2vec").model, usual=True)
    forms = Forms()
    together = encode(encoder, forms, texts)
    for number in range(0, len(texts), 17):
        [alone] = encode(encoder, forms, [texts[number]])
        assert np.allclose(alone, together[number], atol=1e-4)


def test_a_text_longer_than_a_block_is_encoded_as_a_whole(unaccelerated: Any) -> None:
    text = "Il faut plus de médecins à la campagne , et moins de taxes . " * 300
    model = unaccelerated.get_pipe("tok2vec").model
    [expected] = model.predict([unaccelerated.tokenizer(text)])
    [found] = encode(TokenEncoder(model, usual=False), Forms(), [text])
    assert np.allclose(found, expected, atol=1e-4)
