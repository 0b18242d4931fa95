"""Archives (.zip, .gz): what is in them is unpacked, one level deep, into files of our own naming.

Names in an archive are only ever shown. Nothing of it is trusted: neither its names nor the sizes it claims.
"""

from __future__ import annotations

import errno
import gzip
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast
from zipfile import ZipFile, ZipInfo

from pipeline import errors
from pipeline.ingest import zip_files
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.records import Message

_CHUNK: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_UTF8_NAME: Final = 0x800
_ARCHIVES: Final = (
    *zip_files.STARTS,
    _GZIP,
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",
)
_TAR_MARK: Final = slice(257, 262)
_HINTS: Final = frozenset((".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".parquet"))
"""Ends of names that a reader may take as a hint; no other part of a name reaches the disk."""

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_LITTER: Final = frozenset(("__MACOSX", "Thumbs.db", "desktop.ini"))

Unpacked = tuple[list[InputFile], list[tuple[InputFile, Message]]]


def expand(files: list[InputFile], scratch: Path, limit: int) -> Unpacked:
    """Replace each archive by the files in it, and say what of it is not read.

    Parameters
    ----------
    files : list of InputFile
        The inputs, in order.
    scratch : Path
        Where members are unpacked to, as numbered files; made when there is one. What is in it is overwritten.
    limit : int
        Bytes that one archive may unpack to.

    Returns
    -------
    tuple
        The files to read, in order: those that are no archive as they are, members labelled « export.zip/dir/a.csv »;
        and what is refused or broken, each with its message.

    Raises
    ------
    DoleancesError
        When nothing can be written to `scratch` (E205, E208).
    """
    result: list[InputFile] = []
    problems: list[tuple[InputFile, Message]] = []
    used = {file.label for file in files}
    for file in files:
        kind = _kind(file.path)
        if kind is None:
            result.append(file)
            continue
        unpacker = _Unpacker(file, scratch, limit, len(result))
        for found, message in unpacker.zip() if kind == "zip" else unpacker.gzip():
            if message is not None:
                problems.append((found, message))
            else:
                result.append(_labelled(found, used))
    return result, problems


def _kind(path: Path) -> str | None:
    try:
        with path.open("rb") as content:
            start = content.read(4)
        if start.startswith(_GZIP):
            return "gzip"
        if start not in zip_files.STARTS or zip_files.is_document(path):
            return None
    except OSError:
        return None  # its reader will say so
    # A workbook that is cut off has no list of members: its reader says more of it.
    return None if path.suffix.casefold() in (".xlsx", ".xlsm") else "zip"


def _labelled(file: InputFile, used: set[str]) -> InputFile:
    label, number = file.label, 1
    while label in used:
        number += 1
        label = f"{file.label} ({number})"
    used.add(label)
    return replace(file, label=label)


class _Refused(Exception):
    """A member that is not unpacked, and why."""

    def __init__(self, code: str, detail: str) -> None:
        self.message = Message(code, None, {"detail": detail})


class _Unpacker:
    """Unpacks one archive; `zip` and `gzip` yield each member with None, or with why it is not there."""

    def __init__(self, file: InputFile, scratch: Path, limit: int, number: int) -> None:
        self._file, self._scratch, self._limit, self._number = file, scratch, limit, number
        self._size = file.path.stat().st_size
        self._total = 0

    def zip(self) -> Iterator[tuple[InputFile, Message | None]]:
        try:
            with zip_files.opened(self._file.path) as packed:
                self._check(packed)
                members = [member for member in packed.infolist() if not member.is_dir()]
                wanted = [(place, member) for place, member in enumerate(members, 1) if not _is_litter(_name(member))]
                if not wanted:
                    raise _Refused("E133", "it holds no file")
                for place, member in wanted:
                    yield self._member(packed, member, place)
        except _Refused as refused:
            yield self._file, refused.message
        except zip_files.TooManyMembers:
            yield self._file, _too_many()
        except (*zip_files.BROKEN, OSError):
            yield self._file, Message("E133", None, {"detail": "the archive is cut off or damaged"})

    def gzip(self) -> Iterator[tuple[InputFile, Message | None]]:
        name = self._file.path.name
        name = name[:-3] if name.casefold().endswith(".gz") and len(name) > 3 else name
        try:
            with gzip.open(self._file.path) as content:
                yield self._unpack(cast(IO[bytes], content), name, self._size), None
        except _Refused as refused:
            yield self._file, refused.message
        except (*zip_files.BROKEN, OSError):
            yield self._file, Message("E133", None, {"detail": "the archive is cut off or damaged"})

    def _check(self, packed: ZipFile) -> None:
        members = packed.infolist()
        if len(members) > zip_files.MOST_MEMBERS:
            raise zip_files.TooManyMembers
        claimed = sum(member.file_size for member in members)
        # Of the size of the file, not of its members: these may overlap.
        if claimed > self._limit or zip_files.is_bomb(claimed, self._size):
            raise _Refused("E132", f"it would unpack to {claimed:,} bytes")

    def _member(self, packed: ZipFile, member: ZipInfo, place: int) -> tuple[InputFile, Message | None]:
        name = _name(member)
        try:
            if not _is_safe(name):
                # Not its name: it is meant to do harm somewhere.
                name = f"entry {place}"
                raise _Refused("E133", "its name leads out of the archive")
            if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
                raise _Refused("E133", "it is a link or a device, not a file")
            if zip_files.is_encrypted(member):
                raise _Refused("E133", "it needs a password")
            if not zip_files.is_packed_plainly(member):
                raise _Refused("E133", "it is packed in a way that is not known")
            with packed.open(member) as content:
                return self._unpack(content, name, member.compress_size), None
        except _Refused as refused:
            return self._named(name), refused.message
        except (*zip_files.BROKEN, OSError):
            return self._named(name), Message("E133", None, {"detail": "it is cut off or damaged in the archive"})

    def _named(self, name: str, path: Path | None = None) -> InputFile:
        return InputFile(path or self._file.path, f"{self._file.label}/{name}", f"{self._file.shown}/{name}")

    def _unpack(self, content: IO[bytes], name: str, packed: int) -> InputFile:
        ending = PurePosixPath(name).suffix.casefold()
        path = self._scratch / f"{self._number:06}{ending if ending in _HINTS else ''}"
        self._number += 1
        try:
            self._copy(content, path, packed)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        if _is_archive(path):
            path.unlink()
            raise _Refused("E133", "it is an archive in an archive")
        return self._named(name, path)

    def _copy(self, content: IO[bytes], path: Path, packed: int) -> None:
        written = 0
        with self._writing():
            self._scratch.mkdir(parents=True, exist_ok=True)
            file = path.open("wb")
        with file:
            while chunk := content.read(_CHUNK):
                written += len(chunk)
                self._total += len(chunk)
                if self._total > self._limit or zip_files.is_bomb(written, packed):
                    raise _Refused("E132", f"it unpacks to more than {written:,} bytes")
                with self._writing():
                    file.write(chunk)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Tell what cannot be written from what cannot be read."""
        try:
            yield
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise errors.failure("E205", path=self._scratch) from error
            raise errors.failure("E208", path=self._scratch, detail=error.strerror) from error


def _too_many() -> Message:
    return Message("E132", None, {"detail": f"it has more than {zip_files.MOST_MEMBERS:,} members"})


def _name(member: ZipInfo) -> str:
    """Return the name of a member: many programs write UTF-8 without saying so, and zipfile takes it for cp437."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return not (
        "\\" in name or "\x00" in name or name.startswith("/") or _DRIVE.match(name) or ".." in parts or not parts[-1]
    )


def _is_litter(name: str) -> bool:
    parts = [part for part in name.split("/") if part != "."]
    return _is_safe(name) and any(part in _LITTER or part.startswith(".") for part in parts)


def _is_archive(path: Path) -> bool:
    with path.open("rb") as content:
        start = content.read(512)
    if start[_TAR_MARK] == b"ustar":
        return True
    return start.startswith(_ARCHIVES) and not zip_files.is_document(path)
