"""What a stage made of its partitions, kept for its next run: found again by the hash of all that it was made from.

The folder can be removed at any time: what is not there is made again, to the same bytes.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline import storage
from pipeline.workspace import Workspace, sha256_of

FOLDER: Final = "cache"


@dataclass(frozen=True)
class PartitionCache:
    """The kept files of one stage of a workspace; none are kept where it is not on a disk of this machine.

    Parameters
    ----------
    path : path
        The workspace.
    stage : str
    fresh : bool
        Take nothing that is kept: everything is asked to be made again.
    """

    path: Path
    stage: str
    fresh: bool = False

    def take(self, key: str, files: Mapping[str, Path]) -> bool:
        """Put the files that were kept under a key in their places; return False where they are not all there.

        Parameters
        ----------
        key : str
            Hash of all that they were made from.
        files : mapping
            Where each belongs, by a name of its own.
        """
        kept = {name: self._place(key, name) for name in files}
        if self.fresh or not storage.is_local(self.path) or not all(place.is_file() for place in kept.values()):
            return False
        for name, target in files.items():
            self._link(kept[name], target)
        return True

    def keep(self, key: str, files: Mapping[str, Path]) -> None:
        """Keep files, which nobody changes in their places: they are links where the disk has them."""
        if storage.is_local(self.path):
            for name, source in files.items():
                self._link(source, self._place(key, name))

    def prune(self, keys: Collection[str]) -> None:
        """Remove what is kept under other keys."""
        folder = self.path / FOLDER / self.stage
        if storage.is_local(self.path) and folder.is_dir():
            for place in folder.iterdir():
                if place.name.partition("-")[0] not in keys:
                    place.unlink(missing_ok=True)

    def _place(self, key: str, name: str) -> Path:
        return self.path / FOLDER / self.stage / f"{key}-{name}"

    def _link(self, source: Path, target: Path) -> None:
        temporary = self.path / "tmp" / f"{uuid.uuid4().hex}-{target.name}"
        for folder in (temporary.parent, target.parent):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, temporary)
        except OSError:  # a disk without hard links
            shutil.copy2(source, temporary)
        temporary.replace(target)  # whole or not at all
        temporary.unlink(missing_ok=True)  # two names of one file: replacing it by itself leaves both


def sum_of_part(workspace: Workspace, table: str, index: int) -> str:
    """Return the SHA-256 of a partition of a table, as the stage that wrote it noted it in the manifest if it did."""
    path = workspace.part_path(table, index)
    relative = path.relative_to(workspace.path).as_posix()
    for entry in workspace.manifest["stages"].values():
        found = entry.get("files", {}).get(relative)
        if found is not None:
            return str(found["sha256"])
    return sha256_of(path)
