"""Map a pure function over partitions: in this process, in a pool of processes, or on a Dask cluster.

The order of results is the order of the items, and an item is the unit of work, so the number of workers never
changes a result. Numeric libraries are held to one thread: sums of floats depend on how threads cut them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from pipeline.config import ExecutionConfig
from pipeline.pool import kept_pool, map_in_pool
from pipeline.threads import one_thread_a_library, single_threaded

__all__ = ["Amount", "Progress", "kept_cluster", "kept_pool", "map_items"]

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Amount:
    """How much an item held, for example 812 answers; a function that returns it lets progress show a rate."""

    count: int
    unit: str


class Progress(Protocol):
    """What is told of each finished item; of its amount too, where the function returned one."""

    def __call__(self, done: int, total: int, amount: Amount | None = None, /) -> None: ...


def map_items(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    execution: ExecutionConfig,
    progress: Progress | None = None,
    *,
    already: int = 0,
    unit: str = "partition",
) -> Iterator[Result]:
    """Yield ``function(item)`` for each item, in order.

    Parameters
    ----------
    function : callable
        A function of a module (worker processes import it), or a `functools.partial` of one. It may be called twice
        for one item, even at the same time, where a worker is lost: it is pure but for files that it writes whole.
    items : sequence
        What it is applied to, one call an item.
    execution : ExecutionConfig
        Number of processes, or a Dask scheduler.
    progress : callable, optional
        Called after each item with the number done and the total, and the `Amount` that the function returned, if any.
    already : int
        Items that an earlier run has done: they count as done and in the total.
    unit : str
        What an item that is a number is called in messages.
    """
    name = partial(_name, unit)
    if execution.scheduler is not None:
        from pipeline.cluster import map_on_cluster

        results = map_on_cluster(function, items, execution, name)
    elif execution.workers == 1 or len(items) < 2:
        results = (single_threaded(function, item) for item in items)
    else:
        results = map_in_pool(function, items, min(execution.workers, len(items)), name)
    with one_thread_a_library():
        for done, result in enumerate(results, already + 1):
            if progress is not None and isinstance(result, Amount):
                progress(done, already + len(items), result)
            elif progress is not None:
                progress(done, already + len(items))
            yield result


def _name(unit: str, item: object) -> str:
    return f"{unit} {item}" if isinstance(item, int) else str(item)


@contextmanager
def kept_cluster(execution: ExecutionConfig) -> Iterator[None]:
    """Let all calls of `map_items` in the block share one connection to the cluster, and its workers if it is local."""
    if execution.scheduler is None:
        yield
        return
    from pipeline.cluster import kept_connection

    with kept_connection(execution):
        yield
