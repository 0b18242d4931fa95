"""Exact copies after normalisation: the same words given to the same question again."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_TYPOGRAPHY: Final = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "«": '"', "»": '"'}
    | dict.fromkeys("‐‑‒–—−", "-")
    | {"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"}
)
_ENDS: Final = " .,;:!?\"'()[]-"

Integers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]


def normalise_text(text: str) -> str:
    """Return a text without case, accents, typography, runs of blanks, and punctuation at its ends.

    >>> normalise_text("  «\u00a0L’École\u00a0» !\\n")
    "l'ecole"
    """
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.replace("´", "'")))
        if not text.isascii():  # translate is slow, and most texts are plain letters by now
            text = text.translate(_TYPOGRAPHY)
    folded = " ".join(text.casefold().split())
    return folded.strip(_ENDS) or folded


def text_key(text: str) -> int:
    """Return 64 bits that stand for the normalised text."""
    return int.from_bytes(hashlib.blake2b(normalise_text(text).encode("utf-8", "replace"), digest_size=8).digest())


def find_copies(question: npt.NDArray[Any], text: Keys, author: Keys) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Find the first answer that each answer repeats.

    Parameters
    ----------
    question, text, author : arrays of shape (n,)
        For each answer, in order: its question, the key of its text, and the key of its author (0: not known).

    Returns
    -------
    first : array of shape (n,)
        Position of the first answer with the same text to the same question; -1 when that is the answer itself.
    again : array of shape (n,)
        True where the same known author gave that answer before.
    """
    first = _first_of_group(text, question)
    again = (_first_of_group(author, text, question) != np.arange(len(first))) & (author != 0)
    first[first == np.arange(len(first))] = -1
    return first, again


def _first_of_group(*columns: npt.NDArray[Any]) -> Integers:
    # lexsort is stable, so that the first row of a run of equal keys is the earliest answer.
    size = len(columns[0])
    if size == 0:
        return np.empty(0, dtype=np.int64)
    order = np.lexsort(columns)
    starts = np.zeros(size, dtype=bool)
    starts[0] = True
    for column in columns:
        sorted_column = column[order]
        starts[1:] |= sorted_column[1:] != sorted_column[:-1]
    run = np.cumsum(starts) - 1
    first = np.empty(size, dtype=np.int64)
    first[order] = order[np.flatnonzero(starts)][run]
    return first
