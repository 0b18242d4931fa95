"""On a Dask cluster: the bytes of one worker on this machine, whatever dies, and plain lines for what goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from pipeline import executor, lease
from pipeline.cluster import _Connection, _on_worker, _result
from pipeline.config import ExecutionConfig
from pipeline.errors import DoleancesError, ExitCode
from pipeline.executor import map_items
from pipeline.workspace import Workspace
from tests.processes import Run, environment, left_behind, stopped_plainly, sums, write_input

pytestmark = pytest.mark.slow

distributed = pytest.importorskip("distributed")


class Cluster:
    """A real scheduler and real workers, each a process of its own, on loopback."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._place = folder / "scheduler.json"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._start("scheduler", "--port", "0", "--scheduler-file", str(self._place), "--no-dashboard")
        while not self._place.is_file() or not self._place.read_text():
            assert self.processes["scheduler"].poll() is None, self.log("scheduler")
            time.sleep(0.05)

    def _start(self, name: str, *options: str) -> None:
        kind = name.partition("-")[0]
        command = [sys.executable, "-m", "distributed.cli.dask_" + kind, "--host", "127.0.0.1", *options]
        with (self._folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=self._folder, env=environment(), stdout=log, stderr=log, start_new_session=True
            )

    @property
    def address(self) -> str:
        return str(json.loads(self._place.read_text(encoding="utf-8"))["address"])

    def add_worker(self, name: str, *options: str) -> None:
        limits = ["--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--death-timeout", "60"]
        place = ["--scheduler-file", str(self._place), "--name", name, "--local-directory", str(self._folder / name)]
        self._start(name, "--no-nanny", *limits, *place, *options)

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for name in list(self.processes):
            self.kill(name)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.close()


def on(cluster: Cluster) -> ExecutionConfig:
    return ExecutionConfig(scheduler=cluster.address)


def square(item: int) -> int:
    time.sleep(0.02)
    return item * item


def process_of(item: int) -> int:
    return os.getpid()


def note(folder: str, item: int) -> int:
    Path(folder, f"{item}-{os.getpid()}-{time.monotonic_ns()}").touch()
    time.sleep(0.1)
    return item


def dies_at_two(item: int) -> int:
    if item == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def raises_timeout(item: int) -> int:
    raise TimeoutError("of the task")


def writes(path: str, until: str, item: int) -> int:
    Path(path, "begun").touch()
    while not Path(until).exists():
        time.sleep(0.02)
    lease.give_name(Path(path, "temporary"), Path(path, "written"))
    return item


def test_tasks_are_not_all_sent_at_once_and_come_back_in_order(cluster: Cluster, tmp_path: Path) -> None:
    for name in ("worker-1", "worker-2"):
        cluster.add_worker(name)
    folder = tmp_path / "noted"
    folder.mkdir()
    results = map_items(partial(note, str(folder)), range(40), on(cluster))
    assert [next(results) for _ in range(10)] == list(range(10))
    time.sleep(1)
    assert len(list(folder.iterdir())) <= 10 + 2 * 2  # two a worker wait to be taken, however long we take
    assert list(results) == list(range(10, 40))
    assert len(list(folder.iterdir())) == 40  # none was done twice


def test_a_worker_that_is_killed_loses_nothing(cluster: Cluster) -> None:
    for name in ("worker-1", "worker-2"):
        cluster.add_worker(name)
    results = map_items(square, range(60), on(cluster))
    found = [next(results) for _ in range(20)]
    cluster.kill("worker-1")
    assert [*found, *results] == [item * item for item in range(60)]


def test_an_item_that_kills_every_worker_is_named_in_one_line(cluster: Cluster) -> None:
    for number in range(5):
        cluster.add_worker(f"worker-{number}")
    with pytest.raises(DoleancesError) as caught:
        list(map_items(dies_at_two, range(6), on(cluster)))
    assert caught.value.problem.code == "E219" and "partition 2" in str(caught.value)
    assert caught.value.exit_code == ExitCode.STAGE_FAILED and "\n" not in str(caught.value)


def test_a_timeout_of_a_task_is_its_own(cluster: Cluster) -> None:
    cluster.add_worker("worker-1")
    with pytest.raises(TimeoutError, match="of the task"):
        list(map_items(raises_timeout, range(2), on(cluster)))


