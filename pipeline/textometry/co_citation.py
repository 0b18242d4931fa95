"""Themes that are cited together: in more answers than if those of one theme were drawn by chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import sparse

from pipeline.textometry.specificities import SIGNIFICANT, specificity

LEAST_TOGETHER: Final = 5
"""Answers that must cite two themes before they are said to go together; fewer would also tell who gave them."""


@dataclass(frozen=True)
class CoCitation:
    """Two themes that are cited together.

    Parameters
    ----------
    first, second : int
        The themes, the smaller number first.
    together : int
        Answers that cite both.
    expected : float
        Answers that would cite both by chance.
    lift : float
        The one by the other.
    score : float
        Signed specificity (`specificities.specificity`) of the one theme in the answers that cite the other.
    """

    first: int
    second: int
    together: int
    expected: float
    lift: float
    score: float


def co_cited(
    themes: Iterable[Iterable[int]],
    n_themes: int,
    *,
    least_together: int = LEAST_TOGETHER,
    least_score: float = SIGNIFICANT,
) -> tuple[CoCitation, ...]:
    """Return the pairs of themes that are cited together more often than by chance, the surest first.

    Parameters
    ----------
    themes : iterable of iterables of int
        Themes of each answer, 0 … n_themes - 1; one that is given several times counts once. Chance is that of the
        answers given here: with answers that cite none, any two themes go together more.
    n_themes : int
    least_together : int
        Pairs with fewer answers are left out.
    least_score : float
        Pairs below this score are left out. Of n themes n(n - 1)/2 pairs are tried, so that at 2 chance alone gives up
        to one in a hundred of those.

    Returns
    -------
    tuple of CoCitation
        By score, then by the numbers of the themes.

    Raises
    ------
    ValueError
        When a theme is none of 0 … n_themes - 1.
    """
    cited = [sorted(set(one)) for one in themes]
    flat = np.asarray([theme for one in cited for theme in one], dtype=np.int64)
    if len(flat) and not (flat.min() >= 0 and flat.max() < n_themes):
        raise ValueError(f"themes are numbered from 0 to {n_themes - 1}")
    pointers = np.concatenate([[0], np.cumsum([len(one) for one in cited], dtype=np.int64)])
    member = sparse.csr_matrix((np.ones(len(flat), dtype=np.int64), flat, pointers), shape=(len(cited), n_themes))
    both = (member.T @ member).toarray()
    counts = both.diagonal()
    first, second = np.nonzero(np.triu(both >= max(least_together, 1), 1))
    together = both[first, second]
    scores = specificity(together, counts[first], counts[second], len(cited))
    expected = counts[first] * counts[second] / max(len(cited), 1)
    found = (
        CoCitation(a, b, n, chance, n / chance, score)
        for a, b, n, chance, score in zip(
            first.tolist(), second.tolist(), together.tolist(), expected.tolist(), scores.tolist(), strict=True
        )
        if score >= least_score
    )
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second)))
