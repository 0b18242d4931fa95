"""From files to staged chunks: the one pass over the inputs, in order and in bounded memory.

States need all answers (a copy may be far from its first), and which forms count needs all files (a later export may
hold the earlier one), so chunks hold forms and cells as they came: `pipeline.ingest.settling` makes tables of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline import tables
from pipeline.config import IngestConfig
from pipeline.ingest import staging
from pipeline.ingest.authors import AuthorKeys
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.forms import form_columns, row_major, rows_of
from pipeline.ingest.identifiers import content_keys, digest, reference_keys
from pipeline.ingest.layouts import Source
from pipeline.ingest.mojibake import repair, repair_heading
from pipeline.ingest.questions_met import Plan, QuestionsMet
from pipeline.ingest.reading import Context
from pipeline.ingest.records import Batch, Message, Record
from pipeline.workspace import Workspace, write_bytes

_NO_KEY: Final = re.compile(r"[^a-z0-9]+")
_RECORDS_A_BATCH: Final = 500


@dataclass
class Collected:
    """What the pass over the inputs leaves for the passes after it; kept on disk so that a killed run resumes.

    ``files`` holds, for each input that was read, its row of the table ``files`` as far as it is known, and
    ``asked`` the places of its questions in ``questions``; ``boot`` says since when the machine has been up.
    """

    boot: str = ""
    chunks: int = 0
    forms: int = 0
    questions: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    asked: list[list[int]] = field(default_factory=list)


class Collector:
    """Reads sources in order and cuts what they hold into chunks.

    Parameters
    ----------
    workspace : Workspace
        Where chunks are staged.
    context : Context
        What the readers are given.
    config : IngestConfig
        Size of a chunk, and what is known of questions.
    salt : bytes
        Salt of author hashes.
    alone : bool
        There is one source, so that forms with a reference need no key of what they say.
    """

    def __init__(
        self, workspace: Workspace, context: Context, config: IngestConfig, salt: bytes, *, alone: bool
    ) -> None:
        self._workspace, self._context, self._size, self._alone = workspace, context, config.partition_size, alone
        self._questions = QuestionsMet(context.index, config.questions)
        self._authors = AuthorKeys(salt)
        self._forms: list[pa.Table] = []
        self._cells: list[pa.Table] = []
        self._waiting = 0
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
        forms, problems = self.result.forms, len(self.result.rejected)
        if encoding.shown is not None:
            self.notice(file, Message("N101", None, {"encoding": encoding.shown}))
        row: dict[str, Any] = {
            "source_file": file.label,
            "layout": source.layout.name,
            "encoding": encoding.shown or ("UTF-8" if not source.inspection.binary else None),
            "sha256": source.inspection.sha256,
            "repaired": 0,
        }
        self.result.files.append(row)
        asked: set[int] = set()
        for found in _batches(source.read(self._context)):
            if isinstance(found, tuple):
                row["repaired"] += self._add(source, asked, *found)
            elif found.code.startswith("N"):
                self.notice(file, found)
            else:
                self.reject(file, found)
        if row["repaired"]:
            self.notice(file, Message("N108", None, {"count": row["repaired"]}))
        self.result.asked.append(sorted(asked))
        row["read"] = self.result.forms > forms or len(self.result.rejected) == problems

    def _add(
        self, source: Source, met: set[int], batch: Batch, uncertain: npt.NDArray[np.bool_] | None, key: str | None
    ) -> int:
        """Stage the forms of a batch, and note the questions met; return how many cells were repaired."""
        file = source.file
        headings, texts, originals, repaired = batch.headings, batch.texts, None, 0
        if source.inspection.suspect:
            headings = repair_heading(headings)
            texts, originals, repaired = repair(texts)
        stem = _NO_KEY.sub("-", PurePath(file.label).stem.casefold()).strip("-") or "autre"
        asked = repair_heading(batch.asked) if batch.asked and source.inspection.suspect else batch.asked
        plan = self._questions.plan(headings, key, (file.label, file.shown), stem, asked)
        if batch.certain:
            looked = texts if uncertain is None else [_sure(text, uncertain[:, i]) for i, text in enumerate(texts)]
            self._questions.look_at(plan, looked)
        met.update(plan.questions)
        forms = self._form_table(batch, plan, texts)
        cells = self._cell_table(batch, plan, texts, originals, uncertain)
        done = 0
        while done < forms.num_rows:
            take = min(self._size - self._waiting, forms.num_rows - done)
            width = len(plan.order)
            self._forms.append(forms.slice(done, take))
            part = cells.slice(done * width, take * width)
            shifted = pa.array(np.repeat(np.arange(take, dtype=np.int32) + self._waiting, width))
            self._cells.append(part.set_column(0, staging.CELLS.field(0), shifted))
            self._waiting += take
            done += take
            if self._waiting == self._size:
                self._flush()
        self.result.forms += forms.num_rows
        return repaired

    def _form_table(self, batch: Batch, plan: Plan, texts: tuple[pa.Array, ...]) -> pa.Table:
        size = len(batch.rows)
        columns = form_columns(batch)
        keys = reference_keys(plan.questionnaire, columns["reference"])
        content = self._content(plan, columns, texts, [key == 0 for key in keys])
        keys = [key or said for key, said in zip(keys, content, strict=True)]
        return pa.table(
            {
                "file": np.full(size, len(self.result.files) - 1, np.int32),
                "row": np.arange(batch.rows.start, batch.rows.stop, dtype=np.int64),
                "questionnaire": [plan.questionnaire] * size,
                "reference": columns["reference"],
                "title": columns["title"],
                "published_at": columns["published_at"],
                "author": pa.array(self._authors.keys(columns["author"]), pa.uint64()),
                "author_type": columns["author_type"],
                "postcode": columns["postcode"],
                "trashed": columns["trashed"],
                "weight": columns["weight"],
                "key": pa.array(keys, pa.uint64()),
                "content": pa.array(content, pa.uint64()),
            },
            schema=staging.FORMS,
        )

    def _content(
        self, plan: Plan, columns: dict[str, list[Any]], texts: tuple[pa.Array, ...], unnamed: list[bool]
    ) -> list[int]:
        """Return the keys of what forms say; only of those without a reference, with what else tells them apart."""
        size = len(unnamed)
        arrays = [texts[plan.order[cell]] for cell in plan.by_id]
        named = [0] * size
        if not self._alone and not all(unnamed):
            named = content_keys(plan.questionnaire, plan.ids, arrays, [], size)
        if not any(unnamed):
            return named
        about = [pa.array(columns[name], pa.string()) for name in ("published", "postcode", "author")]
        told = content_keys(plan.questionnaire, plan.ids, arrays, about, size)
        return [key if without else other for key, other, without in zip(told, named, unnamed, strict=True)]

    def _cell_table(
        self,
        batch: Batch,
        plan: Plan,
        texts: tuple[pa.Array, ...],
        originals: tuple[pa.Array, ...] | None,
        uncertain: npt.NDArray[np.bool_] | None,
    ) -> pa.Table:
        size, width = len(batch.rows), len(plan.order)
        certain = np.full((size, width), batch.certain)
        if uncertain is not None:
            certain &= ~uncertain[:, list(plan.order)]
        nothing = pa.nulls(size * width, pa.string())
        return pa.table(
            {
                "form": np.zeros(size * width, np.int32),
                "question": np.tile(np.array(plan.questions, np.int32), size),
                "occurrence": np.tile(np.array(plan.occurrences, np.int32), size),
                "text": row_major([texts[position] for position in plan.order], size),
                "original": nothing if originals is None else row_major([originals[p] for p in plan.order], size),
                "certain": pa.array(certain.ravel()),
            },
            schema=staging.CELLS,
        )

    def _flush(self) -> None:
        forms = pa.concat_tables(self._forms) if self._forms else staging.FORMS.empty_table()
        cells = pa.concat_tables(self._cells) if self._cells else staging.CELLS.empty_table()
        staging.write(self._workspace, "forms", self.result.chunks, forms.combine_chunks())
        staging.write(self._workspace, "cells", self.result.chunks, cells.combine_chunks())
        self.result.chunks += 1
        self._forms, self._cells, self._waiting = [], [], 0

    def finish(self) -> Collected:
        """Write what is left, and the mark that everything was read."""
        if self._waiting or not self.result.chunks:
            self._flush()
        for shown, wording, questionnaire, kind in self._questions.settle_kinds():
            fields = {"title": wording, "questionnaire": questionnaire, "kind": kind}
            self.result.notices.append(Message("N102", None, fields).about(shown))
        self.result.questions = self._questions.rows
        self._questions_table()
        self.result.boot = staging.boot()
        content = json.dumps(vars(self.result), ensure_ascii=False, sort_keys=True)
        write_bytes(content.encode("utf-8", "replace"), _marker(self._workspace), self._workspace.path)
        return self.result

    def _questions_table(self) -> None:
        self._workspace.write_part("questions", 0, tables.from_rows("questions", self._questions.table_rows()))
        self._workspace.write_part("rejected", 0, tables.from_rows("rejected", self.result.rejected))


def _sure(texts: pa.Array, uncertain: npt.NDArray[np.bool_]) -> pa.Array:
    return texts.filter(pa.array(~uncertain)) if uncertain.any() else texts


Found = tuple[Batch, "npt.NDArray[np.bool_] | None", str | None]


def _batches(found: Iterable[Record | Batch | Message]) -> Iterator[Found | Message]:
    """Turn records into batches; with each comes which cells are not certain, and the questionnaire if it is known."""
    waiting: list[Record] = []
    for item in found:
        if isinstance(item, Record):
            if waiting and (len(waiting) == _RECORDS_A_BATCH or not _alike(waiting[-1], item)):
                yield rows_of(waiting)
                waiting = []
            waiting.append(item)
            continue
        if isinstance(item, Batch):
            if waiting:
                yield rows_of(waiting)
                waiting = []
            yield item, None, None
        else:
            yield item
    if waiting:
        yield rows_of(waiting)


def _alike(one: Record, other: Record) -> bool:
    same = one.headings is other.headings or one.headings == other.headings
    return same and one.questionnaire == other.questionnaire and other.row == one.row + 1


def _marker(workspace: Workspace) -> Path:
    return staging.folder(workspace) / "collected.json"


def collected_before(workspace: Workspace) -> Collected | None:
    """Return what an earlier run that was cut short collected to the end, or None when anything of it is missing.

    A run may be killed while the staging folder, or the tables of other inputs, are being removed, in any order.
    """
    try:
        found = Collected(**json.loads(_marker(workspace).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if found.boot != staging.boot():
        return None  # chunks are not synced one by one: after a power cut, some may not be what they were
    parts = [workspace.part_path(table, 0) for table in ("questions", "rejected")]
    for index in range(found.chunks):
        parts += [staging.path(workspace, name, index) for name in ("forms", "cells")]
    return found if all(path.is_file() for path in parts) else None
