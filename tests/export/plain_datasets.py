"""Datasets made of a few rows, for what the tables of a workspace would make slow: many of them, with hostile text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from pipeline.dataset.schemas import FILES
from pipeline.export import Source

QUESTION = {"question_id": "q-1", "questionnaire": "organisation", "number": 1, "title": "Quoi ?", "kind": "open"}
BREAKS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029")
MARKS = (
    "****",
    "**** *a_b",
    "-*theme",
    "0001 *a_b",
    "2019*",
    " ",
    "=1+1",
    "-5 %",
    "@",
    "\t",
    "\u200b",
    '"',
    "'",
    ";",
    ",",
)

hostile = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
"""Any text that a Parquet file and a reader of CSV can hold."""

lines = st.lists(st.sampled_from((*BREAKS, *MARKS)) | hostile, max_size=8).map("".join)
"""Texts whose lines are like marks of other tools."""


def dataset_of(folder: Path, **rows: list[dict[str, Any]]) -> Source:
    """Write the files of a dataset; what a row does not say is null, or empty where null is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in FILES.items():
        whole = [{field.name: _nothing(field) for field in schema} | row for row in rows.get(name, ())]
        pq.write_table(pa.Table.from_pylist(whole, schema=schema), folder / f"{name}.parquet")
    return Source(folder)


def answers_of(*texts: str, **more: Any) -> list[dict[str, Any]]:
    """Return assigned answers to question 1, one a text."""
    return [
        {"answer_id": f"a-{at}", "contribution_id": f"c-{at}", "question_id": "q-1", "text": text, "state": "assigned"}
        | more
        for at, text in enumerate(texts)
    ]


def topic_of(topic_id: str, label: str, **more: Any) -> dict[str, Any]:
    """Return a theme of question 1."""
    row = {"topic_id": topic_id, "label": label, "question_id": "q-1", "questionnaire": "organisation"}
    return row | {"status": "proposed", "model": "local/1"} | more


def _nothing(field: pa.Field) -> Any:
    if field.nullable:
        return None
    if pa.types.is_list(field.type):
        return []
    if pa.types.is_boolean(field.type):
        return False
    return "" if pa.types.is_string(field.type) else 0
