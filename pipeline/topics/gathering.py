"""Bring the open answers of each question together, as documents, from the partitions of the workspace."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import executor, storage
from pipeline.config import ExecutionConfig
from pipeline.topics.documents import Document, document
from pipeline.topics.partition_keys import Memory, documents_key
from pipeline.topics.people import Token, without_people
from pipeline.workspace import Workspace, write_parquet

Segment = tuple[str, list[Token]]
"""Its segment_id and its tokens."""

_SCHEMA: Final = pa.schema(
    [
        ("question_id", pa.string()),
        ("answer_id", pa.string()),
        ("text", pa.string()),
        ("terms", pa.list_(pa.string())),
        ("starts", pa.list_(pa.int32())),
        ("ends", pa.list_(pa.int32())),
        ("cuts", pa.list_(pa.int32())),
    ]
)
DOCUMENTS: Final = "documents.parquet"
_ROW_GROUP: Final = 2_000  # rows are sorted by question, so a reader of one question skips the groups of others


def gather(workspace: Workspace, execution: ExecutionConfig, memory: Memory | None = None) -> list[str]:
    """Write the documents of every partition to the staging folder and return the questions met, in order.

    Parameters
    ----------
    memory : Memory, optional
        Where those of an earlier run are kept.
    """
    todo = [i for i in range(len(workspace.parts("segments"))) if not _place(workspace, i).is_file()]
    for _ in executor.map_items(partial(_gather_partition, str(workspace.path), memory), todo, execution):
        pass
    met: set[str] = set()
    for i in range(len(workspace.parts("segments"))):
        met.update(
            pc.unique(storage.read_table(_place(workspace, i), columns=["question_id"])["question_id"]).to_pylist()
        )
    return sorted(met)


def documents_of(workspace: Workspace, questions: list[str]) -> list[Document]:
    """Return the documents of some questions, in the order of the answers."""
    table = storage.read_table(_place(workspace, 0).parent, schema=_SCHEMA, filters=[("question_id", "in", questions)])
    columns = table.select(["text", "terms", "starts", "ends", "cuts"]).to_pydict()
    return [
        Document(text, tuple(terms), tuple(starts), tuple(ends), tuple(cuts))
        for text, terms, starts, ends, cuts in zip(*columns.values(), strict=True)
    ]


def answers_of(workspace: Workspace, question_id: str) -> list[str]:
    """Return the answer that each document of a question is, in the order of `documents_of`."""
    table = storage.read_table(
        _place(workspace, 0).parent, schema=_SCHEMA, filters=[("question_id", "in", [question_id])]
    )
    found: list[str] = table["answer_id"].to_pylist()
    return found


def questions_of(workspace: Workspace, index: int) -> list[str]:
    """Return the question of each document of a partition."""
    found: list[str] = storage.read_table(_place(workspace, index), columns=["question_id"])["question_id"].to_pylist()
    return found


def terms_of(workspace: Workspace, index: int) -> list[tuple[str, ...]]:
    """Return the terms of each document of a partition."""
    return list(map(tuple, storage.read_table(_place(workspace, index), columns=["terms"])["terms"].to_pylist()))


def segments_by_answer(workspace: Workspace, index: int) -> Iterator[tuple[str, str, str, list[Segment]]]:
    """Yield (answer_id, question_id, text, segments) of each open French answer of a partition, in order."""
    answers = workspace.read_part("answers", index, ["answer_id", "question_id", "text", "state"])
    answers = answers.filter(pc.equal(answers["state"], "pending"))
    segments = workspace.read_part("segments", index, ["segment_id", "answer_id", "tokens", "language"])
    segments = segments.filter(pc.equal(segments["language"], "fr"))
    grouped: dict[str, list[Segment]] = {}
    for answer_id, segment in _read(segments):
        grouped.setdefault(answer_id, []).append(segment)
    columns = (answers[name].to_pylist() for name in ("answer_id", "question_id", "text"))
    for answer_id, question_id, text in zip(*columns, strict=True):
        found = grouped.get(answer_id)
        if found:
            yield answer_id, question_id, text, found


def _read(segments: pa.Table) -> Iterator[tuple[str, Segment]]:
    """Yield the answer of each segment, and the segment."""
    lists = segments["tokens"].combine_chunks()
    # Flat columns: rows of nested lists of structures take five times as long.
    flat = lists.flatten()
    tokens = list(zip(*(flat.field(name).to_pylist() for name in ("text", "lemma", "start", "end")), strict=True))
    ends = np.cumsum(pc.list_value_length(lists).to_numpy(zero_copy_only=False)).tolist()
    start = 0
    rows = zip(segments["answer_id"].to_pylist(), segments["segment_id"].to_pylist(), ends, strict=True)
    for answer_id, segment_id, end in rows:
        yield answer_id, (segment_id, tokens[start:end])
        start = end


def _gather_partition(path: str, memory: Memory | None, index: int) -> None:
    workspace = Workspace(path)
    key = None if memory is None else documents_key(workspace, index, memory.program)
    if memory is not None and key is not None and memory.cache.take(key, {DOCUMENTS: _place(workspace, index)}):
        return
    people = people_of(workspace, index)
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA.names}
    for answer_id, question_id, text, segments in segments_by_answer(workspace, index):
        made = whole_answer(text, segments, people.get(answer_id, []))
        if made.terms:
            row = (question_id, answer_id, text, made.terms, made.starts, made.ends, made.cuts)
            for name, value in zip(_SCHEMA.names, row, strict=True):
                columns[name].append(value)
    table = pa.table(columns, schema=_SCHEMA)
    table = table.take(pc.sort_indices(table, [("question_id", "ascending")]))
    write_parquet(table, _place(workspace, index), workspace.path, row_group_size=_ROW_GROUP)
    if memory is not None and key is not None:
        memory.cache.keep(key, {DOCUMENTS: _place(workspace, index)})


def whole_answer(text: str, segments: Sequence[Segment], people: Sequence[tuple[int, int]]) -> Document:
    """Return an answer as a document, cut where its segments begin, without what names a person."""
    made = document(text, without_people([token for _, found in segments for token in found], people))
    cuts = tuple(bisect_left(made.starts, found[0][2]) for _, found in segments[1:] if found)
    return replace(made, cuts=cuts)


def people_of(workspace: Workspace, index: int) -> dict[str, list[tuple[int, int]]]:
    """Return the spans that name a person, by answer; none where entities has not run (a model to ship, for one)."""
    found: dict[str, list[tuple[int, int]]] = {}
    if workspace.part_path("mentions", index).is_file():
        mentions = workspace.read_part("mentions", index, ["answer_id", "start", "end", "label"])
        for row in mentions.filter(pc.equal(mentions["label"], "PER")).to_pylist():
            found.setdefault(row["answer_id"], []).append((row["start"], row["end"]))
    return found


def _place(workspace: Workspace, index: int) -> Path:
    return workspace.staging / "topics" / "documents" / f"part-{index:05d}.parquet"
