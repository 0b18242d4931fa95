"""What a workspace says of the answers that a corrected file names: their text on both layers, themes and mentions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import errors, storage
from pipeline.export.tasks import Span, apart
from pipeline.review.unmasking import Anchor, Unmasked
from pipeline.workspace import Workspace

_DATASET: Final = {
    "answers": ["answer_id", "question_id", "text", "topics"],
    "segments": ["segment_id", "answer_id", "start", "end"],
    "mentions": ["mention_id", "answer_id", "start", "end", "label"],
}
_TABLES: Final = {
    "answers": ["answer_id", "text"],
    "segments": ["segment_id", "answer_id", "start", "end"],
    "mentions": ["mention_id", "answer_id", "start", "end", "surface", "label"],
}

Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Mention:
    """A mention of the tables, with its exact words."""

    start: int
    end: int
    label: str
    quote: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as `before` and `after` of decisions."""
        return asdict(self)


@dataclass(frozen=True)
class KnownAnswer:
    """An answer: ``shown`` is its text in the dataset, ``original`` that of the tables.

    ``masked_rows`` are its mentions in the dataset, ``mentions`` those of the tables, by mention_id; ``anchors`` are
    its segments on both layers.
    """

    answer_id: str
    question_id: str
    shown: str
    original: str
    themes: tuple[str, ...]
    masked_rows: list[dict[str, Any]]
    mentions: Mapping[str, Mention]
    anchors: list[Anchor]

    @cached_property
    def unmasked(self) -> Unmasked:
        """How offsets of the dataset move to the tables."""
        return Unmasked(self.shown, self.original, self.anchors)

    def spans(self, *, masked: bool) -> list[Span]:
        """Return its mentions as a task shows them."""
        if masked:
            return apart(row for row in self.masked_rows if row["mention_id"] in self.mentions)
        return apart(
            {"mention_id": key, "start": one.start, "end": one.end, "label": one.label}
            for key, one in self.mentions.items()
        )


@dataclass(frozen=True)
class Known:
    """The answers that were asked for and are there, and the question of each theme (None: across questions)."""

    answers: Mapping[str, KnownAnswer]
    themes: Mapping[str, str | None]


def known_answers(workspace: Workspace, answer_ids: set[str]) -> Known:
    """Return what the workspace says of some answers.

    Raises
    ------
    DoleancesError
        When it has no finished dataset (E425).
    """
    folder = workspace.path / "dataset"
    paths = {name: folder / f"{name}.parquet" for name in _DATASET}
    if not all(path.is_file() for path in paths.values()):
        raise errors.usage("E425", path=workspace.path)
    wanted = pa.array(sorted(answer_ids), pa.string())
    shown = {name: _rows([paths[name]], columns, wanted) for name, columns in _DATASET.items()}
    tables = {name: _rows(workspace.parts(name), columns, wanted) for name, columns in _TABLES.items()}
    answers = {}
    for answer_id, (row,) in shown["answers"].items():
        original = tables["answers"].get(answer_id, [{}])[0].get("text")
        if row["text"] and original:
            answers[answer_id] = KnownAnswer(
                answer_id=answer_id,
                question_id=row["question_id"],
                shown=row["text"],
                original=original,
                themes=tuple(topic["topic_id"] for topic in row["topics"]),
                masked_rows=shown["mentions"][answer_id],
                mentions={
                    one["mention_id"]: Mention(one["start"], one["end"], one["label"], one["surface"])
                    for one in tables["mentions"][answer_id]
                },
                anchors=_anchors(shown["segments"][answer_id], tables["segments"][answer_id]),
            )
    topics = workspace.read("topics", ["topic_id", "question_id"])
    return Known(answers, dict(zip(topics["topic_id"].to_pylist(), topics["question_id"].to_pylist(), strict=True)))


def _rows(paths: list[Path], columns: list[str], wanted: pa.Array) -> Rows:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for batch in _batches(paths, columns):
        for row in batch.filter(pc.is_in(batch["answer_id"], wanted)).to_pylist():
            found[row["answer_id"]].append(row)
    return found


def _batches(paths: list[Path], columns: list[str]) -> Iterator[pa.RecordBatch]:
    for path in paths:
        yield from storage.parquet_file(path).iter_batches(batch_size=10_000, columns=columns)


def _anchors(shown: list[dict[str, Any]], tables: list[dict[str, Any]]) -> list[Anchor]:
    there = {row["segment_id"]: (row["start"], row["end"]) for row in tables}
    return sorted((row["start"], row["end"], *there[row["segment_id"]]) for row in shown if row["segment_id"] in there)
