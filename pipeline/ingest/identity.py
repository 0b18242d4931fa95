"""Which forms are new: the same form in two files counts once, and a later one with other words replaces the earlier.

A form is known by its reference, or else by what it says, and by how many of its file had the same before it: rows of
one file are never merged, for two people may write the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.identifiers import occurrence_key

Keys = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

NEW: Final = 0
AGAIN: Final = 1
REPLACED: Final = 2
FORGOTTEN: Final = 3

_COUNTER: Final = r"^\d{1,7}$"
_ENOUGH: Final = 0.5
"""Share of agreeing forms from which two files are taken to count the same forms."""

_ORIGINS: Final = 1_000_000
"""Added to the number of an origin, so that its keys are not those of occurrences."""

_PARTS: Final = 2_000_000
"""Added to the number of a part, likewise."""


@dataclass(frozen=True)
class Received:
    """All forms in the order of the inputs, as arrays of shape (n_forms,).

    ``key`` and ``content`` are those of `pipeline.ingest.staging.FORMS`; ``counter`` is True where the reference is a
    bare number, which files of different origins may share. ``part`` is that of its file, as `parts_of` gives it.
    """

    file: Integers
    row: Integers
    key: Keys
    content: Keys
    author: Keys
    published: Integers
    trashed: npt.NDArray[np.bool_]
    counter: npt.NDArray[np.bool_]
    part: Integers


@dataclass(frozen=True)
class Identity:
    """What becomes of each form: ``status`` (NEW, AGAIN, REPLACED, FORGOTTEN), its final ``key``, and the position of
    the form that replaced it, or that says the same (-1: none). ``unlike`` lists pairs of files whose references are
    the same numbers for other forms. ``apart`` is True where another part of the files has the form's reference.
    """

    status: npt.NDArray[np.int8]
    key: Keys
    by: Integers
    unlike: tuple[tuple[int, int], ...]
    apart: npt.NDArray[np.bool_]


def parts_of(asked: Sequence[Iterable[int]]) -> Integers:
    """Return the part that each file belongs to, from the questions that each asks.

    Files of one part ask some question in common, or each does with a third. Files of different parts hold no versions
    of the same forms: one that holds the closed questions alone does not replace one that holds the open ones.
    """
    found = np.arange(len(asked))
    seen: dict[int, int] = {}
    for file, questions in enumerate(asked):
        for question in questions:
            one, other = sorted((int(found[seen.setdefault(question, file)]), int(found[file])))
            if one != other:
                found[found == other] = one
    return found


def needed(forms: pa.Table) -> pa.Table:
    """Return of staged forms what identity needs, in memory of its own: what they are staged in can be let go of."""
    counter = pc.fill_null(pc.match_substring_regex(forms["reference"], _COUNTER), False)
    columns = {name: forms[name].to_numpy().copy() for name in ("file", "row", "key", "content", "author", "trashed")}
    published = pc.fill_null(pc.cast(forms["published_at"], pa.int64()), -1)
    return pa.table({**columns, "published": published.to_numpy().copy(), "counter": counter.to_numpy()})


def received(parts: Iterable[pa.Table], asked: Sequence[Iterable[int]]) -> Received:
    """Gather what identity needs from staged forms, and from the questions that each file asks."""
    forms = pa.concat_tables([needed(part) for part in parts])
    file = forms["file"].to_numpy().astype(np.int64)
    return Received(
        file=file,
        row=forms["row"].to_numpy(),
        key=forms["key"].to_numpy(),
        content=forms["content"].to_numpy(),
        author=forms["author"].to_numpy(),
        published=forms["published"].to_numpy(),
        trashed=forms["trashed"].to_numpy(),
        counter=forms["counter"].to_numpy(),
        part=parts_of(asked)[file],
    )


def identify(forms: Received, forgotten: frozenset[int] = frozenset()) -> Identity:
    """Say what becomes of each form.

    Parameters
    ----------
    forms : Received
        All forms, in the order of the inputs.
    forgotten : frozenset of int
        Final keys of the forms that were erased on request.
    """
    size = len(forms.key)
    key = _numbered(forms.file, forms.key)
    repeated = frozenset(forms.key[key != forms.key].tolist())
    status = np.zeros(size, np.int8)
    by = np.full(size, -1, np.int64)
    unlike: list[tuple[int, int]] = []
    # By part, for each origin of bare numbers, the form that stands for each key.
    known: dict[int, list[dict[int, int]]] = {}
    starts = np.flatnonzero(np.diff(forms.file, prepend=-1)).tolist()
    several = len(starts) > 1
    for start, end in zip(starts, [*starts[1:], size], strict=True) if several else ():
        sure = (start + np.flatnonzero(~forms.counter[start:end])).tolist()
        counted = (start + np.flatnonzero(forms.counter[start:end])).tolist()
        origins = known.setdefault(int(forms.part[start]), [{}])
        origin, others = _origin(forms, key, origins, sure, counted)
        unlike += [(other, int(forms.file[start])) for other in others]
        for held, places in ((origins[0], sure), (origins[origin], counted)):
            _renumber(forms, key, held, [place for place in places if int(forms.key[place]) in repeated])
            for new in places:
                _settle(forms, status, by, held, new, int(key[new]))
        for new in counted if origin else ():
            key[new] = occurrence_key(int(key[new]), _ORIGINS + origin)
    apart = _taken(key, forms.part)
    for place in np.flatnonzero(apart).tolist():
        key[place] = occurrence_key(int(key[place]), _PARTS + int(forms.part[place]))
    if forgotten:
        erased = np.isin(key, np.array(sorted(forgotten), np.uint64))
        status[erased] = FORGOTTEN  # earlier versions too: none of them is kept
    return Identity(status, key, by, tuple(unlike), apart)


def _taken(key: Keys, part: Integers) -> npt.NDArray[np.bool_]:
    """Say which forms have a key that a form of another part had first."""
    if not len(part) or (part == part[0]).all():
        return np.zeros(len(key), bool)
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    found: npt.NDArray[np.bool_] = part != part[first[group]]
    return found


def _settle(
    forms: Received, status: npt.NDArray[np.int8], by: Integers, held: dict[int, int], new: int, key: int
) -> None:
    old = held.setdefault(key, new)
    if old == new:
        return
    if _says_the_same(forms, old, new):
        status[new], by[new] = AGAIN, old
    else:
        status[old], by[old] = REPLACED, new
        held[key] = new


def _says_the_same(forms: Received, old: int, new: int) -> bool:
    return bool(forms.content[old] == forms.content[new] and forms.trashed[old] == forms.trashed[new])


def _origin(
    forms: Received, key: Keys, origins: list[dict[int, int]], sure: list[int], counted: list[int]
) -> tuple[int, list[int]]:
    """Return where the bare numbers of a file were counted, and the files with the same numbers for other forms.

    References of a platform are the same forms everywhere. Bare numbers (1, 2, 3…) may be counted in each file anew:
    a file continues an earlier one when half of the forms that both have agree in what they say, in their author or
    in their date. Of several, it is the one that most agree with; when there is none, an origin is added.
    """
    if not counted:
        return 0, []
    best, found, others = 0.0, 0, []
    for number, held in enumerate(origins):
        pairs = [(old, new) for new in counted if (old := held.get(int(key[new]))) is not None]
        if not pairs:
            continue
        known = 0 if number else sum(int(key[place]) in held for place in sure)
        share = (known + sum(_agree(forms, old, new) for old, new in pairs)) / (known + len(pairs))
        if share >= _ENOUGH and share > best:
            best, found = share, number
        others.append(int(forms.file[pairs[0][0]]))
    if best or not others:
        return found, []
    origins.append({})
    return len(origins) - 1, others


def _agree(forms: Received, old: int, new: int) -> bool:
    return bool(
        forms.content[old] == forms.content[new]
        or (forms.author[old] != 0 and forms.author[old] == forms.author[new])
        or (forms.published[old] != -1 and forms.published[old] == forms.published[new])
    )


def _renumber(forms: Received, key: Keys, held: dict[int, int], places: list[int]) -> None:
    """Give forms whose reference comes more than once the number of the earlier form that says the same.

    A later file may hold them in another order, or only some of them.
    """
    groups: dict[int, list[int]] = {}
    for place in places:
        groups.setdefault(int(forms.key[place]), []).append(place)
    for base, group in groups.items():
        before: dict[int, int] = {}  # forms that stand for the reference, by their number
        while (old := held.get(occurrence_key(base, len(before) + 1))) is not None:
            before[len(before) + 1] = old
        numbers: dict[int, int] = {}
        for place in group:
            same = (number for number, old in before.items() if _says_the_same(forms, old, place))
            if (number := next(same, None)) is not None:
                numbers[place] = number
                del before[number]
        taken = set(numbers.values())
        free = (number for number in count(1) if number not in taken)
        for place in group:
            key[place] = occurrence_key(base, numbers[place] if place in numbers else next(free))


def _numbered(file: Integers, key: Keys) -> Keys:
    """Give forms of one file with the same key keys of their own, by their number among them."""
    order = np.lexsort((np.arange(len(key)), key, file))
    again = np.zeros(len(key), bool)
    again[1:] = (key[order][1:] == key[order][:-1]) & (file[order][1:] == file[order][:-1])
    found = key.copy()
    times = 1
    for place in np.flatnonzero(again).tolist():
        times = times + 1 if place and again[place - 1] else 2
        found[order[place]] = occurrence_key(int(key[order[place]]), times)
    return found
