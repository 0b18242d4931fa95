"""How the bytes of a file become text: UTF-8 where they are, else repaired, and never with a character lost."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from charset_normalizer import from_bytes

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_CANDIDATES: Final = ("cp1252", "latin_1", "mac_roman", "cp850")
_BINARY_STARTS: Final = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
    b"PAR1",
)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b")) + b"\x7f"
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_FOREIGN: Final = re.compile("[^\x00-\x7f\udc80-\udcff]")


@dataclass(frozen=True)
class Encoding:
    """A codec; ``shown`` is its name for people when the file is not plain UTF-8."""

    codec: str
    shown: str | None = None


@dataclass(frozen=True)
class Inspection:
    """What one pass over a file tells: its sum and size, its encoding, and whether it looks like a binary file."""

    sha256: str
    size: int
    encoding: Encoding
    binary: bool


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    # One stray byte costs one character at most; the five bytes Windows-1252 leaves out become control characters.
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    text = "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in wrong)
    return text, error.end


codecs.register_error("doleances.windows_1252", _as_windows_1252)


def inspect(path: Path) -> Inspection:
    """Read a file once, in bounded memory, and say what it is made of.

    Raises
    ------
    OSError
        When it cannot be opened or read.
    """
    digest = hashlib.sha256()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")("strict")
    head, size = b"", 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:_SAMPLE]
            size += len(chunk)
            digest.update(chunk)
            decoder = _checked(decoder, chunk)
    decoder = _checked(decoder, b"", final=True)
    binary = head.startswith(_BINARY_STARTS) or len(head) - len(head.translate(None, _CONTROLS)) > 0.02 * len(head)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding, binary = Encoding("utf-16", "UTF-16"), False
    elif decoder is not None:
        encoding = Encoding("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8")
    elif binary:
        encoding = Encoding("cp1252", "Windows-1252")
    else:
        encoding = _legacy(path)
    return Inspection(digest.hexdigest(), size, encoding, binary)


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
    # UTF-8 with a few stray bytes stays UTF-8: taking the whole file for Windows-1252 would spoil every accent.
    sound = stray = 0
    sample = b""
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            text = line.decode("utf-8", "surrogateescape")
            wrong = len(_ESCAPED.findall(text))
            stray += wrong
            sound += len(_FOREIGN.findall(text))
            if wrong and len(sample) < _SAMPLE:
                sample += line[:_SAMPLE]
    if sound > stray:
        codec = "utf-8-sig" if _first_bytes(path) == codecs.BOM_UTF8 else "utf-8"
        return Encoding(codec, "UTF-8 with stray Windows-1252 bytes")
    best = from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    if best is None or best.encoding in ("cp1252", "latin_1"):
        return Encoding("cp1252", "Windows-1252 (ISO-8859-1)")
    return Encoding(best.encoding, best.encoding)


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(3)


def open_text(path: Path, encoding: Encoding) -> IO[str]:
    """Open a file as text, line ends unchanged."""
    return path.open(encoding=encoding.codec, errors="doleances.windows_1252", newline="")


def open_utf8(path: Path, encoding: Encoding) -> IO[bytes]:
    """Open a file as UTF-8 bytes without byte-order mark, whatever its encoding is."""
    if encoding == Encoding("utf-8"):
        return path.open("rb")
    return cast(IO[bytes], io.BufferedReader(_Recoded(open_text(path, encoding)), _SAMPLE))


class _Recoded(io.RawIOBase):
    """The UTF-8 bytes of a text file."""

    def __init__(self, text: IO[str]) -> None:
        self._text, self._rest = text, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = self._text.read(_SAMPLE).encode("utf-8", "replace")
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    def close(self) -> None:
        self._text.close()
        super().close()
