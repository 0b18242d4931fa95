"""The items of a JSON array, one at a time in memory; when the JSON breaks off, the whole items before are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import ijson

from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_utf8
from pipeline.ingest.records import Message

_CHUNK: Final = 1 << 16


def items(file: InputFile, inspection: Inspection, **options: Any) -> Iterator[tuple[int, Any]]:
    """Yield (line, item) for each item of the array; at broken JSON (line, `Message`), and end.

    Parameters
    ----------
    file, inspection : InputFile, Inspection
        The file and its encoding.
    **options
        For `ijson.items`.
    """
    waiting: list[Any] = ijson.sendable_list()
    parser = ijson.items_coro(waiting, "item", **options)
    line = 1
    with open_utf8(file.path, inspection.encoding) as handle:
        detail = "this is not JSON"
        try:
            # No more than one line at a time, so that the number of the line is right when the parser gives up.
            while chunk := handle.readline(_CHUNK):
                parser.send(chunk)
                yield from ((line, item) for item in waiting)
                del waiting[:]
                line += chunk.endswith(b"\n")
            detail = "the file ends too early"
            parser.close()
        except (ijson.JSONError, ValueError):
            yield from ((line, item) for item in waiting)
            # Not the words of the parser: they may quote the file, and messages are kept and printed.
            yield line, Message("E105", line, {"detail": detail})
