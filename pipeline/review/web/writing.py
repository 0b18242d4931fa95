"""One writer for all clients: decisions that wait together reach the disk together, and only then are acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pipeline.review import decisions as log
from pipeline.review.decisions import Decision
from pipeline.workspace import Workspace

_Waiting = tuple[Sequence[Decision], "asyncio.Future[None]"]


class Writer:
    """Adds decisions to the log of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, decisions: Sequence[Decision]) -> None:
        """Return when the decisions are on the disk.

        Raises
        ------
        DoleancesError
            When they are not: the disk is full, or the log cannot be written.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((decisions, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())
        await asyncio.shield(done)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(log.append, self._workspace, [one for some, _ in batch for one in some])
            except Exception as error:
                failure: Exception | None = error
            else:
                failure = None
            for _, done in batch:
                if done.cancelled():
                    continue
                if failure is None:
                    done.set_result(None)
                else:
                    done.set_exception(failure)
