"""Whatever stops a run (kill, dead worker, full disk, no memory), the next goes on and ends with the same bytes."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.stage import ORDER
from pipeline.workspace import Workspace
from tests.processes import PARTITIONS, Run, left_behind, stopped_plainly, sums, write_input

pytestmark = pytest.mark.slow

MOMENTS = 20
WORKERS = ("--workers", "2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("resume")
    write_input(folder)
    return folder


@pytest.fixture(scope="module")
def undisturbed(folder: Path) -> dict[str, str]:
    code, told = Run(folder, folder / "undisturbed", *WORKERS).finish()
    assert code == 0, told
    found = sums(folder / "undisturbed")
    assert sum(name.startswith("tables/answers/") for name in found) == PARTITIONS
    assert any(name.startswith("models/local/") for name in found)
    return found


def moments(folder: Path, chance: random.Random) -> list[tuple[str, float]]:
    """Draw moments over an undisturbed run, in order: two in each stage, the others anywhere.

    Each is a stage and the seconds since it began.
    """
    stages = json.loads((folder / "undisturbed" / "manifest.json").read_text(encoding="utf-8"))["stages"]
    seconds = {name: stages[name]["summary"]["seconds"] for name in ORDER}
    drawn = [*ORDER, *ORDER, *chance.choices(ORDER, [seconds[name] for name in ORDER], k=MOMENTS - 1 - 2 * len(ORDER))]
    return sorted(
        ((name, chance.uniform(0, 0.9 * seconds[name])) for name in drawn),
        key=lambda moment: (ORDER.index(moment[0]), moment[1]),
    )


def wait_for(run: Run, stage: str, seconds: float) -> str | None:
    """Wait until the run is that far in the stage, or further, or has ended; return the stage that it is in."""
    began = None
    while not run.ended:
        current = run.stage
        if began is None and current is not None and ORDER.index(current) >= ORDER.index(stage):
            began = time.perf_counter()
        if began is not None and (time.perf_counter() - began >= seconds or current not in (stage, None)):
            return current or stage
        time.sleep(0.01)
    return None


def test_kills_at_random_moments_of_every_stage_change_no_byte(folder: Path, undisturbed: dict[str, str]) -> None:
    chance = random.Random(20)
    place = folder / "killed"
    hit: Counter[tuple[str, str]] = Counter()
    run = Run(folder, place, *WORKERS)
    time.sleep(chance.uniform(0, 1))
    run.kill()  # the first of all, before any stage
    run = Run(folder, place, *WORKERS)
    drawn = moments(folder, chance)
    for number, (stage, seconds) in enumerate(drawn):
        # What a stage had done when it was killed is not done again, so only the rest of the time is waited for.
        before = drawn[number - 1][1] if number and drawn[number - 1][0] == stage else 0.0
        current = wait_for(run, stage, seconds - before)
        if current is None:
            code, told = run.finish()
            if code == 0:  # it was done before the moment came: begin anew
                assert sums(place) == undisturbed
                shutil.rmtree(place)
            else:
                stopped_plainly(code, told)
            run = Run(folder, place, *WORKERS)
            current = wait_for(run, stage, 0.0)
            assert current is not None
        workers = run.workers()
        if workers and chance.random() < 0.4:
            os.kill(chance.choice(workers), signal.SIGKILL)  # as the kernel does when there is no memory left
            hit[current, "worker"] += 1
        else:
            run.kill()
            hit[current, "run"] += 1
            run = Run(folder, place, *WORKERS)
    code, told = run.finish()
    if code == 3:
        stopped_plainly(code, told)
        code, told = Run(folder, place, *WORKERS).finish()
    assert code == 0, told
    assert hit.total() == MOMENTS - 1 and {stage for stage, _ in hit} == set(ORDER), hit
    assert sum(count for (_, what), count in hit.items() if what == "worker") >= 2, hit
    assert sums(place) == undisturbed
    assert left_behind(place) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"a tmpfs cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_stops_a_run_and_more_room_lets_it_end(
    folder: Path, undisturbed: dict[str, str], disk: Path
) -> None:
    whole = sum(path.stat().st_size for path in (folder / "undisturbed").rglob("*") if path.is_file())
    room, met = whole // 20, set()
    while True:
        subprocess.run(["mount", "-o", f"remount,size={room // 1024}k", str(disk)], check=True)
        run = Run(folder, disk / "workspace", *WORKERS)
        code, told = run.finish()
        if code == 0:
            break
        assert stopped_plainly(code, told).startswith("E205 no space left on the disk")
        met.add(run.stage)
        room += whole // 7
    assert len(met) >= 3, met
    assert sums(disk / "workspace") == undisturbed
    assert left_behind(disk / "workspace") == []


def test_too_little_memory_for_the_workers_stops_no_run_for_good(folder: Path, undisturbed: dict[str, str]) -> None:
    place = folder / "starved"
    run = Run(folder, place, *WORKERS)
    while not run.ended and len(Workspace(place).parts("segments")) < 4:
        time.sleep(0.02)
    workers = run.workers()
    for pid in workers:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
        limit = pages * resource.getpagesize()  # not a page more than it has
        resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))
    assert workers
    code, told = run.finish()
    if code != 0:  # else those that died were taken the place of
        stopped_plainly(code, told)
    code, told = Run(folder, place, *WORKERS).finish()
    assert code == 0, told
    assert sums(place) == undisturbed
