"""From staged chunks to tables: which forms count, the state of each answer, and copies across all partitions.

Three passes over partitions: each is marked by itself (contributions, states, conditions, keys of its texts); copies
are found over the keys alone; each partition of ``answers`` is written. A pass skips what an earlier run finished.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import tables
from pipeline.config import Config, ExecutionConfig, IngestConfig
from pipeline.executor import Progress, kept_pool, map_items
from pipeline.ingest import grouping, identity, staging
from pipeline.ingest.collecting import Collected
from pipeline.ingest.identifiers import answer_ids, hexadecimal
from pipeline.ingest.marking import QuestionTraits, contributions, mark, traits
from pipeline.ingest.states import CODES
from pipeline.workspace import Workspace

_WORTH_A_POOL: Final = 20
"""Partitions below which starting processes takes longer than the work."""

_PLAN: Final = pa.schema([("row", pa.int64()), ("key", pa.uint64())])
_DUPLICATE: Final = CODES.index("duplicate")


@dataclass
class Settled:
    """What ingest counted: answers by state and contradictions, and what it must say of forms met before."""

    counts: Counter[str]
    files: list[dict[str, Any]]
    unlike: tuple[tuple[int, int], ...]
    apart: int


def settle(
    workspace: Workspace,
    collected: Collected,
    config: Config,
    forgotten: frozenset[int],
    progress: Progress | None,
) -> Settled:
    """Write contributions, answers, files, superseded and copy_groups.

    Parameters
    ----------
    workspace : Workspace
        With the chunks that collecting has staged.
    collected : Collected
        What it has said of them.
    config : Config
        Sections ingest and execution are read.
    forgotten : frozenset of int
        Keys of the contributions that were erased on request.
    progress : callable, optional
        Told of finished partitions.
    """
    forms = (staging.read(workspace, "forms", index) for index in range(collected.chunks))
    found = identity.received(forms, collected.asked)
    known = identity.identify(found, forgotten)
    kept = np.flatnonzero(known.status == identity.NEW)
    size = config.ingest.partition_size
    partitions = max(1, -(-len(kept) // size))
    _write_plan(workspace, kept, known, size, partitions)
    files = _files(workspace, collected, found, known, size)
    unlike, apart = known.unlike, int(np.count_nonzero(known.apart[kept]))
    del found, known, kept  # an entry a form: the passes over partitions need none of them
    pa.default_memory_pool().release_unused()
    questions = traits(collected.questions)
    execution = config.execution
    if partitions < _WORTH_A_POOL and execution.scheduler is None:
        execution = execution.model_copy(update={"workers": 1})
    with kept_pool(execution):
        counts = _passes(workspace, collected, questions, partitions, config.ingest, execution, progress)
    for name, row in zip((entry["source_file"] for entry in files), files, strict=True):
        row["postcodes_unknown"] = counts.pop(f"postcodes:{name}", 0)
    workspace.write_part("files", 0, tables.from_rows("files", [_file_row(row) for row in files]))
    return Settled(counts, files, unlike, apart)


def _file_row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in tables.SCHEMAS["files"].names}


def _passes(
    workspace: Workspace,
    collected: Collected,
    questions: tuple[QuestionTraits, ...],
    partitions: int,
    config: IngestConfig,
    execution: ExecutionConfig,
    progress: Progress | None,
) -> Counter[str]:
    total = 2 * partitions
    place, size = str(workspace.path), config.partition_size
    names = [entry["source_file"] for entry in collected.files]
    todo = [index for index in range(partitions) if not _is_marked(workspace, index)]
    task = partial(_mark_part, place, questions, names, config)
    for done, _ in enumerate(map_items(task, todo, execution), 1):
        if progress is not None:
            progress(partitions - len(todo) + done, total)
    todo = [index for index in range(partitions) if not workspace.part_path("answers", index).is_file()]
    batches = 0
    if todo or not workspace.part_path("copy_groups", 0).is_file():
        batches = grouping.find(workspace, questions, partitions, config, execution)
    counts: Counter[str] = Counter()
    write = partial(_write_part, place, questions, size, batches)
    for done, found in enumerate(map_items(write, list(range(partitions)), execution), 1):
        counts.update(found)
        if progress is not None:
            progress(partitions + done, total)
    if batches or not workspace.part_path("copy_groups", 0).is_file():
        grouping.write_table(workspace, batches)
    groups = workspace.read_part("copy_groups", 0, ["coordinated"])
    counts["copy_groups"] = groups.num_rows
    counts["coordinated"] = pc.sum(groups["coordinated"]).as_py() or 0
    return counts


# -- which forms are in which partition ---------------------------------------------------------------------------


def _write_plan(workspace: Workspace, kept: Any, known: identity.Identity, size: int, partitions: int) -> None:
    for index in range(partitions):
        rows = kept[index * size : (index + 1) * size]
        staging.write(workspace, "plan", index, pa.table({"row": rows, "key": known.key[rows]}, schema=_PLAN))


def _gather(workspace: Workspace, rows: Any, size: int) -> tuple[pa.Table, pa.Table]:
    """Return the staged forms at `rows`, in order, and their cells; ``form`` counts forms of the result."""
    forms, cells = [], []
    done = 0
    for chunk in np.unique(rows // size).tolist():
        here = rows[rows // size == chunk] - chunk * size
        chunk_forms = staging.read(workspace, "forms", chunk)
        chunk_cells = staging.read(workspace, "cells", chunk)
        if len(here) < chunk_forms.num_rows or done:
            place = np.full(chunk_forms.num_rows, -1, np.int32)
            place[here] = np.arange(done, done + len(here), dtype=np.int32)
            form = place[chunk_cells["form"].to_numpy()]
            chunk_forms = chunk_forms.take(pa.array(here))
            chunk_cells = chunk_cells.set_column(0, staging.CELLS.field(0), pa.array(form)).filter(pa.array(form >= 0))
        forms.append(chunk_forms)
        cells.append(chunk_cells)
        done += len(here)
    if not forms:
        return staging.FORMS.empty_table(), staging.CELLS.empty_table()
    return pa.concat_tables(forms), pa.concat_tables(cells)


def _files(
    workspace: Workspace, collected: Collected, forms: identity.Received, known: identity.Identity, size: int
) -> list[dict[str, Any]]:
    """Return the rows of ``files`` but for postcodes, and write the table ``superseded``."""
    empty = {name: 0 for name in tables.SCHEMAS["files"].names if name not in ("source_file", "layout", "encoding")}
    files = [empty | entry for entry in collected.files]
    parts = 0
    names = {
        identity.NEW: ("contributions", None),
        identity.AGAIN: ("already_received_contributions", "already_received"),
        identity.REPLACED: ("superseded_contributions", "superseded"),
        identity.FORGOTTEN: ("forgotten_contributions", None),
    }
    for chunk in range(collected.chunks):
        start = chunk * size
        status = known.status[start : start + size]
        file = forms.file[start : start + size]
        if (status == identity.NEW).all():
            for place, number in zip(*np.unique(file, return_counts=True), strict=True):
                files[place]["contributions"] += int(number)
            continue
        cells = staging.read(workspace, "cells", chunk)
        widths = np.bincount(cells["form"].to_numpy(), minlength=len(status))
        for row, code in enumerate(status.tolist()):
            # A form that was replaced is counted where its successor is: that file said so.
            owner = int(forms.file[known.by[start + row]]) if code == identity.REPLACED else int(file[row])
            for name, count in zip(names[code], (1, int(widths[row])), strict=True):
                if name is not None:
                    files[owner][name] += count
        if (status == identity.REPLACED).any():
            old = _old_forms(workspace, collected, chunk, known, forms, start, cells)
            workspace.write_part("superseded", parts, old)
            parts += 1
    if not parts:
        workspace.write_part("superseded", 0, tables.empty("superseded"))
    return files


def _old_forms(
    workspace: Workspace,
    collected: Collected,
    chunk: int,
    known: identity.Identity,
    forms: identity.Received,
    start: int,
    cells: pa.Table,
) -> pa.Table:
    """Return the forms of a chunk that were replaced, as rows of ``superseded``."""
    staged = staging.read(workspace, "forms", chunk)
    places = np.flatnonzero(known.status[start : start + staged.num_rows] == identity.REPLACED)
    owner = cells["form"].to_numpy()
    said = cells.filter(pa.array(np.isin(owner, places)))  # form by form, as they were staged
    ends = np.cumsum(np.bincount(owner, minlength=staged.num_rows)[places])
    ids = pa.array([row["question_id"] for row in collected.questions], pa.string())
    element = pa.field("element", tables.OLD_ANSWER, nullable=False)
    answers = pa.StructArray.from_arrays(
        [ids.take(said["question"].combine_chunks()), said["text"].combine_chunks()], fields=list(tables.OLD_ANSWER)
    )
    rows, new = staged.take(pa.array(places)), known.by[start + places]
    names = pa.array([entry["source_file"] for entry in collected.files], pa.string())
    keys = hexadecimal(known.key[start + places])
    return pa.table(
        {
            "superseded_id": [f"v-{key}-{start + place}" for key, place in zip(keys, places.tolist(), strict=True)],
            "contribution_id": [f"c-{key}" for key in keys],
            "source_file": names.take(rows["file"].combine_chunks()),
            "source_row": rows["row"],
            "reference": rows["reference"],
            "published_at": rows["published_at"],
            "superseded_by_file": names.take(pa.array(forms.file[new])),
            "superseded_by_row": forms.row[new],
            "answers": pa.ListArray.from_arrays(
                pa.array(np.concatenate([[0], ends]), pa.int32()), answers, type=pa.list_(element)
            ),
        },
        schema=tables.SCHEMAS["superseded"],
    )


# -- the passes over partitions -----------------------------------------------------------------------------------


def _is_marked(workspace: Workspace, index: int) -> bool:
    # All of them: a run can be killed while staging is removed, which takes the files in any order.
    staged = [staging.path(workspace, name, index) for name in ("keys", "marks", "signatures")]
    return all(path.is_file() for path in (*staged, workspace.part_path("contributions", index)))


def _mark_part(
    path: str, questions: tuple[QuestionTraits, ...], names: list[str], config: IngestConfig, index: int
) -> None:
    workspace = Workspace(path)
    plan = staging.read(workspace, "plan", index)
    forms, cells = _gather(workspace, plan["row"].to_numpy(), config.partition_size)
    table = contributions(forms, plan["key"].to_numpy(), names)
    marks, keys, signatures = mark(
        cells, table, questions, include_trashed=config.include_trashed, near=config.near_copies
    )
    workspace.write_part("contributions", index, table)
    staging.write(workspace, "marks", index, marks)
    staging.write(workspace, "signatures", index, signatures)
    staging.write(workspace, "keys", index, keys)  # last: it marks the partition as whole


def answers_table(
    cells: pa.Table,
    identifiers: pa.ChunkedArray,
    marks: pa.Table,
    copies: pa.Table,
    questions: tuple[QuestionTraits, ...],
) -> pa.Table:
    """Return the partition of ``answers``, one row for each cell; `identifiers` are those of its contributions."""
    form, question = cells["form"].combine_chunks(), cells["question"].combine_chunks()
    ids = identifiers.combine_chunks()
    keys = pc.utf8_slice_codeunits(ids, 2)
    suffixes = pa.array([found.suffix for found in questions], pa.string())
    states = marks["state"].to_numpy().copy()
    again = copies["again"].to_numpy(zero_copy_only=False)
    states[copies["cell"].to_numpy()[again]] = _DUPLICATE
    place = np.full(len(form), -1, np.int64)
    place[copies["cell"].to_numpy()] = np.arange(copies.num_rows)
    where = pa.array(place, mask=place < 0)
    return pa.table(
        {
            "answer_id": answer_ids(keys.take(form), suffixes.take(question), cells["occurrence"].to_numpy()),
            "contribution_id": ids.take(form),
            "question_id": pc.binary_join_element_wise("q", suffixes, "-").take(question),
            "text": cells["text"],
            "state": pa.array(CODES, pa.string()).take(pa.array(states)),
            "duplicate_of": copies["duplicate_of"].combine_chunks().take(where),
            "routed": marks["routed"],
            "original": cells["original"],
            "copy_group_id": copies["copy_group_id"].combine_chunks().take(where),
        },
        schema=tables.SCHEMAS["answers"],
    )


def _write_part(
    path: str, questions: tuple[QuestionTraits, ...], size: int, batches: int, index: int
) -> dict[str, int]:
    workspace = Workspace(path)
    columns = ["contribution_id", "source_file", "postcode", "departement"]
    forms = workspace.read_part("contributions", index, columns)
    if not workspace.part_path("answers", index).is_file():
        _, cells = _gather(workspace, staging.read(workspace, "plan", index)["row"].to_numpy(), size)
        marks, copies = staging.read(workspace, "marks", index), grouping.copies_of(workspace, batches, index)
        content = answers_table(cells, forms["contribution_id"], marks, copies, questions)
        workspace.write_part("answers", index, content)
    else:
        content = workspace.read_part("answers", index, ["state", "routed"])
    written = content.select(["state", "routed"])
    counts = {entry["values"]: entry["counts"] for entry in pc.value_counts(written["state"]).to_pylist()}
    given = pc.is_in(written["state"], pa.array(["closed", "pending", "duplicate"]))
    counts["contradictions"] = pc.sum(pc.and_(given, pc.equal(written["routed"], False))).as_py() or 0
    lost = forms.filter(pc.and_(pc.is_valid(forms["postcode"]), pc.is_null(forms["departement"])))
    for entry in pc.value_counts(lost["source_file"]).to_pylist():
        counts[f"postcodes:{entry['values']}"] = entry["counts"]
    return counts
