"""The commands `doleances retrain` and `doleances models rollback`: what they refuse, in one plain line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import DoleancesError, ExitCode
from pipeline.workspace import Workspace


@pytest.mark.parametrize("command", [["retrain", "x.csv"], ["models", "rollback"]])
def test_a_workspace_that_is_not_there_is_told_of(command: list[str], tmp_path: Path) -> None:
    found = CliRunner().invoke(app, [*command, "--workspace", str(tmp_path / "none")])
    assert isinstance(found.exception, DoleancesError)
    assert (found.exception.problem.code, found.exception.exit_code) == ("E203", ExitCode.WRONG_USAGE)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", [["retrain"], ["models", "rollback"]])
def test_a_workspace_without_a_finished_run_is_told_of(command: list[str], tmp_path: Path) -> None:
    new = tmp_path / "new.csv"
    new.write_text("texte\nbonjour\n", encoding="utf-8")
    Workspace(tmp_path / "w").save_manifest()
    given = [*command, *([str(new)] if command == ["retrain"] else []), "--workspace", str(tmp_path / "w")]
    found = CliRunner().invoke(app, given)
    assert isinstance(found.exception, DoleancesError)
    assert (found.exception.problem.code, found.exception.exit_code) == ("E442", ExitCode.WRONG_USAGE)
