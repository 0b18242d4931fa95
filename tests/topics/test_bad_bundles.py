"""Damaged models where people meet them, `models verify` and `run --model`; models changed by hand with their sums."""

from __future__ import annotations

import json
import re
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import bundles
from pipeline.errors import DoleancesError
from pipeline.topics import bundle
from pipeline.topics.bundle import Bundle
from pipeline.topics.estimator import TopicModel
from pipeline.topics.fitting import fit_themes
from pipeline.topics.vectors import train_vectors
from pipeline.verify import verify
from pipeline.workspace import Workspace
from tests import corpus
from tests.topics.commands import doleances
from tests.topics.test_bundle import changed, pickled, refusal, reseal, rewritten, with_nan

Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    documents, _ = corpus.documents(80)
    vectors = train_vectors([document.terms for document in documents], minimum_documents=2, n_dimensions=6)
    themes = fit_themes(documents, vectors, questionnaire=None, question_id="q-1", model="toy/1", n_topics=3)
    assert themes is not None
    folder = tmp_path_factory.mktemp("bundle") / "toy"
    bundle.save(Bundle("toy", "1", vectors, {themes.key: themes}, {"answers": 80}, {"AMI": 0.9}), folder, "# toy\n")
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(saved, tmp_path / "toy"))


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A table of some answers, and a workspace of them in which only the model is missing."""
    place = tmp_path_factory.mktemp("run")
    lines = [text for _, text in corpus.answers(12)]
    (place / "réponses.csv").write_text("\n".join(["avis", *(f'"{line}"' for line in lines)]) + "\n", encoding="utf-8")
    run(place / "réponses.csv", place / "w", "none")
    return place / "réponses.csv", place / "w"


def run(table: Path, workspace: Path, model: object) -> Any:
    return doleances("run", table, "--text-column", "avis", "--workspace", workspace, "--workers", 1, "--model", model)


def spoilt(name: str, content: Callable[[Path], bytes]) -> Damage:
    """Change a file, and its sum with it."""

    def damage(folder: Path) -> None:
        (folder / name).write_bytes(content(folder / name))
        reseal(folder)

    return damage


def packed(folder: Path) -> None:
    """Put 64 MB of zeros in 64 KB, where the coefficients of the themes were."""
    with np.load(folder / "assigners.npz") as arrays:
        kept = {key: arrays[key] for key in arrays.files}
    kept["q-1.coefficients"] = np.zeros((2**24 // kept["q-1.component"].size, kept["q-1.component"].size), np.float32)
    np.savez_compressed(folder / "assigners.npz", **kept)
    reseal(folder)


def flipped(folder: Path) -> None:
    content = bytearray((folder / "vectors.npy").read_bytes())
    content[-1] ^= 1
    (folder / "vectors.npy").write_bytes(content)


def coefficients_as(kind: Any) -> Damage:
    def damage(folder: Path) -> None:
        rewritten(folder / "assigners.npz", "q-1.coefficients", lambda array: array.astype(kind))
        reseal(folder)

    return damage


DAMAGE: dict[str, tuple[Damage, str]] = {
    "a wrong sum": (flipped, r"E302 .*: vectors\.npy does not match its checksum\. .*restore the folder\."),
    "a missing file": (lambda folder: (folder / "assigners.npz").unlink(), r"E302 .*: assigners\.npz is missing\. .+"),
    "another shape": (
        spoilt("vectors.npy", lambda path: changed(path, lambda array: array[:, :-1])),
        r"E302 .*: q-1\.component has shape \(6,\), not \(5,\)\. .+",
    ),
    "fewer rows": (
        spoilt("frequencies.npy", lambda path: changed(path, lambda array: array[1:])),
        r"E302 .*: frequencies\.npy has shape \(31,\), not \(32,\)\. .+",
    ),
    "another type": (coefficients_as(np.float64), r"E302 .*: q-1\.coefficients holds float64, not float32\. .+"),
    "no number": (
        spoilt("vectors.npy", lambda path: changed(path, with_nan)),
        r"E302 .*: vectors\.npy holds values that are not numbers\. .+",
    ),
    "a newer schema": (
        lambda folder: reseal(folder, schema=bundles.SCHEMA_VERSION + 1),
        rf"E303 .*: schema version {bundles.SCHEMA_VERSION + 1}, .* reads up to {bundles.SCHEMA_VERSION}\. Upgrade .+",
    ),
    "an older schema": (
        lambda folder: reseal(folder, schema=bundle.LEAST_SCHEMA - 1),
        r"E302 .* of an earlier version of doleances: train it again with doleances models train\. .+",
    ),
    "themes that are none": (spoilt("topics.json", lambda _: b'"abc"'), r"E302 .*: topics\.json: .+"),
    "a pickle": (spoilt("vectors.npy", lambda _: pickled()), r"E302 .*: vectors\.npy is no array: Object arrays .+"),
    "a bomb": (packed, r"E302 .*: assigners\.npz is packed, which no model is\. .+"),
    "more words": (
        spoilt("vocabulary.txt", lambda path: path.read_bytes() + b"mot\n"),
        r"E302 .*: vectors\.npy has shape \(32, 6\), not \(33, None\)\. .+",
    ),
    "words of another encoding": (
        spoilt("vocabulary.txt", lambda path: path.read_text(encoding="utf-8").encode("latin-1")),
        r"E302 .*: vocabulary\.txt is not in UTF-8: .+",
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_model_is_told_in_one_line_wherever_it_is_given(
    folder: Path, answers: tuple[Path, Path], kind: str
) -> None:
    damage, expected = DAMAGE[kind]
    damage(folder)
    for done in (doleances("models", "verify", folder), run(*answers, folder)):
        assert done.code == 2, done.err
        (told,) = [line for line in done.err.splitlines() if line.startswith("E")]
        assert str(folder) in told and len(told) < 500
        assert re.fullmatch(expected, told), told
    with pytest.raises(DoleancesError) as caught:
        TopicModel(model=str(folder)).fit(["La gare et le train"])
    assert str(caught.value) == told


def test_a_workspace_goes_on_after_a_damaged_model(
    folder: Path, answers: tuple[Path, Path], saved: Path, tmp_path: Path
) -> None:
    flipped(folder)
    table, before = answers
    workspace = Path(shutil.copytree(before, tmp_path / "w"))
    assert run(table, workspace, folder).code == 2
    assert run(table, workspace, saved).code == 0
    assert verify(Workspace(workspace)) == []


def test_what_is_packed_is_not_unpacked(folder: Path) -> None:
    packed(folder)
    assert (folder / "assigners.npz").stat().st_size < 2**20
    tracemalloc.start()
    try:
        refusal(folder)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


def test_an_array_that_says_to_be_vast_is_refused(folder: Path) -> None:
    header = b"{'descr': '<f2', 'fortran_order': False, 'shape': (1000000000000, 6), }".ljust(117) + b"\n"
    (folder / "vectors.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    reseal(folder)
    assert "vectors.npy is no array" in str(refusal(folder))


@pytest.mark.parametrize(
    "words",
    [lambda words: [words[1], *words[1:]], lambda words: ["", *words[1:]]],
    ids=["a word twice", "an empty word"],
)
def test_words_that_could_not_be_told_apart_are_refused(folder: Path, words: Callable[[list[str]], list[str]]) -> None:
    found = (folder / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    (folder / "vocabulary.txt").write_text("\n".join(words(found)) + "\n", encoding="utf-8")
    reseal(folder)
    assert "vocabulary.txt does not hold words that are all different" in str(refusal(folder))


def test_a_model_without_words_is_refused(folder: Path) -> None:
    (folder / "vocabulary.txt").write_text("")
    np.save(folder / "vectors.npy", np.zeros((0, 6), np.float16))
    np.save(folder / "frequencies.npy", np.zeros(0, np.float32))
    reseal(folder)
    assert "vocabulary.txt" in str(refusal(folder))


@pytest.mark.parametrize("factor", [0, -1, 1e30], ids=["nothing", "less than nothing", "more than all"])
def test_shares_of_words_that_are_none_are_refused(folder: Path, factor: float) -> None:
    spoilt("frequencies.npy", lambda path: changed(path, lambda array: array * np.float32(factor)))(folder)
    assert "frequencies.npy does not hold shares" in str(refusal(folder))


WRONG: list[tuple[str, object]] = [
    ("topic_id", ""),
    ("topic_id", 3),
    ("label", None),
    ("definition", ["a"]),
    ("terms", "abc"),
    ("terms", [1, 2]),
    ("term_scores", "12"),
    ("term_scores", [float("nan")]),
    ("n_answers", True),
    ("n_answers", "3"),
    ("n_answers", -1),
    ("n_answers", 1.5),
    ("lineage", "abc"),
    ("lineage", [{"event": "created"}]),
    ("against", {"a": 1}),
    ("parent_id", "t-elsewhere"),
    ("status", None),
    ("stability", float("inf")),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda part: str(part))
def test_a_theme_with_something_of_a_wrong_type_is_refused(folder: Path, name: str, value: object) -> None:
    content = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
    content[0]["topics"][1][name] = value
    (folder / "topics.json").write_text(json.dumps(content), encoding="utf-8")
    reseal(folder)
    error = refusal(folder)
    assert error.problem.code == "E302" and "topics.json" in str(error) and name in str(error)


def test_an_id_or_a_question_that_stands_there_twice_is_refused(folder: Path) -> None:
    content = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
    (folder / "topics.json").write_text(json.dumps([*content, *content]), encoding="utf-8")
    reseal(folder)
    assert "a question has its themes twice" in str(refusal(folder))
    content[0]["topics"][0]["topic_id"] = content[0]["topics"][1]["topic_id"]
    (folder / "topics.json").write_text(json.dumps(content), encoding="utf-8")
    reseal(folder)
    assert "one topic_id" in str(refusal(folder))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_whatever_is_accepted_is_read_as_it_stands(
    saved: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = tmp_path_factory.mktemp("model")
    folder = Path(shutil.copytree(saved, place / "toy"))
    content: Any = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
    part, key = content, 0
    while isinstance(part[key], list | dict) and part[key] and data.draw(st.integers(0, 4)):
        part = part[key]
        key = data.draw(st.sampled_from(list(part) if isinstance(part, dict) else list(range(len(part)))))
    part[key] = data.draw(JSON_VALUES)
    (folder / "topics.json").write_text(json.dumps(content), encoding="utf-8")
    reseal(folder)
    try:
        loaded = bundle.load(folder)
    except DoleancesError as error:
        assert error.problem.code == "E302" and len(str(error).splitlines()) == 1
        return
    bundle.save(loaded, place / "again", "# toy\n")
    assert json.loads((place / "again" / "topics.json").read_text(encoding="utf-8")) == content


@pytest.mark.parametrize("key", ["created_from", "figures"])
@pytest.mark.parametrize("value", [None, [], "abc"], ids=str)
def test_a_model_that_does_not_say_where_it_comes_from_is_refused(folder: Path, key: str, value: object) -> None:
    reseal(folder, **{key: value})
    assert f"does not say its {key}" in str(refusal(folder))


@pytest.mark.parametrize("key", ["name", "version"])
def test_a_name_that_could_command_a_terminal_is_refused(folder: Path, key: str) -> None:
    reseal(folder, **{key: "\x1b[31mtoy"})
    assert f"does not say its {key}" in str(refusal(folder))
