"""The items of a JSON array, one at a time in memory; where the JSON is broken, the items before and after are read.

A fast parser goes as far as it can. From there on a patient one reads what many programs write although it is no JSON
(half surrogate pairs, line ends in strings, NaN), and leaves out no more than the item that cannot be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from json import JSONDecodeError
from typing import IO, Any, Final

import ijson

from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text, open_utf8
from pipeline.ingest.records import Message

_CHUNK: Final = 1 << 16
_LARGEST_ITEM: Final = 1 << 26
_MOST_DIGITS: Final = 4000
_DIGITS_AT_ONCE: Final = 2000
_LONG_NUMBER: Final = re.compile(rb"\d{%d}" % _DIGITS_AT_ONCE)
"""Part of a number over 4,300 digits, which may be cut in two by a chunk; the fast parser crashes on such a one."""

_MOST_UNFINISHED: Final = 100
"""Items one after the other that go on to the end of the file: each costs reading all of it."""

_BETWEEN: Final = re.compile(r"[\s,\ufeff\x00]*")
_FIRST_KEY: Final = re.compile(r'[\s\ufeff]*\[\s*(\{)\s*("(?:[^"\\]|\\.)*")\s*:')
_UNFINISHED: Final = 16
"""Characters from the end of what is at hand: an error there may be that more is to come."""

MapType = Callable[[], Any]


def items(file: InputFile, inspection: Inspection, map_type: MapType = dict) -> Iterator[tuple[int, Any]]:
    """Yield (line, item) for each item of the array, and (line, `Message`) where the JSON is broken.

    Parameters
    ----------
    file, inspection : InputFile, Inspection
        The file and its encoding.
    map_type : callable
        Makes the objects.
    """
    waiting: list[Any] = ijson.sendable_list()
    parser = ijson.items_coro(waiting, "item", map_type=map_type)
    line, done = 1, 0
    with open_utf8(file.path, inspection.encoding) as handle:
        try:
            # No more than one line at a time, so that the number of the line of an item is right.
            while chunk := handle.readline(_CHUNK):
                if len(chunk) >= _DIGITS_AT_ONCE and _LONG_NUMBER.search(chunk):
                    raise ValueError("a number that is too long")  # it would end the process, not only the parser
                parser.send(chunk)
                yield from ((line, item) for item in waiting)
                done += len(waiting)
                del waiting[:]
                line += chunk.endswith(b"\n")
            parser.close()
            return
        except (ijson.JSONError, ValueError):
            yield from ((line, item) for item in waiting)
            done += len(waiting)
    with open_text(file.path, inspection.encoding) as text:
        # What the fast parser has read, the patient one reads likewise, so that its first `done` results are those.
        yield from islice(_Patient(text, map_type), done, None)


class _Patient:
    """Reads the items of a broken array, and goes on behind one that it cannot read.

    Items of an export begin with the same key: there the next one is looked for.
    """

    def __init__(self, file: IO[str], map_type: MapType) -> None:
        self._file, self._map_type = file, map_type
        self._text, self._place, self._line = "", 0, 1
        self._over = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=_number,
            parse_int=_number,
            parse_constant=str,
            strict=False,
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> Any:
        found = self._map_type()
        for key, value in pairs:
            found[key] = value
        return found

    def _more(self) -> bool:
        """Read on, twice as much as is at hand; say whether there was anything."""
        size = max(_CHUNK, len(self._text) - self._place)
        chunk = "" if self._over else self._file.read(size)
        self._over = not chunk
        self._text, self._place = self._text[self._place :] + chunk, 0
        return bool(chunk)

    def _go_to(self, place: int) -> None:
        self._line += self._text.count("\n", self._place, place)
        self._place = place

    def _skip(self, pattern: re.Pattern[str]) -> None:
        while True:
            found = pattern.match(self._text, self._place)
            self._go_to(found.end() if found else self._place)
            if self._place < len(self._text) or not self._more():
                return

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        self._more()
        first = _FIRST_KEY.match(self._text)
        if first is None:
            yield self._line, _broken(self._line, "this is not JSON")
            return
        start = re.compile(r"\{\s*" + re.escape(first[2]) + r"\s*:")
        self._go_to(first.start(1))
        told = unfinished = 0
        while True:
            self._skip(_BETWEEN)
            if self._place == len(self._text):
                yield self._line, _broken(self._line, "the file ends too early")
                return
            if self._text[self._place] == "]":
                self._go_to(self._place + 1)
                self._skip(_BETWEEN)
                if self._place == len(self._text):
                    return
                yield self._line, _broken(self._line, "this is not JSON")
                if not self._find(start):
                    return
                continue
            item = self._item()
            if not isinstance(item, _Broken):
                told = unfinished = 0
                yield self._line, item
                continue
            ends = item.place >= len(self._text) - 1 and self._over
            line = self._line + self._text.count("\n", self._place, item.place)
            if line != told:  # once for what is broken within what is broken
                yield line, _broken(line, "the file ends too early" if ends else "this is not JSON")
            told, unfinished = line, unfinished + ends
            self._go_to(self._place + 1)
            if unfinished > _MOST_UNFINISHED or not self._find(start):
                return

    def _find(self, start: re.Pattern[str]) -> bool:
        """Go to where the next item begins."""
        while (found := start.search(self._text, self._place)) is None:
            self._go_to(max(self._place, len(self._text) - _CHUNK))
            if not self._more():
                return False
        self._go_to(found.start())
        return True

    def _item(self) -> Any:
        """Read the item here and go behind it; where it is broken, stay and return how far it was read."""
        while True:
            try:
                item, end = self._decoder.raw_decode(self._text, self._place)
            except JSONDecodeError as error:
                cut = error.pos >= len(self._text) - _UNFINISHED or error.msg.startswith("Unterminated string")
                if cut and len(self._text) - self._place < _LARGEST_ITEM and self._more():
                    continue
                return _Broken(len(self._text) if cut and self._over else error.pos)
            except RecursionError:
                return _Broken(self._place)
            if end == len(self._text) and self._more():
                continue  # a number may go on
            self._go_to(end)
            return item


class _Broken:
    def __init__(self, place: int) -> None:
        self.place = place


def _number(text: str) -> Any:
    """Return a number as it is written; one that is too long to be one stays text."""
    try:
        return Decimal(text) if not text.lstrip("-").isdecimal() else int(text) if len(text) < _MOST_DIGITS else text
    except (InvalidOperation, ValueError):
        return text


def _broken(line: int, detail: str) -> Message:
    # Not the words of a parser: they may quote the file, and messages are kept and printed.
    return Message("E105", line, {"detail": detail})
