"""How far people agree on the themes of answers: Cohen's κ for two of them, Krippendorff's α for any number.

Both are 1 − observed ÷ expected disagreement. κ (Cohen, Educational and Psychological Measurement 20, 1960; with a
distance: Psychological Bulletin 70, 1968) expects what the two people's own habits give; α (Krippendorff, Computing
Krippendorff's Alpha-Reliability, 2011) what all values drawn together give, and takes missing values. An answer can
have several themes. Over all themes, two sets of them disagree by the distance of MASI (Passonneau, Measuring Agreement
on Set-valued Items, LREC 2006): 1 − Jaccard × (1 where they are the same, 2/3 where one holds the other, 1/3 where they
overlap, 0). Of one theme it is nominal: has it or not.

Intervals are percentiles of resamples of answers (Zapf et al., BMC Medical Research Methodology 16:93, 2016), and no
narrower than Wilson's interval of the observed disagreement at the expected one: where all agree, resamples do too,
though the next answer may not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.intervals import RESAMPLES, Score
from pipeline.review.decisions import Decision
from pipeline.review.verdicts import Verdicts, answer_verdicts
from pipeline.textometry.shares import share_intervals

Floats = npt.NDArray[np.float64]
Distance = Callable[[Hashable, Hashable], float]

SEED: Final = 0
FEWEST: Final = 2
"""Answers on which a coefficient is worth computing."""


@dataclass(frozen=True)
class Pair:
    """Two people, the answers that both decided on, and their κ; None where it is not defined."""

    first: str
    second: str
    answers: int
    kappa: Score | None


@dataclass(frozen=True)
class ThemeAgreement:
    """A theme that somebody gave one of the answers, how many of them have it, and its α."""

    theme_id: str
    label: str
    answers: int
    alpha: Score | None


@dataclass(frozen=True)
class Agreement:
    """How far people agree on the answers that two of them or more decided on."""

    answers: int
    authors: Mapping[str, int]
    identical: int
    """Answers to which all who decided on them give the same themes."""
    alpha: Score | None
    pairs: tuple[Pair, ...]
    themes: tuple[ThemeAgreement, ...]


def double_coded(decisions: Iterable[Decision]) -> Verdicts:
    """Return the answers on which two people or more decided: ``{answer_id: {author: [topic_ids]}}``, by answer_id.

    Decisions that were taken back do not count; of several by one person on one answer, the last does.
    """
    found = answer_verdicts(decisions)
    return {answer_id: dict(sorted(said.items())) for answer_id, said in sorted(found.items()) if len(said) >= FEWEST}


def agreement(
    table: Verdicts, *, parents: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None
) -> Agreement | None:
    """Return how far people agree on the answers of a table; None when it has none.

    Parameters
    ----------
    table : mapping
        As `double_coded` returns it.
    parents : mapping, optional
        The theme of each sub-theme: people are compared on themes.
    labels : mapping, optional
        The labels of themes.
    """
    whole = parents or {}
    units = {
        answer_id: {author: frozenset(whole.get(topic, topic) for topic in topics) for author, topics in said.items()}
        for answer_id, said in sorted(table.items())
        if len(said) >= FEWEST
    }
    if not units:
        return None
    authors = Counter(author for said in units.values() for author in said)
    pairs = []
    for first, second in combinations(sorted(authors), 2):
        both = [(said[first], said[second]) for said in units.values() if first in said and second in said]
        if both:
            kappa = cohen_kappa([one for one, _ in both], [other for _, other in both], masi)
            pairs.append(Pair(first, second, len(both), kappa))
    given = Counter(theme for said in units.values() for theme in frozenset().union(*said.values()))
    rows = []
    for theme, count in sorted(given.items(), key=lambda item: (-item[1], item[0])):
        values = [[theme in themes for themes in said.values()] for said in units.values()]
        rows.append(ThemeAgreement(theme, (labels or {}).get(theme, theme), count, krippendorff_alpha(values)))
    return Agreement(
        answers=len(units),
        authors=dict(sorted(authors.items())),
        identical=sum(len(set(said.values())) == 1 for said in units.values()),
        alpha=krippendorff_alpha([list(said.values()) for said in units.values()], masi),
        pairs=tuple(sorted(pairs, key=lambda pair: (-pair.answers, pair.first, pair.second))),
        themes=tuple(rows),
    )


def nominal(first: Hashable, second: Hashable) -> float:
    """Return 0 for the same value, 1 for another."""
    return float(first != second)


def masi(first: Hashable, second: Hashable) -> float:
    """Return the distance of two frozensets, 0 to 1: one minus MASI; two empty sets are the same."""
    if not isinstance(first, frozenset) or not isinstance(second, frozenset):
        raise TypeError("MASI compares sets")
    if first == second:
        return 0.0
    common = len(first & second)
    kind = 2 / 3 if first <= second or second <= first else 1 / 3
    return 1.0 - kind * common / len(first | second)


def cohen_kappa(
    first: Sequence[Hashable], second: Sequence[Hashable], distance: Distance = nominal, seed: int = SEED
) -> Score | None:
    """Return Cohen's κ of two people with its 95 % interval.

    Parameters
    ----------
    first, second : sequence of length n
        What each of them says of the same n answers.
    distance : callable
        How far two values are apart, 0 to 1; `nominal` gives the κ of 1960, others the weighted κ of 1968.
    seed : int
        Of the resamples.

    Returns
    -------
    Score or None
        None when they say nothing, or both the same of all: no disagreement is expected, and κ is not defined.
    """
    if len(first) != len(second):
        raise ValueError("two people are compared on the same answers")
    values, apart = _distances([*first, *second], distance)
    if not len(first):
        return None
    one, two = (_one_hot([values[value] for value in said], len(values)) for said in (first, second))
    observed = np.einsum("ui,ij,uj->u", one, apart, two)
    repeats = _resamples(len(first), seed)

    def both(times: Floats) -> tuple[Floats, Floats]:
        n = times.sum(axis=1)
        expected = np.einsum("ri,ij,rj->r", times @ one, apart, times @ two) / n**2
        return times @ observed / n, expected

    return _coefficient(*both(np.ones((1, len(first)))), *both(repeats), len(first))


def krippendorff_alpha(
    units: Iterable[Sequence[Hashable]], distance: Distance = nominal, seed: int = SEED
) -> Score | None:
    """Return Krippendorff's α of any number of people with its 95 % interval.

    Parameters
    ----------
    units : iterable of sequences
        The values that people gave each answer; those who gave none are left out. Answers with one value do not count.
    distance : callable
        How far two values are apart, 0 to 1: for nominal α, `nominal`.
    seed : int
        Of the resamples.

    Returns
    -------
    Score or None
        None when no answer has two values, or all values are the same.
    """
    paired = [list(unit) for unit in units if len(unit) > 1]
    if not paired:
        return None
    values, apart = _distances([value for unit in paired for value in unit], distance)
    counts = np.array([_one_hot([values[value] for value in unit], len(values)).sum(axis=0) for unit in paired])
    sizes = counts.sum(axis=1)
    inside = np.einsum("ui,ij,uj->u", counts, apart, counts) / (sizes - 1)
    repeats = _resamples(len(paired), seed)

    def both(times: Floats) -> tuple[Floats, Floats]:
        n, whole = times @ sizes, times @ counts
        expected = np.einsum("ri,ij,rj->r", whole, apart, whole) / (n * (n - 1))
        return times @ inside / n, expected

    return _coefficient(*both(np.ones((1, len(paired)))), *both(repeats), len(paired))


def _coefficient(
    observed: Floats, expected: Floats, observed_again: Floats, expected_again: Floats, units: int
) -> Score | None:
    if expected[0] <= 0:
        return None
    value = 1 - float(observed[0] / expected[0])
    defined = expected_again > 0
    found = 1 - observed_again[defined] / expected_again[defined]
    low, high = (float(one) for one in np.quantile(found, [0.025, 0.975])) if len(found) else (value, value)
    share = min(1.0, max(0.0, float(observed[0])))
    least, most = (1 - float(limit) / float(expected[0]) for limit in share_intervals(share * units, units))
    return Score(round(value, 4), round(min(value, low, most), 4), round(min(1.0, max(value, high, least)), 4))


def _distances(said: Sequence[Hashable], distance: Distance) -> tuple[dict[Hashable, int], Floats]:
    values = {value: place for place, value in enumerate(dict.fromkeys(said))}
    apart = np.array([[distance(one, other) for other in values] for one in values], dtype=np.float64)
    return values, apart.reshape(len(values), len(values))


def _one_hot(places: Sequence[int], width: int) -> Floats:
    found = np.zeros((len(places), width))
    found[np.arange(len(places)), places] = 1
    return found


def _resamples(units: int, seed: int) -> Floats:
    """Return how often each answer is drawn in each resample, shape (RESAMPLES, units)."""
    random = np.random.default_rng(seed)
    return random.multinomial(units, np.full(units, 1 / units), RESAMPLES).astype(np.float64)
