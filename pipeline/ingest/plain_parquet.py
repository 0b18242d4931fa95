"""Parquet tables: any type of column becomes text; a list is joined with a bar, a struct flattened."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.ingest import plain_columns
from pipeline.ingest.delimited import MOST_COLUMNS, Chunk
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import STRAY_BYTES, Inspection
from pipeline.ingest.forms import strings
from pipeline.ingest.plain_columns import SAMPLE_ROWS
from pipeline.ingest.plain_forms import forms
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Batch, Message, Record

_MARK: Final = b"PAR1"
_ROWS_A_CHUNK: Final = 1000
_PANDAS_INDEX: Final = "__index_level_"
_DAMAGED: Final = Message("E134", None, {"detail": "a Parquet file that is cut off or damaged"})


class _DamagedFile(Exception):
    pass


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether a file begins as Parquet files do."""
    return sample.start.startswith(_MARK)


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Record | Batch | Message]:
    """Yield the contributions of a table in order, and what was guessed of its columns."""
    try:
        sample = next(_batches(file), None)
        if sample is None:
            return
        names = [name for name, _ in sample]
        if len(names) > MOST_COLUMNS:
            yield Message("E134", None, {"detail": f"a Parquet file with more than {MOST_COLUMNS:,} columns"})
            return
        rows = list(zip(*(column.slice(0, SAMPLE_ROWS).to_pylist() for _, column in sample), strict=True))
        roles = plain_columns.roles(names, rows, context.columns, header=True)
        yield from plain_columns.told(roles)
        if not roles.missing:
            yield from forms(_chunks(file), roles, context.scratch, probing=context.probing)
    except _DamagedFile:
        yield _DAMAGED


def _chunks(file: InputFile) -> Iterator[Chunk]:
    first = 1
    for columns in _batches(file):
        yield Chunk(first, [column for _, column in columns])
        first += len(columns[0][1])


def _batches(file: InputFile) -> Iterator[list[tuple[str, pa.Array]]]:
    """Yield some rows at a time, as (name, texts) a column."""
    try:
        with pa.OSFile(os.fsencode(file.path)) as source, pq.ParquetFile(source) as table:
            for batch in table.iter_batches(batch_size=_ROWS_A_CHUNK):
                columns = [
                    (name, _texts(column))
                    for given, array in zip(batch.schema.names, batch.columns, strict=True)
                    if not given.startswith(_PANDAS_INDEX)
                    for name, column in _flattened(given, array)
                ]
                if columns and batch.num_rows:
                    yield columns
    except (pa.ArrowException, OSError, UnicodeDecodeError, OverflowError) as error:
        raise _DamagedFile from error


def _flattened(name: str, column: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    if pa.types.is_struct(column.type) and column.type.num_fields:
        # flatten() keeps what is null above null below, which field() does not
        for place, inner in enumerate(column.flatten()):
            yield from _flattened(f"{name}/{column.type.field(place).name}", inner)
    else:
        yield name, column


def _texts(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_string(kind):
        return _sound(column)
    if pa.types.is_floating(kind):
        # 69008, not 69008.0: a column of whole numbers with gaps is kept as one of reals.
        column = column.cast(pa.float64())
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
        whole = pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), 1e15))
        return pc.if_else(pc.fill_null(whole, False), _whole(column, whole), column.cast(pa.string()))
    if pa.types.is_timestamp(kind):
        return pc.replace_substring(
            column.cast(pa.timestamp("s", kind.tz), safe=False).cast(pa.string()), "Z", "+00:00"
        )
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return strings([_text(value) for value in column.to_pylist()])
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        return strings([_text(value) for value in column.to_pylist()])


def _sound(column: pa.Array) -> pa.Array:
    """Return texts as they are; Arrow does not look whether those of a file are UTF-8, but fails on them later."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        texts = column.cast(pa.binary()).to_pylist()
        return strings([None if text is None else text.decode("utf-8", STRAY_BYTES) for text in texts])
    return column


def _whole(column: pa.Array, whole: pa.Array) -> pa.Array:
    kept = pc.if_else(pc.fill_null(whole, False), column, pa.scalar(None, pa.float64()))
    return kept.cast(pa.int64()).cast(pa.string())


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list):
        if any(isinstance(part, (dict, list, tuple)) for part in value):
            return json.dumps(value, ensure_ascii=False, default=str)
        return "|".join(_text(part) or "" for part in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
