"""Near copies: texts of which a few words were changed, told by MinHash signatures of their pairs of words.

A signature holds, for each of `PERMUTATIONS` orders of all pairs of words, the first pair of the text in that order:
two texts agree there as often as they have pairs in common (Broder 1997, "On the resemblance and containment of
documents"). Signatures are cut into bands, and texts that agree on a whole band are compared (Leskovec, Rajaraman and
Ullman, "Mining of Massive Datasets", ch. 3.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import rensa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Signatures = npt.NDArray[np.uint16]

MINIMUM_WORDS: Final = 10
PERMUTATIONS: Final = 96
ROWS: Final = 3
THRESHOLD: Final = 0.5
"""Share of the pairs of words of two texts, of those that either has, that make one a near copy of the other."""

_SEED: Final = 20190115
_PAIRS_AT_ONCE: Final = 1 << 15


def worth_comparing(words: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Say which texts are long enough for near copies to be no chance, from their number of words."""
    return words >= MINIMUM_WORDS


def signatures(texts: Sequence[str]) -> Signatures:
    """Return the signatures of normalised texts, an array of shape (n, PERMUTATIONS).

    Sixteen bits of each hash are kept: two that differ agree by chance once in 65,536 times.
    """
    if not texts:
        return np.empty((0, PERMUTATIONS), np.uint16)
    found = rensa.RMinHash.digest_matrix_from_token_sets([_pairs(text) for text in texts], PERMUTATIONS, _SEED)
    return np.array(found.to_rows(), np.uint32).astype(np.uint16)


def _pairs(text: str) -> list[str]:
    words = text.split(" ")
    return [f"{one} {other}" for one, other in pairwise(words)]


def group(found: Signatures) -> npt.NDArray[np.int64]:
    """Return for each text the position of the first text of its group: its own when it is alone.

    Texts that are near copies are linked, and a group is all that is linked, but for texts that have little in common
    with its first: those make groups of their own, so that no chain leads from a text to another one altogether.

    Parameters
    ----------
    found : array of shape (n, PERMUTATIONS)
        Signatures of the distinct texts of one question, in the order of receipt.
    """
    one, other = _candidates(found)
    alike = _agreement(found, one, other) >= THRESHOLD
    one, other = one[alike], other[alike]
    first = np.arange(len(found))
    while len(one):
        leads = _leads(len(found), one, other)
        linked = np.unique(np.concatenate((one, other)))
        near = _agreement(found, linked, leads[linked]) >= THRESHOLD / 2
        first[linked[near]] = leads[linked[near]]
        left = np.zeros(len(found), bool)
        left[linked[~near]] = True
        inside = left[one] & left[other]
        one, other = one[inside], other[inside]
    return first


def _candidates(found: Signatures) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return pairs of texts that agree on a band: each with the first and with the one before it that do."""
    size = max(len(found), 1)
    both = np.empty(0, np.int64)
    for start in range(0, PERMUTATIONS, ROWS):
        band = np.zeros(len(found), np.uint64)
        for column in found[:, start : start + ROWS].T:
            band = (band ^ column) * np.uint64(0x9E3779B97F4A7C15)
            band ^= band >> np.uint64(29)
        order = np.argsort(band, kind="stable")
        same = np.zeros(len(found), bool)
        same[1:] = band[order][1:] == band[order][:-1]
        starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(found))))
        member = order[same]
        pairs = [order[starts[same]] * size + member, order[np.flatnonzero(same) - 1] * size + member]
        both = np.unique(np.concatenate([both, *pairs]))  # band by band: near copies agree on most of them
    return both // size, both % size


def _agreement(found: Signatures, one: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return the share of orders in which two texts have the same first pair of words, for each pair of texts."""
    shares = np.empty(len(one))
    for start in range(0, len(one), _PAIRS_AT_ONCE):
        here = slice(start, start + _PAIRS_AT_ONCE)
        shares[here] = (found[one[here]] == found[other[here]]).mean(axis=1)
    return shares


def _leads(size: int, one: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    graph = coo_matrix((np.ones(len(one), bool), (one, other)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    lead = np.empty(component.max() + 1, np.int64)
    lead[component[::-1]] = np.arange(size)[::-1]  # the earliest is written last
    leads: npt.NDArray[np.int64] = lead[component]
    return leads
