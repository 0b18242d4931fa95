"""Training a recogniser: what it learns from, what is written, and what is refused when it is read again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline import bundles, tables
from pipeline.config import Config
from pipeline.entities import run
from pipeline.entities.silver import Example, docs, silver_examples
from pipeline.entities.trained import load, trained_spans
from pipeline.entities.training import train_on_workspace, train_recogniser
from pipeline.errors import DoleancesError
from pipeline.workspace import write_parquet
from tests.entities.test_stage import one_part

pytestmark = pytest.mark.slow

SENTENCES = (
    "Je suis allé à {} hier.",
    "Le service de {} ne répond jamais.",
    "{} devrait embaucher.",
    "Bravo à {} pour son accueil.",
    "Il faut supprimer {}, c'est inutile.",
)
NAMES = ("Pôle emploi", "la CAF", "la SNCF", "l'URSSAF", "EDF", "la CPAM", "la MDPH", "l'ANPE", "la CGT", "La Poste")
ANSWERS = [sentence.format(name) for sentence in SENTENCES for name in NAMES]
NOTHING = [f"Il faut {verb} {thing}." for verb in ("baisser", "garder") for thing in ("la TVA", "les impôts", "le RIC")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "toy"
    examples = silver_examples(ANSWERS + NOTHING)
    train_recogniser(examples, examples[:10], path, name="toy", version="1", created_from={}, card="# toy", steps=40)
    return path


def test_silver_examples_are_quotes_of_organisations_and_half_are_replaced() -> None:
    examples = silver_examples(ANSWERS + NOTHING, seed=1)
    with_names = [example for example in examples if example.spans]
    assert len(with_names) == len(ANSWERS)
    assert 0.2 < sum(example.text in ANSWERS for example in with_names) / len(ANSWERS) < 0.8
    for example in examples:
        for start, end, label in example.spans:
            assert label == "ORG" and example.text[start:end].strip()
    assert examples == silver_examples(reversed(ANSWERS + NOTHING), seed=1)
    assert examples != silver_examples(ANSWERS + NOTHING, seed=2)


def test_a_text_in_which_the_model_sees_another_organisation_is_left_out() -> None:
    texts = ["La Fondation Martin Durand de Lyon aide la CAF.", "La CAF est utile."]
    assert {example.text for example in silver_examples(texts)} <= {"La CAF est utile."} | {
        example.text for example in silver_examples(texts[1:])
    }


def test_a_span_that_cuts_a_token_is_no_entity() -> None:
    (doc,) = docs([Example("aujourd'hui la CAF", ((0, 3, "ORG"), (15, 18, "ORG")))])
    assert [entity.text for entity in doc.ents] == ["CAF"]


def test_what_is_written_is_a_small_model_with_sums_and_no_path(folder: Path) -> None:
    content = bundles.read_manifest(folder, "spacy")
    assert {"recogniser/ner/model", "recogniser/config.cfg", "README.md"} <= content["files"].keys()
    assert set(content["figures"]) <= {"ORG", "PER", "LOC"}
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 15_000_000
    assert "/tmp" not in (folder / "recogniser" / "config.cfg").read_text(encoding="utf-8")
    assert not list(folder.rglob("*.pkl"))


def test_no_word_of_the_answers_is_in_the_model(folder: Path) -> None:
    words = {word for answer in ANSWERS for word in answer.split() if len(word) > 5}
    for path in folder.rglob("*"):
        if path.is_file() and "tokenizer" not in path.name:
            content = path.read_bytes().decode("utf-8", "replace")
            assert not any(word in content for word in words), path


def test_the_same_examples_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    examples = silver_examples(ANSWERS + NOTHING)
    again = tmp_path / "toy"
    train_recogniser(examples, examples[:10], again, name="toy", version="1", created_from={}, card="# toy", steps=40)
    assert (again / "model.json").read_bytes() == (folder / "model.json").read_bytes()


def test_it_learns_to_find_names_and_gives_exact_offsets(folder: Path) -> None:
    texts = ["Je suis allé à la SNCF hier."]
    for span in trained_spans(texts, folder)[0]:
        assert texts[0][span.start : span.end] == span.surface
        assert span.source == "model"


@pytest.mark.parametrize("damage", ["changed", "missing", "kind", "schema", "outside", "not json"])
def test_a_damaged_model_is_refused_in_one_line(folder: Path, tmp_path: Path, damage: str) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    content = json.loads((copy / "model.json").read_text(encoding="utf-8"))
    if damage == "changed":
        (copy / "recogniser" / "ner" / "model").write_bytes(b"x")
    elif damage == "missing":
        (copy / "recogniser" / "ner" / "cfg").unlink()
    elif damage == "kind":
        content["kind"] = "topics"
    elif damage == "schema":
        content["schema"] = 99
    elif damage == "outside":
        content["files"]["../x"] = "0"
    if damage not in ("changed", "missing"):
        text = "{" if damage == "not json" else json.dumps(content)
        (copy / "model.json").write_text(text, encoding="utf-8")
    with pytest.raises(DoleancesError, match="E303" if damage == "schema" else "E302") as caught:
        load(copy)
    assert "\n" not in str(caught.value)


def test_a_file_that_spacy_cannot_read_is_refused_though_its_sum_holds(folder: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "recogniser" / "ner" / "model").write_bytes(b"\x00\x01")
    content = json.loads((copy / "model.json").read_text(encoding="utf-8"))
    bundles.seal(copy, "spacy", {key: content[key] for key in ("name", "version", "created_from", "figures")})
    with pytest.raises(DoleancesError, match="E302"):
        load(copy)


def test_the_stage_asks_a_trained_recogniser_and_starts_anew_with_another(folder: Path, tmp_path: Path) -> None:
    made = one_part(tmp_path / "workspace", [("La CAF, et rien de plus.", "pending")])
    settings = Config().with_values("entities", recogniser=str(folder))
    assert not run(made, settings).skipped
    assert run(made, settings).skipped
    assert not run(made, Config()).skipped


def test_a_workspace_with_too_few_names_is_told_so(tmp_path: Path) -> None:
    made = one_part(tmp_path / "workspace", [("La CAF.", "pending")])
    with pytest.raises(DoleancesError, match=r"E302.*answers to learn names from"):
        train_on_workspace(made, Config(), "toy", "1", tmp_path / "models")


@pytest.mark.parametrize(("name", "code"), [("..", "E308"), ("thesis", "E309")])
def test_a_model_takes_the_place_of_models_only_from_python_too(tmp_path: Path, name: str, code: str) -> None:
    made = one_part(tmp_path / "workspace", [("La CAF.", "pending")])
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("x")
    with pytest.raises(DoleancesError, match=code):
        train_on_workspace(made, Config(), name, "1", tmp_path)
    assert (tmp_path / "thesis" / "chapter.txt").is_file()


def test_a_workspace_trains_a_model_that_leaves_held_out_answers_aside(tmp_path: Path) -> None:
    answers = [(f"{text} Guichet {number}.", "pending") for number in range(8) for text in ANSWERS]
    made = one_part(tmp_path / "workspace", answers)  # type: ignore[arg-type]
    held = tmp_path / "held.jsonl"
    held.write_text(json.dumps({"text": answers[0][0], "spans": []}) + "\n", encoding="utf-8")
    train_on_workspace(made, Config(), "toy", "1", tmp_path / "models", held_out=[held], steps=4)
    content = bundles.read_manifest(tmp_path / "models" / "toy", "spacy")
    assert content["created_from"]["silver_answers"] == len(answers) - 1


def test_an_answer_that_could_not_be_analysed_is_not_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = one_part(tmp_path / "workspace", [(f"La CAF {number}.", "pending") for number in range(3)])
    for number, stage in enumerate(("tokenise", "entities")):
        row = {"rejected_id": f"r-0{number}-{stage}", "file": "a.csv", "reason": "IndexError"}
        write_parquet(tables.from_rows("rejected", [row]), made.rejected_path(stage, 0), made.path)
    given: list[str] = []

    def silver(texts: Iterable[str], **_: object) -> list[Example]:
        given.extend(texts)
        return []

    monkeypatch.setattr("pipeline.entities.training.silver_examples", silver)
    with pytest.raises(DoleancesError, match="E302"):
        train_on_workspace(made, Config(), "toy", "1", tmp_path / "models")
    assert given == ["La CAF 2."]