def test_a_scheduler_without_workers_is_told_in_one_line(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.cluster._NO_WORKERS", 1.0)
    monkeypatch.setattr("pipeline.cluster._LOOK", 0.5)
    with pytest.raises(DoleancesError) as caught:
        list(map_items(square, range(2), on(cluster)))
    assert caught.value.problem.code == "E221" and cluster.address in str(caught.value)


def test_a_scheduler_that_dies_is_told_in_one_line(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.cluster._LOOK", 0.5)
    cluster.add_worker("worker-1")
    results = map_items(square, range(200), on(cluster))
    assert [next(results), next(results)] == [0, 1]
    cluster.kill("scheduler")
    with pytest.raises(DoleancesError) as caught:
        list(results)
    assert caught.value.problem.code == "E220" and "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


def test_a_scheduler_that_goes_while_it_tells_what_was_found_is_lost_too() -> None:
    class Gone:
        def done(self) -> bool:
            return True

        def result(self, timeout: float | None) -> None:
            raise distributed.comm.core.CommClosedError("connection reset")

    lost = _Connection(ExecutionConfig(scheduler="tcp://127.0.0.1:1"))
    with pytest.raises(DoleancesError, match="E220"):
        _result(lost, Gone(), "partition 1")


def test_a_task_that_outlives_its_run_writes_nothing(cluster: Cluster, tmp_path: Path) -> None:
    cluster.add_worker("worker-1")
    place, until = tmp_path / "place", tmp_path / "until"
    place.mkdir()
    (place / "temporary").touch()
    with distributed.Client(cluster.address, set_as_default=False) as client:
        with Workspace(place).lock():
            task = partial(writes, str(place), str(until))
            future = client.submit(_on_worker, task, lease.held(), 0, pure=False)
            while not (place / "begun").exists():
                time.sleep(0.02)
        with Workspace(place).lock():  # another run
            until.touch()
            with pytest.raises(DoleancesError, match="E218"):
                future.result(timeout=20)
    assert not (place / "written").exists()


def test_workers_that_do_not_see_the_workspace_say_so(cluster: Cluster, tmp_path: Path) -> None:
    cluster.add_worker("worker-1")
    with lease.holding(lease.Lease(tmp_path / "elsewhere" / ".lock", "1 a")), pytest.raises(DoleancesError) as caught:
        list(map_items(square, range(2), on(cluster)))
    assert caught.value.problem.code == "E217"


def test_local_workers_last_for_the_block_and_end_with_it() -> None:
    execution = ExecutionConfig(scheduler="local", workers=2)
    with executor.kept_cluster(execution):
        first = set(map_items(process_of, list(range(12)), execution))
        again = set(map_items(process_of, list(range(12)), execution))
        assert len(first | again) <= 2 and os.getpid() not in first | again
    for pid in first | again:
        assert _gone(pid)
    with pytest.raises(ZeroDivisionError):
        list(map_items(partial(divmod, 1), [0], execution))


def _gone(pid: int) -> bool:
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("cluster")
    write_input(folder)
    code, told = Run(folder, folder / "one", "--workers", "1").finish()
    assert code == 0, told
    return folder, sums(folder / "one")


def _half_way(run: Run, done: Callable[[], int], count: int) -> None:
    while not run.ended and done() < count:
        time.sleep(0.01)
    assert not run.ended


def test_a_cluster_that_loses_a_worker_half_way_gives_the_bytes_of_one_local_worker(
    cluster: Cluster, local: tuple[Path, dict[str, str]]
) -> None:
    folder, undisturbed = local
    for name in ("worker-1", "worker-2"):
        cluster.add_worker(name)
    run = Run(folder, folder / "cluster", "--scheduler", cluster.address)
    _half_way(run, lambda: len(Workspace(folder / "cluster").parts("segments")), 12)
    cluster.kill("worker-1")
    code, told = run.finish()
    assert code == 0, told
    assert "Traceback" not in told and "distributed" not in told
    assert sums(folder / "cluster") == undisturbed
    assert left_behind(folder / "cluster") == []


def test_local_workers_of_dask_give_the_same_bytes_and_a_kill_of_all_is_resumed(
    local: tuple[Path, dict[str, str]],
) -> None:
    folder, undisturbed = local
    place, options = folder / "dask-local", ("--scheduler", "local", "--workers", "2")
    run = Run(folder, place, *options)
    _half_way(run, lambda: len(Workspace(place).parts("mentions")), 8)
    run.kill()
    code, told = Run(folder, place, *options).finish()
    assert code == 0, told
    assert "Traceback" not in told and "distributed" not in told
    assert sums(place) == undisturbed
    assert left_behind(place) == []


def test_a_run_whose_scheduler_dies_stops_plainly_and_goes_on_without_it(
    cluster: Cluster, local: tuple[Path, dict[str, str]]
) -> None:
    folder, undisturbed = local
    place = folder / "lost"
    cluster.add_worker("worker-1")
    run = Run(folder, place, "--scheduler", cluster.address)
    _half_way(run, lambda: len(Workspace(place).parts("segments")), 3)
    cluster.kill("scheduler")
    assert stopped_plainly(*run.finish()).startswith("E220")
    code, told = Run(folder, place, "--workers", "2").finish()
    assert code == 0, told
    assert sums(place) == undisturbed
