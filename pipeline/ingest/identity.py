"""Which forms are new: the same form in two files counts once, and a later one with other words replaces the earlier.

A form is known by its reference, or else by what it says, and by how many of its file had the same before it: rows of
one file are never merged, for two people may write the same.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Received:
    """All forms in the order of the inputs, as arrays of shape (n_forms,).

    ``key`` and ``content`` are those of `pipeline.ingest.staging.FORMS`; ``counter`` is True where the reference is a
    bare number, which files of different origins may share.
    """

    file: Integers
    row: Integers
    key: Keys
    content: Keys
    author: Keys
    published: Integers
    trashed: npt.NDArray[np.bool_]
    counter: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Identity:
    """What becomes of each form: ``status`` (NEW, AGAIN, REPLACED, FORGOTTEN), its final ``key``, and the position of
    the form that replaced it, or that says the same (-1: none). ``unlike`` lists pairs of files whose references are
    the same numbers for other forms.
    """

    status: npt.NDArray[np.int8]
    key: Keys
    by: Integers
    unlike: tuple[tuple[int, int], ...]


def received(parts: list[pa.Table]) -> Received:
    """Gather what identity needs from staged forms."""
    forms = pa.concat_tables(parts)
    published = pc.fill_null(pc.cast(forms["published_at"], pa.int64()), -1)
    return Received(
        file=forms["file"].to_numpy().astype(np.int64),
        row=forms["row"].to_numpy(),
        key=forms["key"].to_numpy(),
        content=forms["content"].to_numpy(),
        author=forms["author"].to_numpy(),
        published=published.to_numpy(),
        trashed=forms["trashed"].to_numpy(),
        counter=pc.fill_null(pc.match_substring_regex(forms["reference"], _COUNTER), False).to_numpy(),
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
    status = np.zeros(size, np.int8)
    by = np.full(size, -1, np.int64)
    unlike: list[tuple[int, int]] = []
    held: dict[int, int] = {}  # position of the form that stands for each key, of the files before
    starts = np.flatnonzero(np.diff(forms.file, prepend=-1)).tolist()
    several = len(starts) > 1
    for start, end in zip(starts, [*starts[1:], size], strict=True) if several else ():
        here = np.arange(start, end)
        pairs = [(old, new) for new in here.tolist() if (old := held.get(int(key[new]))) is not None]
        for old_file in sorted({int(forms.file[old]) for old, _ in pairs}):
            shared = [(old, new) for old, new in pairs if forms.file[old] == old_file]
            if _same_numbers(forms, shared):
                for old, new in shared:
                    _settle(forms, status, by, held, old, new, int(key[new]))
            else:
                unlike.append((old_file, int(forms.file[start])))
                for _, new in shared:
                    key[new] = occurrence_key(int(key[new]), 1_000_000 + int(forms.file[new]))
        for new in here[status[start:end] != AGAIN].tolist():
            held[int(key[new])] = new
    if forgotten:
        erased = np.isin(key, np.array(sorted(forgotten), np.uint64))
        status[erased] = FORGOTTEN  # earlier versions too: none of them is kept
    return Identity(status, key, by, tuple(unlike))


def _settle(
    forms: Received, status: npt.NDArray[np.int8], by: Integers, held: dict[int, int], old: int, new: int, key: int
) -> None:
    same = forms.content[old] == forms.content[new] and forms.trashed[old] == forms.trashed[new]
    if same:
        status[new], by[new] = AGAIN, old
    else:
        status[old], by[old] = REPLACED, new
        held[key] = new


def _same_numbers(forms: Received, shared: list[tuple[int, int]]) -> bool:
    """Say whether forms of two files with the same references are the same forms, some of them changed since.

    References of a platform are. Bare numbers (1, 2, 3…) may be counted in each file anew: then half of the forms
    must agree in what they say, in their author or in their date.
    """
    doubtful = [(old, new) for old, new in shared if forms.counter[old] and forms.counter[new]]
    if len(doubtful) < len(shared) or not doubtful:
        return True
    agree = sum(
        forms.content[old] == forms.content[new]
        or (forms.author[old] != 0 and forms.author[old] == forms.author[new])
        or (forms.published[old] != -1 and forms.published[old] == forms.published[new])
        for old, new in doubtful
    )
    return bool(2 * agree >= len(doubtful))


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
