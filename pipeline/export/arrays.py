"""Arrow arrays as text, many at once: what it would take Python minutes to do one value at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc


def joined(*parts: pa.Array | str) -> pa.Array:
    """Return texts put one after the other, element by element; null where one of them is."""
    return pc.binary_join_element_wise(*parts, "")


def in_words(values: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """Return texts with a word in place of each that has one."""
    found = pc.take(
        pa.array(list(words.values()), pa.string()), pc.index_in(values, pa.array(list(words), pa.string()))
    )
    return pc.coalesce(found, values)


def yes_no(values: pa.Array) -> pa.Array:
    """Return flags as « oui » and « non »."""
    return pc.if_else(values, "oui", "non")


def labels(values: pa.Array, field: str, between: str) -> pa.Array:
    """Return lists of structures as texts: one field of each, with `between` in between."""
    names = values.values.field(field)
    return pc.binary_join(pa.ListArray.from_arrays(values.offsets, names), between)


def write_lines(lines: pa.Array, file: IO[bytes]) -> None:
    """Write the texts of an array, none of them null, one right after the other."""
    _, offsets, data = lines.buffers()
    if data is None or not len(lines):
        return
    places = memoryview(offsets).cast("i")
    file.write(memoryview(data)[places[lines.offset] : places[lines.offset + len(lines)]])
