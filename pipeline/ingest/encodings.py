"""How the bytes of a file become text: UTF-8 where they are, else repaired, and never with a character lost."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final, cast

import pyarrow as pa
import pyarrow.compute as pc
from charset_normalizer import from_bytes

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_CANDIDATES: Final = ("cp1252", "latin_1", "mac_roman", "cp850")
_BINARY_STARTS: Final = (
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
    b"PAR1",
)
_MARKS: Final = (  # UTF-32 before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b")) + b"\x7f"
_NULS: Final = re.compile(b"\0+")
"""A disk that failed leaves a block of them, in a file that is text all the same."""

_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_FOREIGN: Final = re.compile("[^\x00-\x7f\udc80-\udcff]")
_FRENCH: Final = re.compile("[\u00a0-\u00ffŒœŸ\u0800-\U0010ffff]")
_LONGEST_CHARACTER: Final = 4
STRAY_BYTES: Final = "doleances.windows_1252"
"""The error handler that reads bytes which are not of the codec as Windows-1252, so that none is lost."""

_MOJIBAKE: Final = (b"\xc3\x83", b"\xc3\x82", b"\xa2\xe2\x82\xac", b"\xa2\xc2\x80")
"""« Ã », « Â » and the end of « â€ » in UTF-8: a file without any of them holds no text that was decoded twice."""


_QUOTE_INSIDE: Final = r"""[^,;|\t\r\n"]"[^,;|\t\r\n"]"""  # neither at an edge of a cell nor doubled


@dataclass(frozen=True)
class Encoding:
    """A codec; ``shown`` is its name for people when the file is not plain UTF-8.

    ``by_line``: some lines are UTF-8 and others Windows-1252, so that each is read by itself.
    """

    codec: str
    shown: str | None = None
    by_line: bool = False


@dataclass(frozen=True)
class Inspection:
    """What one pass over a file tells: its sum and size, its encoding, and whether it looks like a binary file.

    ``suspect``: it may hold text that was decoded with the wrong codec before it was written (« Ã© »).
    ``loose_quotes``: a straight quote may not be closed, or stand inside a cell in quotes without being doubled.
    """

    sha256: str
    size: int
    encoding: Encoding
    binary: bool
    suspect: bool = False
    loose_quotes: bool = False


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    # One stray byte costs one character at most; the five bytes Windows-1252 leaves out become control characters.
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    text = "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in wrong)
    return text, error.end


codecs.register_error(STRAY_BYTES, _as_windows_1252)


def inspect(path: Path) -> Inspection:
    """Read a file once, in bounded memory, and say what it is made of.

    Raises
    ------
    OSError
        When it cannot be opened or read.
    """
    digest = hashlib.sha256()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")("strict")
    head, size, suspect, quotes, inside, tail = b"", 0, False, 0, False, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:_SAMPLE]
            size += len(chunk)
            digest.update(chunk)
            quotes += chunk.count(b'"')
            inside = inside or pc.match_substring_regex(pa.scalar(tail + chunk, pa.binary()), _QUOTE_INSIDE).as_py()
            tail = chunk[-2:]
            suspect = suspect or any(mark in chunk for mark in _MOJIBAKE)
            decoder = _checked(decoder, chunk)
    whole = _checked(decoder, b"", final=True) is not None
    # With other accents in UTF-8, what ends within a character was cut off: its last line is not Windows-1252.
    cut = decoder is not None and not whole and not head[:-_LONGEST_CHARACTER].isascii()
    encoding, binary = _encoding(path, head, utf8=whole or cut)
    if cut and encoding.shown is None and not binary:
        encoding = replace(encoding, shown="UTF-8, cut off in a character")
    suspect = suspect or encoding.shown is not None
    return Inspection(digest.hexdigest(), size, encoding, binary, suspect, inside or quotes % 2 == 1)


def _encoding(path: Path, head: bytes, *, utf8: bool) -> tuple[Encoding, bool]:
    for mark, codec, shown in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, shown), False
    unmarked = _unmarked_utf16(head)
    if unmarked is not None:
        return unmarked, False
    sample = _NULS.sub(b"\0", head)
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    binary = head.startswith(_BINARY_STARTS) or controls > 0.02 * len(sample)
    if utf8:
        return Encoding("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"), binary
    if binary:
        return Encoding("cp1252"), True  # nobody reads it as text
    return _legacy(path), False


