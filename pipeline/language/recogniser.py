"""Named entities: the model's own recogniser, reading the encoded stream instead of encoding every text anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from pipeline.language.encoder import Floats
from pipeline.language.forms import Forms, Ints, Stream, shared_forms
from pipeline.language.model import stock
from pipeline.language.names import Flags, Names
from pipeline.language.tagger import Labeller, TokenEncoder

_BATCH = 256  # texts whose states are moved on together


class Entity(NamedTuple):
    """A named entity: characters of its text, end exclusive, and its label (ORG, PER, LOC, MISC)."""

    start: int
    end: int
    label: str


class Recogniser:
    """Finds named entities. Sentence starts are found first, as in stock: no entity goes across one."""

    def __init__(self) -> None:
        from thinc.api import Model

        nlp = stock()
        self._vocab = nlp.vocab
        self._component = nlp.get_pipe("ner")
        senter = nlp.get_pipe("senter").model
        self._sentences = Labeller(TokenEncoder(senter.get_ref("tok2vec"), usual=False), senter.layers[-1].layers[0])
        source = self._component.model.get_ref("tok2vec")
        self._names = Names()
        self._encoder = TokenEncoder(source.layers[0], usual=False)
        # The recogniser asks its first layer for the vectors of the texts' tokens; ours has them already.
        self._encoded: list[Floats] = []
        source.layers[0] = Model("encoded", lambda model, docs, is_train: (self._encoded, lambda _: docs))
        self._start_anew(shared_forms.current())

    def _start_anew(self, forms: Forms) -> None:
        self._forms = forms
        self._words: list[str] = []
        self._encoder.start_anew()
        self._sentences.encoder.start_anew()
        self._names.start_anew()

    def entities(self, texts: Sequence[str]) -> list[list[Entity]]:
        """Return the entities of each text, in order; each holds a token that can be a name (names.py)."""
        forms = shared_forms.current()
        if forms is not self._forms:
            self._start_anew(forms)
        try:
            with stock().memory_zone():  # no Doc leaves it: only plain entities do
                return self._find(texts)
        except Exception:
            shared_forms.forget()  # what was half learnt must not spoil the next texts
            raise

    def _find(self, texts: Sequence[str]) -> list[list[Entity]]:
        stream = self._forms.read(texts)
        names = self._names.find(self._forms, stream)
        before = np.concatenate([[0], np.cumsum(names)])
        asked = np.flatnonzero(before[stream.bounds[1:]] > before[stream.bounds[:-1]])
        found: list[list[Entity]] = [[] for _ in texts]
        for number, entities in zip(asked.tolist(), self._entities(stream.select(asked)), strict=True):
            found[number] = [
                entity
                for entity in entities
                if _holds(stream.start, names, slice(*stream.bounds[number : number + 2].tolist()), entity)
            ]
        return found

    def _entities(self, stream: Stream) -> Iterator[list[Entity]]:
        # 1 starts a sentence, -1 does not: spaCy keeps them in an array of unsigned numbers.
        sentence_starts = (2 * self._sentences.labels(self._forms, stream) - 1).astype(np.uint64)
        # Of a word the recogniser asks only whether it is white space: what it says is in the encoded rows.
        new = self._forms.forms[len(self._words) :]
        self._words += [form.plain if form.plain.isspace() else "x" for form in new]
        sentence_starts[stream.bounds[:-1][np.diff(stream.bounds) > 0]] = 1
        encoded = np.empty((len(stream.form), self._encoder.width), dtype=np.float32)
        for tokens, rows in self._encoder.blocks(self._forms, stream):
            encoded[tokens] = rows
        n_texts = len(stream.bounds) - 1
        for first in range(0, n_texts, _BATCH):
            numbers = range(first, min(first + _BATCH, n_texts))
            yield from self._recognise(stream, encoded, sentence_starts, numbers)

    def _recognise(self, stream: Stream, encoded: Floats, sentence_starts: Any, numbers: range) -> list[list[Entity]]:
        from spacy.tokens import Doc

        places = [slice(int(stream.bounds[n]), int(stream.bounds[n + 1])) for n in numbers]
        docs = []
        for place in places:
            words = [self._words[form] for form in stream.form[place].tolist()]
            doc = Doc(self._vocab, words=words, spaces=[False] * len(words))
            if words:
                doc.from_array(["SENT_START"], sentence_starts[place].reshape(-1, 1))
            docs.append(doc)
        self._encoded = [encoded[place] for place in places]
        if any(len(doc) for doc in docs):
            self._component.set_annotations(docs, self._component.predict(docs))
        found = []
        for doc, place in zip(docs, places, strict=True):
            start, end = stream.start[place], stream.end[place]
            found.append([Entity(int(start[e.start]), int(end[e.end - 1]), str(e.label_)) for e in doc.ents])
        return found


def _holds(starts: Ints, names: Flags, text: slice, entity: Entity) -> bool:
    """Say whether an entity holds a token that can be a name."""
    first, last = np.searchsorted(starts[text], (entity.start, entity.end)) + text.start
    return bool(names[first:last].any())


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """Return the recogniser of this process."""
    return Recogniser()
