"""The hold of a run on its workspace, as tasks on other machines know it.

A worker process of ours dies with the run that started it. A task on a cluster may outlive its run: it must not write
into a workspace that another run has taken since.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from pipeline import errors, storage


@dataclass(frozen=True)
class Lease:
    """The lock file of a workspace, and the mark that the run has left in it."""

    path: Path
    mark: str

    def check(self) -> None:
        """Raise when the workspace cannot be seen from here (E217), or the run has ended (E218)."""
        try:
            found = self.path.read_text(encoding="ascii")
        except OSError:
            raise errors.failure("E217", path=self.path.parent) from None
        if found != self.mark:
            raise errors.failure("E218", path=self.path.parent)


_held: ContextVar[Lease | None] = ContextVar("_held", default=None)
_served: ContextVar[Lease | None] = ContextVar("_served", default=None)


def held() -> Lease | None:
    """Return the lease that this process has, or None when it holds no workspace."""
    return _held.get()


@contextmanager
def holding(lease: Lease) -> Iterator[None]:
    """Say that this process holds a workspace, for the block."""
    token = _held.set(lease)
    try:
        yield
    finally:
        _held.reset(token)


@contextmanager
def serving(lease: Lease | None) -> Iterator[None]:
    """Work for the run that has `lease`, for the block: what it writes is checked against it."""
    if lease is not None:
        lease.check()
    token = _served.set(lease)
    try:
        yield
    finally:
        _served.reset(token)


def give_name(temporary: Path, path: Path) -> None:
    """Rename a file that is whole, unless it was written for a run that has ended."""
    check()
    storage.move(temporary, path)


def remove(path: Path) -> None:
    """Remove a file, if it is there, unless it is on behalf of a run that has ended."""
    check()
    path.unlink(missing_ok=True)


def check() -> None:
    """Raise when what this process works for has ended."""
    lease = _served.get()
    if lease is not None:
        lease.check()
