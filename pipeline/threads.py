"""Hold numeric libraries to one thread: sums of floats depend on how threads cut them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Result = TypeVar("Result")

_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_ONE_AT_A_TIME = threading.Lock()


def single_threaded(function: Callable[[Item], Result], item: Item) -> Result:
    """Return ``function(item)``, worked out in one thread."""
    # The lock: a Dask worker may run several threads, and spaCy's pipelines are not made for that.
    with _ONE_AT_A_TIME, threadpool_limits(1):
        return function(item)


@contextmanager
def one_thread_a_library() -> Iterator[None]:
    """Set what libraries read when they are loaded: threadpool_limits acts on those that are loaded already."""
    before = {name: os.environ.get(name) for name in _VARIABLES}
    os.environ.update(dict.fromkeys(_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
