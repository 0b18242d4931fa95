"""New files join those that a workspace was made from: all of them are read, each where it was."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline import errors
from pipeline.ingest.layouts import Source
from pipeline.workspace import Workspace

_NAMED = 3
"""How many files a message names."""


def joined(workspace: Workspace, paths: Iterable[Path]) -> list[Path]:
    """Return the paths that the workspace was made from, then the new ones, each once."""
    before = [Path(path) for path in workspace.manifest.get("given", [])]
    return list(dict.fromkeys([*before, *(path.absolute() for path in paths)]))


def check_still_there(workspace: Workspace, sources: list[Source]) -> None:
    """Refuse to go on when a file that was read before is not among the sources with the same content.

    Raises
    ------
    DoleancesError
        When one was moved, removed or changed (E114).
    """
    gone = _gone(workspace, sources)
    if gone:
        raise errors.usage("E114", files=_names(gone))


def left_out(workspace: Workspace, sources: list[Source]) -> str | None:
    """Say which files of the run before are not read now; None when all are."""
    gone = _gone(workspace, sources)
    if not gone:
        return None
    return str(errors.problem("N115", count=len(gone), files=_names(gone)))


def _gone(workspace: Workspace, sources: list[Source]) -> list[str]:
    here = {source.inspection.sha256 for source in sources}
    return [entry["name"] for entry in workspace.manifest["inputs"] if entry["sha256"] not in here]


def _names(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
