"""New contributions join, the model takes them in, and nothing that was there is lost: with the real stages."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline import api, errors
from pipeline.config import Config
from pipeline.retrain import retrain, rollback, scratch_copy
from pipeline.retrain.rollback import parent_of
from pipeline.review import decisions as log
from pipeline.stage import Summary, stale_stages
from pipeline.verify import verify
from pipeline.workspace import Workspace
from tests import corpus, forms

pytestmark = pytest.mark.slow

SETTINGS = (
    Config()
    .with_values("execution", workers=1)
    .with_values("topics", minimum_answers=60)
    .with_values("ingest", partition_size=100)
)
THREE = ("health", "transport", "taxes")


def write(path: Path, themes: tuple[str, ...], n: int, first: int, seed: int) -> Path:
    return forms.write_csv(path, [{1: text} for _, text in corpus.answers(n, themes, seed)], first)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    write(folder / "first.csv", THREE, 150, 1, 0)
    write(folder / "same.csv", THREE, 30, 1001, 7)
    write(folder / "school.csv", ("school",), 40, 2001, 8)
    return folder


@pytest.fixture(scope="module")
def finished(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("finished") / "workspace"
    api.run(inputs / "first.csv", path, SETTINGS)
    return path


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(finished, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


def sums(workspace: Workspace, *, but: tuple[str, ...] = ("manifest.json", ".lock")) -> dict[str, str]:
    """Return the sum of every file but those that hold times."""
    return {
        path.relative_to(workspace.path).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(workspace.path.rglob("*"))
        if path.is_file() and path.name not in but
    }


def topics(workspace: Workspace) -> dict[str, str]:
    table = workspace.read("topics", ["topic_id", "label"])
    return dict(zip(table["topic_id"].to_pylist(), table["label"].to_pylist(), strict=True))


def test_what_no_theme_speaks_of_becomes_a_proposed_theme_and_all_others_stay(
    workspace: Workspace, inputs: Path
) -> None:
    before, parent = topics(workspace), workspace.manifest["model"]
    found = api.retrain(inputs / "school.csv", workspace.path, SETTINGS).difference
    workspace = Workspace(workspace.path)
    after = topics(workspace)
    assert found is not None
    assert before.items() <= after.items()
    assert found["themes"]["created"] == len(after) - len(before) == 1
    assert found["changed_share"] <= 0.05
    assert workspace.manifest["model"] == found["model"] != parent
    assert parent_of(workspace, found["model"]) == parent
    assert (workspace.path / "models" / parent / "model.json").is_file()
    assert stale_stages(workspace) == []
    assert verify(workspace) == []
    page = (workspace.path / "report" / "index.html").read_text(encoding="utf-8")
    assert 'id="evolution"' in page


def test_a_plain_run_afterwards_keeps_the_retrained_model(workspace: Workspace, inputs: Path) -> None:
    api.retrain(inputs / "school.csv", workspace.path, SETTINGS)
    before = sums(workspace)
    again = api.run([inputs / "first.csv", inputs / "school.csv"], workspace.path, SETTINGS)
    assert all(summary.skipped for summary in again)
    api.run([inputs / "first.csv", inputs / "school.csv"], workspace.path, SETTINGS, force=True)
    assert sums(workspace) == before


def test_other_inputs_afterwards_go_on_from_the_retrained_model(workspace: Workspace, inputs: Path) -> None:
    api.retrain(inputs / "school.csv", workspace.path, SETTINGS)
    before, model = topics(workspace), Workspace(workspace.path).manifest["model"]
    api.run([inputs / "same.csv"], workspace.path, SETTINGS, add=True)
    workspace = Workspace(workspace.path)
    assert topics(workspace) == before
    assert parent_of(workspace, workspace.manifest["model"]) == model


def test_a_dry_run_says_the_same_and_changes_nothing(workspace: Workspace, inputs: Path) -> None:
    before, manifest = sums(workspace), workspace.manifest_path.read_bytes()
    dry = api.retrain(inputs / "school.csv", workspace.path, SETTINGS, dry_run=True)
    assert (sums(workspace), workspace.manifest_path.read_bytes()) == (before, manifest)
    assert api.retrain(inputs / "school.csv", workspace.path, SETTINGS).difference == dry.difference


def test_nothing_new_changes_nothing_and_is_said(workspace: Workspace, inputs: Path) -> None:
    before, model = sums(workspace), workspace.manifest["model"]
    done = api.retrain(inputs / "first.csv", workspace.path, SETTINGS)
    assert done.difference is None
    assert any("N441" in note for summary in done.summaries for note in summary.notes)
    assert sums(workspace) == before
    assert Workspace(workspace.path).manifest["model"] == model


@pytest.mark.parametrize("stopped", ["tokenise", "topics", "dataset", "report"])
def test_a_retrain_that_was_cut_short_goes_on_to_the_same_bytes(
    stopped: str, workspace: Workspace, inputs: Path, tmp_path: Path
) -> None:
    shutil.copytree(workspace.path, tmp_path / "other")
    other = Workspace(tmp_path / "other")

    def stage(
        place: Workspace, name: str, paths: Iterable[Path | str] = (), *, add: bool = False, until: str | None = None
    ) -> Summary:
        if name == until:
            raise KeyboardInterrupt
        return api.run_stage(name, place, SETTINGS, paths, add=add)

    new = [inputs / "school.csv"]
    with workspace.lock(), pytest.raises(KeyboardInterrupt):
        retrain(workspace, SETTINGS, new, lambda name, *a, **k: stage(workspace, name, *a, until=stopped, **k))
    again = Workspace(workspace.path)
    with again.lock():
        retrain(again, SETTINGS, new, lambda name, *a, **k: stage(again, name, *a, **k))
    with other.lock():
        retrain(other, SETTINGS, new, lambda name, *a, **k: stage(other, name, *a, **k))
    assert sums(again) == sums(other)
    assert stale_stages(again) == []


def test_rollback_brings_the_earlier_themes_back_and_removes_nothing(workspace: Workspace, inputs: Path) -> None:
    before, parent = topics(workspace), workspace.manifest["model"]
    api.retrain(inputs / "school.csv", workspace.path, SETTINGS)
    workspace = Workspace(workspace.path)
    newer = workspace.manifest["model"]
    with workspace.lock():
        wanted, _ = rollback(workspace, None, lambda name: api.run_stage(name, workspace, SETTINGS))
        assert wanted == parent == workspace.manifest["model"]
        assert topics(workspace) == before
        assert verify(workspace) == []
        with pytest.raises(errors.DoleancesError, match="E443"):
            rollback(workspace, None, lambda name: api.run_stage(name, workspace, SETTINGS))
        rollback(workspace, newer, lambda name: api.run_stage(name, workspace, SETTINGS))
    assert len(topics(workspace)) == len(before) + 1


def test_what_people_decided_stays(workspace: Workspace, inputs: Path) -> None:
    answer = (
        workspace.read("answers")
        .filter([state == "pending" for state in workspace.read("answers")["state"].to_pylist()])
        .to_pylist()[0]
    )
    theme = next(iter(topics(workspace)))
    target = log.Target(
        kind="answer", answer_id=answer["answer_id"], start=0, end=len(answer["text"]), quote=answer["text"]
    )
    decided = log.Decision(
        decision_id="d-1", at=log.now(), author="a", action="assign", target=target, before=[], after=[theme]
    )
    log.append(workspace, [decided])
    for name in ("dataset", "report"):
        api.run_stage(name, workspace, SETTINGS)
    found = api.retrain(inputs / "school.csv", workspace.path, SETTINGS).difference
    assert found is not None
    assert found["decided"] == {"answers": 1, "changed": 0}
    assert theme in topics(workspace)


def test_a_model_that_is_damaged_or_gone_is_told_of_before_any_work(workspace: Workspace, inputs: Path) -> None:
    folder = workspace.path / "models" / workspace.manifest["model"]
    before = sums(workspace)
    topics_file = folder / "topics.json"
    content = topics_file.read_bytes()
    topics_file.write_bytes(content + b" ")
    with pytest.raises(errors.DoleancesError, match="E302"):
        api.retrain(inputs / "school.csv", workspace.path, SETTINGS)
    topics_file.write_bytes(content)
    assert sums(workspace) == before
    shutil.rmtree(folder)
    with pytest.raises(errors.DoleancesError, match="E440"):
        api.retrain(inputs / "school.csv", workspace.path, SETTINGS)


def test_a_path_that_is_not_there_leaves_the_workspace_as_it_was(workspace: Workspace, inputs: Path) -> None:
    before = sums(workspace)
    with pytest.raises(errors.DoleancesError):
        api.retrain(inputs / "none.csv", workspace.path, SETTINGS)
    assert sums(workspace) == before
    assert "retraining" not in Workspace(workspace.path).manifest


def test_a_workspace_without_a_run_is_refused(tmp_path: Path, inputs: Path) -> None:
    with pytest.raises(errors.DoleancesError, match="E203"):
        api.retrain(inputs / "same.csv", tmp_path / "nothing", SETTINGS)
    api.run_stage("ingest", Workspace(tmp_path / "half"), SETTINGS, [inputs / "same.csv"])
    with pytest.raises(errors.DoleancesError, match="E442"):
        api.retrain(inputs / "same.csv", tmp_path / "half", SETTINGS)


def test_a_scratch_copy_is_gone_afterwards_and_shares_no_log(workspace: Workspace) -> None:
    (workspace.path / log.FILE).write_text("{}\n", encoding="utf-8")
    with workspace.lock(), scratch_copy(workspace) as copy:
        assert json.loads(copy.manifest_path.read_text(encoding="utf-8")) == workspace.manifest
        with (copy.path / log.FILE).open("a", encoding="utf-8") as file:
            file.write("{}\n")
    assert (workspace.path / log.FILE).read_text(encoding="utf-8") == "{}\n"
    assert not copy.path.exists()
