"""A text on which an analysis raises stops nothing else: it is found, told, counted and erased like any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import pyarrow.parquet as pq
import pytest

from pipeline import dataset, errors, ledger, poison, report, tables, tokenise
from pipeline.cli import app
from pipeline.config import Config
from pipeline.entities import finding
from pipeline.forget import forget
from pipeline.stage import Stage, stage_run, stale_stages, update_files
from pipeline.verify import verify
from pipeline.workspace import Workspace
from tests import corpus, forms
from tests.processes import sums
from tests.report.pages import read
from tests.workspaces import Builder

CONFIG = Config().with_values("execution", workers=1)
TEXTS = [f"texte {number}" for number in range(37)]


def failing_on(*poisoned: str) -> tuple[Callable[[list[str]], Iterator[str]], list[int]]:
    """Return an analysis that raises on some texts, part of the way through, and the sizes it was called with."""
    sizes: list[int] = []

    def analyse(texts: list[str]) -> Iterator[str]:
        sizes.append(len(texts))
        for text in texts:
            if text in poisoned:
                raise IndexError(f"no token in « {text} »\n" + "x" * 500)
            yield text.upper()

    return analyse, sizes


@pytest.mark.parametrize("places", [[], [0], [36], [5, 6], [3, 17, 36], list(range(37))], ids=str)
def test_what_fails_is_found_and_the_rest_is_analysed(places: list[int]) -> None:
    analyse, sizes = failing_on(*(TEXTS[place] for place in places))
    results, failures = poison.analyse_each(analyse, TEXTS)
    assert results == [None if place in places else text.upper() for place, text in enumerate(TEXTS)]
    assert sorted(failures) == places
    assert len(sizes) == 1 if not places else len(sizes) <= 2 + 2 * len(places) * 6  # halves, not one by one
    for place, reason in failures.items():
        assert reason.startswith(f"IndexError: no token in « {TEXTS[place]} »") and len(reason) <= 200
        assert "\n" not in reason


def test_blocks_are_in_order_and_as_large_as_can_be() -> None:
    analyse, _ = failing_on(TEXTS[9])
    blocks, failures = poison.analyse_blocks(lambda texts: "".join(analyse(texts)), TEXTS)
    assert [place for block, _ in blocks for place in block] == [place for place in range(37) if place != 9]
    assert list(failures) == [9] and len(blocks) <= 6
    assert poison.analyse_blocks(lambda texts: len(texts), TEXTS) == ([(range(37), 37)], {})
    assert poison.analyse_blocks(lambda texts: len(texts), []) == ([], {})


@pytest.mark.parametrize(
    "error",
    [MemoryError(), OSError(28, "No space left on device"), ImportError("x"), errors.failure("E305", version=1)],
)
def test_what_is_no_fault_of_the_text_is_raised(error: Exception) -> None:
    def analyse(texts: list[str]) -> list[str]:
        if TEXTS[3] in texts:
            raise error
        return texts

    with pytest.raises(type(error)):
        poison.analyse_each(analyse, TEXTS)


def test_an_analyser_that_fails_on_anything_rejects_nothing() -> None:
    def broken(texts: list[str]) -> list[str]:
        raise ZeroDivisionError("a fault of ours")

    with pytest.raises(ZeroDivisionError):
        poison.analyse_each(broken, TEXTS)


POISONED = "Un texte de Zanzibar que rien n'analyse"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a workspace of two partitions in which tokenise failed on one answer and entities on another."""
    build = Builder(tmp_path)
    question = build.question(1, "Quoi ?")
    for topic_id, label in (("t-rail", "Trains"), ("t-second", "Gares")):
        build.topic(topic_id, label, question, "shipped/1")
    for number in range(1, 7):
        if number == 4:
            build.new_partition()
        text = POISONED if number in (2, 5) else f"Rouvrir la gare numéro {number} avec Paul Zanzibar"
        build.answer(build.contribution(number), question, text, themes=["t-rail"])
    for name in ("segments", "assignments"):
        build.parts[0][name] = [row for row in build.parts[0][name] if "0002-" not in row["segment_id"]]
    made = build.write()
    poison.write_rejected(made, "tokenise", 0, {"a-0000000000000002-1": "IndexError: Zanzibar"})
    poison.write_rejected(made, "entities", 1, {"a-0000000000000005-1": "ValueError: Zanzibar"})
    for stage in poison.READERS:
        entry = made.manifest["stages"][stage]
        entry["files"] |= {path.relative_to(made.path).as_posix(): {} for path in made.rejected_parts(stage)}
        entry["summary"] = {"stage": stage, "problems": poison.problems(made, stage)}
        update_files(made, stage)
    made.save_manifest()
    return made


