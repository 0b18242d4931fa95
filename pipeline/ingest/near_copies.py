"""Near copies: texts of which a few words were changed, told by MinHash signatures of their words and pairs of words.

A signature holds, for each of `PERMUTATIONS` random orders of all shingles (here words, and pairs of words that follow
each other), the first shingle of the text in that order: two texts agree there as often as they have shingles in common
(Broder 1997, "On the resemblance and containment of documents"). Signatures are cut into bands, and texts that agree on
a whole band are compared (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", ch. 3.4). The constants were
chosen by measurement: see tests/benchmarks/bench_near_copies.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import rensa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Signatures = npt.NDArray[np.uint16]
Places = npt.NDArray[np.int64]

MINIMUM_WORDS: Final = 10
"""Shorter texts are left alone: people who never met write « plus de transports en commun » in the same words."""

PERMUTATIONS: Final = 128
ROWS: Final = 4
"""Orders in a band: four numbers of 16 bits, which are compared as one of 64."""

THRESHOLD: Final = 0.625
"""Least share of the shingles of two texts that both must have for one to be a near copy of the other."""

_SEED: Final = 20190115
_ROUNDS: Final = 10  # enough for 425,567 real answers; bounds the time that a made-up chain of texts can take
_PAIRS_AT_ONCE: Final = 1 << 15


def worth_comparing(words: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Say which texts are long enough for near copies to be no chance, from their number of words.

    Parameters
    ----------
    words : array of shape (n,), of integers
    """
    return words >= MINIMUM_WORDS


def signatures(texts: Sequence[str]) -> Signatures:
    """Return the MinHash signatures of normalised texts, an array of shape (n, PERMUTATIONS) of uint16.

    That of a text depends on nothing else: not on the texts around it, the process or the machine. 16 bits of each
    minimum are kept: two that differ agree there once in 65,536 (Li and König 2010, "b-Bit minwise hashing").
    """
    if not texts:
        return np.empty((0, PERMUTATIONS), np.uint16)
    found = rensa.RMinHash.digest_matrix_from_token_sets([_shingles(text) for text in texts], PERMUTATIONS, _SEED)
    return np.array(found.to_rows(), np.uint32).astype(np.uint16)


def _shingles(text: str) -> list[str]:
    words = text.split(" ")
    return words + [f"{one} {other}" for one, other in pairwise(words)]


def agreement(found: Signatures, one: Places, other: Places) -> npt.NDArray[np.float64]:
    """Estimate the Jaccard similarity of pairs of texts (Broder 1997; Leskovec et al., ch. 3.3.3).

    Parameters
    ----------
    found : array of shape (n, PERMUTATIONS) of uint16
        Signatures.
    one, other : arrays of shape (pairs,) of int64
        Rows of ``found``.

    Returns
    -------
    array of shape (pairs,)
        Share of the orders in which both have the same first shingle. Its standard deviation for two texts of
        similarity s is at most sqrt(s (1 - s) / PERMUTATIONS): 0.043 at 0.625.
    """
    shares = np.empty(len(one))
    for start in range(0, len(one), _PAIRS_AT_ONCE):
        here = slice(start, start + _PAIRS_AT_ONCE)
        shares[here] = (found[one[here]] == found[other[here]]).mean(axis=1)
    return shares


def group(found: Signatures) -> Places:
    """Return for each text the position of the first text of its group: its own when it is alone.

    Near copies are linked. In what is linked, the text with the most near copies is the centre, as the text that was
    handed round is; it makes a group with those that are near copies of it. What is left is linked and grouped again
    among itself: no chain leads from a text to another one altogether, and two texts of a group are near copies of
    the same text. What is still left after `_ROUNDS` rounds stays alone.

    Parameters
    ----------
    found : array of shape (n, PERMUTATIONS) of uint16
        Signatures of the distinct texts of one question, in the order of receipt.

    Returns
    -------
    array of shape (n,) of int64
    """
    first = np.arange(len(found))
    left = first
    for _ in range(_ROUNDS):
        if len(left) < 2:
            break
        signed, own = found[left], np.arange(len(left))
        centres = _centres(*_linked(signed))
        near = agreement(signed, own, centres) >= THRESHOLD
        earliest = np.full(len(left), len(left))
        np.minimum.at(earliest, centres[near], own[near])
        first[left[near]] = left[earliest[centres[near]]]
        left = left[~near]
    return first


def _linked(found: Signatures) -> tuple[Places, Places]:
    """Return a number for each text, the same for those that near copies connect, and how often it was a near copy."""
    component, copies = np.arange(len(found)), np.zeros(len(found), np.int64)
    for one, other in _candidates(found):
        alike = agreement(found, one, other) >= THRESHOLD
        if alike.any():
            one, other = one[alike], other[alike]
            copies += np.bincount(one, minlength=len(found)) + np.bincount(other, minlength=len(found))
            component = _joined(component, component[one], component[other])
    return component, copies


def _centres(component: Places, copies: Places) -> Places:
    """Return for each text the one of its component that has the most near copies, the earliest of them."""
    order = np.lexsort((-copies, component))  # stable: in order of receipt where both are equal
    heads = np.flatnonzero(np.diff(component[order], prepend=-1))
    centre = np.empty(int(component.max()) + 1, np.int64)
    centre[component[order[heads]]] = order[heads]
    found: Places = centre[component]
    return found


def _candidates(found: Signatures) -> Iterator[tuple[Places, Places]]:
    """Yield, band by band, pairs of texts that agree on it: each with the first that does, and with the one before it.

    Two texts of similarity s agree on one band or more with probability 1 - (1 - s^ROWS)^(PERMUTATIONS / ROWS)
    (Leskovec et al., ch. 3.4.2): 0.995 at 0.625.
    """
    bands = np.ascontiguousarray(found).view(np.uint64)
    for band in bands.T:
        order = np.argsort(band, kind="stable")
        ordered = band[order]
        same = np.zeros(len(band), np.bool_)
        same[1:] = ordered[1:] == ordered[:-1]
        starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(band))))
        member = np.flatnonzero(same)
        later = member[starts[member] < member - 1]  # the one before is not the first
        one = np.concatenate((starts[member], later - 1))
        yield order[one], order[np.concatenate((member, later))]


def _joined(component: Places, one: Places, other: Places) -> Places:
    """Return the numbers of components after pairs of them, given by number, became one."""
    size = int(component.max()) + 1
    graph = coo_matrix((np.ones(len(one), np.bool_), (one, other)), shape=(size, size))
    _, joined = connected_components(graph, directed=False)
    found: Places = joined[component].astype(np.int64)
    return found
