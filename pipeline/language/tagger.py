"""Labels of tokens (parts of speech, sentence starts): the model's own weights over the encoded stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.language.encoder import Embedding, Encoder, Floats, Ints
from pipeline.language.forms import Form, Forms, Stream
from pipeline.language.model import stock

PARTS_OF_SPEECH: Final = (
    "X", "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ",
    "SPACE", "SYM", "VERB",
)  # fmt: skip
_OF_KIND: Final = {"amount": "NUM", "url": "SYM", "email": "SYM", "emoji": "SYM", "smiley": "SYM", "space": "SPACE"}


class TokenEncoder:
    """The encoded tokens of a stream, for one component of the model.

    Parameters
    ----------
    tok2vec : thinc.api.Model
        Its model, with the references "embed" and "encode".
    usual : bool
        Read forms in their usual spelling, else as they are written.
    """

    def __init__(self, tok2vec: Any, *, usual: bool) -> None:
        self._embedding = Embedding(tok2vec.get_ref("embed"), stock().vocab)
        self._encoder = Encoder(tok2vec.get_ref("encode"))
        self._usual = usual
        self.width = self._encoder.width
        self.start_anew()

    def start_anew(self) -> None:
        """Forget the forms met: those that come are numbered from 0 again."""
        self._rows: Floats = np.zeros((1024, self.width), dtype=np.float32)
        self._known = np.zeros(1024, dtype=bool)
        self._known[0] = True  # row 0 is what stands between texts

    def blocks(self, forms: Forms, stream: Stream) -> Iterator[tuple[slice, Floats]]:
        """Return the encoded tokens, block by block: which tokens, and a row for each."""
        rows, places = _padded(stream, self._encoder.reach)
        return self._encoder.blocks(self._embedded(forms.forms, rows), rows, places)

    def _embedded(self, forms: list[Form], rows: Ints) -> Floats:
        """Return the rows of forms, form number n at n + 1; those that `rows` asks for are there."""
        if len(forms) >= len(self._rows):
            size = max(len(forms) + 1, 2 * len(self._rows))
            self._rows = np.concatenate([self._rows, np.zeros((size - len(self._rows), self.width), dtype=np.float32)])
            self._known = np.concatenate([self._known, np.zeros(size - len(self._known), dtype=bool)])
        asked = np.zeros(len(self._known), dtype=bool)
        asked[rows] = True
        new = np.flatnonzero(asked & ~self._known)
        if len(new):
            met = [forms[row - 1] for row in new.tolist()]
            read = [(form.usual if self._usual else form.plain, form.spaced) for form in met]
            distinct = {key: number for number, key in enumerate(dict.fromkeys(read))}
            words, spaced = zip(*distinct, strict=True)
            self._rows[new] = self._embedding.rows(words, spaced)[[distinct[key] for key in read]]
            self._known[new] = True
        return self._rows


class Labeller:
    """The most probable label of each token, by a linear layer over an encoder."""

    def __init__(self, encoder: TokenEncoder, softmax: Any) -> None:
        self.encoder = encoder
        self._weights = np.ascontiguousarray(softmax.get_param("W").T)
        self._bias = softmax.get_param("b")

    def labels(self, forms: Forms, stream: Stream) -> Ints:
        """Return the number of the label of each token."""
        found = np.empty(len(stream.form), dtype=np.int64)
        for tokens, encoded in self.encoder.blocks(forms, stream):
            found[tokens] = (encoded @ self._weights + self._bias).argmax(axis=1)
        return found


class Tagger:
    """Finds the part of speech of each token of a stream, with the weights of the installed model."""

    def __init__(self) -> None:
        nlp = stock()
        morphologizer = nlp.get_pipe("morphologizer")
        encoder = TokenEncoder(nlp.get_pipe("tok2vec").model, usual=True)
        self._labeller = Labeller(encoder, morphologizer.model.layers[-1].layers[0])
        numbers = [morphologizer.cfg["labels_pos"][label] for label in morphologizer.labels]
        self._part_of_label = np.array([_number(nlp.vocab.strings[number]) for number in numbers], dtype=np.int8)
        self.start_anew()

    def start_anew(self) -> None:
        """Forget the forms met: those that come are numbered from 0 again."""
        self._labeller.encoder.start_anew()
        self._fixed = np.zeros(0, dtype=np.int8)

    def tag(self, forms: Forms, stream: Stream) -> npt.NDArray[np.int8]:
        """Return the place in PARTS_OF_SPEECH of each token."""
        found = self._part_of_label[self._labeller.labels(forms, stream)]
        new = [_OF_KIND.get(form.kind) for form in forms.forms[len(self._fixed) :]]
        numbers = np.array([-1 if name is None else _number(name) for name in new], dtype=np.int8)
        self._fixed = np.concatenate([self._fixed, numbers])
        fixed = self._fixed[stream.form]
        return np.where(fixed >= 0, fixed, found)


def _padded(stream: Stream, reach: int) -> tuple[Ints, Ints]:
    """Return the rows of the tokens with `reach` zeros before, between and after the texts, and where tokens are."""
    n_texts = len(stream.bounds) - 1
    gaps = reach * (1 + np.repeat(np.arange(n_texts), np.diff(stream.bounds)))
    places = np.arange(len(stream.form)) + gaps
    rows = np.zeros(len(stream.form) + reach * (n_texts + 1), dtype=np.int64)
    rows[places] = stream.form + 1
    return rows, places


def _number(name: str) -> int:
    return PARTS_OF_SPEECH.index(name) if name in PARTS_OF_SPEECH else 0
