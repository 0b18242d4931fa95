"""Contributions leave the tables: their rows, what points at them, and the counts that they were part of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import storage, tables
from pipeline.entities.naming import organisation_rows, surfaces_named
from pipeline.nesting import rolled_up
from pipeline.organisation_ids import is_local
from pipeline.poison import READERS
from pipeline.workspace import Workspace, write_parquet

_ROWS: Final = (
    ("mentions", "answer_id"),
    ("assignments", "segment_id"),
    ("segments", "answer_id"),
    ("outcomes", "answer_id"),
    ("answers", "answer_id"),
)
"""Tables by answer, and the column that tells whose row it is."""


@dataclass(frozen=True)
class Found:
    """The contributions with a reference: the keys of their ids, and their number."""

    keys: frozenset[str]
    contributions: int


@dataclass(frozen=True)
class Erased:
    """What is to leave the tables: keys of contributions, ids of answers, of segments and mentions; files.

    ``texts`` are all their words: as they stand, as they were received, and as they were before they were replaced.
    """

    keys: frozenset[str]
    answers: frozenset[str]
    texts: frozenset[str]
    parts: frozenset[str]
    files: frozenset[str]


def find(workspace: Workspace, reference: str) -> Found:
    """Return the contributions whose reference, or contribution_id, is `reference`."""
    ids: set[str] = set()
    for table in ("contributions", "superseded"):
        for index in range(len(workspace.parts(table))):
            rows = workspace.read_part(table, index, ["contribution_id", "reference"])
            same = pc.or_kleene(pc.equal(rows["reference"], reference), pc.equal(rows["contribution_id"], reference))
            ids.update(rows.filter(pc.fill_null(same, False))["contribution_id"].to_pylist())
    return Found(frozenset(found.removeprefix("c-") for found in ids), len(ids))


def gather(workspace: Workspace, keys: frozenset[str]) -> Erased:
    """Return what the tables hold of contributions, before any of it is erased."""
    wanted = pa.array(sorted(keys), pa.string())
    answers: set[str] = set()
    texts: set[str | None] = set()
    parts: set[str] = set()
    files: set[str] = set()
    for index in range(len(workspace.parts("contributions"))):
        forms = workspace.read_part("contributions", index, ["contribution_id", "source_file"])
        here = forms.filter(_among(forms["contribution_id"], wanted))
        if not here.num_rows:
            continue
        files.update(here["source_file"].to_pylist())
        rows = workspace.read_part("answers", index, ["answer_id", "text", "original"])
        rows = rows.filter(_among(rows["answer_id"], wanted))
        answers.update(rows["answer_id"].to_pylist())
        texts.update(rows["text"].to_pylist(), rows["original"].to_pylist())
        for table in ("mentions", "segments"):
            if workspace.part_path(table, index).is_file():
                rows = workspace.read_part(table, index)
                parts.update(rows.filter(_among(rows["answer_id"], wanted))[rows.column_names[0]].to_pylist())
    for index in range(len(workspace.parts("superseded"))):
        rows = workspace.read_part("superseded", index, ["contribution_id", "source_file", "answers"])
        rows = rows.filter(_among(rows["contribution_id"], wanted))
        files.update(rows["source_file"].to_pylist())
        texts.update(answer["text"] for said in rows["answers"].to_pylist() for answer in said)
    return Erased(keys, frozenset(answers), frozenset(filter(None, texts)), frozenset(parts), frozenset(files))


def erase_from_tables(workspace: Workspace, keys: frozenset[str]) -> None:
    """Remove contributions, their answers and all that belongs to them; counts are made again.

    It may be called again after it was cut short: what is gone is told by the keys, which all ids begin with.
    """
    wanted = pa.array(sorted(keys), pa.string())
    files: Counter[str] = Counter()
    for index in range(len(workspace.parts("contributions"))):
        forms = workspace.read_part("contributions", index)
        gone = _among(forms["contribution_id"], wanted)
        if not pc.any(gone).as_py():
            continue
        files.update(forms.filter(gone)["source_file"].to_pylist())
        for table, column in _ROWS:
            if workspace.part_path(table, index).is_file():
                rows = workspace.read_part(table, index)
                _keep(workspace, table, index, rows, pc.invert(_among(rows[column], wanted)))
        _keep(workspace, "contributions", index, forms, pc.invert(gone))  # last: it leads to the rest
    for index in range(len(workspace.parts("superseded"))):
        rows = workspace.read_part("superseded", index)
        _keep(workspace, "superseded", index, rows, pc.invert(_among(rows["contribution_id"], wanted)))
    for stage in READERS:
        for path in workspace.rejected_parts(stage):
            _keep_rejected(workspace, path, wanted)
    for index in range(len(workspace.parts("exemplars"))):
        rows = workspace.read_part("exemplars", index)
        _keep(workspace, "exemplars", index, rows, pc.invert(_among(rows["answer_id"], wanted)))
    _mend_copies(workspace, keys)
    _recount(workspace)
    _count_files(workspace, files)


def _among(ids: pa.ChunkedArray, keys: pa.Array) -> pa.ChunkedArray:
    # Each id of a contribution, and of what belongs to it, is a letter, a dash, and the 16 digits of its key.
    return pc.is_in(pc.utf8_slice_codeunits(ids, 2, 18), keys)


def _keep(workspace: Workspace, table: str, index: int, rows: pa.Table, kept: pa.ChunkedArray) -> None:
    if not pc.all(kept).as_py():
        workspace.write_part(table, index, rows.filter(kept))


def _keep_rejected(workspace: Workspace, path: Path, wanted: pa.Array) -> None:
    # The reason may quote the answer.
    rows = storage.read_table(path, partitioning=None)
    kept = rows.filter(pc.invert(_among(rows["rejected_id"], wanted)))
    if kept.num_rows == 0:
        path.unlink()
    elif kept.num_rows < rows.num_rows:
        write_parquet(kept, path, workspace.path)


def _mend_copies(workspace: Workspace, keys: frozenset[str]) -> None:
    """Let copies of an erased answer point at the first that is left, and recount the groups it was in."""
    first: dict[str, str] = {}
    erased = pa.array(sorted(keys), pa.string())
    members: dict[str, list[dict[str, Any]]] = {}
    groups = _groups_of(workspace, erased)
    for index in range(len(workspace.parts("answers"))):
        rows = workspace.read_part("answers", index)
        lost = pc.fill_null(_among(rows["duplicate_of"], erased), False)
        if pc.any(lost).as_py():
            ids, originals = rows["answer_id"].to_pylist(), rows["duplicate_of"].to_pylist()
            for place in pc.indices_nonzero(lost).to_pylist():
                lead = first.setdefault(originals[place], ids[place])
                originals[place] = None if lead == ids[place] else lead
            rows = _with(rows, "duplicate_of", originals)
            workspace.write_part("answers", index, rows)
        forms = workspace.read_part("contributions", index)
        for member in _members(rows, forms, groups):
            members.setdefault(member["copy_group_id"], []).append(member)
    _recount_groups(workspace, groups, members)


def _with(rows: pa.Table, name: str, values: list[str | None]) -> pa.Table:
    place = rows.schema.get_field_index(name)
    return rows.set_column(place, rows.schema.field(place), pa.array(values, pa.string()))


def _groups_of(workspace: Workspace, erased: pa.Array) -> set[str]:
    """Return the groups that have lost a member: they are larger by what they say than by their members."""
    counts: Counter[str] = Counter()
    for index in range(len(workspace.parts("answers"))):
        found = workspace.read_part("answers", index, ["copy_group_id"])["copy_group_id"].drop_null()
        counts.update({row["values"]: row["counts"] for row in pc.value_counts(found).to_pylist()})
    said = workspace.read("copy_groups", ["copy_group_id", "n_answers", "answer_id"])
    led = set(said.filter(_among(said["answer_id"], erased))["copy_group_id"].to_pylist())
    return led | {row["copy_group_id"] for row in said.to_pylist() if counts[row["copy_group_id"]] != row["n_answers"]}


def _members(rows: pa.Table, forms: pa.Table, groups: set[str]) -> list[dict[str, Any]]:
    here = rows.filter(pc.is_in(rows["copy_group_id"], pa.array(sorted(groups), pa.string())))
    if not here.num_rows:
        return []
    about = forms.take(pc.index_in(here["contribution_id"], forms["contribution_id"])).to_pylist()
    return [
        {name: row[name] for name in ("answer_id", "copy_group_id", "contribution_id", "duplicate_of")}
        | {name: form[name] for name in ("author_id", "author_type", "published_at")}
        for row, form in zip(here.to_pylist(), about, strict=True)
    ]


def _recount_groups(workspace: Workspace, groups: set[str], members: dict[str, list[dict[str, Any]]]) -> None:
    rows = []
    renamed: dict[str, str | None] = {}
    for row in workspace.read("copy_groups").to_pylist():
        if row["copy_group_id"] not in groups:
            rows.append(row)
            continue
        left = members.get(row["copy_group_id"], [])
        if len(left) < 2:
            renamed[row["copy_group_id"]] = None
            continue
        lead = left[0]["answer_id"]
        renamed[row["copy_group_id"]] = f"g{lead[1:]}"
        rows.append(_counted(row, left) | {"copy_group_id": f"g{lead[1:]}", "answer_id": lead})
    if workspace.parts("copy_groups"):
        workspace.write_part("copy_groups", 0, tables.from_rows("copy_groups", rows))
    for index in range(len(workspace.parts("answers"))):
        content = workspace.read_part("answers", index)
        named = content["copy_group_id"].to_pylist()
        if any(name in renamed for name in named):
            names = [renamed.get(name, name) if name else None for name in named]
            workspace.write_part("answers", index, _with(content, "copy_group_id", names))


def _counted(row: dict[str, Any], left: list[dict[str, Any]]) -> dict[str, Any]:
    kinds: dict[str | None, set[str]] = {}
    for member in left:
        kinds.setdefault(member["author_type"], set()).add(member["contribution_id"])
    dates = [member["published_at"] for member in left if member["published_at"]]
    respondents = len({member["author_id"] or member["contribution_id"] for member in left})
    counted: list[dict[str, Any]] = [
        {"author_type": kind, "n_contributions": len(found)} for kind, found in kinds.items()
    ]
    return row | {
        "n_answers": len(left),
        "n_contributions": len({member["contribution_id"] for member in left}),
        "n_respondents": respondents,
        "n_texts": len({member["duplicate_of"] or member["answer_id"] for member in left}),
        "first_published_at": min(dates, default=None),
        "last_published_at": max(dates, default=None),
        "author_types": sorted(counted, key=lambda kind: (-kind["n_contributions"], kind["author_type"] or "")),
        # Fewer authors than it takes is for the next run to say: here the group is only smaller.
        "coordinated": row["coordinated"] and respondents > 1,
    }


def _recount(workspace: Workspace) -> None:
    """Count mentions of organisations and segments of themes again; spellings that nobody else used are gone."""
    segments: Counter[str] = Counter()
    for index in range(len(workspace.parts("assignments"))):
        part = workspace.read_part("assignments", index, ["topic_id", "rank"])
        best = part.filter(pc.equal(part["rank"], 1))["topic_id"]
        segments.update({row["values"]: row["counts"] for row in pc.value_counts(best).to_pylist()})
    if workspace.parts("organisations"):
        rows = _named(workspace.read("organisations").to_pylist(), surfaces_named(workspace))
        workspace.write_part("organisations", 0, tables.from_rows("organisations", rows))
    if workspace.parts("topics"):
        topics = workspace.read("topics").to_pylist()
        whole = rolled_up(segments, topics)
        rows = [row | {"n_segments": whole[row["topic_id"]]} for row in topics]
        workspace.write_part("topics", 0, tables.from_rows("topics", rows))


def _named(rows: list[dict[str, Any]], surfaces: dict[str, Counter[str]]) -> list[dict[str, Any]]:
    """Return the rows of the organisations that are still named, and of those that these lead to, by id."""
    # What a register says of one holds whoever wrote its name; all that is known of the others are their spellings.
    told = {row["organisation_id"]: row for row in rows if not is_local(row["organisation_id"])}
    from_texts = organisation_rows({found: count for found, count in surfaces.items() if is_local(found)}, {})
    waiting = list(surfaces)
    wanted: set[str] = set()
    while waiting:
        found = waiting.pop()
        if found in told and found not in wanted:
            wanted.add(found)
            relatives = (told[found].get(column) for column in ("parent_id", "successor_id"))
            waiting += [relative for relative in relatives if relative is not None]
    counted = [told[found] | {"n_mentions": surfaces.get(found, Counter()).total()} for found in wanted]
    return sorted(from_texts + counted, key=lambda row: str(row["organisation_id"]))


def _count_files(workspace: Workspace, gone: Counter[str]) -> None:
    if workspace.parts("files"):
        rows: list[dict[str, Any]] = workspace.read("files").to_pylist()
        for row in rows:
            row["contributions"] -= gone[row["source_file"]]
            row["forgotten_contributions"] += gone[row["source_file"]]
        workspace.write_part("files", 0, tables.from_rows("files", rows))
