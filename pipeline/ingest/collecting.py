"""From files to partitions: the one pass over the inputs, in order and in bounded memory.

It writes the partitions of ``contributions``, and beside them in the staging folder the cells as they came. States
need all answers (a copy may be far from its first), so `pipeline.ingest.settling` writes ``answers`` afterwards.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from pipeline import tables
from pipeline.ingest.authors import author_id
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.geography import departement
from pipeline.ingest.identifiers import ContributionKeys, digest
from pipeline.ingest.layouts import Source
from pipeline.ingest.questions_met import Plan, QuestionsMet
from pipeline.ingest.reading import Context
from pipeline.ingest.records import Message, Record
from pipeline.workspace import Workspace, write_bytes, write_parquet

CELLS: Final = pa.schema(
    [
        pa.field("contribution", pa.int32(), nullable=False),
        pa.field("question", pa.int32(), nullable=False),
        pa.field("occurrence", pa.int32(), nullable=False),
        pa.field("text", pa.string()),
        pa.field("unread", pa.bool_(), nullable=False),
    ]
)
"""A staged cell: row of its contribution in the partition, place of its question among those met, and the text."""

_NO_KEY: Final = re.compile(r"[^a-z0-9]+")


@dataclass
class Collected:
    """What the pass over the inputs leaves for the stages after it; kept on disk so that a killed run resumes."""

    partitions: int = 0
    contributions: int = 0
    answers: int = 0
    questions: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    layouts: dict[str, int] = field(default_factory=dict)


class _Partition:
    """The contributions and cells of one partition, column by column."""

    def __init__(self) -> None:
        self.contributions: list[dict[str, object]] = []
        self.cells: dict[str, list[Any]] = {name: [] for name in CELLS.names}

    def write(self, workspace: Workspace, index: int) -> None:
        cells = pa.table({name: _column(name, values) for name, values in self.cells.items()}, schema=CELLS)
        write_parquet(cells, cells_path(workspace, index), workspace.path)
        workspace.write_part("contributions", index, tables.from_rows("contributions", self.contributions))


def cells_path(workspace: Workspace, index: int) -> Path:
    """Return where the cells of a partition are staged."""
    return workspace.staging / "ingest" / f"cells-{index:05d}.parquet"


def _column(name: str, values: list[Any]) -> pa.Array:
    try:
        return pa.array(values, CELLS.field(name).type)
    except UnicodeEncodeError:  # half a surrogate pair, which no UTF-8 file can hold
        return pa.array([text and text.encode("utf-8", "replace").decode("utf-8") for text in values], pa.string())


class Collector:
    """Reads sources in order and cuts what they hold into partitions.

    Parameters
    ----------
    workspace : Workspace
        Where partitions are written.
    context : Context
        What the readers are given.
    partition_size : int
        Contributions in a partition.
    salt : bytes
        Salt of author hashes.
    """

    def __init__(self, workspace: Workspace, context: Context, partition_size: int, salt: bytes) -> None:
        self._workspace, self._context, self._size, self._salt = workspace, context, partition_size, salt
        self._questions = QuestionsMet(context.index)
        self._keys = ContributionKeys()
        self._partition = _Partition()
        self._rejected_ids: Counter[str] = Counter()
        self.result = Collected()

    def reject(self, file: InputFile, message: Message) -> None:
        """Note what could not be read."""
        reason = message.about(file.label)
        line = None if message.line is None else str(message.line)
        base = digest(file.label, line, reason)
        self._rejected_ids[base] += 1
        times = self._rejected_ids[base]
        identifier = base if times == 1 else digest(file.label, line, reason, str(times))
        self.result.rejected.append(
            {"rejected_id": f"r-{identifier}", "file": file.label, "line": message.line, "reason": reason}
        )
        self.result.problems.append(message.about(file.shown))

    def notice(self, file: InputFile, message: Message) -> None:
        """Note what a person should know of a file that is read all the same."""
        self.result.notices.append(message.about(file.shown))

    def read(self, source: Source) -> None:
        """Read one file to its end."""
        file, encoding = source.file, source.inspection.encoding
        contributions, problems = self.result.contributions, len(self.result.rejected)
        if encoding.shown is not None:
            self.notice(file, Message("N101", None, {"encoding": encoding.shown}))
        stem = _NO_KEY.sub("-", file.path.stem.casefold()).strip("-") or "autre"
        for found in source.read(self._context):
            if isinstance(found, Record):
                plan = self._questions.plan(found.headings, found.questionnaire, (file.label, file.shown), stem)
                self._add(file, found, plan)
            elif found.code.startswith("N"):
                self.notice(file, found)
            else:
                self.reject(file, found)
        if self.result.contributions > contributions or len(self.result.rejected) == problems:
            name = source.layout.name
            self.result.layouts[name] = self.result.layouts.get(name, 0) + 1

    def _add(self, file: InputFile, record: Record, plan: Plan) -> None:
        self._questions.look_at(plan, record.texts, record.unread)
        texts = [record.texts[position] for position in plan.order]
        partition = self._partition
        row = len(partition.contributions)
        partition.contributions.append(self._contribution(file, record, plan, texts))
        partition.cells["contribution"].extend([row] * len(texts))
        partition.cells["question"].extend(plan.questions)
        partition.cells["occurrence"].extend(plan.occurrences)
        partition.cells["text"].extend(texts)
        partition.cells["unread"].extend(position in record.unread for position in plan.order)
        self.result.contributions += 1
        self.result.answers += len(texts)
        if row + 1 == self._size:
            self._flush()

    def _contribution(
        self, file: InputFile, record: Record, plan: Plan, texts: Sequence[str | None]
    ) -> dict[str, object]:
        published = record.published_at.isoformat() if record.published_at else None
        # By id of their question, never by its place among those met: that depends on the other files of the run.
        content = (published, record.postcode, record.author, *plan.ids, *(texts[cell] for cell in plan.by_id))
        return {
            "contribution_id": "c-" + self._keys.key(plan.questionnaire, record.reference, content),
            "source_file": file.label,
            "source_row": record.row,
            "reference": record.reference,
            "title": record.title,
            "questionnaire": plan.questionnaire,
            "published_at": record.published_at,
            "author_id": author_id(record.author, self._salt),
            "author_type": record.author_type,
            "postcode": record.postcode,
            "departement": departement(record.postcode),
            "trashed": record.trashed,
            "weight": record.weight,
        }

    def _flush(self) -> None:
        self._partition.write(self._workspace, self.result.partitions)
        self.result.partitions += 1
        self._partition = _Partition()

    def finish(self) -> Collected:
        """Write what is left, and the tables that have one partition."""
        if self._partition.contributions or not self.result.partitions:
            self._flush()
        for shown, wording, questionnaire, kind in self._questions.settle_kinds():
            fields = {"title": wording, "questionnaire": questionnaire, "kind": kind}
            self.result.notices.append(Message("N102", None, fields).about(shown))
        self.result.questions = self._questions.rows
        self._workspace.write_part("questions", 0, tables.from_rows("questions", self._questions.table_rows()))
        self._workspace.write_part("rejected", 0, tables.from_rows("rejected", self.result.rejected))
        content = json.dumps(vars(self.result), ensure_ascii=False, sort_keys=True)
        write_bytes(content.encode("utf-8", "replace"), _marker(self._workspace), self._workspace.path)
        return self.result


def _marker(workspace: Workspace) -> Path:
    return workspace.staging / "ingest" / "collected.json"


def collected_before(workspace: Workspace) -> Collected | None:
    """Return what an earlier run that was cut short collected to the end, or None when anything of it is missing.

    A run may be killed while the staging folder, or the tables of other inputs, are being removed, in any order.
    """
    try:
        found = Collected(**json.loads(_marker(workspace).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    parts = [workspace.part_path(table, 0) for table in ("questions", "rejected")]
    for index in range(found.partitions):
        parts += [cells_path(workspace, index), workspace.part_path("contributions", index)]
    return found if all(path.is_file() for path in parts) else None
