"""Questions in SQL: the answer as a file that keeps its types, and nothing written when it cannot be."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline import sql
from pipeline.errors import DoleancesError
from pipeline.workspace import Workspace
from tests.workspaces import small

STATEMENT = """
    SELECT answer_id, c.weight IS NULL AS unweighted, nullif(q.number, 1) AS number, list_value(q.title, 'é') AS titles
    FROM answers JOIN questions q USING (question_id)
    JOIN contributions c ON c.contribution_id = answers.contribution_id
    ORDER BY answer_id
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return small(tmp_path_factory.mktemp("small"))


def run(workspace: Workspace, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "pipeline.cli", "sql", *arguments, "--workspace", str(workspace.path)]
    return subprocess.run(command, capture_output=True, check=False, env=os.environ | {"NO_COLOR": "1"})


def test_parquet_keeps_whole_numbers_with_nulls_and_lists(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    sql.write(workspace, STATEMENT, "parquet", path)
    table = pq.read_table(path)
    assert [str(kind) for kind in table.schema.types] == ["string", "bool", "int32", "list<element: string>"]
    assert table.num_rows == 15 and table["number"].null_count == 5
    assert {row[1] for row in table["titles"].to_pylist()} == {"é"}


def test_standard_output_has_the_bytes_of_the_file(workspace: Workspace, tmp_path: Path) -> None:
    done = run(workspace, STATEMENT, "--format", "parquet")
    assert done.returncode == 0, done.stderr
    sql.write(workspace, STATEMENT, "parquet", tmp_path / "x")
    assert done.stdout == (tmp_path / "x").read_bytes()
    assert pq.read_table(io.BytesIO(done.stdout)).num_rows == 15


def test_csv_and_json_go_to_a_file_too(workspace: Workspace, tmp_path: Path) -> None:
    statement = "SELECT title FROM questions ORDER BY number"
    sql.write(workspace, statement, "json", tmp_path / "q.json")
    titles = [row["title"] for row in json.loads((tmp_path / "q.json").read_text("utf-8"))]
    sql.write(workspace, statement, "csv", tmp_path / "q.csv")
    with (tmp_path / "q.csv").open(encoding="utf-8", newline="") as handle:
        assert [row[0] for row in csv.reader(handle)] == ["title", *titles] and len(titles) == 3


def test_a_file_that_cannot_be_written_or_a_table_in_a_file_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(DoleancesError, match="E405"):
        sql.write(workspace, "SELECT 1", "csv", tmp_path)
    with pytest.raises(DoleancesError, match="E211"):
        sql.write(workspace, "SELEC 1", "parquet", tmp_path / "never")
    assert not (tmp_path / "never").exists()
    done = run(workspace, "SELECT 1", "--output", str(tmp_path / "table"))
    assert done.returncode == 2 and b"E122" in done.stderr and not (tmp_path / "table").exists()
