"""A model on disk, of any kind: where it may be written, and what its model.json must say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import bundles
from pipeline.errors import DoleancesError, ExitCode

SAID: dict[str, Any] = {"name": "toy", "version": "1", "created_from": {}, "figures": {}}


def model(folder: Path, **changes: Any) -> Path:
    """Write a model of one file; a change to None leaves an entry of model.json out."""
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("# toy\n", encoding="utf-8")
    bundles.seal(folder, "spacy", SAID)
    content = json.loads((folder / "model.json").read_text(encoding="utf-8")) | changes
    kept = {key: value for key, value in content.items() if value is not None}
    (folder / "model.json").write_text(json.dumps(kept), encoding="utf-8")
    return folder


def refusal(folder: Path) -> DoleancesError:
    with pytest.raises(DoleancesError) as caught:
        bundles.read_manifest(folder)
    assert caught.value.exit_code == ExitCode.WRONG_USAGE and str(folder) in str(caught.value)
    return caught.value


def test_a_model_says_what_it_is(tmp_path: Path) -> None:
    content = bundles.read_manifest(model(tmp_path / "toy"), "spacy")
    assert (content["kind"], content["name"], list(content["files"])) == ("spacy", "toy", ["README.md"])


@pytest.mark.parametrize("key", ["kind", "name", "version"])
@pytest.mark.parametrize("value", [None, 3, []], ids=str)
def test_a_model_that_does_not_say_what_it_is_is_refused(tmp_path: Path, key: str, value: object) -> None:
    error = refusal(model(tmp_path / "toy", **{key: value}))
    assert error.problem.code == "E302" and f"does not say its {key}" in str(error)


def test_a_kind_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    error = refusal(model(tmp_path / "toy", kind="music"))
    assert error.problem.code == "E302" and "kind music" in str(error)


@pytest.mark.parametrize("schema", [float("inf"), float("nan"), 1.5, True, "1", [1]], ids=str)
def test_a_schema_that_is_no_version_is_refused(tmp_path: Path, schema: object) -> None:
    error = refusal(model(tmp_path / "toy", schema=schema))
    assert error.problem.code == "E302" and "is no version" in str(error)


def test_a_manifest_too_deep_to_read_is_refused(tmp_path: Path) -> None:
    (model(tmp_path / "toy") / "model.json").write_text("[" * 100_000)
    assert refusal(tmp_path / "toy").problem.code == "E302"


def test_a_newer_model_says_so_whatever_else_it_says(tmp_path: Path) -> None:
    assert refusal(model(tmp_path / "toy", schema=99, kind="music", name=None)).problem.code == "E303"


@pytest.mark.parametrize("name", ["toy", "grand-debat-2019", "été_2", "v1.2", "..."])
def test_a_plain_name_leads_to_a_folder_of_the_output(tmp_path: Path, name: str) -> None:
    assert bundles.checked_folder(tmp_path / "new", name) == tmp_path / "new" / name
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../toy", "/etc", "a/b", "a\\b", "toy\n", "a b"])
def test_a_name_that_could_lead_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DoleancesError, match="E308") as caught:
        bundles.checked_folder(tmp_path, name)
    assert caught.value.exit_code == ExitCode.WRONG_USAGE


def test_a_model_may_take_the_place_of_a_model_only(tmp_path: Path) -> None:
    assert bundles.checked_folder(tmp_path, "toy") == model(tmp_path / "toy")
    assert bundles.checked_folder(tmp_path, "toy") == tmp_path / "toy"
    (tmp_path / "notes").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("notes", "file", "link"):
        with pytest.raises(DoleancesError, match="E309") as caught:
            bundles.checked_folder(tmp_path, name)
        assert caught.value.exit_code == ExitCode.WRONG_USAGE and str(tmp_path / name) in str(caught.value)
