"""The workspace: atomic writes, schemas, the manifest, and one process at a time."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import lease, tables
from pipeline.errors import DoleancesError
from pipeline.workspace import Workspace, durable_file, sha256_of, write_bytes


def outcomes(*states: str) -> pa.Table:
    return tables.from_rows("outcomes", [{"answer_id": f"a-{i}", "state": state} for i, state in enumerate(states)])


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_part_is_read_as_it_was_written(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write_part("outcomes", 0, outcomes("empty", "assigned"))
    workspace.write_part("outcomes", 1, outcomes("closed"))
    assert workspace.read("outcomes")["state"].to_pylist() == ["empty", "assigned", "closed"]
    assert workspace.read_part("outcomes", 1, ["state"]).to_pylist() == [{"state": "closed"}]
    assert workspace.count("outcomes") == 3
    assert list(workspace.pandas("outcomes").columns) == tables.SCHEMAS["outcomes"].names


def test_a_table_that_was_not_written_has_no_rows_and_the_columns_asked_for(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert workspace.read("answers").schema.equals(tables.SCHEMAS["answers"])
    assert workspace.read("answers", ["text"]).schema.names == ["text"]
    assert workspace.count("answers") == 0


def test_the_folder_of_a_table_holds_its_parts_and_nothing_else(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write_part("outcomes", 3, outcomes("empty"))
    assert files(tmp_path) == ["tables/outcomes/part-00003.parquet"]


def test_the_same_rows_give_the_same_bytes_however_they_are_chunked(tmp_path: Path) -> None:
    whole = outcomes("empty", "closed", "assigned")
    chunked = pa.concat_tables([whole.slice(0, 1), whole.slice(1, 1), whole.slice(2)])
    workspace = Workspace(tmp_path)
    workspace.write_part("outcomes", 0, whole)
    workspace.write_part("outcomes", 1, chunked)
    assert workspace.part_path("outcomes", 0).read_bytes() == workspace.part_path("outcomes", 1).read_bytes()


def test_columns_in_another_order_or_of_a_near_type_are_cast_to_the_schema(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    rows = outcomes("empty")
    workspace.write_part("outcomes", 0, rows.select(["state", "reason", "answer_id"]))
    assert workspace.read_part("outcomes", 0).schema.equals(tables.SCHEMAS["outcomes"])


@pytest.mark.parametrize(
    "content",
    [
        pa.table({"answer_id": ["a-1"]}),
        pa.table({"answer_id": ["a-1"], "state": [None], "reason": [None]}),
        pa.table({"answer_id": ["a-1"], "state": [["a", "list"]], "reason": [None]}),
        tables.from_rows("outcomes", [{"answer_id": "a-1"}]),
    ],
    ids=["missing column", "null where none may be", "other type", "null in a row"],
)
def test_columns_that_are_not_those_of_the_schema_are_refused(tmp_path: Path, content: pa.Table) -> None:
    with pytest.raises(DoleancesError) as caught:
        Workspace(tmp_path).write_part("outcomes", 0, content)
    assert caught.value.problem.code == "E206"
    assert "\n" not in str(caught.value)
    assert files(tmp_path) == []


KILLED_WRITE = """
    import os, signal, sys, threading, time
    import pyarrow as pa
    from pathlib import Path
    from pipeline import workspace as module
    # The process dies once the temporary file is written and before it gets its name.
    os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
    module.write_bytes(b"x" * 1000, Path(sys.argv[1]) / "tables" / "outcomes" / "part-00000.parquet", Path(sys.argv[1]))
