"""Exports are whole or not at all, replace an earlier export and nothing else, and mask unless told otherwise."""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest

from pipeline import dataset, storage
from pipeline.config import Config
from pipeline.errors import DoleancesError, ExitCode
from pipeline.export import FORMATS, exporting, jsonl, targets
from pipeline.export.exporting import export, revealed
from pipeline.workspace import Workspace
from tests.workspaces import small

TABLES = ("parquet", "huggingface", "csv", "xlsx", "jsonl")
SERIAL = Config().with_values("execution", workers=1)
SECRET = "jeanne.martin@example.org"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = small(tmp_path_factory.mktemp("finished") / "workspace")
    dataset.run(workspace, SERIAL)
    return workspace.path


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(finished, tmp_path / "workspace"))


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(code: str, *arguments: Any, **options: Any) -> str:
    with pytest.raises(DoleancesError) as caught:
        export(*arguments, **options)
    assert caught.value.problem.code == code, caught.value
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", TABLES)
def test_the_same_workspace_gives_the_same_bytes_in_the_place_that_is_promised(workspace: Workspace, name: str) -> None:
    folder = export(workspace, name)
    assert folder == workspace.path / "exports" / name
    first = content(folder)
    marker = json.loads(first["export.json"])
    assert marker["format"] == name and marker["masked"] is True
    assert set(marker["files"]) == set(first) - {"export.json"}
    assert content(export(workspace, name)) == first
    assert not list((workspace.path / "tmp").iterdir())
    assert str(workspace.path).encode() not in b"".join(first.values())


def test_an_unknown_format_is_refused_with_the_names_of_those_that_are_known(workspace: Workspace) -> None:
    line = refused("E401", workspace, "docx")
    assert all(name in line for name in FORMATS)


def test_a_workspace_that_is_not_finished_or_changed_since_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    assert "dataset" in refused("E402", small(tmp_path / "unfinished"), "jsonl")
    (workspace.path / "dataset" / "answers.parquet").write_bytes(b"short")
    refused("E402", workspace, "jsonl")
    with pytest.raises(DoleancesError, match="E402"):
        revealed(workspace)
    assert not (workspace.path / "exports").exists()


def test_an_earlier_export_is_replaced_and_nothing_of_it_stays(workspace: Workspace, tmp_path: Path) -> None:
    folder = export(workspace, "jsonl", tmp_path / "out")
    expected = content(folder)
    marker = json.loads(expected["export.json"])
    (folder / "old.jsonl").write_text("{}", encoding="utf-8")
    marker["files"]["old.jsonl"] = targets._sum(folder / "old.jsonl")
    (folder / "export.json").write_text(json.dumps(marker), encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"left by a file manager")
    assert content(export(workspace, "jsonl", tmp_path / "out")) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "workspace"]


def test_an_empty_folder_is_taken(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "deep" / "out").mkdir(parents=True)
    assert (export(workspace, "jsonl", tmp_path / "deep" / "out") / "answers.jsonl").is_file()
    assert (export(workspace, "jsonl", tmp_path / "new" / "er") / "answers.jsonl").is_file()