def _unmarked_utf16(head: bytes) -> Encoding | None:
    # French text in UTF-16 is mostly ASCII: every other byte is zero, and almost none of those between.
    if len(head) < _LONGEST_CHARACTER or head.startswith(_BINARY_STARTS):
        return None
    half = len(head) // 2
    even, odd = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if odd > 0.6 * half and even < 0.05 * half:
        return Encoding("utf-16-le", "UTF-16")
    if even > 0.6 * half and odd < 0.05 * half:
        return Encoding("utf-16-be", "UTF-16")
    return None


def _checked(
    decoder: codecs.IncrementalDecoder | None, chunk: bytes, *, final: bool = False
) -> codecs.IncrementalDecoder | None:
    if decoder is not None:
        try:
            decoder.decode(chunk, final)
        except UnicodeDecodeError:
            return None
    return decoder


def _legacy(path: Path) -> Encoding:
    # Lines of both kinds are told apart; a file without a line of UTF-8 has one codec, which is guessed from it.
    sound, sample = False, b""
    with path.open("rb") as file:
        for line in _lines(file):
            if line.isascii():
                continue
            if _is_utf8(line):
                sound = True
            elif len(sample) < _SAMPLE:
                sample += line[:_SAMPLE]
    if sound:
        return Encoding("utf-8", "UTF-8 and Windows-1252, line by line", by_line=True)
    best = from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    if best is None or best.encoding in ("cp1252", "latin_1"):
        return Encoding("cp1252", "Windows-1252 (ISO-8859-1)")
    return Encoding(best.encoding, best.encoding)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield lines, and those over 1 MiB in pieces that cut no character of UTF-8."""
    rest = b""
    while piece := file.readline(_CHUNK):
        piece = rest + piece
        rest = b""
        if not piece.endswith(b"\n") and len(piece) >= _CHUNK:
            cut = len(piece)
            while cut > len(piece) - _LONGEST_CHARACTER and piece[cut - 1] & 0xC0 == 0x80:
                cut -= 1
            if cut and piece[cut - 1] >= 0xC0:
                piece, rest = piece[: cut - 1], piece[cut - 1 :]
        yield piece
    if rest:
        yield rest


def _is_utf8(line: bytes) -> bool:
    """Say whether a line is UTF-8 rather than Windows-1252, a few stray bytes apart.

    « É» » in Windows-1252 is by chance a letter in UTF-8, but none that French has.
    """
    text = line.decode("utf-8", "surrogateescape")
    foreign = _FOREIGN.findall(text)
    if len(foreign) <= len(_ESCAPED.findall(text)):
        return False
    return len(foreign) >= 3 or any(map(_FRENCH.match, foreign))


def _decoded(line: bytes) -> str:
    codec = "utf-8" if line.isascii() or _is_utf8(line) else "cp1252"
    return line.decode(codec, STRAY_BYTES)


def open_text(path: Path, encoding: Encoding) -> IO[str]:
    """Open a file as text, line ends unchanged."""
    if encoding.by_line:
        return io.TextIOWrapper(open_utf8(path, encoding), "utf-8", newline="")
    return path.open(encoding=encoding.codec, errors=STRAY_BYTES, newline="")


def open_utf8(path: Path, encoding: Encoding) -> IO[bytes]:
    """Open a file as UTF-8 bytes without byte-order mark, whatever its encoding is."""
    if encoding == Encoding("utf-8"):
        return path.open("rb")
    if encoding.by_line:
        file = path.open("rb")
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        pieces = (_decoded(line) for line in _lines(file))
    else:
        text = open_text(path, encoding)
        file, pieces = text.buffer, iter(lambda: text.read(_SAMPLE), "")  # type: ignore[assignment, attr-defined]
    return cast(IO[bytes], io.BufferedReader(_Recoded(file, pieces), _SAMPLE))


class _Recoded(io.RawIOBase):
    """The UTF-8 bytes of pieces of text; closing it closes the file that they come from."""

    def __init__(self, file: IO[bytes], pieces: Iterator[str]) -> None:
        self._file, self._pieces, self._rest = file, pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece.encode("utf-8", "replace")
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