"""


def test_a_killed_write_leaves_no_part_and_the_next_lock_sweeps_its_rest(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(KILLED_WRITE), str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert [name for name in files(tmp_path) if name.startswith("tables/")] == []
    assert len(files(tmp_path / "tmp")) == 1
    with Workspace(tmp_path).lock():
        assert [name for name in files(tmp_path) if name != ".lock"] == []


def test_a_killed_overwrite_leaves_the_part_as_it_was(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write_part("outcomes", 0, outcomes("empty"))
    before = sha256_of(workspace.part_path("outcomes", 0))
    subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED_WRITE), str(tmp_path)], check=False)
    assert sha256_of(workspace.part_path("outcomes", 0)) == before


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("a file where a folder should be")
    with pytest.raises(DoleancesError) as caught:
        Workspace(tmp_path).write_part("outcomes", 0, outcomes("empty"))
    assert caught.value.problem.code == "E208"
    assert files(tmp_path) == ["tables"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Path:
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("a tmpfs cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_in_one_line_and_leaves_no_file(tiny_disk: Path) -> None:
    target = tiny_disk / "tables" / "answers" / "part-00000.parquet"
    with pytest.raises(DoleancesError) as caught:
        write_bytes(os.urandom(1_000_000), target, tiny_disk)
    assert caught.value.problem.code == "E205"
    assert "\n" not in str(caught.value) and str(target) in str(caught.value)
    assert files(tiny_disk) == []


def test_the_manifest_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert not workspace.exists
    workspace.manifest["stages"]["ingest"] = {"status": "done", "note": "éà"}
    workspace.save_manifest()
    assert workspace.exists
    assert Workspace(tmp_path).manifest == workspace.manifest


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"layout": 1}', '{"layout": 1, "stages": []}', "\x00\xff"])
def test_a_damaged_manifest_is_told_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="latin-1")
    with pytest.raises(DoleancesError) as caught:
        _ = Workspace(tmp_path).manifest
    assert caught.value.problem.code == "E207"
    assert "\n" not in str(caught.value)


def test_a_manifest_of_another_layout_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"layout": 99, "inputs": [], "stages": {}}))
    with pytest.raises(DoleancesError) as caught:
        _ = Workspace(tmp_path).manifest
    assert caught.value.problem.code == "E212"


def test_a_second_process_is_told_that_the_workspace_is_in_use_and_by_whom(tmp_path: Path) -> None:
    code = "import sys; from pipeline.workspace import Workspace\nwith Workspace(sys.argv[1]).lock(): pass"
    command = [sys.executable, "-c", code, str(tmp_path)]
    with Workspace(tmp_path).lock():
        second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode != 0
    assert second.stderr.splitlines()[-1].endswith(
        f"E201 {tmp_path} is in use by another doleances process (pid {os.getpid()}). "
        "Wait until it ends, or give another --workspace."
    )
    assert subprocess.run(command, check=False).returncode == 0


def test_the_lock_of_a_killed_process_does_not_hold(tmp_path: Path) -> None:
    code = "import os, signal, sys; from pipeline.workspace import Workspace\n"
    code += "with Workspace(sys.argv[1]).lock(): os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    with Workspace(tmp_path).lock():
        pass


def _write_same(arguments: tuple[str, int]) -> None:
    path, index = arguments
    Workspace(path).write_part("outcomes", index, outcomes(*["empty"] * 50))


def test_two_processes_write_parts_of_one_table_without_treading_on_each_other(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(_write_same, [(str(tmp_path), index) for index in (0, 1, 2, 3)], chunksize=1)
    assert files(tmp_path) == [f"tables/outcomes/part-{i:05d}.parquet" for i in range(4)]


def test_two_attempts_at_one_part_do_not_meet_even_where_pids_are_equal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: 1)
    path = tmp_path / "tables" / "outcomes" / "part-00000.parquet"
    with durable_file(path, tmp_path) as first:
        first.write(b"half")
        with durable_file(path, tmp_path) as second:
            second.write(b"whole")
        assert path.read_bytes() == b"whole"
        first.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert files(tmp_path) == ["tables/outcomes/part-00000.parquet"]


def test_what_was_written_for_a_run_that_has_ended_gets_no_name(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with workspace.lock():
        held = lease.held()
        with lease.serving(held):
            workspace.write_part("outcomes", 0, outcomes("empty"))
    assert lease.held() is None
    before = workspace.part_path("outcomes", 0).read_bytes()
    for _ in range(2):  # after the run, and while another one holds the workspace
        with pytest.raises(DoleancesError) as caught, lease.serving(held):
            pass
        assert caught.value.problem.code == "E218"
        with pytest.raises(DoleancesError, match="E218"), workspace.lock():
            lease._served.set(held)  # it began while the run was there
            workspace.write_part("outcomes", 0, outcomes("closed"))
    lease._served.set(None)
    assert workspace.part_path("outcomes", 0).read_bytes() == before
    assert [name for name in files(tmp_path) if name != ".lock"] == ["tables/outcomes/part-00000.parquet"]


def test_a_worker_that_cannot_see_the_workspace_says_so(tmp_path: Path) -> None:
    with Workspace(tmp_path / "here").lock():
        held = lease.held()
    shutil.rmtree(tmp_path / "here")
    with pytest.raises(DoleancesError) as caught, lease.serving(held):
        pass
    assert caught.value.problem.code == "E217" and str(tmp_path / "here") in str(caught.value)


def test_a_lack_of_memory_is_not_told_as_a_fault_of_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise pa.ArrowMemoryError("malloc of size 64 failed")

    monkeypatch.setattr("pipeline.workspace.pq.write_table", no_memory)
    with pytest.raises(MemoryError):
        Workspace(tmp_path).write_part("outcomes", 0, outcomes("empty"))


def test_a_disk_that_is_too_full_for_the_lock_is_told_in_one_line(tiny_disk: Path) -> None:
    with suppress(OSError), (tiny_disk / "rest").open("wb", buffering=0) as rest:
        while True:
            rest.write(bytes(4096))
    with pytest.raises(DoleancesError) as caught, Workspace(tiny_disk).lock():
        pass
    assert caught.value.problem.code == "E205"


def test_clear_removes_tables_and_folders_by_name(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.write_part("outcomes", 0, outcomes("empty"))
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").write_text("x")
    workspace.clear("outcomes", "report", "never-there")
    assert files(tmp_path) == []


def test_an_unknown_table_is_a_mistake_of_the_programmer(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Workspace(tmp_path).part_path("../../etc", 0)