def settle(workspace: Workspace) -> None:
    dataset.run(workspace, CONFIG, force=True)
    report.run(workspace, CONFIG, force=True)


def test_it_ends_as_rejected_with_the_reason_and_the_ledger_adds_up(workspace: Workspace) -> None:
    settle(workspace)
    outcomes = {row["answer_id"]: row for row in workspace.read("outcomes").to_pylist()}
    assert [row["state"] for row in outcomes.values()] == ["assigned", "rejected", "assigned"] * 2
    assert outcomes["a-0000000000000002-1"]["reason"] == "not_analysed:tokenise"
    assert outcomes["a-0000000000000005-1"]["reason"] == "not_analysed:entities"
    covered = ledger.coverage(workspace)
    assert covered.received == sum(covered.states.values()) == 6
    assert covered.states == {"rejected": 2, "assigned": 4} and covered.rejected_total == 2
    assert {line.file for line in covered.rejected} == {"formulaires.csv"}
    assert verify(workspace) == []


def test_a_text_in_which_no_names_were_looked_for_is_not_shown(workspace: Workspace) -> None:
    settle(workspace)
    answers = pq.read_table(workspace.path / "dataset" / "answers.parquet").to_pylist()
    shown = [row["text"] for row in answers]
    assert shown[1] == shown[4] == "[texte illisible]" and POISONED not in str(answers)
    segments = pq.read_table(workspace.path / "dataset" / "segments.parquet")["answer_id"].to_pylist()
    assert not {answers[1]["answer_id"], answers[4]["answer_id"]} & set(segments)
    pages = read(workspace.path)
    assert "questions/q-1.html" in pages.names and POISONED not in pages.whole


def test_the_lines_that_tell_of_it_say_where_what_and_why(workspace: Workspace) -> None:
    (line,) = poison.problems(workspace, "tokenise")
    assert re.fullmatch(r"E140 formulaires\.csv, record 2: the answer a-0000000000000002-1 .*IndexError: .+\.", line)
    assert poison.rejected_by(workspace, 0) == {"a-0000000000000002-1": "tokenise"}
    assert poison.without_rejected(workspace, 1, workspace.read_part("answers", 1)).num_rows == 2
    assert workspace.read("rejected")["rejected_id"].to_pylist() == [
        "r-0000000000000005-1-entities",
        "r-0000000000000002-1-tokenise",
    ]


def test_verify_finds_an_answer_that_is_told_as_rejected_and_is_not(workspace: Workspace) -> None:
    settle(workspace)
    poison.write_rejected(workspace, "entities", 0, {"a-0000000000000001-1": "ValueError: late"})
    assert any("a-0000000000000001-1" in line for line in verify(workspace))


def test_a_partition_done_again_without_failures_has_no_part(workspace: Workspace) -> None:
    poison.write_rejected(workspace, "tokenise", 0, {})
    assert workspace.rejected_parts("tokenise") == [] and len(workspace.rejected_parts("entities")) == 1


def test_what_it_says_is_erased_with_its_contribution(workspace: Workspace) -> None:
    settle(workspace)
    with workspace.lock():
        for reference in ("4-2", "4-5"):
            forget(workspace, reference)
        settle(workspace)
    assert workspace.rejected_parts("tokenise") == workspace.rejected_parts("entities") == []
    assert "IndexError" not in workspace.manifest_path.read_text() + str(workspace.read("rejected").to_pylist())
    assert verify(workspace) == []


