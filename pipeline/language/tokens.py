"""Texts to tokens with parts of speech and lemmas, in columns: what tokenise and the estimators read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.language.forms import Form, Forms, Ints, shared_forms
from pipeline.language.lemmas import forget, lemma_of
from pipeline.language.model import stock
from pipeline.language.tagger import PARTS_OF_SPEECH, Tagger
from pipeline.language.text import batches

_AS_WRITTEN: Final = frozenset(("amount", "url", "email", "emoji", "smiley", "space"))


@dataclass(frozen=True)
class Tokens:
    """The tokens of some texts, without white space, one text after the other.

    Attributes
    ----------
    bounds : array of int, n_texts + 1
        Where the tokens of each text start.
    start, end : array of int
        Characters of its own text.
    form, lemma : array of int
        Places in ``forms`` and ``lemmas``.
    part_of_speech : array of int8
        Places in PARTS_OF_SPEECH.
    forms : list of Form
    lemmas : list of str
    """

    bounds: Ints
    start: Ints
    end: Ints
    form: Ints
    lemma: Ints
    part_of_speech: npt.NDArray[np.int8]
    forms: list[Form]
    lemmas: list[str]


class Analyser:
    """The French analyser: forms, tagger, lemmas, each remembering what it has met.

    What it remembers never shows in a result: a text gives the same tokens whatever was read before it.
    """

    def __init__(self) -> None:
        self._tagger = Tagger()
        self._start_anew(shared_forms.current())

    def _start_anew(self, forms: Forms) -> None:
        forget()
        self._forms = forms
        self._tagger.start_anew()
        self._lemmas: list[str] = []
        self._lemma_numbers: dict[str, int] = {}
        self._table = np.full((1024, len(PARTS_OF_SPEECH)), -1, dtype=np.int64)

    def analyse(self, texts: Sequence[str]) -> Tokens:
        """Return the tokens of texts, in order."""
        forms = shared_forms.current()
        if forms is not self._forms:
            self._start_anew(forms)
        try:
            with stock().memory_zone():  # what spaCy would remember of every form it has met
                return self._analyse(texts)
        except Exception:
            shared_forms.forget()  # what was half learnt must not spoil the next texts
            raise

    def _analyse(self, texts: Sequence[str]) -> Tokens:
        stream = self._forms.read(texts)
        parts = self._tagger.tag(self._forms, stream)
        lemmas = self._lemmatise(stream.form, parts)
        kept = ~self._forms.is_space()[stream.form]
        before = np.concatenate([[0], np.cumsum(kept)])
        return Tokens(
            before[stream.bounds],
            stream.start[kept],
            stream.end[kept],
            stream.form[kept],
            lemmas[kept],
            parts[kept],
            self._forms.forms,
            self._lemmas,
        )

    def _lemmatise(self, forms: Ints, parts: npt.NDArray[np.int8]) -> Ints:
        while len(self._table) < len(self._forms):
            self._table = np.vstack([self._table, np.full_like(self._table, -1)])
        found: Ints = self._table[forms, parts]
        new = np.unique(np.stack([forms, parts], axis=1)[found < 0], axis=0)
        for number, part in new.tolist():
            self._table[number, part] = self._lemma_number(self._forms.forms[number], PARTS_OF_SPEECH[part])
        return self._table[forms, parts] if len(new) else found

    def _lemma_number(self, form: Form, part_of_speech: str) -> int:
        lemma = form.plain if form.kind in _AS_WRITTEN else lemma_of(form.usual, part_of_speech)
        number = self._lemma_numbers.get(lemma)
        if number is None:
            number = self._lemma_numbers[lemma] = len(self._lemmas)
            self._lemmas.append(lemma)
        return number


@lru_cache(maxsize=1)
def analyser() -> Analyser:
    """Return the analyser of this process."""
    return Analyser()


def tokens_of(texts: Sequence[str]) -> Iterator[list[tuple[str, str, int, int]]]:
    """Yield the tokens of each text as (form, lemma, start, end), without a workspace; white space is no token."""
    for batch in batches(texts):
        found = analyser().analyse(batch)
        for number in range(len(batch)):
            place = slice(int(found.bounds[number]), int(found.bounds[number + 1]))
            yield _rows(found, place)


def _rows(found: Tokens, place: slice) -> list[tuple[str, str, int, int]]:
    return [
        (found.forms[form].surface, found.lemmas[lemma], start, end)
        for form, lemma, start, end in zip(
            found.form[place].tolist(),
            found.lemma[place].tolist(),
            found.start[place].tolist(),
            found.end[place].tolist(),
            strict=True,
        )
    ]
