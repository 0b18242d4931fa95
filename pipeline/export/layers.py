"""The dataset that an export is written from: that of the workspace, or one made for it where masks are to differ."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline import dataset, storage
from pipeline.config import Config
from pipeline.export.source import Source
from pipeline.workspace import Workspace

_LEFT_OUT: Final = ("dataset", "report", "exports", "tmp", "staging", "models", ".lock")
_FEW: Final = 4


@contextmanager
def source_of(workspace: Workspace, *, masked: bool) -> Iterator[Source]:
    """Give the dataset of a workspace, masked or not, on this disk.

    Where the dataset was made otherwise, the dataset stage runs once more on the same tables, in a folder that only
    this user can read and that is removed at the end; the workspace stays as it is.
    """
    if workspace.manifest["stages"]["dataset"]["parameters"]["mask"] == masked:
        with storage.on_disk(workspace.path / "dataset") as folder:
            yield Source(folder, workspace.manifest, masked)
        return
    beside = workspace.path / "tmp" if storage.is_local(workspace.path) else None
    if beside is not None:
        beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="doleances-", dir=beside) as scratch:
        other = _same_tables(workspace, Path(scratch))
        settings = Config().with_values("privacy", mask=masked)
        if len(other.parts("answers")) <= _FEW:
            settings = settings.with_values("execution", workers=1)  # done before other processes would have started
        dataset.run(other, settings)
        yield Source(other.path / "dataset", other.manifest, masked)


def _same_tables(workspace: Workspace, folder: Path) -> Workspace:
    """Return a workspace of the same tables: links to the files where they are on a disk, or copies."""
    for path in sorted(workspace.path.rglob("*")):
        relative = path.relative_to(workspace.path)
        if relative.parts[0] in _LEFT_OUT or relative.parts[:2] == ("tables", "outcomes") or not path.is_file():
            continue
        place = folder / relative.as_posix()
        place.parent.mkdir(parents=True, exist_ok=True)
        if not storage.is_local(path):
            place.write_bytes(path.read_bytes())
        elif len(relative.parts) == 1:
            shutil.copyfile(path, place)  # the manifest and the like are written again
        else:
            place.symlink_to(path)
    return Workspace(folder)
