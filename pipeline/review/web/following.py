"""The log as it grows: what this server writes and what others write beside it, read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import errors
from pipeline.errors import Problem
from pipeline.review.decisions import FILE, Decision, parse
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class News:
    """What came since the last look. ``whole``: the log was written anew, and these are all of its decisions."""

    decisions: tuple[Decision, ...]
    whole: bool = False


class Follower:
    """Reads a log again where it has changed: its end where lines were added, else all of it.

    ``problems`` are the lines that could not be read.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._path: Path = workspace.path / FILE
        self._seen: tuple[int, int, int] | None = None
        self._content = b""
        self._ids: set[str] = set()
        self.problems: tuple[Problem, ...] = ()

    def news(self) -> News | None:
        """Return what is new, None where nothing is.

        Raises
        ------
        DoleancesError
            When the log cannot be read (E111).
        """
        seen, content = None, b""
        try:
            found = self._path.stat()
            seen = (found.st_ino, found.st_size, found.st_mtime_ns)
            if seen == self._seen:
                return None
            content = self._path.read_bytes()
        except FileNotFoundError:
            if self._seen is None:
                return None
        except OSError as error:
            raise errors.failure("E111", path=self._path, detail=error.strerror or error) from None
        self._seen = seen
        before, self._content = self._content, content
        # Lines were added, and nothing else: a last line that had no end may have been completed.
        if before.endswith(b"\n") and content.startswith(before):
            read = parse(content[len(before) :], self._path)
            new = tuple(one for one in read.decisions if one.decision_id not in self._ids)
            self.problems = (*self.problems, *read.problems)
            self._ids |= {one.decision_id for one in new}
            return News(new)
        read = parse(content, self._path)
        self._ids, self.problems = set(read.ids), read.problems
        return News(read.decisions, whole=True)
