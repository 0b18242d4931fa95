"""The executor: the same results in the same order, in process, in a pool, and on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import process
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeline import pool
from pipeline.config import ExecutionConfig
from pipeline.errors import DoleancesError, ExitCode
from pipeline.executor import Amount, kept_pool, map_items, reduce_items
from tests.tasks import (
    counted,
    dies,
    dies_at_two,
    dies_or_lingers_the_first_time,
    dies_the_first_time,
    fails_after_a_death,
    fails_badly,
    fails_plainly,
    largest_pool,
    needs_memory,
    own_process,
    process_of,
    slower_when_smaller,
    takes_too_long,
)

ONE, TWO = ExecutionConfig(workers=1), ExecutionConfig(workers=2)


@pytest.mark.parametrize("execution", [ONE, TWO], ids=["one worker", "two workers"])
def test_results_come_in_the_order_of_the_items(execution: ExecutionConfig) -> None:
    assert list(map_items(slower_when_smaller, range(6), execution)) == [0, 1, 4, 9, 16, 25]


def test_no_item_gives_no_result() -> None:
    assert list(map_items(slower_when_smaller, [], TWO)) == []


def test_one_worker_stays_in_this_process_and_two_do_not() -> None:
    assert set(map_items(process_of, range(4), ONE)) == {os.getpid()}
    assert os.getpid() not in set(map_items(process_of, range(4), TWO))


def test_one_item_does_not_pay_for_a_pool() -> None:
    assert list(map_items(process_of, [1], TWO)) == [os.getpid()]


@pytest.mark.parametrize("execution", [ONE, TWO], ids=["one worker", "two workers"])
def test_a_failure_of_ours_reaches_the_caller_with_its_code(execution: ExecutionConfig) -> None:
    with pytest.raises(DoleancesError) as caught:
        list(map_items(fails_plainly, range(4), execution))
    assert caught.value.problem.code == "E110"
    assert caught.value.exit_code == ExitCode.WRONG_USAGE
    assert str(caught.value) == "E110 a.csv, line 3: bad record. Repair that record and run again."


@pytest.mark.parametrize("execution", [ONE, TWO], ids=["one worker", "two workers"])
def test_any_other_exception_reaches_the_caller_as_itself(execution: ExecutionConfig) -> None:
    with pytest.raises(ZeroDivisionError, match="item 0"):
        list(map_items(fails_badly, range(4), execution))


def test_an_item_on_which_a_worker_dies_twice_is_named_in_one_line() -> None:
    results = map_items(dies_at_two, range(6), TWO)
    assert [next(results), next(results)] == [0, 1]  # what was done with it is not lost
    with pytest.raises(DoleancesError) as caught:
        next(results)
    assert caught.value.problem.code == "E214" and "partition 2" in str(caught.value)
    assert "\n" not in str(caught.value) and caught.value.exit_code == ExitCode.STAGE_FAILED


def test_an_item_is_named_as_what_it_is() -> None:
    for items, named in (([1, 2], "question 1"), (["q-169", "q-170"], "q-169")):
        with pytest.raises(DoleancesError, match=named):
            list(map_items(dies, items, TWO, unit="question"))


@pytest.mark.parametrize("kept", [False, True], ids=["own pool", "kept pool"])
def test_one_dead_worker_does_not_stop_the_run(tmp_path: Path, kept: bool) -> None:
    with kept_pool(TWO) if kept else nullcontext():
        assert list(map_items(partial(dies_the_first_time, str(tmp_path)), range(7), TWO)) == list(range(7))
        assert (tmp_path / "2").exists()
        assert list(map_items(slower_when_smaller, range(6), TWO)) == [0, 1, 4, 9, 16, 25]


@pytest.mark.parametrize("settled", [False, True], ids=["before any result is settled", "after"])
def test_a_death_of_which_python_makes_a_failure_of_its_own_is_one_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], settled: bool
) -> None:
    whole = process._ExecutorManagerThread.terminate_broken  # type: ignore[attr-defined]

    def fails(self: Any, cause: Any) -> None:
        if settled:
            whole(self, cause)
        raise RuntimeError("dictionary changed size during iteration")

    monkeypatch.setattr(process._ExecutorManagerThread, "terminate_broken", fails)  # type: ignore[attr-defined]
    monkeypatch.setattr(pool, "_LOOK_AGAIN", 0.2)
    assert list(map_items(partial(dies_the_first_time, str(tmp_path)), range(7), TWO)) == list(range(7))
    assert (tmp_path / "2").exists() and capfd.readouterr().err == ""


def test_a_worker_that_nobody_told_to_end_when_another_died_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Python overlooks a worker that was still being started when another died, and then waits for it to end by itself.
    monkeypatch.setattr(multiprocessing.process.BaseProcess, "terminate", lambda self: None)
    began = time.monotonic()
    assert list(map_items(partial(dies_or_lingers_the_first_time, str(tmp_path)), range(4), TWO)) == list(range(4))
    assert time.monotonic() - began < 40


def test_a_time_out_of_an_item_is_told_as_what_it_is() -> None:
    with pytest.raises(TimeoutError, match="item 1"):
        list(map_items(takes_too_long, range(3), TWO))


def test_what_an_item_raises_after_a_death_is_still_told(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="item 3"):
        list(map_items(partial(fails_after_a_death, str(tmp_path)), range(6), TWO))


def test_a_worker_without_memory_says_so() -> None:
    with pytest.raises(MemoryError):
        list(map_items(needs_memory, range(2), TWO))


def test_progress_is_told_of_each_item_in_turn() -> None:
    told: list[tuple[int, int]] = []
    for _ in map_items(slower_when_smaller, range(3), TWO, lambda done, total: told.append((done, total))):
        pass
    assert told == [(1, 3), (2, 3), (3, 3)]


def counts(item: int) -> Amount:
    return Amount(10 * item, "answers")


def test_progress_is_told_of_amounts_and_of_what_was_done_before() -> None:
    told: list[object] = []
    for _ in map_items(counts, [3, 4], ONE, lambda *what: told.append(what), already=3):
        pass
    assert told == [(4, 5, Amount(30, "answers")), (5, 5, Amount(40, "answers"))]


def test_a_caller_that_stops_early_leaves_no_process_and_no_setting_behind() -> None:
    before = dict(os.environ)
    results = map_items(slower_when_smaller, range(6), TWO)
    assert next(iter(results)) == 0
    results.close()  # type: ignore[attr-defined]
    assert dict(os.environ) == before


@pytest.mark.parametrize("execution", [ONE, TWO], ids=["one worker", "two workers"])
def test_numeric_libraries_use_one_thread_in_every_worker(
    execution: ExecutionConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    assert set(map_items(largest_pool, range(2), execution)) == {1}


def test_a_scheduler_that_does_not_answer_is_told_in_one_line() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(DoleancesError) as caught:
        list(map_items(slower_when_smaller, range(2), ExecutionConfig(scheduler="tcp:/nowhere")))
    assert caught.value.problem.code == "E209" and caught.value.exit_code == ExitCode.WRONG_USAGE


def test_a_dask_cluster_gives_the_same_results_and_the_same_failures() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        remote = ExecutionConfig(scheduler=cluster.scheduler_address)
        assert list(map_items(slower_when_smaller, range(6), remote)) == [0, 1, 4, 9, 16, 25]
        assert os.getpid() not in set(map_items(process_of, range(2), remote))
        with pytest.raises(DoleancesError) as caught:
            list(map_items(fails_plainly, range(4), remote))
        assert caught.value.problem.code == "E110"
        with pytest.raises(ZeroDivisionError, match="item 0"):
            list(map_items(fails_badly, range(2), remote))


PARENT = """
import sys
from functools import partial
from pipeline.config import ExecutionConfig
from pipeline.executor import map_items
from tests.tasks import writes_slowly

