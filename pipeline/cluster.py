"""Partitions on a Dask cluster, on other machines or as processes of this one.

What a task writes is written whole and is the same whoever writes it, so a task whose worker is lost is simply done
again by another. All machines share the folder of the workspace.
"""

from __future__ import annotations

import gc
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from typing import Any, Final, TypeVar

from pipeline import errors, lease
from pipeline.config import ExecutionConfig
from pipeline.threads import one_thread_a_library, single_threaded

Item = TypeVar("Item")
Result = TypeVar("Result")

LOCAL: Final = "local"
"""The value of --scheduler that starts workers on this machine."""

_AHEAD: Final = 2  # tasks under way for each worker, so that results never fill the memory of the cluster
_LOOK: Final = 5.0  # seconds between two looks at whether anybody is still working
_NO_WORKERS: Final = 60.0  # seconds without any worker after which it is no use to wait
_CHATTY: Final = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")
"""Loggers that would tell of every lost worker with a traceback; we tell of what matters in a line."""


class _Connection:
    """A client of a scheduler, made when it is first needed, and the workers of a local one."""

    def __init__(self, execution: ExecutionConfig) -> None:
        assert execution.scheduler is not None
        self.address, self._workers = execution.scheduler, execution.workers
        self._client: Any = None
        self._cluster: Any = None

    @property
    def client(self) -> Any:
        if self._client is None:
            try:
                import distributed
            except ImportError:
                raise errors.usage("E210") from None
            if self.address == LOCAL:
                self._cluster = _local_cluster(distributed, self._workers)
            self._client = _client(distributed, self._cluster or self.address, self.address)
        return self._client

    def close(self) -> None:
        for opened in (self._client, self._cluster):
            if opened is not None:
                with suppress(OSError, TimeoutError):  # a scheduler that is gone cannot be told
                    opened.close()


def _local_cluster(distributed: Any, workers: int) -> Any:
    try:
        return distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            worker_dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )
    except (RuntimeError, OSError) as error:
        raise errors.failure("E222", detail=str(error).partition("\n")[0]) from None


def _client(distributed: Any, target: Any, address: str) -> Any:
    try:
        return distributed.Client(target, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        detail = str(error)
        error.__traceback__ = None
    # A client that could not connect closes itself when it is collected: here and now, for in the midst of another's
    # start, which holds the same lock, it would wait for ever.
    gc.collect()
    raise errors.usage("E209", address=address, detail=detail)


_kept: _Connection | None = None


@contextmanager
def kept_connection(execution: ExecutionConfig) -> Iterator[_Connection]:
    """Open a connection for the block, or take the one that is open already."""
    global _kept
    if _kept is not None and _kept.address == execution.scheduler:
        yield _kept
        return
    before, _kept = _kept, _Connection(execution)
    with _quiet():
        try:
            yield _kept
        finally:
            _kept.close()
            _kept = before


@contextmanager
def _quiet() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _CHATTY]
    levels = [logger.level for logger in loggers]
    with suppress(ImportError):
        import distributed  # noqa: F401  (it sets levels when it is loaded)
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def map_on_cluster(
    function: Callable[[Item], Result], items: Sequence[Item], execution: ExecutionConfig, name: Callable[[Item], str]
) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, in order, from the workers of a cluster.

    Raises
    ------
    DoleancesError
        When the scheduler cannot be reached (E209) or is lost (E220), has no workers (E221), an item kills worker
        after worker (E219, with what `name` calls it), or a worker cannot see the workspace (E217).
    """
    if not items:
        return
    with kept_connection(execution) as connection:
        client = connection.client
        call = partial(_on_worker, function, lease.held())
        source = iter(items)
        waiting: deque[tuple[Item, Any]] = deque()
        try:
            while True:
                room = _AHEAD * max(1, len(_workers(connection))) - len(waiting)
                # No key of Dask's: it hashes the arguments, and a task done before would not be done again.
                waiting.extend((item, client.submit(call, item, pure=False)) for item in islice(source, max(0, room)))
                if not waiting:
                    return
                item, future = waiting[0]
                result: Result = _result(connection, future, name(item))
                waiting.popleft()
                future.release()
                yield result
        finally:
            with suppress(Exception):  # the scheduler may be what failed
                client.cancel([future for _, future in waiting], force=True)


def _on_worker(function: Callable[[Item], Result], held: lease.Lease | None, item: Item) -> Result:
    with lease.serving(held), one_thread_a_library():
        return single_threaded(function, item)


def _workers(connection: _Connection) -> dict[str, int]:
    try:
        found: dict[str, int] = connection.client.nthreads()
    except (OSError, TimeoutError) as error:
        raise errors.failure("E220", address=connection.address, detail=type(error).__name__) from None
    return found


def _result(connection: _Connection, future: Any, item: str) -> Any:
    from distributed import CancelledError, KilledWorker
    from distributed.comm.core import CommClosedError

    address = connection.address
    last_seen = time.monotonic()
    while True:
        done = future.done()
        try:
            return future.result(timeout=None if done else _LOOK)
        except KilledWorker as error:
            raise errors.failure("E219", address=address, workers=error.allowed_failures + 1, item=item) from None
        except CancelledError as error:
            raise errors.failure("E220", address=address, detail=error) from None
        except CommClosedError as error:  # the scheduler went while it told what was found
            raise errors.failure("E220", address=address, detail=type(error).__name__) from None
        except TimeoutError:
            if done:
                raise  # the task's own
        if _workers(connection):
            last_seen = time.monotonic()
        elif time.monotonic() - last_seen > _NO_WORKERS:
            raise errors.failure("E221", address=address, seconds=round(_NO_WORKERS))
