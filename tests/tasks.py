"""What workers are given in the tests of the executor: a module that each of them imports in no time."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path

from pipeline.errors import ExitCode, failure


def slower_when_smaller(item: int) -> int:
    time.sleep(0.02 * (5 - item))
    return item * item


def process_of(item: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def own_process(item: int) -> int:
    return os.getpid()


def counted(item: int) -> Counter[str]:
    return Counter({"all": 1, f"mod {item % 3}": item})


def fails_plainly(item: int) -> int:
    if item == 2:
        raise failure("E110", ExitCode.WRONG_USAGE, path="a.csv", line=3, detail="bad record")
    return item


def fails_badly(item: int) -> int:
    raise ZeroDivisionError(f"item {item}")


def takes_too_long(item: int) -> int:
    if item == 1:
        raise TimeoutError("item 1")
    return item


def needs_memory(item: int) -> int:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (1 << 31, resource.RLIM_INFINITY))
    return len(bytearray(1 << 32))


def largest_pool(item: int) -> int:
    import numpy  # noqa: F401  (its BLAS is what is counted)
    from threadpoolctl import threadpool_info

    return max((pool["num_threads"] for pool in threadpool_info()), default=1)


def writes_slowly(path: str, item: int) -> int:
    time.sleep(0.5)
    Path(path, str(item)).touch()
    return item


def dies(item: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return item


def dies_at_two(item: int) -> int:
    return dies(item) if item == 2 else item


def dies_the_first_time(path: str, item: int) -> int:
    once = Path(path, str(item))
    if item == 2 and not once.exists():
        once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def dies_or_lingers_the_first_time(path: str, item: int) -> int:
    if item == 1 and not Path(path, "1").exists():
        Path(path, "1").touch()
        time.sleep(60)
    while item == 2 and not Path(path, "1").exists():
        time.sleep(0.01)
    return dies_the_first_time(path, item)


def fails_after_a_death(path: str, item: int) -> int:
    if item == 3:
        raise ZeroDivisionError("item 3")
    return dies_the_first_time(path, item)
