"""From staged cells to the table ``answers``: states, conditions, and copies across all partitions.

Three passes: each partition is marked by itself (state, condition, keys of its texts); copies are found over the keys
alone; each partition of ``answers`` is written. A pass skips what an earlier run finished.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.config import ExecutionConfig
from pipeline.executor import Progress, map_items
from pipeline.ingest.collecting import cells_path
from pipeline.ingest.copies import find_copies, text_key
from pipeline.ingest.identifiers import answer_id
from pipeline.ingest.routing import routed
from pipeline.ingest.states import state
from pipeline.workspace import Workspace, write_parquet

MARKS: Final = pa.schema([("state", pa.string()), ("routed", pa.bool_())])
KEYS: Final = pa.schema(
    [
        ("cell", pa.int32()),
        ("question", pa.int32()),
        ("occurrence", pa.int32()),
        ("contribution", pa.uint64()),
        ("author", pa.uint64()),
        ("text", pa.uint64()),
    ]
)
_WORTH_A_POOL: Final = 20
"""Partitions below which starting processes takes longer than the work."""

COPIES: Final = pa.schema([("cell", pa.int32()), ("duplicate_of", pa.string()), ("again", pa.bool_())])


@dataclass(frozen=True)
class QuestionTraits:
    """What marking needs to know of a question: `parent` is its place among the questions met."""

    suffix: str
    kind: str
    parent: int | None
    shown_if: str | None


def traits(rows: list[dict[str, Any]]) -> tuple[QuestionTraits, ...]:
    """Return the traits of the questions met, in their order."""
    place = {row["question_id"]: number for number, row in enumerate(rows)}
    return tuple(
        QuestionTraits(
            row["question_id"].removeprefix("q-"), row["kind"], place.get(row["depends_on"]), row["shown_if"]
        )
        for row in rows
    )


def settle(
    workspace: Workspace,
    questions: tuple[QuestionTraits, ...],
    partitions: int,
    execution: ExecutionConfig,
    progress: Progress | None,
) -> Counter[str]:
    """Write all partitions of ``answers``; return the number of answers in each state, and of contradictions."""
    if partitions < _WORTH_A_POOL and execution.scheduler is None:
        execution = execution.model_copy(update={"workers": 1})
    total = 2 * partitions
    place = str(workspace.path)
    marked = ("marks", "keys")
    todo = [
        index for index in range(partitions) if not all(_staged(workspace, name, index).is_file() for name in marked)
    ]
    for done, _ in enumerate(map_items(partial(_mark_part, place, questions), todo, execution), 1):
        if progress is not None:
            progress(partitions - len(todo) + done, total)
    todo = [index for index in range(partitions) if not workspace.part_path("answers", index).is_file()]
    if todo:
        _find_copies(workspace, questions, partitions)
    counts: Counter[str] = Counter()
    everything = list(range(partitions))
    for done, found in enumerate(map_items(partial(_write_part, place, questions), everything, execution), 1):
        counts.update(found)
        if progress is not None:
            progress(partitions + done, total)
    return counts


def _staged(workspace: Workspace, name: str, index: int) -> Path:
    return workspace.staging / "ingest" / f"{name}-{index:05d}.parquet"


# -- first pass: each partition by itself -------------------------------------------------------------------------


def mark(cells: pa.Table, contributions: pa.Table, questions: tuple[QuestionTraits, ...]) -> tuple[pa.Table, pa.Table]:
    """Return the state and condition of each cell, and the keys of those that may be copies.

    Parameters
    ----------
    cells : Table
        Staged cells of one partition, in order.
    contributions : Table
        The contributions of the partition.
    questions : tuple of QuestionTraits
        The questions met.
    """
    rows = cells.column("contribution").to_pylist()
    places = cells.column("question").to_pylist()
    texts = cells.column("text").to_pylist()
    occurrences = cells.column("occurrence").to_pylist()
    unread = cells.column("unread").to_pylist()
    trashed = contributions.column("trashed").to_pylist()
    authors = [int(found[2:], 16) if found else 0 for found in contributions.column("author_id").to_pylist()]
    identifiers = [int(found[2:], 16) for found in contributions.column("contribution_id").to_pylist()]
    states = [
        state(text, questions[place].kind, trashed=trashed[row], unread=lost)
        for text, place, row, lost in zip(texts, places, rows, unread, strict=True)
    ]
    parents = {question.parent for question in questions if question.shown_if is not None}
    given = {
        (row, place): text
        for row, place, text, found, lost in zip(rows, places, texts, states, unread, strict=True)
        if place in parents and not lost and found != "empty"
    }
    routes = []
    for row, place in zip(rows, places, strict=True):
        question = questions[place]
        answer = None if question.parent is None else given.get((row, question.parent))
        routes.append(routed(question.shown_if, answer))
    pending = [cell for cell, found in enumerate(states) if found == "pending"]
    keys = pa.table(
        {
            "cell": pending,
            "question": [places[cell] for cell in pending],
            "occurrence": [occurrences[cell] for cell in pending],
            "contribution": [identifiers[rows[cell]] for cell in pending],
            "author": [authors[rows[cell]] for cell in pending],
            "text": [text_key(texts[cell]) for cell in pending],
        },
        schema=KEYS,
    )
    return pa.table({"state": states, "routed": routes}, schema=MARKS), keys


def _mark_part(path: str, questions: tuple[QuestionTraits, ...], index: int) -> None:
    workspace = Workspace(path)
    cells = pq.read_table(cells_path(workspace, index), partitioning=None)
    marks, keys = mark(cells, workspace.read_part("contributions", index), questions)
    write_parquet(marks, _staged(workspace, "marks", index), workspace.path)
    write_parquet(keys, _staged(workspace, "keys", index), workspace.path)


# -- second pass: copies, over the keys of all partitions ---------------------------------------------------------


def _find_copies(workspace: Workspace, questions: tuple[QuestionTraits, ...], partitions: int) -> None:
    parts = [pq.read_table(_staged(workspace, "keys", index), partitioning=None) for index in range(partitions)]
    sizes = [part.num_rows for part in parts]
    keys = pa.concat_tables(parts)
    del parts
    column = {name: keys.column(name).to_numpy() for name in KEYS.names}
    first, again = find_copies(column["question"], column["text"], column["author"])
    start = 0
    for index, size in enumerate(sizes):
        places = start + np.flatnonzero(first[start : start + size] >= 0)
        originals = first[places]
        copies = pa.table(
            {
                "cell": column["cell"][places],
                "duplicate_of": [
                    answer_id(f"{contribution:016x}", questions[question].suffix, occurrence)
                    for contribution, question, occurrence in zip(
                        column["contribution"][originals].tolist(),
                        column["question"][originals].tolist(),
                        column["occurrence"][originals].tolist(),
                        strict=True,
                    )
                ],
                "again": again[places],
            },
            schema=COPIES,
        )
        write_parquet(copies, _staged(workspace, "copies", index), workspace.path)
        start += size


# -- third pass: the table ----------------------------------------------------------------------------------------


def answers_table(
    cells: pa.Table,
    contributions: pa.Table,
    marks: pa.Table,
    copies: pa.Table,
    questions: tuple[QuestionTraits, ...],
) -> pa.Table:
    """Return the partition of ``answers``: one row for each cell, in order."""
    identifiers = contributions.column("contribution_id").to_pylist()
    rows = cells.column("contribution").to_pylist()
    places = cells.column("question").to_pylist()
    occurrences = cells.column("occurrence").to_pylist()
    duplicate_of: list[str | None] = [None] * len(rows)
    states = marks.column("state").to_pylist()
    for cell, original, again in zip(*(copies.column(name).to_pylist() for name in COPIES.names), strict=True):
        duplicate_of[cell] = original
        if again:
            states[cell] = "duplicate"
    return pa.table(
        {
            "answer_id": [
                answer_id(identifiers[row][2:], questions[place].suffix, occurrence)
                for row, place, occurrence in zip(rows, places, occurrences, strict=True)
            ],
            "contribution_id": [identifiers[row] for row in rows],
            "question_id": [f"q-{questions[place].suffix}" for place in places],
            "text": cells.column("text"),
            "state": states,
            "duplicate_of": pa.array(duplicate_of, pa.string()),
            "routed": marks.column("routed"),
            "original": pa.nulls(len(rows), pa.string()),
            "copy_group_id": pa.nulls(len(rows), pa.string()),
        },
        schema=tables.SCHEMAS["answers"],
    )


def _write_part(path: str, questions: tuple[QuestionTraits, ...], index: int) -> dict[str, int]:
    workspace = Workspace(path)
    if not workspace.part_path("answers", index).is_file():
        marks = pq.read_table(_staged(workspace, "marks", index), partitioning=None)
        copies = pq.read_table(_staged(workspace, "copies", index), partitioning=None)
        cells = pq.read_table(cells_path(workspace, index), partitioning=None)
        content = answers_table(cells, workspace.read_part("contributions", index), marks, copies, questions)
        workspace.write_part("answers", index, content)
    written = workspace.read_part("answers", index, ["state", "routed"])
    counts = {entry["values"]: entry["counts"] for entry in pc.value_counts(written["state"]).to_pylist()}
    given = pc.is_in(written["state"], pa.array(["closed", "pending", "duplicate"]))
    counts["contradictions"] = pc.sum(pc.and_(given, pc.equal(written["routed"], False))).as_py() or 0
    return counts
