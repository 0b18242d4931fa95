"""Map a pure function over partitions: in this process, in a pool of processes, or on a Dask cluster.

The order of results is the order of the items, and an item is the unit of work, so the number of workers never
changes a result. Numeric libraries are held to one thread: sums of floats depend on how threads cut them.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import islice
from typing import Any, Protocol, TypeVar

from threadpoolctl import threadpool_limits

from pipeline import errors
from pipeline.config import ExecutionConfig

Item = TypeVar("Item")
Result = TypeVar("Result")

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_ONE_AT_A_TIME = threading.Lock()
_kept: ProcessPoolExecutor | None = None
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Progress(Protocol):
    """What is told of each finished item."""

    def __call__(self, done: int, total: int) -> None: ...


def map_items(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    execution: ExecutionConfig,
    progress: Progress | None = None,
) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, in order.

    Parameters
    ----------
    function : callable
        A function of a module (worker processes import it), or a `functools.partial` of one.
    items : sequence
        What it is applied to, one call an item.
    execution : ExecutionConfig
        Number of processes, or the address of a Dask scheduler.
    progress : callable, optional
        Called after each item with the number done and the total.
    """
    if execution.scheduler is not None:
        results = _on_cluster(function, items, execution.scheduler)
    elif execution.workers == 1 or len(items) < 2:
        results = (_single_threaded(function, item) for item in items)
    else:
        results = _in_pool(function, items, min(execution.workers, len(items)))
    with _one_thread_a_library():
        for done, result in enumerate(results, 1):
            if progress is not None:
                progress(done, len(items))
            yield result


def _single_threaded(function: Callable[[Item], Result], item: Item) -> Result:
    # The lock: a Dask worker may run several threads, and spaCy's pipelines are not made for that.
    with _ONE_AT_A_TIME, threadpool_limits(1):
        return function(item)


@contextmanager
def _one_thread_a_library() -> Iterator[None]:
    # threadpool_limits acts on what is loaded; a library that an item loads first reads these.
    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def kept_pool(execution: ExecutionConfig, module: str | None = None) -> Iterator[None]:
    """Let all calls of `map_items` in the block share their worker processes, which take a second to start.

    With `module`, they start at once and import it, while the block does what it has to do first.
    """
    global _kept
    if _kept is not None or execution.scheduler is not None or execution.workers == 1:
        yield
        return
    _kept = _pool(execution.workers)
    try:
        if module is not None:
            with _one_thread_a_library():
                for _ in range(execution.workers):
                    _kept.submit(_load, module)
        yield
    finally:
        _kept.shutdown(wait=True, cancel_futures=True)
        _kept = None


def _load(module: str) -> None:
    import_module(module)


def _pool(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_die_with_parent, initargs=(os.getpid(),))


def _in_pool(function: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    call = partial(_single_threaded, function)
    waiting: list[Future[Any]] = []
    source = iter(items)
    pool = _kept or _pool(workers)
    try:
        # At most two items a worker are under way, so a long list of items never fills the memory with results.
        waiting = [pool.submit(call, item) for item in islice(source, 2 * workers)]
        while waiting:
            result = waiting.pop(0).result()
            waiting.extend(pool.submit(call, item) for item in islice(source, 1))
            yield result
    except BrokenProcessPool:
        raise errors.failure("E214") from None
    finally:
        for future in waiting:
            future.cancel()
        if pool is not _kept:
            pool.shutdown(wait=True, cancel_futures=True)


def _die_with_parent(parent: int) -> None:
    # A worker that outlives a killed run would go on writing into a workspace whose lock is free again.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _on_cluster(function: Callable[[Item], Result], items: Sequence[Item], address: str) -> Iterator[Result]:
    with _client(address) as client:
        futures = client.map(partial(_single_threaded, function), list(items), pure=False)
        for future in futures:
            yield future.result()
            future.release()


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise errors.usage("E210") from None
    try:
        return Client(address, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        detail = str(error)
        error.__traceback__ = None
    # A client that could not connect closes itself when it is collected: here and now, for in the midst of another's
    # start, which holds the same lock, it would wait for ever.
    gc.collect()
    raise errors.usage("E209", address=address, detail=detail)
