"""A copy of a workspace to try something in: hard links where the disk has them, for its files are never changed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline import errors, storage
from pipeline.workspace import Workspace

COPIED: Final = (
    "tables",
    "dataset",
    "report",
    "models",
    "retrains",
    "cache",
    "manifest.json",
    "salt",
    "decisions.jsonl",
)
_ADDED_TO: Final = "decisions.jsonl"  # all else is replaced, never changed


@contextmanager
def scratch_copy(workspace: Workspace) -> Iterator[Workspace]:
    """Open a copy of a workspace that the caller has locked; it is gone afterwards.

    Raises
    ------
    DoleancesError
        E446 when the workspace is not on a disk of this machine.
    """
    if not storage.is_local(workspace.path):
        raise errors.usage("E446", path=workspace.path)
    place = workspace.path / "tmp"  # on the same disk, and ignored by whatever reads the workspace
    place.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="dry-run-", dir=place))
    try:
        for name in COPIED:
            source = workspace.path / name
            if source.is_dir():
                shutil.copytree(source, folder / name, copy_function=_link)
            elif source.is_file():
                (shutil.copy2 if name == _ADDED_TO else _link)(source, folder / name)
        yield Workspace(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a disk without hard links
        shutil.copy2(source, target)
