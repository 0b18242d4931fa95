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
Sum = TypeVar("Sum", bound="Addable")


class Addable(Protocol):
    """What can be added to its like."""

    def __add__(self: Sum, other: Sum, /) -> Sum: ...


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


def reduce_items(
    function: Callable[[Item], Sum],
    items: Sequence[Item],
    execution: ExecutionConfig,
    *,
    group: int = 8,
    unit: str = "partition",
) -> Sum | None:
    """Return the sum of ``function(item)`` over all items, as a tree: each worker adds up a group, then sums are added.

    Parameters
    ----------
    function : callable
        As for `map_items`; its results can be added, in any order (counts, sparse matrices of counts).
    group : int
        Items that one task adds up. At most one sum for each doubling of the number of groups is kept at a time.

    Returns
    -------
    The sum, or None when there are no items.
    """
    groups = [items[start : start + group] for start in range(0, len(items), group)]
    waiting: list[tuple[int, Sum]] = []  # sums of 1, 2, 4, … groups
    for found in map_items(partial(_sum, function), groups, execution, unit=unit):
        height = 0
        while waiting and waiting[-1][0] == height:
            found, height = waiting.pop()[1] + found, height + 1
        waiting.append((height, found))
    total: Sum | None = None
    for _, part in reversed(waiting):
        total = part if total is None else part + total
    return total


def _sum(function: Callable[[Item], Sum], items: Sequence[Item]) -> Sum:
    first, *others = items
    total = function(first)
    for item in others:
        total = total + function(item)
    return total


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
