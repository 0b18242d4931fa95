"""Write one Parquet file from the rows of many partitions, in bounded memory, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.workspace import durable_file

ROW_GROUP: Final = 65_536


def write_streaming(parts: Iterable[pa.Table], schema: pa.Schema, path: Path, root: Path) -> int:
    """Write `parts` one after the other into one file and return the number of rows.

    The same rows give the same bytes, however they were cut into parts.
    """
    rows = 0
    with durable_file(path, root) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _regrouped(parts, schema):
            writer.write_table(group, row_group_size=ROW_GROUP)
            rows += group.num_rows
    return rows


def _regrouped(parts: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    waiting: list[pa.Table] = []
    count = 0
    for part in parts:
        waiting.append(part.cast(schema))
        count += part.num_rows
        if count >= ROW_GROUP:
            whole = pa.concat_tables(waiting)
            full = count - count % ROW_GROUP
            yield whole.slice(0, full).combine_chunks()
            waiting, count = [whole.slice(full).combine_chunks()], count - full
    if count:
        yield pa.concat_tables(waiting).combine_chunks()
