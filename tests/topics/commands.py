"""The command `doleances` in this process, and what must hold of whatever it prints."""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

from pipeline import cli
from tests.broken.harness import Done

STAGES = ("ingest", "tokenise", "entities", "topics", "dataset", "report")
LINE = re.compile(rf"(?:{'|'.join(STAGES)}) .+|  (?:{'|'.join(STAGES)}): .+[.\d)]|[EN]\d{{3}} .+[.]")
"""A line of stderr: what a stage did, what it has to say, or a coded line."""


def doleances(*arguments: object) -> Done:
    """Run the command; nothing but plain lines is printed, whatever is asked."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(os, "fsync", lambda _: None)  # the disk of the machine is not what is tested here
        patch.setattr(os, "sync", lambda: None)
        patch.setattr(sys, "argv", ["doleances", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    done = Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())
    printed = done.out + done.err
    assert "Traceback" not in printed and not re.search(r"Error\b|Warning\b", printed), printed
    assert not {char for char in printed if not char.isprintable() and char != "\n"}, repr(printed)
    for said in done.err.splitlines():
        assert LINE.fullmatch(said), said
    return done
