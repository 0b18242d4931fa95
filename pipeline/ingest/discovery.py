"""Which files are the input: the paths given, read recursively, each file once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.ingest.encodings import STRAY_BYTES
from pipeline.ingest.records import Message

_NO_FILE = "a pipe, a device or a socket, not a file"


@dataclass(frozen=True)
class InputFile:
    """A file to read. ``label`` names it in tables (relative, posix), ``shown`` in messages (as it was given)."""

    path: Path
    label: str
    shown: str


@dataclass
class Found:
    """What was found, and what was not."""

    files: list[InputFile] = field(default_factory=list)
    problems: list[tuple[InputFile, Message]] = field(default_factory=list)
    notices: list[tuple[InputFile, Message]] = field(default_factory=list)


def discover(paths: Iterable[Path | str], workspace: Path) -> Found:
    """List the files under `paths`, sorted inside each folder; hidden files and the workspace itself are left out.

    Parameters
    ----------
    paths : iterable of path
        Files and folders, in the order given.
    workspace : Path
        Skipped when it lies inside a folder that is read.
    """
    found = Found()
    seen: set[Path] = set()
    for given in paths:
        path = Path(given)
        here = InputFile(path, as_utf8(path.name or path.resolve().name), as_utf8(str(given)))
        if path.is_dir():
            files = _walk(path, workspace.resolve(), found)
            if not files:
                found.problems.append((here, Message("E102")))
        elif path.is_file():
            files = [here]
        elif path.exists():
            # It would block, or never end, when it is read.
            found.problems.append((here, Message("E111", None, {"detail": _NO_FILE})))
            continue
        else:
            found.problems.append((here, Message("E101")))
            continue
        for file in files:
            place = _real(file.path)
            if place in seen:
                found.notices.append((file, Message("N104")))
            else:
                seen.add(place)
                found.files.append(file)
    found.files = _distinct_labels(found.files)
    return found


def _real(path: Path) -> Path:
    """Return where a path leads to; `Path.resolve` raises on links that lead to themselves."""
    return Path(os.path.realpath(path))


def as_utf8(name: str) -> str:
    """Return a name that UTF-8 can hold; the bytes of older ones are read as Windows-1252."""
    return os.fsencode(name).decode("utf-8", STRAY_BYTES)


def _walk(folder: Path, workspace: Path, found: Found) -> list[InputFile]:
    def unreadable(error: OSError) -> None:
        place = Path(error.filename)
        label = place.relative_to(folder).as_posix() if place != folder else folder.name
        closed = InputFile(place, as_utf8(label), as_utf8(str(place)))
        found.problems.append((closed, Message("E111", None, {"detail": error.strerror})))

    files = []
    for root, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(root, name).resolve() != workspace]
        for name in names:
            path = Path(root, name)
            # Sockets, pipes and devices would block for ever; a dangling link is told of when it is opened.
            if not name.startswith(".") and (path.is_file() or not path.exists()):
                files.append(InputFile(path, as_utf8(path.relative_to(folder).as_posix()), as_utf8(str(path))))
    return sorted(files, key=lambda file: file.label)


def _distinct_labels(files: list[InputFile]) -> list[InputFile]:
    # Two folders may hold files of one name: the name of the folder tells them apart, else a number.
    counts = Counter(file.label for file in files)
    used: set[str] = set()
    result = []
    for file in files:
        label = file.label
        if counts[label] > 1:
            folder = as_utf8(_real(file.path).parents[label.count("/")].name)
            label = f"{folder}/{label}" if folder else label
        number, base = 1, label
        while label in used:
            number += 1
            label = f"{base} ({number})"
        used.add(label)
        result.append(replace(file, label=label))
    return result
