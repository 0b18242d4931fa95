"""Ask the tables of a workspace questions in SQL."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq

from pipeline import errors, tables
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def query(workspace: Workspace, statement: str) -> pd.DataFrame:
    """Return the answer of DuckDB to `statement`, over one view a table; nothing outside the tables can be reached.

    Raises
    ------
    DoleancesError
        When the statement is wrong (E211).
    """
    frame: pd.DataFrame = _answer(workspace, statement, lambda relation: relation.df())
    return frame


def query_arrow(workspace: Workspace, statement: str) -> pa.Table:
    """Return the same as `query`, as an Arrow table: numbers with nulls stay whole numbers, lists stay lists."""
    table: pa.Table = _answer(workspace, statement, lambda relation: relation.to_arrow_table())
    return table


def _answer(workspace: Workspace, statement: str, fetch: Callable[[duckdb.DuckDBPyRelation], Any]) -> Any:
    known = ", ".join(tables.SCHEMAS)
    connection = duckdb.connect()
    for table in tables.SCHEMAS:
        connection.register(table, workspace.read(table))
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    try:
        answer = connection.sql(statement)
        if answer is None:  # nothing to show: no statement at all, or one that sets something
            raise errors.usage("E211", statement=statement, detail="it asks for no rows", tables=known)
        return fetch(answer)
    except duckdb.Error as error:
        raise errors.usage("E211", statement=statement, detail=str(error).splitlines()[0], tables=known) from None


def as_json(frame: pd.DataFrame) -> str:
    """Return rows as a list of JSON objects."""
    return str(frame.to_json(orient="records", date_format="iso", force_ascii=False))


def write(workspace: Workspace, statement: str, style: str, output: Path | None) -> None:
    """Write the answer to a file, or to standard output where `output` is None.

    Parameters
    ----------
    style : str
        "csv", "json" or "parquet".

    Raises
    ------
    DoleancesError
        When the statement is wrong (E211), or the file cannot be written (E405).
    """
    if style == "parquet":
        buffer = io.BytesIO()
        pq.write_table(query_arrow(workspace, statement), buffer, compression="zstd")
        content = buffer.getvalue()
    else:
        frame = query(workspace, statement)
        text = frame.to_csv(index=False, lineterminator="\n") if style == "csv" else as_json(frame) + "\n"
        content = text.encode("utf-8")
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise errors.usage("E405", path=output, detail=error.strerror) from None
