"""What ingest can say of one answer by itself: rejected, trashed, empty, closed, or pending."""

from __future__ import annotations

import string
import unicodedata
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_NOTHING: Final = frozenset(("", "none", "null"))
_ASCII_MARKS: Final = frozenset(string.punctuation + string.whitespace)
_WORD_FIRST: Final = r"^[\pL\pN]"
_SHORT: Final = 4

REJECTED, TRASHED, EMPTY, CLOSED, PENDING = range(5)
CODES: Final = ("rejected", "trashed", "empty", "closed", "pending", "duplicate")
"""States by their code in arrays."""


def is_empty(text: str | None) -> bool:
    """Say whether a cell says nothing: no value, "None", "null", blanks, or punctuation only."""
    if text is None:
        return True
    text = text.strip()
    if len(text) <= _SHORT and text.casefold() in _NOTHING:
        return True
    return not text[:1].isalnum() and all(_is_mark(char) for char in text)


def _is_mark(char: str) -> bool:
    return char in _ASCII_MARKS or unicodedata.category(char)[0] in "PZC"


def are_empty(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Return `is_empty` of each text, as an array of shape (n,)."""
    length = pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False)
    empty: npt.NDArray[np.bool_] = length == 0
    # A cell that begins with a letter or digit says something, unless it is one of the words for nothing.
    filled = np.flatnonzero(~empty)
    speaks = pc.match_substring_regex(texts.take(pa.array(filled)), _WORD_FIRST).to_numpy(zero_copy_only=False)
    doubtful = filled[~speaks | (length[filled] <= _SHORT)]
    known: dict[str, bool] = {}
    for place, text in zip(doubtful.tolist(), texts.take(pa.array(doubtful)).to_pylist(), strict=True):
        if text not in known:
            known[text] = is_empty(text)
        empty[place] = known[text]
    return empty


def states(
    texts: pa.Array, opened: npt.NDArray[Any], trashed: npt.NDArray[Any], certain: npt.NDArray[Any]
) -> npt.NDArray[np.int8]:
    """Return the state of each answer before copies are looked for, in the order of precedence.

    Parameters
    ----------
    texts : Array of strings
        The cells as received.
    opened, trashed, certain : arrays of bool, shape (n,)
        Whether its question is open, its form was moderated away, and the text belongs to the question for sure.

    Returns
    -------
    array of int8, shape (n,)
        Places in `CODES`.
    """
    found = np.where(opened, PENDING, CLOSED).astype(np.int8)
    found[are_empty(texts)] = EMPTY
    found[trashed] = TRASHED
    found[~certain] = REJECTED
    return found
