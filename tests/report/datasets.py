"""Files of a dataset made from rows, as the queries of the report see them: for tests that need no whole workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.dataset.schemas import FILES

Row = dict[str, Any]


def dataset_of(**files: Iterable[Mapping[str, Any]]) -> duckdb.DuckDBPyConnection:
    """Return a connection with the files of a dataset as tables; columns that a row leaves out are null or empty."""
    connection = duckdb.connect(":memory:")
    for name, schema in FILES.items():
        empty = {field.name: [] if pa.types.is_list(field.type) else None for field in schema}
        rows = [empty | dict(row) for row in files.get(name, ())]
        connection.register(name, pa.Table.from_pylist(rows, schema=schema))
    return connection


def answer(number: int, question_id: str = "q-1", state: str = "assigned", **more: Any) -> Row:
    """Return an answer of its own form and author, with a text."""
    row: Row = {"answer_id": f"a-{number:03d}", "contribution_id": f"c-{number:03d}", "author_id": f"p-{number:03d}"}
    row |= {"duplicate_of": None, "routed": None}
    return (
        row | {"question_id": question_id, "state": state, "text": f"Texte {number}", "reference": f"4-{number}"} | more
    )


def themes(*pairs: tuple[str, str]) -> list[Row]:
    """Return the themes of an answer, each with the theme that it is or is part of."""
    return [
        {"topic_id": topic_id, "theme_id": theme_id, "label": topic_id, "score": 0.5} for topic_id, theme_id in pairs
    ]


def segment(number: int, place: int = 0, topic_id: str | None = "t-a", **more: Any) -> Row:
    """Return a segment of the answer of that number, with a theme that is no sub-theme unless `more` says so."""
    row = {"segment_id": f"s-{number:03d}-{place}", "answer_id": f"a-{number:03d}", "text": f"Passage {number}.{place}"}
    return row | {"topic_id": topic_id, "theme_id": topic_id, "margin": 0.5, "score": 0.6} | more