def test_a_stage_owns_its_parts_alone(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    row = tables.from_rows("rejected", [{"rejected_id": "r-1", "file": "a.csv", "reason": "E110"}])
    for name, force in (("ingest", False), ("tokenise", False), ("ingest", True), ("tokenise", True)):
        stage = Stage(
            name, ("ingest",) if name == "tokenise" else (), ("rejected",) if name == "ingest" else ("segments",)
        )
        with stage_run(stage, workspace, {}, force=force):
            assert workspace.rejected_parts(name) == []  # its own are gone
            others = [path for path in workspace.parts("rejected") if path not in workspace.rejected_parts(name)]
            assert len(others) == (0 if name == "ingest" and not force else 1)  # those of others stay
            if name == "ingest":
                workspace.write_part("rejected", 0, row)
            else:
                workspace.write_part("segments", 0, tables.empty("segments"))
                pq.write_table(row, workspace.rejected_path("tokenise", 0))
    own = {name: set(entry["files"]) for name, entry in workspace.manifest["stages"].items()}
    assert own["ingest"] == {"tables/rejected/part-00000.parquet"}
    assert own["tokenise"] == {"tables/segments/part-00000.parquet", "tables/rejected/part-tokenise-00000.parquet"}
    assert "tokenise" not in stale_stages(workspace)
    workspace.rejected_path("tokenise", 0).unlink()
    assert "tokenise" in stale_stages(workspace) and "ingest" not in stale_stages(workspace)


IN_TOKENISE, IN_ENTITIES = "Du poison pour le découpage", "Du poison pour les entités"


@pytest.fixture
def poisoned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the arguments of a run of three partitions, on two answers of which the analysers raise."""
    filled = corpus.forms(60)
    filled[25][1], filled[45][1] = IN_TOKENISE, IN_ENTITIES
    source = forms.write_csv(tmp_path / "in" / "forms.csv", filled)
    (tmp_path / "doleances.toml").write_text("[ingest]\npartition_size = 20\n")
    for module, name, poison_text in (
        (tokenise.stage, "_analyse", IN_TOKENISE),
        (finding, "recognise", IN_ENTITIES),
    ):
        monkeypatch.setattr(module, name, _raising(getattr(module, name), poison_text))
    return ["run", str(source), "--config", str(tmp_path / "doleances.toml"), "--workers", "1", "--workspace"]


def _raising(function: Callable[..., Any], poison_text: str) -> Callable[..., Any]:
    def raising(texts: list[str], **more: Any) -> Any:
        if poison_text in texts:
            raise IndexError("[E000] a fault of the analyser")
        return function(texts, **more)

    return raising


def outcome(path: Path) -> dict[str, str]:
    settled = Workspace(path).read("outcomes").to_pylist()
    return {row["answer_id"]: row["reason"] for row in settled if row["state"] == "rejected"}


def test_a_run_ends_with_exit_code_1_and_all_but_the_poisoned_answers(poisoned: list[str], tmp_path: Path) -> None:
    place = tmp_path / "w"
    assert app([*poisoned, str(place)], standalone_mode=False) == errors.ExitCode.DONE_WITH_REJECTS
    assert app([*poisoned, str(place)], standalone_mode=False) == errors.ExitCode.DONE_WITH_REJECTS  # nothing changed
    texts = {row["answer_id"]: row["text"] for row in Workspace(place).read("answers").to_pylist()}
    found = {texts[answer_id]: reason for answer_id, reason in outcome(place).items()}
    assert found == {IN_TOKENISE: "not_analysed:tokenise", IN_ENTITIES: "not_analysed:entities"}
    covered = ledger.coverage(Workspace(place))
    assert covered.received == sum(covered.states.values()) == 60 * len(forms.organisation().questions)
    assert covered.states["rejected"] == covered.rejected_total == 2 and verify(Workspace(place)) == []


@pytest.mark.parametrize("table", ["segments", "mentions"])
def test_a_run_killed_after_it_told_of_a_poisoned_text_tells_of_it_again(
    poisoned: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    app([*poisoned, str(tmp_path / "undisturbed")], standalone_mode=False)
    write_part, place = Workspace.write_part, tmp_path / "killed"

    def killed(workspace: Workspace, name: str, index: int, content: Any) -> None:
        if name == table and index == {"segments": 1, "mentions": 2}[table]:
            raise KeyboardInterrupt
        write_part(workspace, name, index, content)

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt, click.exceptions.Abort):
        patch.setattr(Workspace, "write_part", killed)
        app([*poisoned, str(place)], standalone_mode=False)
    assert len(Workspace(place).parts("rejected")) > 1 and not Workspace(place).parts("outcomes")
    assert app([*poisoned, str(place)], standalone_mode=False) == errors.ExitCode.DONE_WITH_REJECTS
    assert sums(place) == sums(tmp_path / "undisturbed")
