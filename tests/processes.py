"""Whole runs as real processes, to be killed: on a small input of real answers cut into many partitions."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from pipeline.workspace import sha256_of
from tests import forms
from tests.test_pipeline import sampled_forms

ROOT = Path(__file__).parent.parent
PARTITIONS = 24
CONFIGURATION = """
[ingest]
partition_size = 5

[topics]
minimum_answers = 56
"""
"""One question gets themes of its own, so that fitting is part of a run."""


def write_input(folder: Path) -> None:
    """Write `PARTITIONS` partitions of forms, and the configuration that cuts them."""
    forms.write_csv(folder / "in" / "official.csv", sampled_forms(5 * PARTITIONS, seed=7))
    (folder / "doleances.toml").write_text(CONFIGURATION)


def command(workspace: Path, *options: str) -> list[str]:
    place = ["--workspace", str(workspace), "--config", "doleances.toml"]
    return [sys.executable, "-m", "pipeline.cli", "run", "in", *place, *options]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "500"}


class Run:
    """A run that is under way, in a process group of its own."""

    def __init__(self, folder: Path, workspace: Path, *options: str, **more: Any) -> None:
        self.workspace = workspace
        self.began = time.time_ns()
        self._read: tuple[int, str | None] = (0, None)
        self._errors = (folder / f"stderr-{self.began}").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command(workspace, *options),
            cwd=folder,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            start_new_session=True,
            **more,
        )

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def stage(self) -> str | None:
        """The stage that this run works on, once it has begun one."""
        path = self.workspace / "manifest.json"
        written = path.stat().st_mtime_ns if path.is_file() else 0
        if written < self.began:
            return None  # what the manifest says is of an earlier run
        if written != self._read[0]:  # it is asked a hundred times a second, and to read takes from what it waits for
            stages = json.loads(path.read_text(encoding="utf-8"))["stages"]
            running = next((name for name, entry in stages.items() if entry["status"] == "running"), None)
            self._read = written, running
        return self._read[1]

    def workers(self) -> list[int]:
        """Return the processes of its pool."""
        found = []
        for path in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            try:
                children = path.read_text(encoding="ascii").split()
                found += [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
            except OSError:
                continue  # it has just ended
        return sorted(found)

    def kill(self) -> None:
        """Kill the whole group, as a machine that goes down would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._errors.close()

    def finish(self, timeout: float = 240) -> tuple[int, str]:
        """Return exit code and stderr, once it has ended by itself."""
        code = self.process.wait(timeout)
        self._errors.seek(0)
        told = self._errors.read()
        self._errors.close()
        return code, told


def stopped_plainly(code: int, told: str) -> str:
    """Check that a run stopped with one plain line and exit code 3, and return the line."""
    assert code == 3, told
    (line,) = told.splitlines()
    assert re.fullmatch(r"E\d{3} .+\.", line), line
    return line


def sums(workspace: Path) -> dict[str, str]:
    """Return the SHA-256 of everything that a run leaves for people."""
    return {
        path.relative_to(workspace).as_posix(): sha256_of(path)
        for name in ("tables", "dataset", "report", "models")
        for path in sorted((workspace / name).rglob("*"))
        if path.is_file()
    }


def left_behind(workspace: Path) -> list[str]:
    """Return the files of work under way that are still there."""
    return [str(path) for name in ("tmp", "staging") for path in (workspace / name).rglob("*") if path.is_file()]
