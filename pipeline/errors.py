"""Failures that a user is told of in one plain line: which message, filled in, and the exit code.

The messages are in `pipeline.messages`, exit codes in `ExitCode`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from pipeline.messages import MESSAGES


class ExitCode(IntEnum):
    """What the process tells its caller."""

    DONE = 0
    DONE_WITH_REJECTS = 1
    WRONG_USAGE = 2
    STAGE_FAILED = 3


@dataclass(frozen=True)
class Problem:
    """One thing that went wrong: its code, what and where, and what to do. ``str()`` gives the one plain line."""

    code: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.code} {self.what}. {self.remedy[:1].upper()}{self.remedy[1:]}."


def problem(code: str, **fields: object) -> Problem:
    """Return the message `code` of MESSAGES with its fields filled in, each on one line."""
    what, remedy = MESSAGES[code]
    clean = {name: one_line(value) for name, value in fields.items()}
    return Problem(code, what.format(**clean), remedy.format(**clean))


def printable(text: str) -> str:
    """Return `text` with a blank for every character that could command a terminal; line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def one_line(value: object, limit: int = 300) -> str:
    """Return `value` on one line, printable, and not too long."""
    text = printable(str(value)).replace("\n", " ")
    return text if len(text) <= limit else text[: limit - 1] + "…"


class DoleancesError(Exception):
    """A failure that a user is told of in one line, without a traceback.

    ``details`` are plain lines to show before it, for example one for each file that could not be read.
    """

    def __init__(
        self, found: Problem, exit_code: ExitCode = ExitCode.STAGE_FAILED, details: tuple[str, ...] = ()
    ) -> None:
        super().__init__(str(found))
        self.problem = found
        self.exit_code = exit_code
        self.details = details

    def __reduce__(self) -> tuple[type[DoleancesError], tuple[Problem, ExitCode, tuple[str, ...]]]:
        return DoleancesError, (self.problem, self.exit_code, self.details)  # it crosses process borders whole


def failure(code: str, exit_code: ExitCode = ExitCode.STAGE_FAILED, **fields: object) -> DoleancesError:
    """Return the error to raise for message `code`."""
    return DoleancesError(problem(code, **fields), exit_code)


def usage(code: str, **fields: object) -> DoleancesError:
    """Return the error to raise when the command line or the configuration is wrong (exit code 2)."""
    return failure(code, ExitCode.WRONG_USAGE, **fields)
