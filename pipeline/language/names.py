"""Which tokens can be a name, by how they are written: the recogniser is asked about texts that hold one, and its
entities stand only where they do.

The model takes first words and shouted words for names (« Taxer », « EDUCATION », « ça »): of 120 of its entities
without such a token, read one by one, 8 were names. tests/benchmarks/bench_language.py counts what is left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.language.forms import Form, Forms, Stream
from pipeline.language.model import is_known
from pipeline.language.spelling import usual_form
from pipeline.resources import lines, word_list

Flags = npt.NDArray[np.bool_]

_OPENING: Final = re.compile(r"[^\w€%]+|\d+|\s*[\n\r]\s*")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_ACRONYM: Final = re.compile(r"[A-ZÀ-Ý][A-ZÀ-Ý0-9&]{1,4}s?")
_SHOUTED: Final = 0.5  # share of words in capitals from which a text is shouted

_CAPITAL, _KNOWN, _UPPER, _ACRONYM_BIT, _PLACE, _OPENS, _WORD = (1 << bit for bit in range(7))


class Names:
    """Finds the tokens of a stream that can be a name, or part of one."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """Forget the forms met: those that come are numbered from 0 again."""
        self._bits = np.zeros(0, dtype=np.int64)

    def find(self, forms: Forms, stream: Stream) -> Flags:
        """Say of each token whether it can be a name.

        It can if it has a capital that is not the first of a sentence, or a capital and is no French word, or if it
        looks like an acronym, or is a place that is no other word; in a shouted text, if it is no French word.
        """
        new = [_bits(form) for form in forms.forms[len(self._bits) :]]
        self._bits = np.concatenate([self._bits, np.array(new, dtype=np.int64)])
        bits = self._bits[stream.form]
        capital, known, upper = (bits & mask > 0 for mask in (_CAPITAL, _KNOWN, _UPPER))
        after_opening = np.ones(len(bits), dtype=bool)
        after_opening[1:] = bits[:-1] & _OPENS > 0
        after_opening[stream.bounds[:-1][np.diff(stream.bounds) > 0]] = True
        shouted = self._shouted(stream, upper, bits & _WORD > 0)
        acronym = (bits & _ACRONYM_BIT > 0) & ~shouted
        place = bits & _PLACE > 0
        found: Flags = (capital & ~known) | (capital & ~after_opening & ~upper) | acronym | place
        return found

    @staticmethod
    def _shouted(stream: Stream, upper: Flags, word: Flags) -> Flags:
        sizes = np.diff(stream.bounds)
        text = np.repeat(np.arange(len(sizes)), sizes)
        n_upper, n_words = (np.bincount(text, weights=flags, minlength=len(sizes)) for flags in (upper, word))
        return np.repeat(n_upper > _SHOUTED * np.maximum(n_words, 3), sizes)


def _bits(form: Form) -> int:
    plain = form.plain
    bare = plain.strip("'-").lower()
    flags = {
        _CAPITAL: plain[:1].isupper(),
        _KNOWN: len(bare) < 2
        or bare in _stop_words()
        or is_known(bare)
        or is_known(usual_form(bare))
        or _inflected(bare),
        _UPPER: plain.isupper() and len(_LETTERS.findall(plain)) > 1,
        _ACRONYM_BIT: _ACRONYM.fullmatch(plain) is not None and bare not in _stop_words(),
        _PLACE: bare in _places(),
        _OPENS: _OPENING.fullmatch(plain) is not None,
        _WORD: len(_LETTERS.findall(plain)) > 1,
    }
    return sum(mask for mask, is_set in flags.items() if is_set)


def _inflected(bare: str) -> bool:
    return (bare.endswith("es") and is_known(bare[:-2])) or (bare.endswith("e") and is_known(bare[:-1]))


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return word_list("seeds", "stop_words", "french.txt")


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    listed = frozenset(line.lower() for line in lines("seeds", "organisations", "places.txt"))
    return frozenset(place for place in listed if not is_known(place)) | word_list("seeds", "countries.txt")
