"""Which workbooks may be opened: a small file can claim gigabytes, or two cells that span a billion.

The reader of workbooks keeps a sheet whole in memory, as a rectangle of all cells between the first and the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from pipeline.ingest import zip_files
from pipeline.ingest.records import Message

MOST_CELLS: Final = 30_000_000
_MOST_BYTES: Final = 4 * 2**30
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 64

_OLE: Final = b"\xd0\xcf\x11\xe0"
_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW: Final = re.compile(rb"<(?:\w+:)?row[\s/>]")
_REFERENCE: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")

_BROKEN: Final = (*zip_files.BROKEN, zip_files.TooManyMembers, OSError)


def kind_of(path: Path, start: bytes) -> str | None:
    """Return what workbook a file is by its content: xlsx, xlsb, ods, ole (old, or with a password); else None."""
    if start.startswith(_OLE):
        return "ole"
    if not start.startswith(b"PK\x03\x04"):
        return None
    try:
        with zip_files.opened(path) as packed:
            names = set(packed.namelist())
    except _BROKEN:
        return "xlsx" if path.suffix.casefold() in (".xlsx", ".xlsm") else None
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return "xlsx"
    return "ods" if {"mimetype", "content.xml"} <= names else None


def refusal(path: Path) -> Message | None:
    """Say why an .xlsx must not be opened, or None: read to its end, in bounded memory."""
    try:
        with zip_files.opened(path) as packed:
            members = packed.infolist()
            unpacked = sum(member.file_size for member in members)
            packed_size = max(1, sum(member.compress_size for member in members))
            if unpacked > _MOST_BYTES or zip_files.is_bomb(unpacked, packed_size):
                detail = f"it unpacks to {unpacked:,} bytes, {unpacked // packed_size:,} times its size"
                return Message("E132", None, {"detail": detail})
            if any(map(zip_files.is_encrypted, members)):
                return Message("E131", None, {"detail": "a workbook with a password"})
            if not all(map(zip_files.is_packed_plainly, members)):
                return Message("E131", None, {"detail": "a workbook that is packed in a way that is not known"})
            for member in members:
                with packed.open(member) as content:
                    rows, columns = _extent(content)
                if rows * columns > MOST_CELLS:
                    detail = f"one of its sheets spans {rows:,} rows and {columns:,} columns"
                    return Message("E131", None, {"detail": f"a workbook that is too large to be read: {detail}"})
    except _BROKEN:
        return Message("E134", None, {"detail": "a workbook that is cut off or damaged"})
    return None


def _extent(content: IO[bytes]) -> tuple[int, int]:
    """Return how many rows and columns the cells of a sheet span; reading to the end checks its sum as well."""
    rows = columns = seen = widest = 0
    for part in _parts(content):
        references = set(_REFERENCE.findall(part))
        rows = max(rows, *(int(number) for _, number in references), 0) if references else rows
        columns = max([columns, *(_column(letters) for letters in {letters for letters, _ in references})])
        between = _ROW.split(part)
        seen += len(between) - 1
        if sum(len(_CELL.findall(row)) for row in between) + len(between) - 1 > len(_REFERENCE.findall(part)):
            # Cells need not say where they are; a row may go on in the next part.
            widest = max(widest, 2 * max(len(_CELL.findall(row)) for row in between))
    return max(rows, seen), max(columns, widest)


def _parts(content: IO[bytes]) -> Iterator[bytes]:
    """Yield the content of a sheet in parts that overlap, so that no reference is cut; nothing of other members."""
    part = content.read(_CHUNK)
    sheet = b"worksheet" in part[:4096]
    while part:
        if sheet:
            yield part
        more = content.read(_CHUNK)
        part = part[-_OVERLAP:] + more if more else b""


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number
