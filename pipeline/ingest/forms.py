"""The fields that a form gives beside its answers, read from columns of text; and records turned into columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.ingest.records import FIELDS, Batch, Record, given, is_true, storable, timestamp

Value = TypeVar("Value")


def form_columns(batch: Batch) -> dict[str, list[Any]]:
    """Return the fields of the forms of a batch, as lists; ``published`` is the date as text, for keys.

    What cannot be read as what it should be (a date, a weight) is None.
    """
    size = len(batch.rows)
    text: dict[str, list[Any]] = {
        name: batch.fields[name].to_pylist() if name in batch.fields else [None] * size for name in FIELDS
    }
    for name in ("reference", "title", "author", "author_type", "postcode"):
        text[name] = _each(given, text[name])
    dates = _each(timestamp, text["published_at"])
    return text | {
        "published_at": dates,
        "published": [date.isoformat() if date else None for date in dates],
        "trashed": _each(is_true, text["trashed"]),
        "weight": _each(weight, text["weight"]),
    }


def _each(function: Callable[[Any], Value], values: Sequence[Any]) -> list[Value]:
    # Most columns hold few distinct values: each is looked at once.
    cached = lru_cache(maxsize=None)(function)
    return [cached(value) for value in values]


def weight(text: str | None) -> float | None:
    """Read a weight as people write it (« 0,85 » or "0.85"); anything else is None."""
    try:
        found = float((text or "").strip().replace("\u00a0", "").replace(",", "."))
    except ValueError:
        return None
    return found if np.isfinite(found) else None


def rows_of(records: Sequence[Record]) -> tuple[Batch, npt.NDArray[np.bool_] | None, str | None]:
    """Return records with the same headings, and consecutive numbers, as a batch.

    With it come which cells are not certain, of shape (n_records, n_headings) or None when all are, and the
    questionnaire of the records.
    """
    width = len(records[0].headings)
    fields: dict[str, pa.Array] = {}
    for name in FIELDS:
        values = [getattr(record, name) for record in records]
        if name == "published_at":
            values = [value.isoformat() if value else None for value in values]
        elif name in ("weight", "trashed"):
            values = [None if value is None else str(value) for value in values]
        if any(value is not None for value in values):
            fields[name] = strings(values)
    uncertain = None
    if any(record.unread for record in records):
        uncertain = np.zeros((len(records), width), dtype=bool)
        for row, record in enumerate(records):
            uncertain[row, list(record.unread)] = True
    texts = tuple(strings([record.texts[place] for record in records]) for place in range(width))
    rows = range(records[0].row, records[0].row + len(records))
    batch = Batch(rows, records[0].headings, texts, fields, asked=records[0].asked)
    return batch, uncertain, records[0].questionnaire


def strings(values: Sequence[str | None]) -> pa.Array:
    """Return texts as an Arrow array; half a surrogate pair, which no UTF-8 file can hold, becomes « ? »."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([text and storable(text) for text in values], pa.string())


def row_major(columns: Sequence[pa.Array], size: int) -> pa.Array:
    """Return the cells of `size` forms, form by form, from a column a question."""
    if not columns:
        return pa.array([], pa.string())
    places = np.arange(size)[:, None] + size * np.arange(len(columns))[None, :]
    return pa.concat_arrays(columns).take(pa.array(places.ravel()))
