"""Masked texts of the answers that were sent again: the recogniser reads such a text once, under its first answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import poison, storage
from pipeline.dataset.labelling import by_answer, masked_texts
from pipeline.dataset.people import People
from pipeline.dataset.writers import write_streaming
from pipeline.workspace import Workspace

COPIED: Final = pa.schema([("answer_id", pa.string()), ("text", pa.string()), ("masked", pa.string())])


def write_copied(workspace: Workspace, people: People, path: Path) -> None:
    """Write the text, received and masked, of every answer of which another in the state `duplicate` is a copy."""
    wanted = _originals(workspace)
    write_streaming(_copied(workspace, wanted, people), COPIED, path, workspace.path)


def read_copied(answers: pa.Table, path: Path) -> Mapping[str, tuple[str, str]]:
    """Return, by answer_id, the text and the masked text of what the duplicates of a partition are copies of."""
    wanted = answers.filter(pc.equal(answers["state"], "duplicate"))["duplicate_of"].drop_null()
    if not len(wanted):
        return {}
    copied = storage.read_table(path, filters=pc.field("answer_id").isin(pc.unique(wanted)), partitioning=None)
    return {row["answer_id"]: (row["text"], row["masked"]) for row in copied.to_pylist()}


def _originals(workspace: Workspace) -> pa.Array:
    found = []
    for index in range(len(workspace.parts("answers"))):
        answers = workspace.read_part("answers", index, ["state", "duplicate_of"])
        found.append(answers.filter(pc.equal(answers["state"], "duplicate"))["duplicate_of"].combine_chunks())
    return pc.unique(pa.concat_arrays(found).drop_null()) if found else pa.array([], pa.string())


def _copied(workspace: Workspace, wanted: pa.Array, people: People) -> Iterator[pa.Table]:
    for index in range(len(workspace.parts("answers")) if len(wanted) else 0):
        answers = workspace.read_part("answers", index, ["answer_id", "text", "state"])
        answers = answers.filter(pc.and_(pc.equal(answers["state"], "pending"), pc.is_in(answers["answer_id"], wanted)))
        answers = poison.without_rejected(workspace, index, answers)  # its names were not looked for
        if not answers.num_rows:
            continue
        ids = answers["answer_id"].combine_chunks()
        segments = _rows_of(workspace, "segments", index, ids)
        mentions = _rows_of(workspace, "mentions", index, ids)
        read = [answer_id for answer_id in ids.to_pylist() if answer_id in segments]
        masked = masked_texts(answers, segments, mentions, people)
        texts = dict(zip(ids.to_pylist(), answers["text"].to_pylist(), strict=True))
        columns = [read, [texts[key] for key in read], [masked[key].text for key in read]]
        yield pa.table(columns, schema=COPIED)


def _rows_of(workspace: Workspace, table: str, index: int, ids: pa.Array) -> dict[str, list[dict[str, Any]]]:
    columns = ["answer_id", "start", "end"] + (["label"] if table == "mentions" else [])
    rows = workspace.read_part(table, index, columns)
    return by_answer(rows.filter(pc.is_in(rows["answer_id"], ids)).to_pylist())
