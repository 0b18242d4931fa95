"""Which texts an audit draws: at random, stratified by question and theme.

**Proportional, with pooled strata, rather than a minimum a stratum.** With 12 questions of 16 themes, a minimum of two
texts in each of 200 strata is more than a sample of 200; it would take the sample to the smallest themes, and the
unequal weights would widen every interval of the whole. So a stratum of its own is for a theme (or no theme) that can
expect two texts at least; the smaller ones of a question are one stratum, and what is smaller still is one stratum over
all questions. Weights are so nearly equal.

**Copies.** A text is judged once for all who sent it word for word, and weighs as many answers. One that is more than
its part of the sample (copies > answers ÷ size) is drawn for certain, as large units of business surveys are (take-all
strata), the heaviest first, up to a fifth of the sample.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

Kind = Literal["certain", "theme", "other_themes", "other_questions"]

FEWEST: Final = 2
"""Texts that a stratum of its own can expect: with one, nothing is known of how texts of it differ."""

_MOST_CERTAIN: Final = 5  # one text in five at most is drawn for certain


@dataclass(frozen=True)
class Text:
    """A text of the population: one answer that stands for all its copies, and what the machine says of it.

    ``theme_id`` is its first theme, None where it has none; ``topics`` are its topic ids, sub-themes among them.
    """

    answer_id: str
    question_id: str
    theme_id: str | None
    topics: tuple[str, ...] = ()
    copies: int = 1


@dataclass(frozen=True)
class Drawn:
    """A stratum: its texts, and the places of those that were drawn, in the order of the population."""

    kind: Kind
    question_id: str | None
    theme_id: str | None
    members: tuple[int, ...]
    chosen: tuple[int, ...]


def draw_strata(texts: Sequence[Text], size: int, seed: int) -> list[Drawn]:
    """Return the strata of a population with what was drawn from each.

    Parameters
    ----------
    texts : sequence of Text
        The population, ordered by answer_id.
    size : int
        Texts to draw; all of them when there are no more.
    seed : int
        The same seed draws the same texts.
    """
    certain = _certain(texts, size)
    taken = set(certain)
    groups: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        if place not in taken:
            groups[text.question_id, text.theme_id].append(place)
    left = size - len(certain)
    strata = _pooled(groups, left) if left else []
    random = np.random.default_rng(seed)
    found = [Drawn("certain", None, None, tuple(certain), tuple(certain))] if certain else []
    counts = allocation([len(members) for _, _, _, members in strata], left)
    for (kind, question_id, theme_id, members), count in zip(strata, counts, strict=True):
        places = random.choice(len(members), count, replace=False)
        chosen = tuple(members[place] for place in sorted(places.tolist()))
        found.append(Drawn(kind, question_id, theme_id, tuple(members), chosen))
    return found


def allocation(sizes: Sequence[int], total: int) -> list[int]:
    """Return how many to draw of each stratum: in proportion, two at least (or all), `total` in all.

    One at least is left to each stratum, so `total` is no smaller than their number.
    """
    whole = sum(sizes)
    if total >= whole:
        return list(sizes)
    exact = [total * size / whole for size in sizes]
    found = [min(size, max(FEWEST, int(share))) for size, share in zip(sizes, exact, strict=True)]
    places = range(len(sizes))
    while (missing := total - sum(found)) > 0:
        open_to = [place for place in places if found[place] < sizes[place]]
        found[max(open_to, key=lambda place: (exact[place] - found[place], sizes[place], -place))] += 1
    while missing < 0:  # the minimum took too much: those that have most give it back
        found[max(places, key=lambda place: (found[place], sizes[place], -place))] -= 1
        missing += 1
    return found


def _certain(texts: Sequence[Text], size: int) -> list[int]:
    if size >= len(texts):
        return list(range(len(texts)))
    limit = sum(text.copies for text in texts) / size
    heavy = [place for place, text in enumerate(texts) if text.copies > max(1.0, limit)]
    heavy.sort(key=lambda place: (-texts[place].copies, texts[place].answer_id))
    return sorted(heavy[: size // _MOST_CERTAIN])


def _pooled(
    groups: Mapping[tuple[str, str | None], list[int]], size: int
) -> list[tuple[Kind, str | None, str | None, list[int]]]:
    whole = sum(map(len, groups.values()))
    strata: list[tuple[Kind, str | None, str | None, list[int]]] = []
    small: dict[str, list[int]] = defaultdict(list)
    rest: list[int] = []
    for (question_id, theme_id), members in sorted(groups.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        if size * len(members) >= FEWEST * whole:
            strata.append(("theme", question_id, theme_id, members))
        else:
            small[question_id] += members
    for question_id, members in small.items():
        if size * len(members) >= FEWEST * whole:
            strata.append(("other_themes", question_id, None, sorted(members)))
        else:
            rest += members
    if rest:
        strata.append(("other_questions", None, None, sorted(rest)))
    return strata
