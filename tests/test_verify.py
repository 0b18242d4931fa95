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
from tests.campaigns import campaign
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
        ("tables/organisations/part-00000.parquet", "parent_id", 0, "o-none", "organisations: parent_id o-none"),
        ("tables/organisations/part-00000.parquet", "successor_id", 1, "o-none", "organisations: successor_id o-none"),
        ("tables/topics/part-00000.parquet", "parent_id", 2, "t-none", "topics: parent_id t-none"),
        ("dataset/answers.parquet", "state", 0, "unassigned", "not those of the table outcomes"),
        ("dataset/answers.parquet", "reason", 0, "no_theme_fits", "not those of the table outcomes"),
        ("tables/exemplars/part-00000.parquet", "quote", 0, "Autre", "tables: exemplar x-0 is not the text"),
        ("tables/exemplars/part-00000.parquet", "topic_id", 1, "t-none", "exemplar x-1 is of theme t-none"),
        ("dataset/exemplars.parquet", "start", 1, 0, "dataset: exemplar x-1 is not the text"),
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


def test_parents_and_successors_that_exist_hold(workspace: Workspace) -> None:
    change(workspace, "tables/organisations/part-00000.parquet", "parent_id", 0, "o-x0123456789ab")
    change(workspace, "tables/organisations/part-00000.parquet", "successor_id", 1, "o-caf")
    change(workspace, "tables/topics/part-00000.parquet", "parent_id", 2, "t-health")
    assert verify(workspace) == []


def test_organisations_of_an_older_version_are_told_in_a_line(workspace: Workspace) -> None:
    path = workspace.path / "tables" / "organisations" / "part-00000.parquet"
    older = pq.read_table(path, partitioning=None).drop_columns(["parent_id", "successor_id"])
    pq.write_table(older, path)
    assert verify(workspace) == [
        "tables/organisations/part-00000.parquet: columns are not those of the table organisations"
    ]


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


@pytest.fixture(scope="module")
def campaigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the tables files, superseded and copy_groups that ran to its end."""
    path = tmp_path_factory.mktemp("campaigned") / "workspace"
    workspace = campaign(path)
    for index in range(len(workspace.parts("assignments"))):
        table = workspace.read_part("assignments", index)
        workspace.write_part("assignments", index, table.filter(pc.equal(table["rank"], 1)))
    dataset.run(workspace, CONFIG)
    report.run(workspace, CONFIG)
    return path


def test_copies_files_and_older_forms_hold(campaigned: Path) -> None:
    assert verify(Workspace(campaigned)) == []


@pytest.mark.parametrize(
    ("relative", "column", "row", "value", "told"),
    [
        (
            "copy_groups/part-00000",
            "answer_id",
            0,
            "a-none",
            "copy_groups: answer a-none of group g-0000000000000001-2",
        ),
        (
            "copy_groups/part-00000",
            "answer_id",
            0,
            "a-0000000000000007-2",
            "is the first of group g-0000000000000001-2",
        ),
        ("copy_groups/part-00000", "n_answers", 0, 5, "copy_groups: g-0000000000000001-2 has 4 answers, and the table"),
        ("copy_groups/part-00000", "copy_group_id", 1, "g-none", "group of copies g-0000000000000008-3 does not exist"),
        ("answers/part-00001", "copy_group_id", 3, "g-none", "answers: group of copies g-none does not exist"),
        ("answers/part-00000", "original", 1, "Il", ""),
        ("answers/part-00000", "original", 0, "Oui", "answers: a-0000000000000001-1 has an original that is no other"),
        (
            "superseded/part-00000",
            "contribution_id",
            0,
            "c-none",
            "superseded: v-0000000000000007-0 is of contribution c",
        ),
        ("files/part-00000", "contributions", 1, 6, "files: b.csv has 5 contributions, and the table says 6"),
        ("files/part-00000", "source_file", 2, "d.csv", ""),
        ("files/part-00000", "source_file", 0, "d.csv", "files: a.csv has 5 contributions, and the table says nothing"),
    ],
)
def test_copies_files_and_older_forms_that_do_not_hold_are_told(
    campaigned: Path, tmp_path: Path, relative: str, column: str, row: int, value: object, told: str
) -> None:
    workspace = Workspace(shutil.copytree(campaigned, tmp_path / "workspace"))
    path = workspace.path / "tables" / f"{relative}.parquet"
    pq.write_table(put(pq.read_table(path, partitioning=None), column, row, value), path)
    found = verify(workspace)
    assert any(told in line for line in found) if told else found == [], found
