"""A pool of worker processes on this machine, which survives the death of one of them."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from itertools import islice
from typing import TypeVar

from pipeline import errors
from pipeline.config import ExecutionConfig
from pipeline.threads import one_thread_a_library, single_threaded

Item = TypeVar("Item")
Result = TypeVar("Result")

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_LOOK_AGAIN = 5.0  # seconds after which it is seen whether a result can still come
_AHEAD = 2  # items under way for each worker: a long list of items never fills the memory with results


class _Pool:
    """Worker processes that are started again when one of them dies: Python gives up the whole pool then."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._processes = self._start()

    def _start(self) -> ProcessPoolExecutor:
        context, parent = multiprocessing.get_context("spawn"), os.getpid()
        return ProcessPoolExecutor(self.workers, context, initializer=_begin, initargs=(parent,))

    def submit(self, function: Callable[[Item], Result], item: Item) -> Future[Result]:
        try:
            return self._processes.submit(function, item)
        except BrokenProcessPool as error:  # it is told where the result is asked for
            broken: Future[Result] = Future()
            broken.set_exception(error)
            return broken

    def result(self, future: Future[Result]) -> Result:
        """Return a result, or raise BrokenProcessPool where none will come."""
        while True:
            try:
                return future.result(timeout=_LOOK_AGAIN)
            except TimeoutError:
                if future.done():  # the item itself raised it
                    raise
                manager = getattr(self._processes, "_executor_manager_thread", None)
                if manager is None or manager.is_alive() or future.done():
                    continue
                raise BrokenProcessPool("the thread that gathers results has died") from None

    def restart(self) -> None:
        self.close()
        self._processes = self._start()

    def close(self) -> None:
        left = dict(getattr(self._processes, "_processes", None) or {})
        if getattr(self._processes, "_broken", False):
            # A worker that was still being started when another died is told by nobody to end, and would be waited for.
            for process in left.values():
                process.kill()
        self._processes.shutdown(wait=True, cancel_futures=True)
        for process in left.values():  # none, but where the thread that ends them has died
            with suppress(ValueError):
                if process.is_alive():
                    process.kill()


def _thread_died(arguments: threading.ExceptHookArgs) -> None:
    # Python's own thread that manages a pool fails where a worker dies while another starts (a dictionary that changes
    # in size) or a result was cancelled: `_Pool.result` notices, and nobody else needs to hear of it.
    manages = type(arguments.thread).__module__ == "concurrent.futures.process"
    if not manages or os.environ.get("DOLEANCES_DEBUG"):
        _hook(arguments)


_hook = threading.excepthook
threading.excepthook = _thread_died


_kept: _Pool | None = None


@contextmanager
def kept_pool(execution: ExecutionConfig, module: str | None = None) -> Iterator[None]:
    """Let all calls of `map_items` in the block share their worker processes, which take a second to start.

    A block in another shares those of the outer one. With `module`, they start at once and import it, while the block
    does what it has to do first.
    """
    global _kept
    if execution.scheduler is not None or execution.workers == 1:
        yield
        return
    before, _kept = _kept, _kept or _Pool(execution.workers)
    try:
        if module is not None:
            with one_thread_a_library():
                for _ in range(execution.workers):
                    _kept.submit(_load, module)
        yield
    finally:
        if before is None:
            _kept.close()
        _kept = before


def _load(module: str) -> None:
    import_module(module)


def map_in_pool(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int, name: Callable[[Item], str]
) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, in order, from worker processes.

    When one of them dies, the items under way are done again one at a time; only an item that a worker dies on while
    it is alone stops the rest (E214, with what `name` calls it).
    """
    call = partial(single_threaded, function)
    pool = _kept or _Pool(workers)
    source = iter(items)
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    try:
        waiting.extend((item, pool.submit(call, item)) for item in islice(source, _AHEAD * workers))
        while waiting:
            try:
                result = pool.result(waiting[0][1])
            except BrokenProcessPool:
                pool.restart()
                yield from _one_at_a_time(call, waiting, pool, name)
                waiting.extend((item, pool.submit(call, item)) for item in islice(source, _AHEAD * workers))
                continue
            waiting.popleft()
            waiting.extend((item, pool.submit(call, item)) for item in islice(source, 1))
            yield result
    finally:
        for _, future in waiting:
            future.cancel()
        if pool is not _kept:
            pool.close()


def _one_at_a_time(
    call: Callable[[Item], Result],
    waiting: deque[tuple[Item, Future[Result]]],
    pool: _Pool,
    name: Callable[[Item], str],
) -> Iterator[Result]:
    """Yield the results of what was under way when a worker died; which item it died on is not known."""
    while waiting:
        item, future = waiting.popleft()
        try:
            result = future.result(timeout=0)  # it was finished before
        except (BrokenProcessPool, CancelledError, TimeoutError):
            try:
                result = pool.result(pool.submit(call, item))
            except BrokenProcessPool:
                raise errors.failure("E214", item=name(item)) from None
        yield result


def _begin(parent: int) -> None:
    # A worker that outlives a killed run would go on writing into a workspace whose lock is free again.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    if not os.environ.get("DOLEANCES_DEBUG"):
        # What a native library says as it aborts tells a person less than our one line does.
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 2)
        os.close(nothing)
