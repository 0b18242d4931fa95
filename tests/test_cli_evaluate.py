"""The commands `doleances evaluate …`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

import pipeline
from pipeline import catalogue
from pipeline.cli_evaluate import evaluate_app
from pipeline.errors import DoleancesError, ExitCode
from tests.evaluation.consultations import COPIED, consultation, write_gold
from tests.evaluation.test_topics import GOLD
from tests.test_bundles import model


def evaluated(*arguments: object) -> Result:
    found = CliRunner().invoke(evaluate_app, [str(argument) for argument in arguments])
    assert found.exit_code == 0, (found.output, found.exception)
    return found


def refusal(*arguments: object) -> DoleancesError:
    found = CliRunner().invoke(evaluate_app, [str(argument) for argument in arguments])
    assert isinstance(found.exception, DoleancesError), found.exception
    assert found.exception.exit_code == ExitCode.WRONG_USAGE and "\n" not in str(found.exception)
    return found.exception


def test_evaluate_finds_a_recogniser_of_the_workspace_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = model(tmp_path / "w" / "models" / "toy" / "1")
    (tmp_path / "doleances.toml").write_text('[entities]\nrecogniser = "toy/1"\n')
    (tmp_path / "gold.jsonl").write_text(json.dumps({"text": "La CAF", "spans": [[3, 6]]}) + "\n")
    asked = []

    class Recogniser(pipeline.OrganisationRecogniser):
        def predict(self, texts: list[str]) -> list[list[object]]:
            asked.append(catalogue.locate(str(self.recogniser)))
            return [[] for _ in texts]

    monkeypatch.setattr(pipeline, "OrganisationRecogniser", Recogniser)
    arguments = ["entities", "--gold", tmp_path / "gold.jsonl", "--workspace", tmp_path / "w", "--config"]
    found = CliRunner().invoke(evaluate_app, [*map(str, arguments), str(tmp_path / "doleances.toml")])
    assert found.exit_code == 0, (found.output, found.exception)
    assert asked == [folder]


def test_themes_are_told_in_lines_and_as_one_object() -> None:
    options = ("topics", "--gold", GOLD, "--method", "nmf", "--seeds", "0, 0", "--topics", "3", "--least", "10")
    lines = evaluated(*options).stdout.splitlines()
    assert lines[0].startswith("themes of grand-debat-2019 by nmf, as many as 3, ") and lines[0].endswith("seeds 0")
    found = json.loads(evaluated(*options, "--json").stdout)
    assert (found["method"], found["topics"], found["seeds"], found["least"]) == ("nmf", 3, [0], 10)
    mean = found["figures"]["AMI"]["mean"]
    assert mean > 0.8 and f"  AMI {mean:.3f} ± 0.000, " in lines[-2]


@pytest.mark.parametrize(
    ("option", "value"),
    [("--topics", "0"), ("--topics", "many"), ("--topics", "-1"), ("--seeds", "0;1"), ("--seeds", ""),
     ("--seeds", str(2**32))],
)  # fmt: skip
def test_options_that_cannot_be_are_told_before_anything_is_read(option: str, value: str) -> None:
    error = refusal("topics", "--gold", "none.jsonl", option, value)
    assert error.problem.code == "E122" and option in str(error)


def test_a_model_of_the_workspace_goes_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "models" / "toy" / "1").mkdir(parents=True)
    (tmp_path / "models" / "toy" / "1" / "model.json").write_text("{}")
    error = refusal("topics", "--gold", GOLD, "--model", "toy/1", "--workspace", tmp_path)
    assert error.problem.code == "E302"
    assert refusal("topics", "--gold", GOLD, "--model", "toy/1").problem.code == "E301"


def test_assignments_are_told_in_lines_and_as_one_object(tmp_path: Path) -> None:
    workspace = consultation(tmp_path / "w").path
    hostile = "\x1b[31mDes ponts"
    lines: list[dict[str, object]] = [
        {"question": "2", "text": COPIED, "themes": ["Trains"]},
        {"question": "2", "text": "Des médecins. Des billets", "themes": ["Médecins"]},
        {"question": "2", "text": hostile, "themes": [hostile]},
        {"answer_id": f"a-{5:016x}-2", "themes": ["[b]Médecins[/b]", "\x1b[31mrouge"]},
    ]
    options = ("assignments", "--gold", write_gold(tmp_path, *lines), "--workspace", workspace)
    told = evaluated(*options).stdout
    assert told.startswith("4 gold lines: 3 found (3 assigned), 1 not found\n  line 3: ")
    assert "\x1b" not in told and "[b]Médecins[/b] (1)" in told
    found = json.loads(evaluated(*options, "--match", "best", "--json").stdout)
    assert found["questions"][0]["matching"] == "best" and found["not_found"][0]["line"] == 3
    assert found["figures"]["f1"].keys() == {"value", "low", "high"}


def test_bad_gold_is_told_with_file_and_line_by_both(tmp_path: Path) -> None:
    path = write_gold(tmp_path, {"question": "2", "text": COPIED, "themes": ["Trains"]}, {"question": "2", "text": "a"})
    workspace = consultation(tmp_path / "w").path
    for command in ("topics", "assignments"):
        error = refusal(command, "--gold", path, "--workspace", workspace)
        assert str(error).startswith(f"E310 {path}, line 2: themes is missing. ")


def test_assignments_of_no_workspace_are_told(tmp_path: Path) -> None:
    assert refusal("assignments", "--gold", GOLD, "--workspace", tmp_path / "none").problem.code == "E203"
