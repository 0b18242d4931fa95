"""What comes back from an annotation tool, whatever the tool: rows that a person has looked at, and the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline import errors
from pipeline.export.tasks import LABELS, Span

SKIPPED: Final = ("rejected", "ignored", "not_reviewed")


@dataclass(frozen=True)
class Corrected:
    """An answer that a person has looked at.

    Parameters
    ----------
    line : int
        Where it stands in the file, from 1.
    answer_id, text : str
        Which answer, and its text as the person saw it.
    themes : tuple of str or None
        Ids of all its themes; None where the person was not asked about themes.
    spans : tuple of Span or None
        All its mentions; None where the person was not asked about them.
    stamp : str
        What the tool knows of this piece of work alone (a time, a number), so that one done again is told from one
        read again.
    annotator : str
        Who did it, as the tool names people; empty where it names nobody.
    """

    line: int
    answer_id: str
    text: str
    themes: tuple[str, ...] | None
    spans: tuple[Span, ...] | None
    stamp: str = ""
    annotator: str = ""


@dataclass(frozen=True)
class Skipped:
    """A row that says nothing: one of SKIPPED."""

    line: int
    reason: str


@dataclass(frozen=True)
class Wrong:
    """A row that cannot be taken, and why, in plain words."""

    line: int
    detail: str


Row = Corrected | Skipped | Wrong


class WrongRow(ValueError):
    """Raised while a row is read; its text says why the row cannot be taken."""


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | Wrong]]:
    """Yield each line of a JSONL file with its number: the object on it, or what is wrong with it.

    Raises
    ------
    DoleancesError
        When the file cannot be opened (E101, E111).
    """
    for number, raw in enumerate(lines_of(path), start=1):
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if line.strip():
            yield number, _object(number, line)


def rows_of(path: Path, read: Callable[[int, dict[str, Any]], Row]) -> Iterator[Row]:
    """Yield what `read` makes of the number and the object of each line of a JSONL file; `Wrong` where it cannot.

    Raises
    ------
    DoleancesError
        When the file cannot be opened (E101, E111).
    """
    for line, content in json_lines(path):
        try:
            yield content if isinstance(content, Wrong) else read(line, content)
        except WrongRow as error:
            yield Wrong(line, str(error))


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, with errors that say what to do."""
    try:
        with path.open("rb") as file:
            yield from file
    except FileNotFoundError:
        raise errors.usage("E101", path=path) from None
    except OSError as error:
        raise errors.usage("E111", path=path, detail=error.strerror or error) from None


def _object(number: int, line: bytes) -> dict[str, Any] | Wrong:
    try:
        content = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return Wrong(number, "not UTF-8")
    except (ValueError, RecursionError) as error:
        return Wrong(number, f"not JSON ({error})")
    return content if isinstance(content, dict) else Wrong(number, "not a JSON object")


def text_at(content: Any, *path: str) -> str:
    """Return the text under nested keys.

    Raises
    ------
    WrongRow
        When it is not there, or no text.
    """
    for key in path:
        content = content.get(key) if isinstance(content, dict) else None
    if not isinstance(content, str) or not content:
        raise WrongRow(f"no {'.'.join(path)}")
    return content


def span_of(text: str, start: Any, end: Any, label: Any) -> Span:
    """Return a span of `text`.

    Raises
    ------
    WrongRow
        When it does not lie in the text, holds nothing but blanks, or has an unknown label.
    """
    if type(start) is not int or type(end) is not int:
        raise WrongRow(f"the offsets of a mention are no whole numbers ({start!r}, {end!r})")
    if not 0 <= start < end <= len(text):
        raise WrongRow(f"mention {start}–{end} is not in the text, which has {len(text)} characters")
    if not text[start:end].strip():
        raise WrongRow(f"mention {start}–{end} is blank")
    if label not in LABELS:
        raise WrongRow(f"unknown label « {label} » (one of {', '.join(LABELS)})")
    return Span(start, end, label)


def distinct(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, each once."""
    return tuple(sorted(set(spans)))


def names(content: Any, what: str) -> tuple[str, ...]:
    """Return a list of texts, each once, in order.

    Raises
    ------
    WrongRow
        When it is none.
    """
    if not isinstance(content, list) or not all(isinstance(one, str) for one in content):
        raise WrongRow(f"{what} is no list of texts")
    return tuple(dict.fromkeys(content))
