"""The whole, on some hundreds of forms in three layouts: workers and kills change no byte of what a run leaves."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.resources import resource
from pipeline.workspace import Workspace, sha256_of
from tests import forms

pytestmark = pytest.mark.slow

KILLS = 6
CONFIGURATION = """
[ingest]
partition_size = 100

[topics]
minimum_answers = 150
"""


def sampled_forms(n_forms: int, seed: int) -> list[dict[int, str]]:
    """Return forms whose answers are real ones of the sample; who answered what together is drawn."""
    chance = random.Random(seed)
    by_official_id = {forms.coded(q.official_id): q.number for q in forms.organisation().questions}
    pool: dict[int, list[str]] = {}
    with resource("seeds", "contributions", "organisation.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name, cell in row.items():
                number = by_official_id.get(name.split(" - ")[0][1:])
                if number is not None:
                    pool.setdefault(number, []).append(cell)
    made = [{number: chance.choice(cells) for number, cells in pool.items()} for _ in range(n_forms)]
    made[n_forms // 2] = made[n_forms // 3]  # a form that was sent twice
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipeline")
    sample = sampled_forms(600, seed=20)
    forms.write_csv(folder / "in" / "official.csv", sample[:400], first=1)
    forms.write_json(folder / "in" / "deep" / "official.json", sample[400:590], first=401)
    for number, form in enumerate(sample[590:], 591):
        forms.write_text(folder / "in" / "texts" / f"{number}.txt", form)
    (folder / "in" / "texts" / "broken.json").write_text('[{"reference": "1-1", "responses": [')
    (folder / "doleances.toml").write_text(CONFIGURATION)
    return folder


def command(folder: Path, workspace: str, workers: int) -> list[str]:
    options = ["--workspace", workspace, "--config", "doleances.toml", "--workers", str(workers)]
    return [sys.executable, "-m", "pipeline.cli", "run", "in", *options]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}


def run(folder: Path, workspace: str, workers: int) -> None:
    done = subprocess.run(
        command(folder, workspace, workers),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # the broken file is told, and nothing else
    assert "broken.json" in done.stderr and "Traceback" not in done.stderr


def sums(workspace: Path) -> dict[str, str]:
    return {
        path.relative_to(workspace).as_posix(): sha256_of(path)
        for name in ("tables", "dataset", "report", "models")
        for path in sorted((workspace / name).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(folder: Path) -> dict[str, str]:
    run(folder, "one", 1)
    return sums(folder / "one")


def test_every_cell_ends_in_exactly_one_state_and_the_workspace_verifies(
    folder: Path, undisturbed: dict[str, str]
) -> None:
    workspace = Workspace(folder / "one")
    assert workspace.count("contributions") == 600
    assert workspace.count("outcomes") == workspace.count("answers") == 600 * len(forms.organisation().questions)
    assert pq.read_metadata(workspace.path / "dataset" / "answers.parquet").num_rows == workspace.count("answers")
    assert any(name.startswith("models/local/") for name in undisturbed)
    assert any(name.startswith("report/questions/") for name in undisturbed)
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "verify", "--workspace", "one"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_second_run_changes_nothing(folder: Path, undisturbed: dict[str, str]) -> None:
    stamps = {path: path.stat().st_mtime_ns for path in (folder / "one").rglob("*.parquet")}
    run(folder, "one", 2)
    assert sums(folder / "one") == undisturbed
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps


def test_two_workers_give_the_bytes_of_one(folder: Path, undisturbed: dict[str, str]) -> None:
    run(folder, "two", 2)
    assert sums(folder / "two") == undisturbed


def test_runs_that_are_killed_and_started_again_end_with_the_same_bytes(
    folder: Path, undisturbed: dict[str, str]
) -> None:
    chance = random.Random(6)
    killed = 0
    # What a run takes depends on the machine: each is killed early enough for the next to have something left to do.
    stages = Workspace(folder / "one").manifest["stages"].values()
    whole = 3 + sum(stage["summary"]["seconds"] for stage in stages)
    for attempt in range(KILLS):
        process = subprocess.Popen(
            command(folder, "killed", 1 + attempt % 2),
            cwd=folder,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(whole * chance.uniform(0.1, 0.3))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # its workers with it
            killed += 1
        process.wait()
    assert killed >= 3
    run(folder, "killed", 2)
    assert sums(folder / "killed") == undisturbed
    left = [
        path.name
        for path in (folder / "killed").iterdir()
        if path.name in ("tmp", "staging") and any(path.rglob("*.*"))
    ]
    assert left == []
