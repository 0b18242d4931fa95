"""The tokenise stage: one partition of answers in, one partition of segments out."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import executor, language, poison, tables
from pipeline.config import Config
from pipeline.contents import content_of
from pipeline.language.forms import Ints
from pipeline.resources import resource
from pipeline.stage import Stage, Summary, stage_run
from pipeline.tokenise.analysis import analyse
from pipeline.tokenise.detection import language_of
from pipeline.workspace import Workspace, sha256_of

STAGE: Final = Stage("tokenise", reads=("ingest",), writes=("segments",), revision=2)

_SCHEMA: Final = tables.SCHEMAS["segments"]
_LANGUAGE: Final = _SCHEMA.field("language")
_EMPTY: Final = _SCHEMA.empty_table().drop_columns(["segment_id", "answer_id"])


def run(
    workspace: Workspace, config: Config, *, force: bool = False, progress: executor.Progress | None = None
) -> Summary:
    """Cut every open answer into segments and write the table `segments`, a partition for each of `answers`."""
    parameters = {
        "versions": language.versions() | {"py3langid": version("py3langid")},
        "spelling": sha256_of(resource("seeds", "spelling", "french.csv")),
    }

    def contents() -> list[str]:
        columns = {"answers": ("answer_id", "text", "state")}
        return [content_of(workspace, index, columns) for index in range(len(workspace.parts("answers")))]

    with stage_run(STAGE, workspace, parameters, force=force, contents=contents) as stage:
        if not stage.skipped:
            parts = range(len(workspace.parts("answers")))
            todo = [i for i in parts if not stage.partition_done(i)]
            task = partial(_partition, str(workspace.path))
            done = len(parts) - len(todo)
            for _ in executor.map_items(task, todo, config.execution, progress, already=done):
                pass
            stage.summary.problems = poison.problems(workspace, STAGE.name)
            stage.summary.counts = {"segments": workspace.count("segments")}
    return stage.summary


def _partition(path: str, index: int) -> executor.Amount:
    workspace = Workspace(path)
    answers = workspace.read_part("answers", index, ["answer_id", "text", "state"])
    segments, failures = _tokenise(answers)
    poison.write_rejected(workspace, STAGE.name, index, failures)
    workspace.write_part("segments", index, segments)
    return executor.Amount(pc.sum(pc.equal(answers["state"], "pending")).as_py() or 0, "answers")


def tokenise(answers: pa.Table) -> pa.Table:
    """Return the segments of the answers whose state is pending.

    Parameters
    ----------
    answers : pyarrow.Table
        Rows of the table `answers`; the columns answer_id, text and state are read.

    Returns
    -------
    pyarrow.Table
        Rows of the table `segments`, in the order of the answers; a text that cannot be analysed has none.
    """
    return _tokenise(answers)[0]


def _tokenise(answers: pa.Table) -> tuple[pa.Table, dict[str, str]]:
    """Return the segments, and why the others have none, by answer_id."""
    pending = answers.filter(pc.equal(answers["state"], "pending"))
    encoded = pending["text"].combine_chunks().dictionary_encode()
    text_of: Ints = encoded.indices.to_numpy(zero_copy_only=False)  # of each answer: every distinct text is read once
    texts: list[str] = encoded.dictionary.to_pylist()
    blocks, failures = poison.analyse_blocks(_analyse, texts)
    counts = np.zeros(len(texts), dtype=np.int64)
    for block, (n_segments, _) in blocks:
        counts[block.start : block.stop] = n_segments
    segments = pa.concat_tables([_EMPTY, *(table for _, (_, table) in blocks)])
    ids = pending["answer_id"].combine_chunks()
    failed = {ids[row].as_py(): failures[text] for row, text in enumerate(text_of.tolist()) if text in failures}
    return _of_answers(ids, text_of, counts, segments), failed


def _analyse(texts: list[str]) -> tuple[list[int], pa.Table]:
    counts, segments = analyse(texts)
    languages = np.repeat(np.array([language_of(text) for text in texts], dtype=object), counts)
    return counts, segments.append_column(_LANGUAGE, pa.array(languages, pa.string()))


def _of_answers(ids: pa.Array, text_of: Ints, counts: Ints, segments: pa.Table) -> pa.Table:
    """Return the segments of each answer, from those of each distinct text."""
    n_segments = counts[text_of]
    answer = np.repeat(np.arange(len(text_of)), n_segments)
    number = np.arange(len(answer)) - np.repeat(np.cumsum(n_segments) - n_segments, n_segments)
    place = np.repeat((np.cumsum(counts) - counts)[text_of], n_segments) + number
    answer_ids = ids.take(pa.array(answer))
    # The segments of a-… are s-…-0, s-…-1.
    stem = pc.binary_replace_slice(answer_ids, 0, 1, "s")
    found = segments.take(pa.array(place)).combine_chunks()
    columns = {
        "segment_id": pc.binary_join_element_wise(stem, pc.cast(pa.array(number), pa.string()), "-"),
        "answer_id": answer_ids,
    } | {name: found[name] for name in found.schema.names}
    return pa.table(columns, schema=_SCHEMA)
