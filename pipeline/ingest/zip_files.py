"""Zip files that may be hostile: opened only when their list of members is of a size that a person may have made."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MOST_MEMBERS: Final = 10_000
HARMLESS_BYTES: Final = 100 * 2**20
HIGHEST_RATIO: Final = 200
"""Beyond HARMLESS_BYTES nothing may unpack to more than so many times its size."""

BROKEN: Final = (
    BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What `zipfile` raises on files that are cut off, damaged, encrypted or packed in a way it does not know."""

STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED: Final = 0x1
_MOST_DIRECTORY_BYTES: Final = 8 * 2**20
_END: Final = struct.Struct("<4s4H2LH")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_BYTES: Final = 20


class TooManyMembers(Exception):
    """A zip whose list of members is too long to be read."""


def opened(path: Path) -> ZipFile:
    """Open a zip.

    Raises
    ------
    TooManyMembers
        When its directory is too large; it is not read then.
    OSError, BROKEN
        When it is no sound zip.
    """
    if _directory_bytes(path) > _MOST_DIRECTORY_BYTES:
        raise TooManyMembers
    return ZipFile(path)


def is_encrypted(member: ZipInfo) -> bool:
    """Say whether a member needs a password."""
    return bool(member.flag_bits & _ENCRYPTED)


def is_packed_plainly(member: ZipInfo) -> bool:
    """Say whether a member is stored or deflated: what `zipfile` unpacks in bounded memory."""
    return member.compress_type in (ZIP_STORED, ZIP_DEFLATED)


def is_bomb(unpacked: int, packed: int) -> bool:
    """Say whether something unpacks to far more than people's files do."""
    return unpacked > max(HARMLESS_BYTES, HIGHEST_RATIO * packed)


def is_document(path: Path) -> bool:
    """Say whether a zip is a document of an office program, which is made of files in a zip."""
    try:
        with opened(path) as packed:
            names = set(packed.namelist())
    except (*BROKEN, OSError, TooManyMembers):
        return False
    return "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names


def _directory_bytes(path: Path) -> int:
    """Return the size that a zip claims for its list of members; 0 when it has no sound end."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - 2**16 - _END.size - _LOCATOR_BYTES - _END_64.size)
        file.seek(start)
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        return 0
    found = int(_END.unpack_from(tail, place)[5])
    large = place - _LOCATOR_BYTES - _END_64.size
    if large >= 0 and tail[large : large + 4] == b"PK\x06\x06":
        found = max(found if found != 0xFFFFFFFF else 0, int(_END_64.unpack_from(tail, large)[8]))
    return found
