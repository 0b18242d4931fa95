"""Parts of speech and lemmas: the stock model's where nothing is put right; offsets never move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import language
from pipeline.language.forms import Forms
from pipeline.language.lemmas import stock_lemma
from pipeline.language.tagger import PARTS_OF_SPEECH, Tagger
from pipeline.language.tokens import Analyser
from tests.language.sentences import sentences


def test_the_model_is_the_one_that_is_pinned() -> None:
    assert language.versions()[language.MODEL] == language.MODEL_VERSION


def test_the_sentences_compared_are_many_and_varied() -> None:
    assert len(sentences()) >= 150
    assert len({len(sentence) // 20 for sentence in sentences()}) > 10


def test_parts_of_speech_are_those_of_the_stock_model_on_the_same_words(unaccelerated: Any) -> None:
    from spacy.tokens import Doc

    texts = sentences()
    forms = Forms()
    stream = forms.read(texts)
    tagged = Tagger().tag(forms, stream)
    n_compared = n_other = 0
    for number in range(len(texts)):
        place = slice(stream.bounds[number], stream.bounds[number + 1])
        words = [forms.forms[form] for form in stream.form[place]]
        doc = Doc(unaccelerated.vocab, words=[w.usual for w in words], spaces=[w.spaced for w in words])
        for name in ("tok2vec", "morphologizer"):
            doc = unaccelerated.get_pipe(name)(doc)
        for word, token, part in zip(words, doc, tagged[place], strict=True):
            if word.kind in ("", "inclusive"):
                n_compared += 1
                n_other += token.pos_ != PARTS_OF_SPEECH[part]
    assert n_compared > 2000
    assert n_other == 0


def test_lemmas_before_corrections_are_those_of_the_stock_model(unaccelerated: Any) -> None:
    for doc in unaccelerated.pipe(sentences()[::4]):
        for token in doc:
            assert stock_lemma(token.text, token.pos_) == token.lemma_


def test_lemmas_are_there_and_depend_on_the_part_of_speech() -> None:
    [found] = language.tokens_of(["Les médecins manquent dans nos campagnes"])
    lemmas = {form: lemma for form, lemma, *_ in found}
    assert lemmas["médecins"] == "médecin" and lemmas["manquent"] == "manquer"


def test_what_was_analysed_before_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.language.forms.LIMIT", 50)  # the tables start anew all the time
    small = Analyser()
    texts = sentences()

    def described(analyser: Analyser, text: str) -> list[tuple[str, str, int]]:
        found = analyser.analyse([text])
        rows = zip(found.form, found.lemma, found.part_of_speech, strict=True)
        return [(found.forms[form].surface, found.lemmas[lemma], int(part)) for form, lemma, part in rows]

    for text in texts[::5]:
        assert described(small, text) == described(language.analyser(), text)


@given(st.text(max_size=300))
def test_plain_keeps_the_length_and_is_settled_at_once(text: str) -> None:
    plain = language.plain(text)
    assert len(plain) == len(text)
    assert language.plain(plain) == plain


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


def test_spacy_remembers_nothing_of_the_texts() -> None:
    analyser = language.analyser()
    texts = [f"Un mot{number} jamais{number} lu à Ville{number}." for number in range(300)]
    analyser.analyse(texts[:1])
    language.recogniser().entities(texts[:1])
    before = len(language.stock().vocab.strings)
    analyser.analyse(texts)
    language.recogniser().entities(texts)
    assert len(language.stock().vocab.strings) == before
