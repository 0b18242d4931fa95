"""From the rows of a plain table to forms: column by column where a row is a contribution (a wide table)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.delimited import Chunk
from pipeline.ingest.forms import strings, weight
from pipeline.ingest.long_table import long_forms
from pipeline.ingest.plain_columns import Roles
from pipeline.ingest.records import Batch, Heading, Message, Record, given, timestamp

_ROWS_A_CHUNK: Final = 1000
_READ_AS: Final = {"weight": ("a number", weight), "published_at": ("a date", timestamp)}
_PROBED: Final = 20


def forms(
    chunks: Iterable[Chunk | Roles | Message],
    roles: Roles,
    scratch: Path,
    *,
    table: str = "",
    first: int = 1,
    probing: bool = False,
) -> Iterator[Batch | Record | Message]:
    """Yield the forms of a plain table in order, and what must be said of it.

    Parameters
    ----------
    chunks : iterable
        The rows below the header, as columns of strings, in the order of `roles`; `Roles` replaces those before, for
        the chunks that follow. Rows without a word are no contributions.
    roles : Roles
        What each column is.
    scratch : Path
        A folder that a long table may use, so that the rows of one contribution need not stand together.
    table : str
        How to call the table, after the name of its file, in messages.
    first : int
        The number of its first contribution; more than 1 where a file holds several tables.
    probing : bool
        Only the first forms are wanted.
    """
    counts: dict[str, int] = {}
    counted = _counted(chunks, roles, counts, first)
    if roles.question is None:
        yield from _wide(counted, roles)
    else:
        if probing:
            counted = islice(counted, _PROBED)
        yield from long_forms(counted, roles, scratch, table, first)
    for field, count in counts.items():
        if count:
            fields = {"table": table, "count": count, "column": roles.names[roles.fields[field]]}
            yield Message("N124", None, fields | {"role": _READ_AS[field][0]})


def chunks_of(rows: Iterable[Sequence[str | None]], width: int, first: int = 1) -> Iterator[Chunk]:
    """Gather rows into chunks of `width` columns; shorter rows are filled up with null."""
    rows = iter(rows)
    while waiting := list(islice(rows, _ROWS_A_CHUNK)):
        padded = [list(cells) + [None] * (width - len(cells)) for cells in waiting]
        yield Chunk(first, [strings(column) for column in zip(*padded, strict=True)])
        first += len(waiting)


def _counted(
    chunks: Iterable[Chunk | Roles | Message], roles: Roles, counts: dict[str, int], number: int
) -> Iterator[Chunk | Roles | Message]:
    """Yield what comes, without blank rows and with rows numbered anew, and count what cannot be read as it should."""
    for found in chunks:
        if isinstance(found, Chunk):
            found = _without_blank_rows(found, number)
            number += len(found.columns[0])
            if not len(found.columns[0]):
                continue
            for field, (_, read) in _READ_AS.items():
                place = roles.fields.get(field, len(found.columns))
                if place < len(found.columns):
                    counts[field] = counts.get(field, 0) + sum(
                        entry["counts"]
                        for entry in pc.value_counts(found.columns[place]).to_pylist()
                        if given(entry["values"]) is not None and read(entry["values"]) is None
                    )
        yield found


def _without_blank_rows(chunk: Chunk, number: int) -> Chunk:
    blank: pa.Array | None = None
    for column in chunk.columns:
        # A first column that is filled everywhere decides, so that most chunks cost one look.
        here = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(pc.fill_null(column, ""))), 0)
        blank = here if blank is None else pc.and_(blank, here)
        if not pc.any(blank).as_py():
            return Chunk(number, chunk.columns, chunk.certain)
    filled = pc.invert(blank)
    return Chunk(number, [column.filter(filled) for column in chunk.columns], chunk.certain)


def _wide(chunks: Iterable[Chunk | Roles | Message], roles: Roles) -> Iterator[Batch | Message]:
    headings: dict[tuple[int, ...], tuple[Heading, ...]] = {}
    for chunk in chunks:
        if isinstance(chunk, Roles):
            roles = chunk
        elif isinstance(chunk, Message):
            yield chunk
        else:
            # What a short row lacks is a cell without any value, so that all rows have the same questions.
            size, missing = len(chunk.columns[0]), len(roles.names) - len(chunk.columns)
            columns = [*chunk.columns, *(pa.nulls(size, pa.string()) for _ in range(missing))]
            here = tuple(
                place for place in roles.questions if not (place in roles.unnamed and _holds_nothing(columns[place]))
            )
            # The same tuple for each chunk: comparing identities spares hashing its headings.
            asked = headings.setdefault(here, tuple(roles.heading(place) for place in here))
            yield Batch(
                rows=range(chunk.first, chunk.first + size),
                headings=asked,
                texts=tuple(columns[place] for place in here),
                fields={field: columns[place] for field, place in roles.fields.items()},
                certain=chunk.certain,
            )


def _holds_nothing(column: pa.Array) -> bool:
    return not pc.any(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(column)), 0)).as_py()
