"""Messages: each has its code and fits on one line, whatever the file it speaks of holds."""

from __future__ import annotations

import pickle
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.errors import DoleancesError, ExitCode, Problem, failure, problem, usage
from pipeline.messages import MESSAGES

PACKAGE = Path(pipeline.__file__).parent
CODE = re.compile(r"""["']([EN]\d{3})["']""")


def fields_of(code: str) -> set[str]:
    return {name for part in MESSAGES[code] for _, name, _, _ in string.Formatter().parse(part) if name}


def codes_in_the_code() -> set[str]:
    sources = [path for path in PACKAGE.rglob("*.py") if path.name != "messages.py"]
    return {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_that_is_raised_has_a_message() -> None:
    assert codes_in_the_code() - MESSAGES.keys() == set()


def test_every_message_is_raised_somewhere() -> None:
    assert MESSAGES.keys() - codes_in_the_code() == set()


@pytest.mark.parametrize("code", MESSAGES)
def test_a_message_says_in_one_line_what_and_what_to_do(code: str) -> None:
    found = problem(code, **dict.fromkeys(fields_of(code), "value"))
    assert found.what and found.remedy
    line = str(found)
    assert line.startswith(f"{code} ") and line.endswith(".") and len(line.splitlines()) == 1
    assert "{" not in line and ".." not in line.replace("PATH...", "")


@given(st.text(max_size=1000))
def test_what_a_hostile_file_holds_stays_on_one_printable_line(text: str) -> None:
    line = str(problem("E104", path=text, first_line=text))
    assert line.isprintable()
    assert len(line) < 1000


def test_escape_sequences_and_reversed_text_do_not_reach_the_terminal() -> None:
    line = str(problem("E101", path="\x1b[31mred\x1b[0m\r\n\u202egnp.exe\x07\x00"))
    assert not set(line) & set("\x1b\r\n\u202e\x07\x00")


def test_braces_in_a_value_are_text() -> None:
    assert "{0.__class__}" in str(problem("E101", path="{0.__class__}"))


def test_an_error_keeps_its_code_and_details_across_processes() -> None:
    error = DoleancesError(Problem("E101", "what", "remedy"), ExitCode.WRONG_USAGE, ("a line", "another"))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  (as between worker processes)
    assert (again.problem, again.exit_code, again.details) == (error.problem, error.exit_code, error.details)
    assert str(again) == str(error)


def test_exit_codes_are_those_of_the_documentation() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3]
    assert failure("E113").exit_code == ExitCode.STAGE_FAILED
    assert usage("E113").exit_code == ExitCode.WRONG_USAGE
