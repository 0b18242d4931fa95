"""`doleances export` as people meet it: a folder, plain lines, and a question before private data is shown."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import dataset
from pipeline.config import Config
from pipeline.export import FORMATS
from tests.test_cli import doleances, refused
from tests.workspaces import small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dataset.run(small(tmp_path / "workspace"), Config().with_values("execution", workers=1))
    return tmp_path


def test_an_export_is_a_folder_that_is_named(folder: Path) -> None:
    done = doleances("export", "jsonl", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "workspace/exports/jsonl" in done.stdout
    done = doleances("export", "csv", "--output", "ici", "--workspace", "workspace", cwd=folder)
    assert done.returncode == 0 and (folder / "ici" / "colonnes.csv").is_file()


def test_formats_are_listed_and_an_unknown_one_is_refused(folder: Path) -> None:
    done = doleances("export", "--list", cwd=folder)
    assert done.returncode == 0 and [line.split()[0] for line in done.stdout.splitlines()] == list(FORMATS)
    for arguments in (["docx"], []):
        line = refused(doleances("export", *arguments, cwd=folder), "E401")
        assert all(name in line for name in FORMATS)
    refused(doleances("export", "csv", "--workspace", "nowhere", cwd=folder), "E203")


def test_off_a_terminal_no_mask_needs_yes_and_says_what_it_shows(folder: Path) -> None:
    line = refused(doleances("export", "jsonl", "--no-mask", cwd=folder), "E406")
    assert "[courriel]" in line and "--yes" in line and not (folder / "workspace" / "exports").exists()
    done = doleances("export", "jsonl", "--no-mask", "--yes", cwd=folder)
    assert done.returncode == 0 and "[courriel]" in done.stderr
    text = (folder / "workspace" / "exports" / "jsonl" / "answers.jsonl").read_text(encoding="utf-8")
    assert "jeanne.martin@example.org" in text


@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_no_mask_asks(folder: Path, answer: str) -> None:
    main, other = pty.openpty()
    os.write(main, f"{answer}\n".encode())
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-m", "pipeline.cli", "export", "jsonl", "--no-mask"]
    done = subprocess.run(
        command, stdin=other, capture_output=True, text=True, cwd=folder, env=environment, check=False
    )
    os.close(main)
    os.close(other)
    assert "[courriel]" in done.stderr and "Traceback" not in done.stderr
    assert done.returncode == (0 if answer == "y" else 130)
    assert (folder / "workspace" / "exports" / "jsonl").exists() is (answer == "y")
