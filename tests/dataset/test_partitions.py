"""Partitions that are as they were are taken, not made again; what may touch one makes it again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline import dataset
from pipeline.dataset import partitions
from pipeline.partition_cache import FOLDER
from pipeline.workspace import Workspace
from tests.dataset.test_reviewed import CONFIG, HEALTH, decide, make, rows, target


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Workspace, list[int]]:
    """Return a workspace whose dataset is made, and a list that grows by one for each partition that is labelled."""
    labelled: list[int] = []
    label = partitions.label

    def counted(*given: Any) -> dict[str, pa.Table]:
        labelled.append(1)
        return label(*given)

    monkeypatch.setattr(partitions, "label", counted)
    workspace = make(tmp_path / "workspace")
    dataset.run(workspace, CONFIG)
    assert len(labelled) == 2
    labelled.clear()
    return workspace, labelled


def again(workspace: Workspace, *, force: bool = False) -> None:
    workspace.manifest["stages"]["dataset"]["fingerprint"] = "of other inputs"
    workspace.save_manifest()
    dataset.run(workspace, CONFIG, force=force)


def test_what_is_as_it_was_is_taken(made: tuple[Workspace, list[int]]) -> None:
    workspace, labelled = made
    before = rows(workspace, "answers"), workspace.read("outcomes").to_pylist()
    again(workspace)
    assert labelled == [] and (rows(workspace, "answers"), workspace.read("outcomes").to_pylist()) == before
    again(workspace, force=True)
    assert len(labelled) == 2


def test_copies_are_told_as_they_are_now(made: tuple[Workspace, list[int]]) -> None:
    workspace, labelled = made
    answers = workspace.read_part("answers", 0)
    place = answers.schema.get_field_index("copy_group_id")
    groups = pa.array(["g-1", *[None] * (answers.num_rows - 1)], pa.string())
    workspace.write_part("answers", 0, answers.set_column(place, answers.schema.field(place), groups))
    again(workspace)
    assert labelled == [] and rows(workspace, "answers")[0]["copy_group_id"] == "g-1"
    assert all(row["copy_group_id"] is None for row in rows(workspace, "answers")[1:])


@pytest.mark.parametrize("touch", ["text", "decision", "label", "cache"])
def test_what_may_touch_a_partition_makes_it_again(touch: str, made: tuple[Workspace, list[int]]) -> None:
    workspace, labelled = made
    if touch == "text":
        answers = workspace.read_part("answers", 0)
        place = answers.schema.get_field_index("text")
        texts = [*answers["text"].to_pylist()[:-1], "Le ciel est gris"]
        field = answers.schema.field(place)
        workspace.write_part("answers", 0, answers.set_column(place, field, pa.array(texts, pa.string())))
    elif touch == "decision":
        decide(workspace, {"action": "assign", "target": target(workspace, 2, HEALTH), "after": ["t-tax"]})
    elif touch == "label":
        named = [row | {"label": "Fiscalité"} if row["topic_id"] == "t-tax" else row for row in topics(workspace)]
        workspace.write_part("topics", 0, pa.Table.from_pylist(named, schema=workspace.read("topics").schema))
    else:
        workspace.clear(FOLDER)
    again(workspace)
    # Of these, the second partition holds neither the text nor the theme.
    assert len(labelled) == (1 if touch in ("text", "label") else 2)


def topics(workspace: Workspace) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workspace.read("topics").to_pylist()
    return found
