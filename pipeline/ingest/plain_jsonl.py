"""JSON Lines, an object a line, and a plain JSON array of objects: the keys are the columns.

An object in an object is flattened (« author/name »), a list of values joined with a bar; numbers stay as written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final

from pipeline.ingest import plain_columns
from pipeline.ingest.delimited import Chunk
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text
from pipeline.ingest.json_items import items
from pipeline.ingest.plain_columns import SAMPLE_ROWS, Roles
from pipeline.ingest.plain_forms import chunks_of, forms
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Batch, Message, Record

_LONGEST_LINE: Final = 1 << 26
_LONG_LINE: Final = 1 << 16
"""Characters; the beginning of a file holds no whole line that is as long."""

_LINES_TRIED: Final = 5
_OBJECTS_A_CHUNK: Final = 1000
_MOST_KEYS: Final = 2000
_LINE_END: Final = re.compile(r"[\r\n]+")  # of those that Python knows, JSON forbids these two within texts
_ARRAY: Final = re.compile(r"\s*\[\s*\{")
_FORM: Final = re.compile(r'"responses"\s*:')
_OBJECT: Final = re.compile(r'\s*\{\s*(?:"|\}\s*$)')

Flat = dict[str, str | None]


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether a file begins with an object on a line of its own, or is an array of objects that are no forms."""
    if sample.inspection.binary or _FORM.search(sample.head):
        return False
    if _ARRAY.match(sample.head):
        return True
    lines = [line for line in _LINE_END.split(sample.head, _LINES_TRIED) if line.strip()][:_LINES_TRIED]
    if not lines or not _OBJECT.match(lines[0]):
        return False
    found = [loaded for loaded in map(_loaded, lines) if isinstance(loaded, dict)]
    if len(lines) == 1 and any(map(_holds_objects, found)):
        return False  # one object around everything: who knows what it is
    return bool(found) or (len(lines) == 1 and len(sample.head) >= _LONG_LINE)


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Record | Batch | Message]:
    """Yield the contributions of a file in order, what was guessed of its keys, and the lines that are no object."""
    with open_text(file.path, inspection.encoding) as handle:
        array = _ARRAY.match(handle.read(_OBJECTS_A_CHUNK))
    found = _array(file, inspection) if array else _lines(file, inspection)
    sample = list(islice(found, SAMPLE_ROWS))
    names: dict[str, None] = {}
    for _, item in sample:
        if isinstance(item, dict):
            names.update(dict.fromkeys(islice(item, max(0, _MOST_KEYS - len(names)))))
    rows = [item for _, item in sample if isinstance(item, dict)]
    if not names:
        yield from (item for _, item in chain(sample, found) if isinstance(item, Message))
        return
    roles = plain_columns.roles(
        list(names), [[row.get(name) for name in names] for row in rows], context.columns, header=True
    )
    yield from plain_columns.told(roles)
    if not roles.missing:
        chunks = _chunks(chain(sample, found), roles)
        yield from forms(chunks, roles, context.scratch, probing=context.probing)


def _chunks(found: Iterable[tuple[int, Flat | Message]], roles: Roles) -> Iterator[Chunk | Roles | Message]:
    """Yield objects as columns; keys that were not met before become columns from there on."""
    names = dict.fromkeys(roles.names)
    told = False
    number = 1
    found = iter(found)
    while part := list(islice(found, _OBJECTS_A_CHUNK)):
        rows = []
        for line, item in part:
            if isinstance(item, Message):
                yield item
                continue
            rows.append(item)
            new = [name for name in item if name not in names]
            if new and len(names) + len(new) > _MOST_KEYS:
                if not told:
                    yield Message("E136", line, {"most": _MOST_KEYS})
                told = True
                new = new[: max(0, _MOST_KEYS - len(names))]
            names.update(dict.fromkeys(new))
        cells = [[row.get(name) for name in names] for row in rows]
        if len(names) > len(roles.names):
            roles = roles.with_columns(list(names), cells)
            yield roles
        yield from chunks_of(cells, len(names), number)
        number += len(cells)


def _lines(file: InputFile, inspection: Inspection) -> Iterator[tuple[int, Flat | Message]]:
    with open_text(file.path, inspection.encoding) as handle:
        number = 0
        while line := handle.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                while len(line) == _LONGEST_LINE and not line.endswith(("\n", "\r")):
                    line = handle.readline(_LONGEST_LINE)
                yield number, Message("E110", number, {"detail": "the line is too long"})
            elif line.strip("\ufeff \t\r\n\x00"):
                loaded = _loaded(line)
                if isinstance(loaded, dict):
                    yield number, _flattened(loaded)
                else:
                    yield number, Message("E110", number, {"detail": "this line is not a JSON object"})


def _array(file: InputFile, inspection: Inspection) -> Iterator[tuple[int, Flat | Message]]:
    for number, (line, item) in enumerate(items(file, inspection, map_type=_Object), 1):
        if isinstance(item, dict):
            yield line, _flattened(item)
        elif isinstance(item, Message):
            yield line, item
        else:
            yield line, Message("E110", line, {"detail": f"item {number} is not an object"})


class _Real(float):
    """A number, and how it is written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class _Object(dict[str, Any]):
    """An object of a file; a key that it has twice keeps both values."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(_free(key, self), value)


def _pairs(pairs: Sequence[tuple[str, Any]]) -> _Object:
    found = _Object()
    for key, value in pairs:
        found[key] = value
    return found


def _free(key: str, taken: dict[str, Any]) -> str:
    name, number = key, 1
    while name in taken:
        number += 1
        name = f"{key} ({number})"
    return name


def _loaded(line: str) -> Any:
    try:
        return json.loads(line.strip("\ufeff \t\r\n"), object_pairs_hook=_pairs, parse_float=_Real, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _holds_objects(item: dict[str, Any]) -> bool:
    return any(isinstance(value, list) and value and isinstance(value[0], dict) for value in item.values())


def _flattened(item: dict[str, Any]) -> Flat:
    """Return the cells of an object, without recursion: it may be nested as deeply as it likes."""
    found: Flat = {}
    waiting: list[tuple[str, Any]] = list(reversed(item.items()))
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting += [(f"{key}/{inner}", within) for inner, within in reversed(value.items())]
        else:
            found[_free(key, found)] = _text(value)
    return found


def _text(value: Any) -> str | None:
    if value is None or value == {} or value == []:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        if any(isinstance(part, (dict, list)) for part in value):
            try:
                return json.dumps(value, ensure_ascii=False, default=float)
            except RecursionError:
                return None
        return "|".join(_text(part) or "" for part in value)
    return str(value)
