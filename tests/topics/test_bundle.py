"""A model on disk: read back as it was, and refused in one plain line when anything of it is not."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import bundles, catalogue
from pipeline.errors import DoleancesError, ExitCode
from pipeline.topics import bundle
from pipeline.topics.bundle import Bundle
from pipeline.topics.fitting import fit_themes
from pipeline.topics.vectors import train_vectors
from pipeline.workspace import sha256_of
from tests import corpus


@pytest.fixture(scope="module")
def model() -> Bundle:
    documents, _ = corpus.documents(60)
    vectors = train_vectors([document.terms for document in documents], minimum_documents=2, n_dimensions=6)
    sets = {}
    for question_id in ("q-1", None):
        themes = fit_themes(
            documents, vectors, questionnaire="organisation", question_id=question_id, model="toy/1", n_topics=2
        )
        assert themes is not None
        sets[themes.key] = themes
    return Bundle("toy", "1", vectors, sets, {"answers": 60}, {"AMI": 0.9})


@pytest.fixture(scope="module")
def saved(model: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "toy"
    bundle.save(model, folder, "# toy\n")
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(saved, tmp_path / "toy"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def reseal(folder: Path, **changes: Any) -> None:
    """Set the sums of model.json to those of the files as they are now, and change other entries of it."""
    content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    content["files"] = {name: sha256_of(folder / name) for name in content["files"] if (folder / name).is_file()}
    (folder / "model.json").write_text(json.dumps(content | changes), encoding="utf-8")


def refusal(folder: Path) -> DoleancesError:
    with pytest.raises(DoleancesError) as caught:
        bundle.load(folder)
    assert caught.value.exit_code == ExitCode.WRONG_USAGE
    assert len(str(caught.value).splitlines()) == 1 and str(folder) in str(caught.value)
    return caught.value


def test_a_model_is_read_back_as_it_was(model: Bundle, saved: Path) -> None:
    loaded = bundle.load(saved)
    assert (loaded.reference, loaded.created_from, loaded.figures) == ("toy/1", {"answers": 60}, {"AMI": 0.9})
    assert loaded.vectors.vocabulary == model.vectors.vocabulary
    assert loaded.vectors.matrix.tobytes() == model.vectors.matrix.tobytes()
    assert loaded.sets.keys() == model.sets.keys()
    for key, themes in model.sets.items():
        assert loaded.sets[key].topics == themes.topics
        assert loaded.sets[key].assigner.coefficients.tobytes() == themes.assigner.coefficients.tobytes()


def test_saving_what_was_read_gives_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    bundle.save(bundle.load(saved), tmp_path / "again", "# toy\n")
    assert contents(tmp_path / "again") == contents(saved)


def test_saving_over_a_model_leaves_nothing_of_it(model: Bundle, folder: Path) -> None:
    (folder / "stray").write_text("x")
    bundle.save(model, folder, "# other card\n")
    assert "stray" not in contents(folder) and contents(folder)["README.md"] == b"# other card\n"
    assert [path.name for path in folder.parent.iterdir()] == ["toy"]


def test_a_model_without_themes_is_read_back(model: Bundle, tmp_path: Path) -> None:
    bundle.save(Bundle("bare", "1", model.vectors, {}), tmp_path / "bare", "")
    assert bundle.load(tmp_path / "bare").sets == {}


def test_themes_of_the_question_come_before_those_of_the_questionnaire(model: Bundle) -> None:
    assert model.themes_for("q-1", "organisation") is model.sets["q-1"]
    assert model.themes_for("q-2", "organisation") is model.sets["questionnaire:organisation"]
    assert model.themes_for("q-2", "another") is None


FILES = ("README.md", "vocabulary.txt", "vectors.npy", "frequencies.npy", "assigners.npz", "topics.json")


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused_by_its_sum(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    error = refusal(folder)
    assert error.problem.code == "E302" and f"{name} does not match its checksum" in str(error)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    error = refusal(folder)
    assert error.problem.code == "E302" and f"{name} is missing" in str(error)


@pytest.mark.parametrize("name", FILES[1:])
def test_a_file_that_the_manifest_does_not_list_is_refused(folder: Path, name: str) -> None:
    content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    del content["files"][name]
    (folder / "model.json").write_text(json.dumps(content), encoding="utf-8")
    assert f"{name} is not listed" in str(refusal(folder))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"schema": 1}', b'{"schema": "x", "files": {}}', b"\xff"]
)
def test_a_damaged_manifest_is_refused(folder: Path, content: bytes) -> None:
    (folder / "model.json").write_bytes(content)
    assert refusal(folder).problem.code == "E302"


def test_a_newer_schema_says_to_upgrade(folder: Path) -> None:
    reseal(folder, schema=bundles.SCHEMA_VERSION + 1)
    error = refusal(folder)
    assert error.problem.code == "E303" and "upgrade" in str(error).lower()


def test_a_model_of_another_kind_is_refused(folder: Path) -> None:
    reseal(folder, kind="spacy")
    assert "kind spacy" in str(refusal(folder))


def pickled() -> bytes:
    out = io.BytesIO()
    np.save(out, np.asarray([{"a": 1}], dtype=object), allow_pickle=True)
    return out.getvalue()


def changed(path: Path, change: Callable[[Any], Any]) -> bytes:
    out = io.BytesIO()
    np.save(out, change(np.load(path)), allow_pickle=False)
    return out.getvalue()


def with_nan(array: Any) -> Any:
    array = array.copy()
    array.flat[0] = np.nan
    return array


ARRAYS: dict[str, Callable[[Path], bytes]] = {
    "a pickled array": lambda path: pickled(),
    "rows left out": lambda path: changed(path, lambda array: array[:-1]),
    "one more dimension": lambda path: changed(path, lambda array: array[None]),
    "doubles": lambda path: changed(path, lambda array: array.astype(np.float64)),
    "whole numbers": lambda path: changed(path, lambda array: array.astype(np.int32)),
    "no number": lambda path: changed(path, with_nan),
    "cut short": lambda path: path.read_bytes()[:-20],
    "empty": lambda path: b"",
    "text": lambda path: b"import os; os.system('true')",
    "a zip": lambda path: b"PK\x05\x06" + b"\0" * 18,
}


@pytest.mark.parametrize("name", ["vectors.npy", "frequencies.npy"])
@pytest.mark.parametrize("kind", ARRAYS)
def test_an_array_that_is_not_as_it_must_be_is_refused_even_with_its_sum(folder: Path, name: str, kind: str) -> None:
    (folder / name).write_bytes(ARRAYS[kind](folder / name))
    reseal(folder)
    assert refusal(folder).problem.code == "E302"


def rewritten(path: Path, name: str, change: Callable[[Any], Any] | None) -> None:
    with np.load(path) as arrays:
        kept = {key: arrays[key] for key in arrays.files}
    if change is None:
        del kept[name]
    else:
        kept[name] = change(kept[name])
    np.savez(path, **kept)


@pytest.mark.parametrize("part", ["component", "coefficients", "intercepts"])
@pytest.mark.parametrize(
    "change",
    [None, lambda array: array[:-1], lambda array: array.astype(np.float64), with_nan],
    ids=["missing", "too short", "doubles", "no number"],
)
def test_a_classifier_that_does_not_fit_its_themes_is_refused(folder: Path, part: str, change: Any) -> None:
    rewritten(folder / "assigners.npz", f"q-1.{part}", change)
    reseal(folder)
    assert refusal(folder).problem.code == "E302"


def test_a_pickled_classifier_is_refused(folder: Path) -> None:
    path = folder / "assigners.npz"
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    kept["q-1.intercepts.npy"] = pickled()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
    reseal(folder)
    assert refusal(folder).problem.code == "E302"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"\x93NUMPY"])
def test_classifiers_that_are_no_archive_are_refused(folder: Path, content: bytes) -> None:
    (folder / "assigners.npz").write_bytes(content)
    reseal(folder)
    assert refusal(folder).problem.code == "E302"


@pytest.mark.parametrize("content", ["", "{", "{}", "[1]", '[{"topics": []}]', '[{"topics": [{}]}]', "[" * 100_000])
def test_themes_that_are_not_as_they_must_be_are_refused(folder: Path, content: str) -> None:
    (folder / "topics.json").write_text(content, encoding="utf-8")
    reseal(folder)
    assert refusal(folder).problem.code == "E302"


def test_a_model_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DoleancesError) as caught:
        catalogue.locate("never", tmp_path)
    assert caught.value.problem.code == "E301" and caught.value.exit_code == ExitCode.WRONG_USAGE


def test_a_model_is_found_by_path_and_by_name_in_the_workspace(folder: Path, tmp_path: Path) -> None:
    assert catalogue.locate(str(folder)) == folder
    place = tmp_path / "w" / "models" / "toy" / "1"
    shutil.copytree(folder, place)
    assert catalogue.locate("toy/1", tmp_path / "w") == place
    assert place in catalogue.available(tmp_path / "w")


@pytest.mark.parametrize("name", catalogue.shipped())
def test_the_models_that_ship_load_and_say_what_they_are(name: str) -> None:
    folder = catalogue.locate(name)
    loaded = bundle.load(folder)
    assert loaded.name == name and loaded.sets
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert all(heading in card for heading in ("Learned from", "Meant for", "Known failures"))
