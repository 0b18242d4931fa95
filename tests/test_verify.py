"""verify tells of every way in which the parts of a workspace can disagree."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline import dataset, report
from pipeline.config import Config
from pipeline.stage import ORDER
from pipeline.verify import verify
from pipeline.workspace import Workspace, sha256_of
from tests.workspaces import small

CONFIG = Config().with_values("execution", workers=1)
LOCAL = "local/abc123"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that ran to its end, with a local model of one file."""
    path = tmp_path_factory.mktemp("finished") / "workspace"
    workspace = small(path)
    # The second theme of every segment, in the rows of `small`, stands for themes that the table need not hold.
    for index in range(len(workspace.parts("assignments"))):
        table = workspace.read_part("assignments", index)
        workspace.write_part("assignments", index, table.filter(pc.equal(table["rank"], 1)))
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    folder = path / "models" / LOCAL
    folder.mkdir(parents=True)
    (folder / "vocabulary.txt").write_text("gare\n", encoding="utf-8")
    content = {"files": {"vocabulary.txt": sha256_of(folder / "vocabulary.txt")}}
    (folder / "model.json").write_text(json.dumps(content), encoding="utf-8")
    workspace.manifest["model"] = LOCAL
    workspace.save_manifest()
    return path


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(finished, tmp_path / "workspace"))


def put(table: pa.Table, column: str, row: int, value: object) -> pa.Table:
    place = table.schema.get_field_index(column)
    values = table[column].to_pylist()
    values[row] = value
    field = table.schema.field(place)
    return table.set_column(place, field, pa.array(values, field.type))


def change(workspace: Workspace, relative: str, column: str, row: int, value: object) -> None:
    """Change one value, and the sums of the manifest with it: only what the tables say can tell."""
    path = workspace.path / relative
    pq.write_table(put(pq.read_table(path, partitioning=None), column, row, value), path)
    for name in ORDER:
        files = workspace.manifest["stages"][name]["files"]
        if relative in files:
            files[relative]["sha256"] = sha256_of(path)
    workspace.save_manifest()


def test_what_a_run_leaves_holds(workspace: Workspace) -> None:
    assert verify(workspace) == []


@pytest.mark.parametrize(
    ("relative", "column", "row", "value", "told"),
    [
        ("tables/assignments/part-00000.parquet", "segment_id", 0, "s-none", "assignments: segment s-none"),
        ("tables/assignments/part-00001.parquet", "topic_id", 0, "t-none", "assignments: theme t-none"),
        ("tables/mentions/part-00000.parquet", "organisation_id", 0, "o-none", "mentions: organisation o-none"),
        ("dataset/answers.parquet", "state", 0, "unassigned", "not those of the table outcomes"),
        ("dataset/answers.parquet", "reason", 0, "no_theme_fits", "not those of the table outcomes"),
        ("dataset/topics.parquet", "n_segments", 0, 99, "theme t-health has 2 segments, and topics.parquet says 99"),
        (
            "dataset/topics.parquet",
            "topic_id",
            0,
            "t-new",
            "theme t-health has 2 segments, and topics.parquet says n",
        ),
    ],
)
def test_what_points_nowhere_or_does_not_add_up_is_told(
    workspace: Workspace, relative: str, column: str, row: int, value: object, told: str
) -> None:
    change(workspace, relative, column, row, value)
    assert any(told in line for line in verify(workspace)), verify(workspace)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("vocabulary.txt", "gares\n", "vocabulary.txt does not match its checksum in model.json"),
        ("vocabulary.txt", None, "vocabulary.txt is missing"),
        ("model.json", "[", "model.json is missing or cannot be read"),
        ("model.json", '{"files": []}', "model.json is missing or cannot be read"),
        ("model.json", None, "model.json is missing or cannot be read"),
    ],
)
def test_a_local_model_that_was_changed_is_told(
    workspace: Workspace, name: str, content: str | None, told: str
) -> None:
    path = workspace.path / "models" / LOCAL / name
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    assert verify(workspace) == [f"models/{LOCAL}/{told}"]
