"""What was there before a retrain: the themes of every answer, and the themes; kept to tell what changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import storage
from pipeline.workspace import Workspace, write_bytes, write_parquet

UNDER_WAY: Final = "retraining"
"""Where the manifest says which retrain is under way."""
FOLDER: Final = "retrains"
ANSWERS: Final = "answers.parquet"
TOPICS: Final = "topics.parquet"
LESSONS: Final = "lessons.json"
NAMES: Final = "names.json"
START: Final = "start.json"  # written last: what it stands beside is whole


@dataclass(frozen=True)
class Start:
    """What a retrain begins with: the model, how much there was, and the figures of the model on gold answers.

    ``lessons_sum`` and ``names_sum`` are the sums of what was learned of themes and of names until then.
    """

    number: int
    parent: str
    contributions: int
    gold: dict[str, Any] | None = None
    lessons_sum: str | None = None
    names_sum: str | None = None


def folder_of(workspace: Workspace, number: int) -> Path:
    """Return the folder of a retrain, by its number from 1."""
    return workspace.path / FOLDER / f"{number:04d}"


def next_number(workspace: Workspace) -> int:
    """Return the number of the retrain that begins now."""
    done: list[Mapping[str, Any]] = workspace.manifest.get("retrains", [])
    return len(done) + 1


def keep(workspace: Workspace, start: Start) -> None:
    """Write what is there now, under the number of the retrain."""
    folder = folder_of(workspace, start.number)
    write_parquet(themes_of_answers(workspace), folder / ANSWERS, workspace.path)
    write_parquet(themes(workspace), folder / TOPICS, workspace.path)
    text = json.dumps(asdict(start), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_bytes(text.encode("utf-8"), folder / START, workspace.path)


def kept(workspace: Workspace, number: int) -> Start | None:
    """Return what a retrain began with, None where it was killed before all of it was written."""
    path = folder_of(workspace, number) / START
    if not path.is_file():
        return None
    return Start(**json.loads(path.read_text(encoding="utf-8")))


def themes(workspace: Workspace) -> pa.Table:
    """Return the themes as the dataset shows them: as people settled them, their names masked where this is."""
    return storage.read_table(workspace.path / "dataset" / "topics.parquet")


def themes_of_answers(workspace: Workspace) -> pa.Table:
    """Return answer_id, contribution_id, question_id, state, topic_id, theme_id and topic_ids of every answer."""
    columns = ["answer_id", "contribution_id", "question_id", "state", "topic_id", "theme_id", "topics"]
    answers = storage.read_table(workspace.path / "dataset" / "answers.parquet", columns=columns)
    topics = answers["topics"].combine_chunks()
    ids = pa.ListArray.from_arrays(_offsets(topics), pc.struct_field(topics.flatten(), "topic_id"))
    return answers.drop_columns(["topics"]).append_column("topic_ids", ids)


def _offsets(lists: pa.ListArray) -> pa.Array:
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    ends = pc.cumulative_sum(lengths.cast(pa.int32()))
    return pa.concat_arrays([pa.array([0], pa.int32()), ends])
