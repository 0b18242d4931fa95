"""Exact copies after normalisation: the same words given to the same question again."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)  # spreads small numbers over 64 bits (Knuth, TAOCP vol. 3, 6.4)


def find_copies(question: npt.NDArray[Any], text: Keys, author: Keys) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Find the first answer that each answer repeats.

    Parameters
    ----------
    question, text, author : arrays of shape (n,)
        For each answer, in order: its question, the key of its text, and the key of its author (0: not known).

    Returns
    -------
    first : array of shape (n,)
        Position of the first answer with the same text to the same question: its own when there is none before it.
    again : array of shape (n,)
        True where the same known author gave that answer before.
    """
    first = _first_of(text ^ _spread(question + 1))
    again = (_first_of(author ^ _spread(first + 1)) != np.arange(len(first))) & (author != 0)
    return first, again


def _spread(numbers: npt.NDArray[Any]) -> Keys:
    return numbers.astype(np.uint64) * _ODD


def _first_of(keys: Keys) -> Integers:
    """Return for each key the position where it stands first."""
    codes = pc.dictionary_encode(pa.array(keys)).indices.to_numpy()
    first = np.empty(len(keys), np.int64)
    first[codes[::-1]] = np.arange(len(keys))[::-1]  # the earliest is written last
    found: Integers = first[codes]
    return found
