"""WORKSPACE/decisions.jsonl: what people decided, one JSON object a line, only ever added to.

A line that cannot be read is told of and stays where it is, for somebody wrote it. A line written by hand or by another
tool counts like any other.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator, model_validator

from pipeline import errors, storage
from pipeline.errors import Problem
from pipeline.privacy import ERASED
from pipeline.workspace import Workspace, write_bytes

FILE: Final = "decisions.jsonl"
_PLAIN_ID: Final = re.compile(r"d-[0-9a-f]{16,}")  # as our pages give them: JSON writes it in one way

Action = Literal[
    "rename",
    "define",
    "merge",
    "split",
    "create",
    "retire",
    "reparent",
    "assign",
    "unassign",
    "confirm",
    "mention_add",
    "mention_edit",
    "mention_delete",
    "link",
    "alias",
    "uninformative",
    "validate",
    "note",
]


class Target(BaseModel):
    """What a decision is about: a thing with an id, or a text: characters of an answer of the tables, end exclusive."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    kind: str = Field(min_length=1)
    id: str | None = None
    answer_id: str | None = None
    start: int | None = Field(default=None, ge=0)
    end: int | None = None
    quote: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.id is not None:
            return self
        if self.answer_id is None or self.start is None or self.end is None or self.quote is None:
            raise ValueError("give id, or answer_id with start, end and quote")
        if self.end <= self.start:
            raise ValueError("end must be greater than start")
        if self.quote != ERASED and len(self.quote) != self.end - self.start:
            raise ValueError("the quote is not as long as start and end say")
        return self


class Decision(BaseModel):
    """One line of the log.

    ``before`` and ``after`` are what it changes. For assign, unassign and confirm they are lists of topic ids: all
    themes of the target, as they were and as they are then. For mentions they are ``{label, start, end, quote}``, or
    null.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    decision_id: str = Field(min_length=1)
    at: str
    author: str = Field(min_length=1)
    action: Action
    target: Target
    before: JsonValue = None
    after: JsonValue = None
    undoes: str | None = None
    note: str | None = None

    @field_validator("at")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        datetime.fromisoformat(value)
        return value

    def line(self) -> str:
        """Return the decision as a line of the log, without its end."""
        content = self.model_dump(mode="json")
        content["target"] = {key: value for key, value in content["target"].items() if value is not None}
        return json.dumps(content, ensure_ascii=False)


@dataclass(frozen=True)
class Log:
    """What the log says: its decisions in order, and the lines that could not be read."""

    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all decisions."""
        return frozenset(decision.decision_id for decision in self.decisions)


def read(workspace: Workspace) -> Log:
    """Read the log of a workspace; none is a log without decisions."""
    path = workspace.path / FILE
    try:
        return parse(path.read_bytes(), path)
    except FileNotFoundError:
        return Log()
    except OSError as error:
        raise errors.failure("E111", path=path, detail=error.strerror or error) from None


def parse(content: bytes, path: Path) -> Log:
    """Return what the bytes of a log say; `path` is for the messages."""
    decisions: dict[str, Decision] = {}
    problems: list[Problem] = []
    lines = content.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            decision = _decision(line)
            if decision.decision_id in decisions:
                raise ValueError(f"decision_id {decision.decision_id} is there already")
            decisions[decision.decision_id] = decision
        except (ValueError, RecursionError) as error:
            cut_off = number == len(lines)  # what is whole ends with a line break
            code = "E423" if cut_off and _is_no_json(line) else "E422"
            problems.append(errors.problem(code, path=path, line=number, detail=_plain(error)))
    return Log(tuple(decisions.values()), tuple(problems))


def append(workspace: Workspace, decisions: Iterable[Decision]) -> list[Decision]:
    """Add decisions to the log, all of them or none, and return those that were not there already by their id.

    When it returns, they are on the disk. Other processes may add to the log at the same time.

    Raises
    ------
    DoleancesError
        When the disk is full (E205) or the log cannot be written (E208).
    """
    path, decisions = workspace.path / FILE, list(decisions)
    if not decisions:
        return []
    if not storage.is_local(path):
        content = path.read_bytes() if path.is_file() else b""
        new = _not_in(parse(content, path), decisions)
        if new:
            write_bytes(content + _lines(new, content), path, workspace.path)
        return new
    try:
        with locked(path) as file:
            file.seek(0)
            content = file.read()
            new = _unwritten(content, path, decisions)
            if new:
                _write(file, _lines(new, content), len(content))
            return new
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.failure("E205", path=path) from None
        raise errors.failure("E208", path=path, detail=error.strerror or error) from None


@contextmanager
def locked(path: Path) -> Iterator[IO[bytes]]:
    """Open the log for this process alone, to read it and to write at its end."""
    while True:
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                current = path.stat().st_ino
            except FileNotFoundError:
                continue
            if os.fstat(file.fileno()).st_ino == current:
                yield file
                return
        # It was replaced while we waited (forget writes it anew): what is written there would be lost.


def _write(file: IO[bytes], content: bytes, size: int) -> None:
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(size)  # no part of it stays
        raise
    if size == 0:
        folder = os.open(Path(file.name).parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _not_in(log: Log, decisions: Iterable[Decision]) -> list[Decision]:
    known = log.ids
    return list({one.decision_id: one for one in decisions if one.decision_id not in known}.values())


def _unwritten(content: bytes, path: Path, decisions: list[Decision]) -> list[Decision]:
    # An id that stands nowhere in the log is new, and the log need not be read line by line.
    ids = [one.decision_id for one in decisions]
    plain = all(_PLAIN_ID.fullmatch(one) for one in ids) and len(set(ids)) == len(ids)
    if plain and not any(one.encode("ascii") in content for one in ids):
        return decisions
    return _not_in(parse(content, path), decisions)


def _lines(decisions: list[Decision], before: bytes) -> bytes:
    # A last line that was cut off keeps a line of its own.
    start = b"\n" if before and not before.endswith(b"\n") else b""
    return start + "".join(f"{decision.line()}\n" for decision in decisions).encode("utf-8")


def _decision(line: bytes) -> Decision:
    try:
        return Decision.model_validate(json.loads(line))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None


def _is_no_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return True
    return False


def _plain(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'line'}: {first['msg']}"
    return f"not JSON ({error})" if isinstance(error, json.JSONDecodeError) else str(error)


def digest(*content: Any) -> str:
    """Return what stands for some content in a decision_id: the same for the same content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def now() -> str:
    """Return the time as decisions tell it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
