"""From texts to the forms they are made of: spaCy's French tokenizer, asked once for every run of characters.

A text is a row of chunks (what stands between spaces, with the one space after it); the tokens of a chunk depend on the
chunk alone, so a table gives them the second time. tests/language/test_forms.py compares with spaCy's own tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.language.joining import AMOUNT, joined
from pipeline.language.model import stock
from pipeline.language.spelling import usual_form
from pipeline.language.text import plain

Ints = npt.NDArray[np.int64]

# What goes on for longer without a space is cut: spaCy reads the whole of a chunk again for each mark in it.
_CHUNK: Final = re.compile(rf"[(\[«\"'/]?{AMOUNT}(?![^\W_])[^\w\s]{{0,200}} ?|\S{{1,200}} ?|\s+")
_SPACE: Final = "space"
LIMIT: Final = 100_000
"""Forms that are remembered; beyond, the next texts start with none, so that memory stays flat."""
# Joined kinds whose lemma is looked up like that of any word.
_ORDINARY: Final = frozenset(("word", "stop"))
_CLOSING: Final = ",.;:!?"


@dataclass(frozen=True)
class Stream:
    """The tokens of some texts, white space included, one after the other.

    Attributes
    ----------
    bounds : array of int, n_texts + 1
        Where the tokens of each text start.
    form : array of int
        Number of the form of each token in `Forms`.
    start, end : array of int
        Characters of its own text.
    """

    bounds: Ints
    form: Ints
    start: Ints
    end: Ints

    def select(self, texts: Ints) -> Stream:
        """Return the tokens of some of the texts, by their numbers."""
        sizes = np.diff(self.bounds)[texts]
        bounds = np.concatenate([[0], np.cumsum(sizes)])
        place = np.arange(bounds[-1]) + np.repeat(self.bounds[texts] - bounds[:-1], sizes)
        return Stream(bounds, self.form[place], self.start[place], self.end[place])


class Form(NamedTuple):
    """What tells one token from another, without its neighbours.

    ``surface`` is the quote, ``read`` what stands for it in spaCy's rules (a straight apostrophe, the masculine of an
    inclusive form), ``kind`` what was joined into one token (joining.py), "space", or "".
    """

    surface: str
    read: str
    kind: str
    spaced: bool  # a space follows

    @property
    def usual(self) -> str:
        """What the tagger reads and the lemma is made from."""
        return usual_form(self.read) if self.kind in ("", "inclusive") else self.read

    @property
    def plain(self) -> str:
        """What the recogniser reads."""
        return plain(self.surface)


class _Chunks(dict[str, int]):
    """The number of each chunk, given when it is first asked for."""

    def __init__(self, forms: Forms) -> None:
        super().__init__()
        self._forms = forms

    def __missing__(self, chunk: str) -> int:
        number = self[chunk] = self._forms.learn(chunk)
        return number


class Forms:
    """The distinct forms met so far, and the chunks that are made of them."""

    def __init__(self) -> None:
        self.forms: list[Form] = []
        self._numbers: dict[Form, int] = {}
        self._chunks = _Chunks(self)
        self._lengths: list[int] = []
        self._bounds = [0]
        self._tokens: list[tuple[int, int, int]] = []  # form, start and end in the chunk
        self._spaces: npt.NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._arrays: tuple[Ints, Ints, Ints] | None = None

    def __len__(self) -> int:
        return len(self.forms)

    def learn(self, chunk: str) -> int:
        """Remember a chunk and return its number."""
        self._arrays = None
        for start, end, form in list(_forms_of(chunk)):  # all of it, before any of it is remembered
            number = self._numbers.get(form)
            if number is None:
                number = self._numbers[form] = len(self.forms)
                self.forms.append(form)
            self._tokens.append((number, start, end))
        self._bounds.append(len(self._tokens))
        self._lengths.append(len(chunk))
        return len(self._lengths) - 1

    def read(self, texts: Sequence[str]) -> Stream:
        """Return the tokens of texts."""
        numbers: list[int] = []
        counts = [0]
        for text in texts:
            chunks = _CHUNK.findall(as_read := plain(text))
            if as_read != text:
                chunks = list(_quoted(text, chunks))
            numbers.extend(map(self._chunks.__getitem__, chunks))
            counts.append(len(numbers))
        return self._stream(np.array(numbers, dtype=np.int64), np.array(counts, dtype=np.int64))

    def is_space(self) -> npt.NDArray[np.bool_]:
        """Say of each form whether it is white space."""
        new = [form.kind == _SPACE for form in self.forms[len(self._spaces) :]]
        self._spaces = np.concatenate([self._spaces, np.array(new, dtype=bool)])
        return self._spaces

    def _stream(self, chunks: Ints, text_bounds: Ints) -> Stream:
        if self._arrays is None:
            tokens = np.array(self._tokens, dtype=np.int64).reshape(-1, 3)
            self._arrays = (np.array(self._lengths, dtype=np.int64), np.array(self._bounds, dtype=np.int64), tokens)
        lengths, bounds, tokens = self._arrays
        after = np.concatenate([[0], np.cumsum(lengths[chunks])])
        base = np.repeat(after[text_bounds[:-1]], np.diff(text_bounds))
        counts = bounds[chunks + 1] - bounds[chunks]
        token_bounds = np.concatenate([[0], np.cumsum(counts)])
        place = np.arange(token_bounds[-1]) + np.repeat(bounds[chunks] - token_bounds[:-1], counts)
        offset = np.repeat(after[:-1] - base, counts)
        found = tokens[place]
        return Stream(token_bounds[text_bounds], found[:, 0], found[:, 1] + offset, found[:, 2] + offset)


class SharedForms:
    """The forms that the analyser and the recogniser of a process have met, which each would else read on its own."""

    def __init__(self) -> None:
        self._forms = Forms()

    def current(self) -> Forms:
        """Return them; beyond LIMIT they are new ones, and what others remember of the old ones is to be forgotten."""
        if len(self._forms) > LIMIT:
            self.forget()
        return self._forms

    def forget(self) -> None:
        """Start with none."""
        self._forms = Forms()


shared_forms: Final = SharedForms()


def _quoted(text: str, chunks: Sequence[str]) -> Iterator[str]:
    start = 0
    for chunk in chunks:
        yield text[start : (start := start + len(chunk))]


def _forms_of(chunk: str) -> Iterator[tuple[int, int, Form]]:
    """Yield the tokens of a chunk: start, end, form."""
    as_read = plain(chunk)
    if as_read.isspace():
        yield 0, len(chunk), Form(chunk, as_read, _SPACE, False)
        return
    body = as_read[:-1] if as_read.endswith(" ") else as_read
    found: list[tuple[int, int, str, str]] = []
    place = 0
    for part in joined(body):
        found.extend(_split(body, place, part.start))
        found.append((part.start, part.end, part.form, part.kind if part.kind not in _ORDINARY else ""))
        place = part.end
    found.extend(_split(body, place, len(body)))
    for start, end, read, kind in found:
        yield start, end, Form(chunk[start:end], read, kind, as_read[end : end + 1] == " ")


def _split(body: str, start: int, end: int) -> Iterator[tuple[int, int, str, str]]:
    part = body[start:end]
    if part.isalpha() and part not in _special_cases():
        yield start, end, part, ""
    elif (
        part[:-1].isalpha()
        and part[-1] in _CLOSING
        and part.islower()
        and len(part) > 2
        and part not in _special_cases()
    ):
        yield start, end - 1, part[:-1], ""
        yield end - 1, end, part[-1], ""
    elif part:
        for token in stock().tokenizer(part):
            first = start + token.idx
            yield first, first + len(token.text), token.text, _SPACE if token.is_space else ""


@lru_cache(maxsize=1)
def _special_cases() -> frozenset[str]:
    return frozenset(stock().tokenizer.rules)
