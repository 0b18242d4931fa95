"""What every stage shares: nothing is done twice, what was finished is kept, what is stale is removed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeline import executor, tables
from pipeline.config import ExecutionConfig
from pipeline.errors import DoleancesError, ExitCode
from pipeline.stage import ORDER, Stage, Summary, stage_run, stale_stages
from pipeline.workspace import Workspace, write_parquet

INGEST = Stage("ingest", reads=(), writes=("questions", "rejected"))
TOKENISE = Stage("tokenise", reads=("ingest",), writes=("segments",))


class Interrupted(Exception):
    pass


def row(index: int) -> Any:
    return tables.from_rows("rejected", [{"rejected_id": f"r-{index}", "file": "a.csv", "reason": "E110"}])


def run(path: Path, parameters: dict[str, Any], *, force: bool = False, stop_at: int = 9) -> tuple[Summary, list[int]]:
    """Run a stage of four partitions; return its summary and the partitions that it worked on."""
    workspace = Workspace(path)
    worked = []
    with stage_run(INGEST, workspace, parameters, force=force) as stage:
        if not stage.skipped:
            for index in range(4):
                if stage.partition_done(index):
                    continue
                if index == stop_at:
                    raise Interrupted
                worked.append(index)
                workspace.write_part("questions", index, tables.empty("questions"))
                workspace.write_part("rejected", index, row(index))
            stage.summary.counts["parts"] = 4
            stage.summary.notes.append("a note")
    return stage.summary, worked


def tokenise(path: Path) -> Summary:
    with stage_run(TOKENISE, Workspace(path), {}) as stage:
        if not stage.skipped:
            stage.workspace.write_part("segments", 0, tables.empty("segments"))
    return stage.summary


def test_the_same_run_again_does_nothing_and_says_what_the_first_one_did(tmp_path: Path) -> None:
    first, worked = run(tmp_path, {"size": 1})
    assert worked == [0, 1, 2, 3] and not first.skipped
    again, worked = run(tmp_path, {"size": 1})
    assert worked == [] and again.skipped
    assert (again.counts, again.notes, again.seconds) == (first.counts, first.notes, first.seconds)


def test_force_does_everything_again(tmp_path: Path) -> None:
    run(tmp_path, {})
    assert run(tmp_path, {}, force=True)[1] == [0, 1, 2, 3]


def test_a_run_cut_short_goes_on_from_its_last_whole_partition(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        run(tmp_path, {}, stop_at=2)
    assert Workspace(tmp_path).manifest["stages"]["ingest"]["status"] == "running"
    assert run(tmp_path, {})[1] == [2, 3]
    assert run(tmp_path, {})[0].skipped


def test_a_partition_whose_last_table_is_missing_is_not_whole(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        run(tmp_path, {}, stop_at=2)
    Workspace(tmp_path).part_path("rejected", 1).unlink()
    assert run(tmp_path, {})[1] == [1, 2, 3]


def test_force_after_a_run_cut_short_keeps_nothing(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        run(tmp_path, {}, stop_at=2)
    assert run(tmp_path, {}, force=True)[1] == [0, 1, 2, 3]


def test_other_parameters_remove_what_was_written_before(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        run(tmp_path, {"size": 1}, stop_at=2)
    workspace = Workspace(tmp_path)
    workspace.write_part("rejected", 7, row(7))  # a part that the new run would not write over
    assert run(tmp_path, {"size": 2})[1] == [0, 1, 2, 3]
    assert len(workspace.parts("rejected")) == 4


@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_missing_or_cut_part_is_made_again(tmp_path: Path, damage: str) -> None:
    run(tmp_path, {})
    path = Workspace(tmp_path).part_path("questions", 1)
    whole = path.read_bytes()
    path.unlink() if damage == "missing" else path.write_bytes(whole[:-10])
    assert stale_stages(Workspace(tmp_path))[0] == "ingest"
    assert not run(tmp_path, {})[0].skipped
    assert path.read_bytes() == whole


def test_a_stage_whose_upstream_has_not_finished_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(DoleancesError) as caught:
        tokenise(tmp_path)
    assert caught.value.problem.code == "E202" and caught.value.exit_code == ExitCode.WRONG_USAGE
    assert "`doleances ingest`" in str(caught.value)
    with pytest.raises(Interrupted):
        run(tmp_path, {}, stop_at=1)
    with pytest.raises(DoleancesError, match="E202"):
        tokenise(tmp_path)


def test_a_change_upstream_makes_the_stage_run_again(tmp_path: Path) -> None:
    run(tmp_path, {"size": 1})
    assert not tokenise(tmp_path).skipped
    assert tokenise(tmp_path).skipped
    run(tmp_path, {"size": 2})
    assert "tokenise" in stale_stages(Workspace(tmp_path))
    assert not tokenise(tmp_path).skipped


def test_the_same_results_made_again_upstream_change_nothing_downstream(tmp_path: Path) -> None:
    run(tmp_path, {})
    tokenise(tmp_path)
    run(tmp_path, {}, force=True)
    assert tokenise(tmp_path).skipped


def test_a_raised_revision_makes_a_stage_run_again(tmp_path: Path) -> None:
    run(tmp_path, {})
    with stage_run(Stage("ingest", (), INGEST.writes, revision=2), Workspace(tmp_path), {}) as stage:
        assert not stage.skipped


def test_stale_stages_are_told_in_the_order_of_the_pipeline(tmp_path: Path) -> None:
    assert stale_stages(Workspace(tmp_path)) == list(ORDER)
    run(tmp_path, {})
    assert stale_stages(Workspace(tmp_path)) == list(ORDER[1:])


def test_the_staging_folder_of_a_stage_is_gone_when_it_has_finished(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with stage_run(INGEST, workspace, {}):
        (workspace.staging / "ingest").mkdir(parents=True)
        (workspace.staging / "ingest" / "half").write_text("x")
    assert not (workspace.staging / "ingest").exists()


def _square(path: str, index: int) -> int:
    Workspace(path).write_part("rejected", index, row(index))
    return index * index


def test_results_and_bytes_are_those_of_one_worker_whatever_their_number(tmp_path: Path) -> None:
    sums = {}
    for workers in (1, 2):
        place = tmp_path / str(workers)
        task = partial(_square, str(place))
        assert list(executor.map_items(task, range(5), ExecutionConfig(workers=workers))) == [0, 1, 4, 9, 16]
        sums[workers] = [path.read_bytes() for path in Workspace(place).parts("rejected")]
    assert sums[1] == sums[2]


def test_a_stage_does_not_run_on_an_upstream_that_is_older_than_its_own(tmp_path: Path) -> None:
    topics = Stage("topics", reads=("tokenise",), writes=("topics",))
    run(tmp_path, {"size": 1})
    tokenise(tmp_path)
    run(tmp_path, {"size": 2})  # tokenise now stands on other answers
    with pytest.raises(DoleancesError, match="E202"), stage_run(topics, Workspace(tmp_path), {}):
        pass


def test_what_stands_on_a_stale_stage_is_stale_too(tmp_path: Path) -> None:
    entities = Stage("entities", reads=("tokenise",), writes=("mentions",))
    run(tmp_path, {"size": 1})
    tokenise(tmp_path)
    with stage_run(entities, Workspace(tmp_path), {}) as stage:
        stage.workspace.write_part("mentions", 0, tables.empty("mentions"))
    assert stale_stages(Workspace(tmp_path)) == ["topics", "dataset", "report"]
    run(tmp_path, {"size": 2})
    assert stale_stages(Workspace(tmp_path)) == ["tokenise", "entities", "topics", "dataset", "report"]


def test_a_stage_is_done_before_its_staging_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cleared = []
    clear = Workspace.clear

    def watched(workspace: Workspace, *names: str) -> None:
        status = Workspace(tmp_path).manifest["stages"].get("ingest", {}).get("status")
        cleared.append((names, status, len(workspace.parts("rejected"))))
        clear(workspace, *names)

    run(tmp_path, {})
    monkeypatch.setattr(Workspace, "clear", watched)
    run(tmp_path, {}, force=True)
    assert cleared == [
        (("questions",), "done", 0),  # what marks a partition as whole has gone first
        (("staging/ingest",), "done", 0),
        (("staging/ingest",), "done", 4),
    ]


def test_partitions_whose_contents_are_what_they_were_are_kept(tmp_path: Path) -> None:
    assert with_contents(tmp_path, "one", ["a", "b", "c"]) == [0, 1, 2]
    assert with_contents(tmp_path, "two", ["a", "x", "c", "d"]) == [1, 3]
    assert sorted(path.name for path in Workspace(tmp_path).rejected_parts("tokenise")) == [
        f"part-tokenise-{index:05d}.parquet" for index in range(4)
    ]


def test_partitions_that_are_no_more_are_removed(tmp_path: Path) -> None:
    with_contents(tmp_path, "one", ["a", "b", "c"])
    assert with_contents(tmp_path, "two", ["a"]) == []
    assert len(Workspace(tmp_path).parts("segments")) == 1


@pytest.mark.parametrize("change", [{"parameters": {"x": 2}}, {"force": True}, {"revision": 2}])
def test_other_settings_or_another_program_keep_no_partition(tmp_path: Path, change: dict[str, Any]) -> None:
    with_contents(tmp_path, "one", ["a", "b"])
    assert with_contents(tmp_path, "two", ["a", "b", "c"], **change) == [0, 1, 2]


def test_a_parameter_of_which_contents_tell_removes_only_what_it_changes(tmp_path: Path) -> None:
    with_contents(tmp_path, "one", ["a", "b"], parameters={"names": 1})
    assert with_contents(tmp_path, "one", ["a", "c"], parameters={"names": 2}, in_contents=("names",)) == [1]


def test_a_run_cut_short_after_others_were_kept_does_not_do_them_again(tmp_path: Path) -> None:
    with_contents(tmp_path, "one", ["a", "b", "c"])
    with pytest.raises(Interrupted):
        with_contents(tmp_path, "two", ["a", "y", "z"], stop_at=2)
    assert with_contents(tmp_path, "two", ["a", "y", "z"]) == [2]


def with_contents(
    path: Path,
    inputs: str,
    contents: list[str],
    *,
    parameters: dict[str, Any] | None = None,
    force: bool = False,
    revision: int = 1,
    stop_at: int = 9,
    in_contents: tuple[str, ...] = (),
) -> list[int]:
    """Run ingest on some inputs, then a stage whose partitions hold `contents`; return those it worked on."""
    run(path, {"inputs": inputs})
    workspace, worked = Workspace(path), []
    declared = Stage("tokenise", reads=("ingest",), writes=("segments",), revision=revision)
    told = partial(stage_run, force=force, contents=lambda: contents, in_contents=in_contents)
    with told(declared, workspace, parameters or {}) as stage:
        for index in range(len(contents)):
            if stage.partition_done(index):
                continue
            if index == stop_at:
                raise Interrupted
            worked.append(index)
            write_parquet(row(index), workspace.rejected_path("tokenise", index), workspace.path)
            workspace.write_part("segments", index, tables.empty("segments"))
    return worked
