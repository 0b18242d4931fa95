"""The stage on a small workspace that was read and tokenised for real."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyarrow.compute as pc
import pytest

from pipeline import topics as room
from pipeline.config import Config
from pipeline.errors import DoleancesError
from pipeline.nesting import rolled_up
from pipeline.stage import Summary
from pipeline.topics import assigning, bundle, gathering
from pipeline.topics.training import train_model
from pipeline.workspace import Workspace
from tests import corpus


def copy_of(tokenised: Path, place: Path) -> Path:
    return Path(shutil.copytree(tokenised, place))


def run(path: Path, model: Path, workers: int = 1, **settings: object) -> Summary:
    values = {"model": str(model), "topics": 3} | settings
    config = Config().with_values("execution", workers=workers).with_values("topics", **values)
    return room.run(Workspace(path), config)


def written(path: Path) -> dict[str, bytes]:
    folders = [path / "tables" / "topics", path / "tables" / "assignments", path / "models"]
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def finished(tokenised: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    path = copy_of(tokenised, tmp_path_factory.mktemp("finished") / "workspace")
    return path, run(path, tiny_model)


def test_each_question_gets_as_many_themes_as_asked_for(finished: tuple[Path, Summary]) -> None:
    path, summary = finished
    topics = Workspace(path).read("topics").to_pylist()
    assert set(Counter(topic["question_id"] for topic in topics if topic["parent_id"] is None).values()) == {3}
    assert summary.counts["questions"] == summary.counts["questions_own_themes"] == 2
    assert summary.counts["topics"] == len(topics) >= 6
    assert len(summary.notes) == 1


def test_every_assignment_is_of_a_theme_of_its_question_and_a_segment_that_is(finished: tuple[Path, Summary]) -> None:
    workspace = Workspace(finished[0])
    questions = dict(zip(*workspace.read("answers", ["answer_id", "question_id"]).to_pydict().values(), strict=True))
    owner = {row["segment_id"]: questions[row["answer_id"]] for row in workspace.read("segments").to_pylist()}
    theme_of = {row["topic_id"]: row["question_id"] for row in workspace.read("topics").to_pylist()}
    assignments = workspace.read("assignments").to_pylist()
    assert len(assignments) >= 500
    assert all(owner[row["segment_id"]] == theme_of[row["topic_id"]] for row in assignments)


def test_ranks_start_at_one_and_scores_fall(finished: tuple[Path, Summary]) -> None:
    by_segment: dict[str, list[dict[str, float]]] = {}
    for row in Workspace(finished[0]).read("assignments").to_pylist():
        by_segment.setdefault(row["segment_id"], []).append(row)
    for rows in by_segment.values():
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        assert all(first["score"] >= second["score"] for first, second in pairwise(rows))
        assert all(0.3 <= row["score"] <= 1 and 0 <= row["margin"] <= row["score"] for row in rows)
        assert sum(row["score"] for row in rows) <= 1.001
        assert len({row["topic_id"] for row in rows}) == len(rows)


def test_themes_count_the_segments_that_have_them_first(finished: tuple[Path, Summary]) -> None:
    workspace = Workspace(finished[0])
    assignments = workspace.read("assignments")
    first = Counter(assignments.filter(pc.equal(assignments["rank"], 1))["topic_id"].to_pylist())
    topics = workspace.read("topics").to_pylist()
    divided = {row["parent_id"] for row in topics} - {None}
    assert divided and not divided & set(first)  # a theme with sub-themes stands in the table as one of them
    whole = rolled_up(first, topics)
    assert {row["topic_id"]: row["n_segments"] for row in topics} == dict(whole)
    assert sum(row["n_segments"] for row in topics if row["parent_id"] is None) == first.total()


def test_a_sub_theme_belongs_to_a_theme_of_its_question_and_says_more_than_its_label(
    finished: tuple[Path, Summary],
) -> None:
    topics = {row["topic_id"]: row for row in Workspace(finished[0]).read("topics").to_pylist()}
    children = [row for row in topics.values() if row["parent_id"] is not None]
    assert len(children) >= 2
    for row in children:
        parent = topics[row["parent_id"]]
        assert parent["parent_id"] is None and parent["question_id"] == row["question_id"]
        assert row["label"] != parent["label"] and row["lineage"][0]["event"] == "created"


def test_planted_themes_are_told_apart(finished: tuple[Path, Summary]) -> None:
    topics = Workspace(finished[0]).read("topics").to_pylist()
    question = next(t["question_id"] for t in topics)
    found = {t["topic_id"]: set(t["terms"]) for t in topics if t["question_id"] == question}
    owners = [max(corpus.THEMES, key=lambda name: len(terms & set(corpus.THEMES[name]))) for terms in found.values()]
    assert len(set(owners)) >= 2


def test_the_model_fitted_here_is_kept_and_is_the_current_one(finished: tuple[Path, Summary]) -> None:
    workspace = Workspace(finished[0])
    reference = workspace.manifest["model"]
    assert {row["model"] for row in workspace.read("topics").to_pylist()} == {reference}
    loaded = bundle.load(workspace.path / "models" / reference)
    assert loaded.reference == reference and len(loaded.sets) == 2


def test_nothing_of_the_work_under_way_is_left(finished: tuple[Path, Summary]) -> None:
    assert not (finished[0] / "staging" / "topics").exists()


def test_a_second_run_does_nothing(finished: tuple[Path, Summary], tiny_model: Path) -> None:
    path, first = finished
    before = written(path)
    again = run(path, tiny_model, workers=2)
    assert again.skipped and (again.counts, again.notes) == (first.counts, first.notes)
    assert written(path) == before


def test_the_place_of_the_model_does_not_matter(
    finished: tuple[Path, Summary], tiny_model: Path, tmp_path: Path
) -> None:
    moved = Path(shutil.copytree(tiny_model, tmp_path / "elsewhere"))
    assert run(finished[0], moved).skipped


def test_two_workers_give_the_bytes_of_one(
    finished: tuple[Path, Summary], tokenised: Path, tiny_model: Path, tmp_path: Path
) -> None:
    path = copy_of(tokenised, tmp_path / "two")
    run(path, tiny_model, workers=2)
    assert written(path) == written(finished[0])


def test_a_stage_cut_short_goes_on_to_the_same_bytes(
    finished: tuple[Path, Summary], tokenised: Path, tiny_model: Path, tmp_path: Path
) -> None:
    class Stop(Exception):
        pass

    path = copy_of(tokenised, tmp_path / "cut")

    def stop(done: int, total: int) -> None:
        if total == 3 and done == 2:  # the partitions; the questions are two
            raise Stop

    config = Config().with_values("execution", workers=1).with_values("topics", model=str(tiny_model), topics=3)
    with pytest.raises(Stop):
        room.run(Workspace(path), config, progress=stop)
    kept = Workspace(path).parts("assignments")
    assert 1 <= len(kept) < 3
    stamps = [part.stat().st_mtime_ns for part in kept]
    room.run(Workspace(path), config)
    assert [part.stat().st_mtime_ns for part in kept] == stamps
    assert written(path) == written(finished[0])


def test_themes_of_the_model_are_used_when_it_is_named(tokenised: Path, tiny_model: Path, tmp_path: Path) -> None:
    path = copy_of(tokenised, tmp_path / "named")
    summary = run(path, tiny_model, topics=None)
    assert summary.counts["questions_model_themes"] == 2
    assert {row["model"] for row in Workspace(path).read("topics").to_pylist()} == {"tiny/1"}
    assert Workspace(path).manifest["model"] == "tiny/1"
    assert not (path / "models").exists()


def test_other_settings_replace_the_themes(tokenised: Path, tiny_model: Path, tmp_path: Path) -> None:
    path = copy_of(tokenised, tmp_path / "other")
    run(path, tiny_model, topics=2)
    assert n_themes(path) == 4
    assert not run(path, tiny_model, topics=3).skipped
    assert n_themes(path) == 6


def n_themes(path: Path) -> int:
    return sum(row["parent_id"] is None for row in Workspace(path).read("topics").to_pylist())


def test_a_minimum_that_nothing_reaches_leaves_every_segment_without_a_theme(
    tokenised: Path, tiny_model: Path, tmp_path: Path
) -> None:
    path = copy_of(tokenised, tmp_path / "strict")
    assert run(path, tiny_model, minimum_score=1.0).counts["assignments"] == 0
    assert len(Workspace(path).parts("assignments")) == 3


def test_themes_of_a_whole_questionnaire_must_be_surer_of_a_question_they_were_not_fitted_on(
    tokenised: Path, tiny_model: Path, tmp_path: Path
) -> None:
    whole = bundle.load(tiny_model)
    across = {key: themes for key, themes in whole.sets.items() if themes.question_id is None}
    bundle.save(replace(whole, name="across", sets=across), tmp_path / "across", "")
    path = copy_of(tokenised, tmp_path / "workspace")
    usual = run(path, tmp_path / "across", topics="auto").counts["assignments"]
    strict = run(path, tmp_path / "across", topics="auto", minimum_score_across=0.9).counts["assignments"]
    assert 0 < strict < usual
    scores = Workspace(path).read("assignments")["score"].to_pylist()
    assert min(scores) >= 0.9
    own = run(path, tiny_model, topics="auto").counts["assignments"]
    assert run(path, tiny_model, topics="auto", minimum_score_across=1.0).counts["assignments"] == own


def test_an_unknown_model_is_told_in_one_line(tokenised: Path, tmp_path: Path) -> None:
    with pytest.raises(DoleancesError, match="E301"):
        run(tokenised, tmp_path / "never")


def test_training_needs_a_tokenised_workspace(tmp_path: Path) -> None:
    with pytest.raises(DoleancesError, match="E202"):
        train_model(Workspace(tmp_path), Config(), "x", "1", tmp_path / "models")


@pytest.mark.parametrize(("name", "code"), [("..", "E308"), ("thesis", "E309")])
def test_a_model_takes_the_place_of_models_only_from_python_too(
    tokenised: Path, tmp_path: Path, name: str, code: str
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("x")
    with pytest.raises(DoleancesError, match=code):
        train_model(Workspace(tokenised), Config(), name, "1", tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["thesis", "chapter.txt"]


def test_training_again_gives_the_same_bytes(tokenised: Path, tiny_model: Path, tmp_path: Path) -> None:
    path = copy_of(tokenised, tmp_path / "again")
    config = Config().with_values("execution", workers=2).with_values("topics", minimum_answers=100)
    train_model(Workspace(path), config, "tiny", "1", tmp_path / "models")
    for file in sorted(tiny_model.iterdir()):
        assert (tmp_path / "models" / "tiny" / file.name).read_bytes() == file.read_bytes(), file.name
    assert not (path / "staging" / "topics").exists()


CODEBOOK = """label;definition;examples;parent
Santé;Se soigner;;
Hôpital;L'hôpital, le médecin, les soins;;Santé
Transport;Le train, la gare et le bus;plus de bus;
"""


def with_codebook(path: Path, content: str = CODEBOOK) -> str:
    codebook = path.parent / "themes.csv"
    codebook.write_text(content, encoding="utf-8")
    return str(codebook)


def test_themes_of_a_codebook_come_first_and_what_fits_none_is_proposed(
    tokenised: Path, tiny_model: Path, tmp_path: Path
) -> None:
    path = copy_of(tokenised, tmp_path / "workspace")
    summary = run(path, tiny_model, codebook=with_codebook(path))
    rows = [row for row in Workspace(path).read("topics").to_pylist() if row["question_id"] == "q-169"]
    given = {row["label"]: row for row in rows if row["status"] == "reviewed"}
    assert set(given) == {"Santé", "Hôpital", "Transport"}
    assert given["Hôpital"]["parent_id"] == given["Santé"]["topic_id"] and given["Transport"]["parent_id"] is None
    assert given["Hôpital"]["definition"] == "L'hôpital, le médecin, les soins"
    assert given["Hôpital"]["n_segments"] > 0 and given["Transport"]["n_segments"] > 0
    assert given["Santé"]["n_segments"] == given["Hôpital"]["n_segments"]  # its only part
    assert any(row["status"] == "proposed" and row["n_segments"] for row in rows)
    assert any("themes of the codebook" in note for note in summary.notes)
    again = run(path, tiny_model, codebook=with_codebook(path))
    assert again.skipped
    assert not run(path, tiny_model, codebook=with_codebook(path, CODEBOOK + "Impôt;;;\n")).skipped


def test_partitions_that_are_as_they_were_are_taken_with_the_same_bytes(
    tokenised: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copy_of(tokenised, tmp_path / "workspace")
    run(path, tiny_model)
    before = written(path)
    workspace = Workspace(path)
    workspace.manifest["stages"]["topics"]["fingerprint"] = "of other inputs"
    workspace.save_manifest()

    def refused(*_: object) -> None:
        raise AssertionError("it is there already")

    monkeypatch.setattr(assigning, "_assign_partition", refused)
    monkeypatch.setattr(gathering, "segments_by_answer", refused)
    run(path, tiny_model)
    assert written(path) == before


def test_a_codebook_that_cannot_stand_is_told_of_before_any_work(
    tokenised: Path, tiny_model: Path, tmp_path: Path
) -> None:
    path = copy_of(tokenised, tmp_path / "workspace")
    with pytest.raises(DoleancesError, match=r"E307.*line 2.*line 3"):
        run(path, tiny_model, codebook=with_codebook(path, "label;definition;parent\n;Sans nom;\nGare;;Train\n"))
    with pytest.raises(DoleancesError, match="E101"):
        run(path, tiny_model, codebook=str(path / "nowhere.csv"))
    assert not Workspace(path).parts("topics")


@pytest.mark.parametrize("method", ["reinert", "nmf"])
def test_other_methods_make_themes_that_serve_segments(
    method: str, tokenised: Path, tiny_model: Path, tmp_path: Path
) -> None:
    path = copy_of(tokenised, tmp_path / "workspace")
    run(path, tiny_model, method=method)
    rows = Workspace(path).read("topics").to_pylist()
    assert 2 <= len([row for row in rows if row["question_id"] == "q-169" and row["parent_id"] is None]) <= 3
    assert Workspace(path).count("assignments") > 300