if __name__ == "__main__":
    list(map_items(partial(writes_slowly, sys.argv[1]), range(40), ExecutionConfig(workers=2)))
"""


def test_the_workers_of_a_killed_run_stop_writing(tmp_path: Path) -> None:
    script, written = tmp_path / "parent.py", tmp_path / "written"
    script.write_text(PARENT, encoding="utf-8")
    written.mkdir()
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    parent = subprocess.Popen([sys.executable, str(script), str(written)], env=environment)
    while not any(written.iterdir()):
        assert parent.poll() is None
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    time.sleep(0.2)  # a rename that was under way when the signal came
    before = len(list(written.iterdir()))
    time.sleep(1.5)
    assert len(list(written.iterdir())) == before < 40


def test_calls_that_share_a_pool_share_its_processes_and_end_with_it():
    execution = ExecutionConfig(workers=2)
    with kept_pool(execution):
        first = set(map_items(own_process, list(range(6)), execution))
        again = set(map_items(own_process, list(range(6)), execution))
    later = set(map_items(own_process, list(range(6)), execution))
    assert first | again and len(first | again) <= 2 and not (first | again) & later
    assert os.getpid() not in first | again


def test_a_block_in_another_shares_its_processes_and_leaves_them_to_it():
    execution = ExecutionConfig(workers=2)
    with kept_pool(execution):
        with kept_pool(execution, "pipeline.tables"):
            first = set(map_items(own_process, list(range(6)), execution))
        again = set(map_items(own_process, list(range(6)), execution))
    assert len(first | again) <= 2


@pytest.mark.parametrize("n_items", [0, 1, 7, 8, 9, 100])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_sum_over_a_tree_is_the_sum_of_all(n_items: int, workers: int) -> None:
    expected = sum((counted(item) for item in range(n_items)), Counter())
    found = reduce_items(counted, range(n_items), ExecutionConfig(workers=workers), group=3)
    assert (found or Counter()) == expected
    assert (found is None) == (n_items == 0)
