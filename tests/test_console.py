"""What commands print of a finished workspace: plain lines for people, and nothing that could command a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import app
from tests.campaigns import campaign
from tests.workspaces import Builder


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    app([str(argument) for argument in arguments], standalone_mode=False)
    return capsys.readouterr().out


def test_status_tells_what_is_outside_the_sum_contradictions_and_copies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign(tmp_path)
    lines = printed(capsys, "status", "--workspace", tmp_path).splitlines()
    for expected in (
        "a.csv (official CSV, utf-8): 5 contributions, 10 = 5 closed + 5 pending; encoding repaired: 4 answers",
        "b.csv (official CSV, cp1252): 5 contributions, 12 = 2 empty + 4 closed + 6 pending; already received: "
        "2 contributions, 6 answers; superseded: 1 contribution, 3 answers; erased on request: 1 contribution; "
        "postcode foreign or broken: 1 contribution",
        "c.csv (official CSV, utf-8): 0 contributions, 0 = 0; already received: 100 contributions, 3,300 answers",
        "Copies: 2 groups of 6 answers; coordinated texts: 1, 4 answers",
        "Contradictions: 2 answers to a question that was not asked",
        "organisation 2. Si oui, lesquels ?: 10 = 1 empty + 9 pending; asked if 1 = Oui: 6 asked, 2 not asked, "
        "1 unknown; 2 contradictions",
        "  4-6: organisation 2, but question 1 was answered « Non » (a-0000000000000006-2)",
    ):
        assert expected in lines
    content = json.loads(printed(capsys, "status", "--workspace", tmp_path, "--json"))["coverage"]
    assert content["files"][2]["already_received"] == 3300
    assert content["questions"][1]["routed"] == {"asked": 6, "not_asked": 2, "unknown": 1}
    assert len(content["contradictions_listed"]) == content["contradictions"] == 2
    assert content["copies"]["coordinated"] == 1


def test_what_people_wrote_does_not_reach_the_terminal_as_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.question(2, "Si oui ?", depends_on="q-1", shown_if="Oui\x1b[2J")
    form = build.contribution(1, reference="[red]4\x1b[31m", source_file="a\x1b]0;.csv")
    build.answer(form, "q-1", "Non\x1b[2J\x07[/bold]")
    build.answer(form, "q-2", "Mais si", routed=False)
    build.file("a\x1b]0;.csv", encoding="utf\x1b-8", repaired=1)
    shown = printed(capsys, "status", "--workspace", build.write().path)
    assert "\x1b" not in shown and "\x07" not in shown
    assert "  [red]4 [31m: organisation 2, but question 1 was answered « Non [2J [/bold] »" in shown
