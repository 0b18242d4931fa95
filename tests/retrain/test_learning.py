"""What people decided is learned at a retrain: a theme that they made is given to answers that nobody reviewed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline import api, errors, storage
from pipeline.config import Config
from pipeline.retrain import retrain, rollback
from pipeline.review import decisions as log
from pipeline.stage import stale_stages
from pipeline.tables import LEARNED, REVIEWER
from pipeline.topics import bundle
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
MADE = "t-sante"
REVIEWED = 60


def speaks_of_health(text: str) -> bool:
    return any(word in text for word in corpus.THEMES["health"])


def shown(workspace: Workspace) -> list[dict[str, object]]:
    columns = ["answer_id", "text", "state", "topic_id", "topics"]
    rows = storage.read_table(workspace.path / "dataset" / "answers.parquet", columns=columns).to_pylist()
    return [row for row in rows if row["state"] in ("assigned", "unassigned")]


def decided(workspace: Workspace) -> list[log.Decision]:
    """Return what a person would say for whom all of health is one theme, of every other answer."""
    rows = workspace.read("answers", ["answer_id", "question_id", "text", "state"]).to_pylist()
    pending = [row for row in rows if row["state"] == "pending" and row["question_id"] == rows[0]["question_id"]]
    themes = {row["answer_id"]: row["topic_id"] for row in shown(workspace)}
    made = log.Decision(
        decision_id="d-0",
        at=log.now(),
        author="a",
        action="create",
        target=log.Target(kind="topic", id=MADE),
        after={"label": "Santé", "definition": "", "question_id": pending[0]["question_id"]},
    )
    found = [made]
    for row in pending[: 2 * REVIEWED : 2]:
        theme = MADE if speaks_of_health(row["text"]) else themes[row["answer_id"]]
        target = log.Target(kind="answer", answer_id=row["answer_id"], start=0, end=len(row["text"]), quote=row["text"])
        found.append(
            log.Decision(
                decision_id=f"d-{row['answer_id']}",
                at=log.now(),
                author="a",
                action="confirm",
                target=target,
                before=[themes[row["answer_id"]]],
                after=[theme],
            )
        )
    return found


def recall(workspace: Workspace, reviewed: set[str]) -> float:
    """Return the share of the answers on health that nobody reviewed that have the theme that was made."""
    wanted = [row for row in shown(workspace) if row["answer_id"] not in reviewed and speaks_of_health(row["text"])]
    return sum(row["topic_id"] == MADE for row in wanted) / len(wanted)


NAME = "Maison du Lac"


def named(workspace: Workspace) -> list[dict[str, object]]:
    return [row for row in workspace.read("reviewed_mentions").to_pylist() if row["surface"] == NAME]


def marked(workspace: Workspace) -> log.Decision:
    """Return what a person says who marks the name of an organisation in one answer."""
    rows = workspace.read("answers", ["answer_id", "text", "state"]).to_pylist()
    row = next(row for row in rows if row["state"] == "pending" and NAME in row["text"])
    start = row["text"].index(NAME)
    end = start + len(NAME)
    return log.Decision(
        decision_id="d-name",
        at=log.now(),
        author="a",
        action="mention_add",
        target=log.Target(kind="answer", answer_id=row["answer_id"], start=start, end=end, quote=NAME),
        after={"start": start, "end": end, "label": "ORG"},
    )


def test_a_name_that_a_person_marked_once_is_found_in_all_answers(tmp_path):
    texts = [{1: text} for _, text in corpus.answers(60, ("health", "transport"), 3)]
    texts = [{1: one[1] + f". Merci à la {NAME}."} if not place % 10 else one for place, one in enumerate(texts)]
    api.run(forms.write_csv(tmp_path / "first.csv", texts), tmp_path / "workspace", SETTINGS)
    workspace = Workspace(tmp_path / "workspace")
    assert all(row["organisation_id"] is None or row["label"] != "ORG" for row in named(workspace))
    log.append(workspace, [marked(workspace)])
    api.run_stage("dataset", workspace, SETTINGS)
    done = api.retrain([], workspace.path, SETTINGS)
    workspace = Workspace(workspace.path)
    found = named(workspace)
    assert len(found) == 6 and {row["label"] for row in found} == {"ORG"}
    assert sorted(row["source"] for row in found) == [LEARNED] * 5 + [REVIEWER]
    assert len({row["organisation_id"] for row in found}) == 1
    assert any("N443" in note for summary in done.summaries for note in summary.notes)
    assert verify(workspace) == []
    again = api.retrain([], workspace.path, SETTINGS)
    assert again.difference is None and len(named(Workspace(workspace.path))) == 6
    (workspace.path / "retrains" / "0001" / "names.json").unlink()
    with pytest.raises(errors.DoleancesError, match="E448"):
        api.run_stage("entities", Workspace(workspace.path), SETTINGS)
    assert api.retrain([], workspace.path, SETTINGS).difference is None
    assert api.run_stage("entities", Workspace(workspace.path), SETTINGS).skipped


@pytest.mark.parametrize("stopped", ["entities", "topics", "dataset", "report"])
def test_learning_that_was_cut_short_goes_on_to_the_same_themes(stopped, unlearned, tmp_path):
    def retrained(place: Path, until: str | None) -> Workspace:
        workspace = Workspace(place)

        def stage(name, paths=(), *, add=False):
            if name == until:
                raise KeyboardInterrupt
            return api.run_stage(name, workspace, SETTINGS, paths, add=add)

        with workspace.lock():
            retrain(workspace, SETTINGS, [], stage)
        return Workspace(place)

    for name in ("cut", "whole"):
        shutil.copytree(unlearned.path, tmp_path / name)
    log.append(Workspace(tmp_path / "cut"), decided(unlearned))
    shutil.copy(tmp_path / "cut" / log.FILE, tmp_path / "whole" / log.FILE)
    for name in ("cut", "whole"):
        api.run_stage("dataset", Workspace(tmp_path / name), SETTINGS)
    with pytest.raises(KeyboardInterrupt):
        retrained(tmp_path / "cut", stopped)
    cut, whole = retrained(tmp_path / "cut", None), retrained(tmp_path / "whole", None)
    assert cut.manifest["model"] == whole.manifest["model"] != unlearned.manifest["model"]
    for table in ("topics", "assignments", "mentions"):
        assert cut.read(table).equals(whole.read(table))
    assert stale_stages(cut) == []


@pytest.fixture(scope="module")
def unlearned(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("unlearned")
    texts = [{1: text} for _, text in corpus.answers(300, ("health", "transport", "taxes"), 0)]
    api.run(forms.write_csv(folder / "first.csv", texts), folder / "workspace", SETTINGS)
    return Workspace(folder / "workspace")


@pytest.fixture(scope="module")
def learned(
    unlearned: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, set[str], api.Retrained]:
    folder = tmp_path_factory.mktemp("learned")
    shutil.copytree(unlearned.path, folder / "workspace")
    workspace = Workspace(folder / "workspace")
    made = decided(workspace)
    log.append(workspace, made)
    api.run_stage("dataset", workspace, SETTINGS)
    assert recall(workspace, {one.target.answer_id for one in made}) < 0.2  # word-for-word copies
    done = api.retrain([], workspace.path, SETTINGS)
    return Workspace(workspace.path), {one.target.answer_id for one in made}, done


def test_a_theme_that_people_made_is_given_to_answers_that_nobody_reviewed(learned):
    workspace, reviewed, done = learned
    assert recall(workspace, reviewed) >= 0.8
    assert done.difference["worse"] is None
    question = next(one for one in done.difference["questions"] if one["learned"])
    assert question["learned"]["takes_over"]
    assert question["learned"]["learnt"] > question["learned"]["current"]
    assert MADE in workspace.read("topics")["topic_id"].to_pylist()
    assert workspace.read("assignments")["source"].unique().to_pylist() == [LEARNED]


def test_what_people_decided_is_as_they_left_it_and_every_figure_is_counted_again(learned):
    workspace, reviewed, done = learned
    assert done.difference["decided"]["changed"] == 0
    rows = [row for row in shown(workspace) if row["answer_id"] in reviewed]
    assert all((row["topic_id"] == MADE) == speaks_of_health(row["text"]) for row in rows)
    assert {theme["source"] for row in rows for theme in row["topics"]} == {REVIEWER}
    assert stale_stages(workspace) == []
    assert verify(workspace) == []
    assert not any("N131" in note or "N132" in note for summary in done.summaries for note in summary.notes)


def undone(workspace: Workspace) -> None:
    log.append(
        workspace,
        [
            one.model_copy(update={"decision_id": f"u-{one.decision_id}", "undoes": one.decision_id})
            for one in log.read(workspace).decisions
        ],
    )


def test_what_is_undone_is_unlearned(learned, tmp_path):
    shutil.copytree(learned[0].path, tmp_path / "workspace")
    workspace = Workspace(tmp_path / "workspace")
    undone(workspace)
    api.run_stage("dataset", workspace, SETTINGS)
    assert MADE not in Workspace(workspace.path).read("reviewed_topics")["topic_id"].to_pylist()
    done = api.retrain([], workspace.path, SETTINGS)
    workspace = Workspace(workspace.path)
    assert done.difference is not None and not any(one["learned"] for one in done.difference["questions"])
    assert MADE not in workspace.read("topics")["topic_id"].to_pylist()
    assert workspace.read("assignments")["source"].unique().to_pylist() == ["model"]
    assert verify(workspace) == []


def test_a_retired_theme_is_learned_no_more_and_a_refusal_is_not_repeated(learned, tmp_path):
    shutil.copytree(learned[0].path, tmp_path / "workspace")
    workspace = Workspace(tmp_path / "workspace")
    retired = log.Decision(
        decision_id="d-retire", at=log.now(), author="a", action="retire", target=log.Target(kind="topic", id=MADE)
    )
    log.append(workspace, [retired])
    api.run_stage("dataset", workspace, SETTINGS)
    first = api.retrain([], workspace.path, SETTINGS).difference
    again = api.retrain([], workspace.path, SETTINGS).difference
    assert first is not None and again is None
    if not first["accepted"]:
        assert api.retrain([], workspace.path, SETTINGS, accept=True).difference["accepted"]
    assert MADE not in Workspace(workspace.path).read("topics")["topic_id"].to_pylist()


def test_a_file_that_was_learned_from_and_is_gone_is_told_of(learned, tmp_path):
    shutil.copytree(learned[0].path, tmp_path / "workspace")
    workspace = Workspace(tmp_path / "workspace")
    shutil.rmtree(workspace.path / "retrains")
    for name in ("topics",):
        with pytest.raises(errors.DoleancesError, match="E447"):
            api.run_stage(name, workspace, SETTINGS, force=True)
    with workspace.lock():
        rollback(workspace, None, lambda name: api.run_stage(name, workspace, SETTINGS))
    assert verify(workspace) == []


def test_with_several_questions_too_a_second_retrain_has_nothing_new(tmp_path):
    texts = corpus.answers(240, ("health", "transport", "taxes"), 0)
    others = corpus.answers(240, ("school", "transport"), 1)
    both = [{1: one, 3: other} for (_, one), (_, other) in zip(texts, others, strict=True)]
    api.run(forms.write_csv(tmp_path / "first.csv", both), tmp_path / "workspace", SETTINGS)
    workspace = Workspace(tmp_path / "workspace")
    log.append(workspace, decided(workspace))
    api.run_stage("dataset", workspace, SETTINGS)
    assert api.retrain([], workspace.path, SETTINGS).difference is not None
    assert api.retrain([], workspace.path, SETTINGS).difference is None


def test_what_was_learned_is_part_of_the_model_and_of_the_next_one(learned, tmp_path):
    workspace, reviewed, _ = learned
    model = workspace.manifest["model"]
    question = next(iter(bundle.load(workspace.path / "models" / model).sets.values()))
    assert [topic.topic_id for topic in question.taught] == [MADE]
    assert question.learned is not None and MADE in question.learned.theme_ids
    again = api.retrain([], workspace.path, SETTINGS)
    assert again.difference is None and Workspace(workspace.path).manifest["model"] == model
    texts = [{1: text} for _, text in corpus.answers(30, ("health", "transport", "taxes"), 9)]
    done = api.retrain(forms.write_csv(tmp_path / "more.csv", texts, 5001), workspace.path, SETTINGS)
    assert done.difference["changed_share"] <= 0.05
    assert done.difference["decided"]["changed"] == 0
    assert recall(Workspace(workspace.path), reviewed) >= 0.8
