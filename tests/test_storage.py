"""A workspace in any place that fsspec reaches holds the same tables, dataset and report as one in a folder."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import api, storage
from pipeline.config import Config
from pipeline.errors import DoleancesError
from pipeline.verify import verify
from pipeline.workspace import Workspace
from tests import forms
from tests.test_pipeline import sampled_forms

pytestmark = pytest.mark.slow

pytest.importorskip("upath")

SETTINGS = Config.model_validate(
    {"ingest": {"partition_size": 12}, "topics": {"minimum_answers": 30}, "execution": {"workers": 1}}
)


@pytest.fixture
def remote() -> Iterator[str]:
    """A place that is no disk: fsspec's file system in memory."""
    url = f"memory://doleances-{uuid.uuid4().hex}/workspace"
    yield url
    storage.remove_tree(storage.place(url))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "official.csv"
    forms.write_csv(path, sampled_forms(60, seed=3))
    return path


@pytest.fixture(scope="module")
def here(source: Path) -> Path:
    """A workspace in a folder of this machine."""
    workspace = source.parent / "workspace"
    api.run(source, workspace, SETTINGS)
    return workspace


def content(path: Path | str) -> dict[str, bytes]:
    """Return every file of tables, dataset, report and models of a workspace."""
    root = storage.place(path)
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for folder in ("tables", "dataset", "report", "models")
        for file in sorted((root / folder).rglob("*"))
        if file.is_file()
    }


def test_a_run_in_memory_gives_the_bytes_of_a_run_on_disk(source: Path, here: Path, remote: str) -> None:
    api.run(source, remote, SETTINGS)
    found, expected = content(remote), content(here)
    assert len(expected) > 30 and any(name.startswith("models/local/") for name in expected)
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []
    assert verify(Workspace(remote)) == []
    assert all(summary.skipped for summary in api.run(source, remote, SETTINGS))


def test_a_run_at_a_file_url_gives_the_bytes_of_a_run_on_disk(source: Path, here: Path, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/at a url"
    api.run(source, url, SETTINGS)
    assert content(tmp_path / "at a url") == content(here)


def test_a_run_in_memory_goes_on_from_its_last_whole_partition(
    source: Path, here: Path, remote: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Workspace.write_part

    def fails(self: Workspace, table: str, index: int, rows: Any) -> None:
        if (table, index) == ("mentions", 2):
            raise OSError("the connection was lost")
        written(self, table, index, rows)

    with monkeypatch.context() as patched:
        patched.setattr(Workspace, "write_part", fails)
        with pytest.raises(DoleancesError):
            api.run(source, remote, SETTINGS)
    assert len(Workspace(remote).parts("mentions")) == 2
    api.run(source, remote, SETTINGS)
    assert content(remote) == content(here)


def test_a_second_run_on_a_place_without_locks_is_told_who_holds_it(remote: str) -> None:
    with Workspace(remote).lock(), pytest.raises(DoleancesError, match="E223"), Workspace(remote).lock():
        pass
    with Workspace(remote).lock():
        pass


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("memory://a/b", "memory://a/b"),
        (Path("memory://a/b"), "memory://a/b"),  # pathlib takes a slash out
        ("file:///tmp/x%20y", "/tmp/x y"),
        ("/tmp/x", "/tmp/x"),
    ],
)
def test_a_place_is_a_folder_or_a_url(given: str | Path, expected: str) -> None:
    assert str(storage.place(given)) == expected


def test_a_scheme_that_is_not_known_is_a_plain_error() -> None:
    with pytest.raises(DoleancesError, match="E224"):
        storage.place("nowhere://bucket/x")
