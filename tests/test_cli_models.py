"""The commands `doleances models …`, without the models that ship."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import catalogue
from pipeline.cli_models import models_app
from pipeline.errors import DoleancesError, ExitCode
from pipeline.workspace import Workspace
from tests.test_bundles import model


@pytest.fixture(autouse=True)
def nothing_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "shipped", lambda: [])


def refusal(*arguments: object) -> DoleancesError:
    found = CliRunner().invoke(models_app, [str(argument) for argument in arguments])
    assert isinstance(found.exception, DoleancesError), found.exception
    return found.exception


@pytest.mark.parametrize("command", ["train", "train-recogniser"])
@pytest.mark.parametrize(("name", "code"), [(".", "E308"), ("..", "E308"), ("../thesis", "E308"), ("thesis", "E309")])
def test_training_never_takes_the_place_of_what_is_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str, code: str
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    Workspace(
        tmp_path / "w"
    ).save_manifest()  # nothing was read there, which would be E202: the folder is looked at first
    error = refusal(command, "--name", name, "--output", tmp_path, "--workspace", tmp_path / "w")
    assert error.problem.code == code and error.exit_code == ExitCode.WRONG_USAGE
    assert (tmp_path / "thesis" / "chapter.txt").is_file()


def test_the_list_goes_on_past_a_model_that_is_broken(tmp_path: Path) -> None:
    models = tmp_path / "w" / "models" / "a"
    model(models / "1", kind="music")
    model(models / "2", name=None)
    model(models / "3")
    found = CliRunner().invoke(models_app, ["list", "--workspace", str(tmp_path / "w")])
    assert found.exit_code == 0, found.exception
    assert f"toy/1  organisations  {models / '3'}" in found.output.replace("\n", " ")
    assert found.output.count("E302") == 2 and str(models / "1") in found.output


def test_two_models_of_one_name_and_version_are_told_of(tmp_path: Path) -> None:
    models = tmp_path / "w" / "models" / "local"
    model(models / "1", name="local", version="1")
    model(models / "copy", name="local", version="1")
    found = CliRunner().invoke(models_app, ["list", "--workspace", str(tmp_path / "w")])
    assert found.exit_code == 0, found.exception
    assert "E444" in found.output and "copy" in found.output


def test_the_list_says_which_model_one_was_made_from(tmp_path: Path) -> None:
    model(tmp_path / "w" / "models" / "local" / "2", name="local", version="2", created_from={"parent": "local/1"})
    found = CliRunner().invoke(models_app, ["list", "--workspace", str(tmp_path / "w")])
    assert "after local/1" in found.output


def test_a_model_without_a_card_is_told(tmp_path: Path) -> None:
    folder = model(tmp_path / "toy", files={})
    assert CliRunner().invoke(models_app, ["show", str(folder)]).output.strip() == "# toy"
    (folder / "README.md").write_bytes(b"\xff")
    assert "README.md cannot be read" in str(refusal("show", folder))
    (folder / "README.md").unlink()
    error = refusal("show", folder)
    assert error.problem.code == "E302" and "README.md is missing" in str(error)
