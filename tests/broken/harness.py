"""What the tests of broken input share: the command, in this process or in its own, and what must hold of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import cli, ledger
from pipeline.workspace import Workspace

PROBLEM = re.compile(r"(?:  \w+: )?[EN]\d{3} .+[.]")
ROOT = Path(__file__).parent.parent.parent


@dataclass
class Done:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    def all_codes(self) -> list[str]:
        """Return the code of each line that has one."""
        return re.findall(r"^(?:  \w+: )?([EN]\d{3}) ", self.err, re.MULTILINE)

    def problems(self) -> set[str]:
        """Return the codes of what could not be read, but for the last line, which sums them up."""
        return {code for code in self.all_codes() if code[0] == "E"} - {"E112"}


Ingest = Callable[..., Done]


@pytest.fixture
def ingest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ingest:
    """Return the command `doleances ingest` in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # the disk of the machine is not what is tested here
    monkeypatch.setattr(os, "sync", lambda: None)

    def called(*paths: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["doleances", "ingest", *map(str, paths), "--workspace", "w"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return called


def process(folder: Path, *paths: object, before: str = "", timeout: int = 60) -> Done:
    """Run `doleances ingest` as a process; `before` is Python that it runs first."""
    code = f"{before}\nfrom pipeline.cli import main\nmain()"
    command = [sys.executable, "-c", code, "ingest", *map(str, paths), "--workspace", "w"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        command, capture_output=True, cwd=folder, env=environment, check=False, timeout=timeout, text=True
    )
    return Done(ran.returncode, ran.stdout, ran.stderr)


def in_plain_lines(done: Done) -> None:
    """Check that nothing but plain lines was printed: no traceback, no control character, a code a line."""
    printed = done.out + done.err
    assert "Traceback" not in printed and "Error:" not in printed, printed
    assert not {char for char in printed if not char.isprintable() and char != "\n"}, repr(printed)
    for said in done.err.splitlines():
        assert said.startswith("ingest ") or PROBLEM.fullmatch(said) or said.startswith("… and "), said


def texts(place: Path, source: str | None = None) -> list[str]:
    """Return the answers that hold something, of one input file or of all, sorted."""
    workspace = Workspace(place)
    answers = workspace.read("answers").to_pylist()
    if source is not None:
        forms = workspace.read("contributions").to_pylist()
        own = {form["contribution_id"] for form in forms if form["source_file"] == source}
        answers = [answer for answer in answers if answer["contribution_id"] in own]
    return sorted(answer["text"] for answer in answers if (answer["text"] or "").strip())


def reconciled(place: Path) -> ledger.Coverage:
    """Check that the ledger adds up, in all and for each file and question, and return it."""
    covered = ledger.coverage(Workspace(place))
    assert covered.received == sum(covered.states.values()) == Workspace(place).read("answers").num_rows
    for part in (*covered.files, *covered.questions):
        assert part.received == sum(part.states.values())
    assert covered.received == sum(file.received for file in covered.files)
    assert covered.received == sum(question.received for question in covered.questions)
    return covered
