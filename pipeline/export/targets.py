"""Where an export goes: a folder that appears whole or not at all, and takes the place of an earlier export alone.

`export.json` marks a folder as ours. It says what was exported and holds the sum of each file, so that a file that a
person has added or changed since is never removed with the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from pipeline import errors, storage
from pipeline.workspace import sha256_of

MARKER: Final = "export.json"
_NOT_OURS_TO_KEEP: Final = ("Thumbs.db", "desktop.ini")  # what file managers leave
_LISTED: Final = 3


def check(target: Path, name: str) -> None:
    """Raise unless nothing stands in `target`, or an export to the format `name` that nobody has changed since.

    Raises
    ------
    DoleancesError
        When anything else is there (E403), or files that a person has added or changed (E404).
    """
    if not target.exists() and not (storage.is_local(target) and target.is_symlink()):
        return
    if not target.is_dir():
        raise errors.usage("E403", path=target, detail="it is no folder")
    found = _files(target)
    if not found and not any(target.iterdir()):
        return
    marker = _marker(target)
    if marker is None:
        raise errors.usage("E403", path=target, detail=f"it has no {MARKER}")
    if marker["format"] != name:
        raise errors.usage("E403", path=target, detail=f"it holds an export to {marker['format']}")
    sums = marker["files"]
    changed = [relative for relative, path in found.items() if sums.get(relative) != _sum(path)]
    if changed:
        more = f" and {len(changed) - _LISTED} more" if len(changed) > _LISTED else ""
        raise errors.usage("E404", path=target, names=", ".join(changed[:_LISTED]) + more)


def _files(folder: Path) -> dict[str, Path]:
    """Return the files that an export wrote or a person put there, by path below the folder."""
    files = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if not path.is_dir() or (storage.is_local(path) and path.is_symlink())
    }
    left = (MARKER,)
    return {
        relative: path
        for relative, path in files.items()
        if relative not in left and not path.name.startswith((".", "~$")) and path.name not in _NOT_OURS_TO_KEEP
    }


def _marker(target: Path) -> Mapping[str, Any] | None:
    try:
        content = json.loads((target / MARKER).read_text(encoding="utf-8"))
        whole = isinstance(content["files"], dict) and isinstance(content["format"], str) and content["doleances"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return content if whole else None


def _sum(path: Path) -> str | None:
    if storage.is_local(path):
        return sha256_of(path) if path.is_file() and not path.is_symlink() else None
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def replacing(target: Path, said: Mapping[str, Any], scratch: Path) -> Iterator[Path]:
    """Give an empty folder of this disk, and put what was written into it in place of `target` when the block ends.

    Parameters
    ----------
    target : Path
        What `check` has looked at.
    said : mapping
        What `export.json` says beside the files.
    scratch : Path
        A folder, maybe not there yet, on the disk of the target where the target is on a disk.
    """
    folder = scratch / f".doleances-{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True)
        yield folder
        sums = {relative: _sum(path) for relative, path in _files(folder).items()}
        content = json.dumps(dict(said) | {"files": sums}, ensure_ascii=False, indent=2) + "\n"
        (folder / MARKER).write_text(content, encoding="utf-8")
        if storage.is_local(target):
            _settle(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            _take_place(folder, target)
        else:
            _upload(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settle(folder: Path) -> None:
    """Wait until the files are on the disk: what takes its name is whole, even after a power cut."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _take_place(folder: Path, target: Path) -> None:
    old = folder.with_name(f"{folder.name}-old")
    if target.exists():
        target.rename(old)
    try:
        folder.rename(target)
    except OSError:
        if old.exists():
            with suppress(OSError):
                old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _upload(folder: Path, target: Path) -> None:
    storage.remove_tree(target)
    for path in sorted(folder.rglob("*"), key=lambda path: (path.name == MARKER, path)):
        if path.is_file():
            place = target / path.relative_to(folder).as_posix()
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
