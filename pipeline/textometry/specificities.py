"""Specificities: which words a part of a corpus has more, or fewer, of than chance would give it.

The hypergeometric model of Lafon (« Sur la variabilité de la fréquence des formes dans un corpus », Mots 1, 1980): of N
words of a corpus, K are the word in question; a part is n of them drawn at random; how likely is it to hold as many,
or as few, as it does?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.integer[Any]] | npt.NDArray[np.floating[Any]]

SIGNIFICANT: Final = 2.0
"""Score from which on, in size, a word is told of: chance does as much once in a hundred times."""
_NEGLIGIBLE: Final = 1e-17
"""Terms of the tail that are a smaller share of its sum do not change it."""
_LARGEST: Final = 2**31
"""Products of two counts below this are exact."""


@dataclass(frozen=True)
class SpecificWord:
    """A word that is typical of a part, or missing in it.

    Parameters
    ----------
    word : str
    count, occurrences : int
        How often it stands in the part, and in the whole corpus.
    expected : float
        How often it would stand in the part if words were dealt out by chance.
    score : float
        Its specificity, positive or negative.
    """

    word: str
    count: int
    occurrences: int
    expected: float
    score: float


@dataclass(frozen=True)
class PartWords:
    """The words that a part has more of than expected, and those that it has fewer of; the strongest first."""

    more: tuple[SpecificWord, ...]
    fewer: tuple[SpecificWord, ...]


def specificity(observed: Counts, occurrences: Counts, size: Counts, total: Counts | int) -> Floats:
    """Return the signed specificity of counts; arguments are broadcast against each other.

    Parameters
    ----------
    observed : array of counts
        How often the word stands in the part.
    occurrences : array of counts
        How often it stands in the whole corpus, this part included.
    size, total : array of counts
        Words of the part, and of the corpus.

    Returns
    -------
    ndarray of float64
        -log₁₀ of the probability of at least as many where there are more than expected, log₁₀ of that of at most as
        many where there are fewer, 0 where there are just as many. Finite however small the probability, and opposite
        for a part and for all the rest of the corpus.

    Raises
    ------
    ValueError
        When a count is no whole number from 0 on, or no corpus can have these counts.
    """
    k, in_all, n, whole = np.broadcast_arrays(*(_whole(value) for value in (observed, occurrences, size, total)))
    if (k > np.minimum(in_all, n)).any() or (k < in_all + n - whole).any() or (np.maximum(in_all, n) > whole).any():
        raise ValueError("counts of a word that no corpus of this size can have")
    sign = np.sign(k * whole - in_all * n)
    # At most k in the part is at least all others in the rest: one tail serves for both.
    more = sign > 0
    tail = _log_tail(*(a.ravel() for a in (np.where(more, k, in_all - k), in_all, np.where(more, n, whole - n), whole)))
    return np.asarray(np.where(sign == 0, 0.0, -sign * np.minimum(tail.reshape(k.shape), 0.0) / np.log(10)))


def specificities(table: Counts, sizes: Counts | None = None) -> Floats:
    """Return the specificity of each word in each part of a corpus that is cut into parts.

    Parameters
    ----------
    table : array of counts, shape (n_words, n_parts)
        How often each word stands in each part.
    sizes : array of counts, shape (n_parts,), optional
        Words of each part, those without a row in the table included; the sums of columns when None. With the number
        of texts in each part, and in the table the number of texts that have the word, texts are compared.

    Returns
    -------
    ndarray of float64, shape (n_words, n_parts)
        See `specificity`.
    """
    counts = _whole(table)
    of_parts = counts.sum(axis=0) if sizes is None else _whole(sizes)
    return specificity(counts, counts.sum(axis=1, keepdims=True), of_parts, of_parts.sum())


def specific_words(
    words: Sequence[str],
    table: Counts,
    sizes: Counts | None = None,
    *,
    most: int = 20,
    least_score: float = SIGNIFICANT,
) -> tuple[PartWords, ...]:
    """Return the words that tell each part from the others.

    Parameters
    ----------
    words : sequence of str, length n_words
        Words of the rows.
    table, sizes
        See `specificities`.
    most : int
        How many words are kept at most on each side, of equals the first by the alphabet.
    least_score : float
        Size of the score below which a word is not told of.
    """
    counts = _whole(table)
    scores = specificities(counts, sizes)
    of_parts = counts.sum(axis=0) if sizes is None else _whole(sizes)
    occurrences = counts.sum(axis=1)
    expected = occurrences[:, None] * (of_parts / max(int(of_parts.sum()), 1))
    told = []
    for part in range(counts.shape[1]):
        found = [
            SpecificWord(words[i], int(counts[i, part]), int(occurrences[i]), float(expected[i, part]), float(score))
            for i, score in enumerate(scores[:, part])
            if abs(score) >= least_score
        ]
        found.sort(key=lambda one: (-abs(one.score), one.word))
        more, fewer = [one for one in found if one.score > 0], [one for one in found if one.score < 0]
        told.append(PartWords(tuple(more[:most]), tuple(fewer[:most])))
    return tuple(told)


def _whole(counts: Counts | int) -> npt.NDArray[np.int64]:
    values = np.asarray(counts)
    if values.size and not (np.isfinite(values).all() and (values == np.floor(values)).all() and values.min() >= 0):
        raise ValueError("counts are whole numbers from 0 on")
    if values.size and values.max() >= _LARGEST:
        raise ValueError(f"counts are below {_LARGEST}")
    return values.astype(np.int64)


def _log_tail(least: Counts, occurrences: Counts, size: Counts, total: Counts) -> Floats:
    """Return the natural logarithm of the probability of `least` or more, which is above the mean.

    The probability of `least`, times 1 + r₁ + r₁r₂ + …, with r the ratios of each probability to the one before it:
    no tail is too small for this, and the ratios fall, so that a few standard deviations are enough.
    """
    k, in_all, n, whole = (np.asarray(a, dtype=np.float64) for a in (least, occurrences, size, total))
    rest = whole - in_all - n
    first = _log_binomial(in_all, k) + _log_binomial(whole - in_all, n - k) - _log_binomial(whole, n)
    sums, term = np.ones_like(k), np.ones_like(k)
    going = np.arange(len(k))
    while len(going):
        term = term * ((in_all - k) * (n - k) / ((k + 1) * (rest + k + 1)))
        sums[going] += term
        on = term > _NEGLIGIBLE * sums[going]
        going, term = going[on], term[on]
        k, in_all, n, rest = k[on] + 1, in_all[on], n[on], rest[on]
    return np.asarray(first + np.log(sums))


def _log_binomial(n: Floats, k: Floats) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
