"""Small cells of cross-tabulations: hidden, and not to be computed back from what is shown.

A count under `LEAST` is shown as « <5 » (it may be zero). Where a total and the other cells would give it away, the
next smallest cells are held back too, as « masqué », until at least `VALUES` values are possible for each hidden count.
The parts of a row are a tree: a total is the sum of its regions, and a region that of its départements; the same total
is also the sum over kinds of authors. Everything is judged as if the sum above were known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LEAST: Final = 5
"""The smallest count that is shown."""

VALUES: Final = 3
"""How many values each hidden count can have, at least, for who knows all that is shown."""

SMALL: Final = f"<{LEAST}"
HELD: Final = "masqué"

Shown = int | str


@dataclass(frozen=True)
class Split:
    """A count, and the parts that it is the sum of: by region and département, and by kind of author."""

    total: int
    regions: Mapping[str, Mapping[str, int]]
    authors: Mapping[str, int]


@dataclass(frozen=True)
class ShownSplit:
    """What is shown of a `Split`, key by key."""

    total: Shown
    regions: Mapping[str, Shown]
    departements: Mapping[tuple[str, str], Shown]
    authors: Mapping[str, Shown]


def protect(total: int, parts: Sequence[int]) -> list[Shown]:
    """Return what is shown of `parts`, of which everybody knows the sum `total`."""
    if len(parts) == 1:  # the total under another name
        return [part if part >= LEAST else SMALL for part in parts]
    hidden = {place for place, part in enumerate(parts) if part < LEAST}
    held: list[int] = []
    small = len(hidden)
    waiting = sorted((part, place) for place, part in enumerate(parts) if part >= LEAST)
    while small and not _ambiguous(sum(parts[place] for place in hidden), small, len(held)):
        if not waiting:
            return [HELD] * len(parts)
        _, place = waiting.pop(0)
        held.append(place)
        hidden.add(place)
    return [HELD if place in held else SMALL if place in hidden else part for place, part in enumerate(parts)]


def _ambiguous(rest: int, small: int, held: int) -> bool:
    """Say whether each of `small` counts under LEAST can have VALUES values, when all hidden ones add up to `rest`.

    Who knows how cells are chosen knows that a held one is not under LEAST.
    """
    most = LEAST - 1
    lowest = 0 if held else max(0, rest - most * (small - 1))
    highest = min(most, rest - LEAST * held)
    return highest - lowest + 1 >= VALUES


def protect_split(split: Split) -> ShownSplit:
    """Return what is shown of a count and its parts."""
    if split.total < LEAST:
        return ShownSplit(
            SMALL,
            dict.fromkeys(split.regions, SMALL),
            {(region, key): SMALL for region, parts in split.regions.items() for key in parts},
            dict.fromkeys(split.authors, SMALL),
        )
    sums = {region: sum(parts.values()) for region, parts in split.regions.items()}
    regions = dict(zip(sums, protect(split.total, list(sums.values())), strict=True))
    departements: dict[tuple[str, str], Shown] = {}
    for region, parts in split.regions.items():
        above = regions[region]
        below = protect(above, list(parts.values())) if isinstance(above, int) else [above] * len(parts)
        departements |= {(region, key): cell for key, cell in zip(parts, below, strict=True)}
    authors = dict(zip(split.authors, protect(split.total, list(split.authors.values())), strict=True))
    return ShownSplit(split.total, regions, departements, authors)


def protect_base(base: Split, themes: Sequence[ShownSplit], without_theme: int) -> ShownSplit:
    """Return what is shown of all readable answers to a question, of which those with a theme are in `themes`.

    An answer with a theme is in one row of themes at least, so that a base which is larger than what the rows show
    tells of the rows that are hidden. Where it would, the bases of that kind are held back.

    Parameters
    ----------
    base : Split
        Counts of all readable answers.
    themes : sequence of ShownSplit
        What is shown of each theme.
    without_theme : int
        Readable answers to the question without a theme, a number that is shown elsewhere.
    """
    shown = protect_split(base)

    def tells(count: Shown, column: Sequence[Shown]) -> bool:
        if not isinstance(count, int) or HELD in column or SMALL not in column:
            return False
        known = sum(cell for cell in column if isinstance(cell, int))
        return count - without_theme - known - (LEAST - 1) * (column.count(SMALL) - 1) > 0

    regions, departements, authors = dict(shown.regions), dict(shown.departements), dict(shown.authors)
    if any(tells(count, [row.authors[key] for row in themes]) for key, count in authors.items()):
        authors = dict.fromkeys(authors, HELD)
    if any(tells(count, [row.regions[key] for row in themes]) for key, count in regions.items()):
        regions, departements = dict.fromkeys(regions, HELD), dict.fromkeys(departements, HELD)
    telling = {key[0] for key, count in departements.items() if tells(count, [row.departements[key] for row in themes])}
    return ShownSplit(
        shown.total,
        regions,
        {key: HELD if key[0] in telling else cell for key, cell in departements.items()},
        authors,
    )
