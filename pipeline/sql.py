"""Ask the tables of a workspace questions in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from pipeline import errors, tables
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


def query(workspace: Workspace, statement: str) -> pd.DataFrame:
    """Return the answer of DuckDB to `statement`, over one view a table; nothing outside the tables can be reached.

    Raises
    ------
    DoleancesError
        When the statement is wrong (E211).
    """
    known = ", ".join(tables.SCHEMAS)
    connection = duckdb.connect()
    for table in tables.SCHEMAS:
        connection.register(table, workspace.read(table))
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    try:
        answer = connection.sql(statement)
        if answer is None:  # nothing to show: no statement at all, or one that sets something
            raise errors.usage("E211", statement=statement, detail="it asks for no rows", tables=known)
        frame: pd.DataFrame = answer.df()
    except duckdb.Error as error:
        raise errors.usage("E211", statement=statement, detail=str(error).splitlines()[0], tables=known) from None
    return frame