@pytest.mark.parametrize("kind", ["file", "folder", "broken marker", "another format", "link in a circle", "workspace"])
def test_what_is_no_export_of_ours_is_left_alone(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "out"
    if kind == "file":
        target.write_text("mine", encoding="utf-8")
    elif kind in ("folder", "broken marker"):
        target.mkdir()
        (target / "mine.txt").write_text("mine", encoding="utf-8")
        if kind == "broken marker":
            (target / "export.json").write_text('{"files": 3}', encoding="utf-8")
    elif kind == "another format":
        export(workspace, "parquet", target)
    elif kind == "link in a circle":
        target.symlink_to(tmp_path / "out" / "nowhere")
    else:
        target = workspace.path
    before = content(tmp_path)
    refused("E405" if kind == "link in a circle" else "E403", workspace, "jsonl", target)
    assert content(tmp_path) == before


@pytest.mark.parametrize("change", ["added", "changed"])
def test_work_that_a_person_did_in_an_export_is_not_removed(workspace: Workspace, change: str) -> None:
    folder = export(workspace, "jsonl")
    (folder / ("notes.txt" if change == "added" else "answers.jsonl")).write_text("mine", encoding="utf-8")
    before = content(folder)
    line = refused("E404", workspace, "jsonl")
    assert ("notes.txt" if change == "added" else "answers.jsonl") in line
    assert content(folder) == before


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_a_write_that_fails_half_way_leaves_the_earlier_export(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before = content(export(workspace, "jsonl"))
    whole = jsonl.write

    def fails(source: Any, folder: Path) -> None:
        whole(source, folder)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(jsonl, "write", fails)
    refused("E205" if number == errno.ENOSPC else "E405", workspace, "jsonl")
    assert content(workspace.path / "exports" / "jsonl") == before
    assert not list((workspace.path / "tmp").iterdir())
    monkeypatch.undo()
    export(workspace, "jsonl")


def test_a_full_disk_is_one_plain_line_whatever_the_format(workspace: Workspace) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    for name in ("csv", "jsonl"):
        module = __import__(f"pipeline.export.{FORMATS[name].module}", fromlist=["write"])
        with exporting_into_a_full_disk(module, full):
            line = refused("E205", workspace, name)
        assert "no space left" in line


class exporting_into_a_full_disk:
    """Every file that a format opens to write is /dev/full, for the block."""

    def __init__(self, module: Any, full: Path) -> None:
        self._full = full
        self._open = Path.open

    def __enter__(self) -> None:
        before = self._open

        def opened(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            inside = path.parts and any(part.startswith(".doleances-") for part in path.parts)
            return before(self._full if inside and "w" in mode else path, mode, *arguments, **options)

        Path.open = opened  # type: ignore[method-assign, assignment]

    def __exit__(self, *_: object) -> None:
        Path.open = self._open  # type: ignore[method-assign]


def test_a_package_that_is_not_installed_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(source: Any, folder: Path) -> None:
        raise ModuleNotFoundError("No module named 'somewhere'", name="somewhere")

    monkeypatch.setattr(jsonl, "write", missing)
    assert "pip install somewhere" in refused("E407", workspace, "jsonl")


@pytest.mark.parametrize("name", TABLES)
def test_without_masks_texts_are_as_received_and_the_workspace_is_as_it_was(workspace: Workspace, name: str) -> None:
    before = content(workspace.path)
    masked = b"".join(_unpacked(export(workspace, name)))
    bare = b"".join(_unpacked(export(workspace, name, workspace.path.parent / "bare", masked=False)))
    assert SECRET.encode() in bare and SECRET.encode() not in masked
    assert "Propos modérés".encode() in bare and "Propos modérés".encode() not in masked
    after = {path: data for path, data in content(workspace.path).items() if not path.startswith("exports/")}
    assert after == before
    marker = json.loads((workspace.path.parent / "bare" / "export.json").read_text(encoding="utf-8"))
    assert marker["masked"] is False


def _unpacked(folder: Path) -> list[bytes]:
    """Return what is written in the files of an export, decompressed."""
    from zipfile import ZipFile

    import pyarrow.parquet as pq

    found = []
    for path in sorted(folder.rglob("*.*")):
        if path.suffix == ".parquet":
            found.append(str(pq.read_table(path).to_pylist()).encode())
        elif path.suffix == ".xlsx":
            with ZipFile(path) as book:
                found += [book.read(name) for name in book.namelist()]
        elif path.is_file():
            found.append(path.read_bytes())
    return found


def test_an_export_is_masked_even_where_the_dataset_is_not(tmp_path: Path) -> None:
    workspace = small(tmp_path / "workspace")
    dataset.run(workspace, SERIAL.with_values("privacy", mask=False))
    assert SECRET.encode() not in b"".join(_unpacked(export(workspace, "jsonl")))
    assert SECRET.encode() in b"".join(_unpacked(export(workspace, "jsonl", tmp_path / "out", masked=False)))


def test_what_no_mask_would_show_is_counted(workspace: Workspace) -> None:
    told = revealed(workspace)
    assert "[courriel]" in told and "[nom]" in told and "texts that were moderated" in told


def test_a_remote_workspace_is_exported_to_its_place_and_to_a_folder(finished: Path, tmp_path: Path) -> None:
    pytest.importorskip("upath")
    url = f"memory://doleances-{uuid.uuid4().hex}/workspace"
    place = storage.place(url)
    try:
        for path in sorted(finished.rglob("*")):
            if path.is_file() and path.name != ".lock":
                other = place / path.relative_to(finished).as_posix()
                other.parent.mkdir(parents=True, exist_ok=True)
                other.write_bytes(path.read_bytes())
        workspace = Workspace(url)
        here = content(export(workspace, "csv", tmp_path / "out"))
        folder = export(workspace, "csv")
        names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
        assert {name: (folder / name).read_bytes() for name in names} == here
        export(workspace, "csv")
        (folder / "notes.txt").write_bytes(b"mine")
        refused("E404", workspace, "csv")
        bare = content(export(workspace, "csv", tmp_path / "bare", masked=False))
        assert SECRET.encode() in bare["pandas/answers.csv"]
    finally:
        storage.remove_tree(place)


def test_failures_have_the_exit_codes_of_the_contract(workspace: Workspace) -> None:
    with pytest.raises(DoleancesError) as caught:
        export(workspace, "docx")
    assert caught.value.exit_code is ExitCode.WRONG_USAGE
    assert exporting.EXPORTS == "exports"
