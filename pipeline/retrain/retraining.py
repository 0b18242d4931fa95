"""The steps of a retrain, each of which can be killed: the manifest says which one is under way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc

from pipeline import bundles, errors, storage
from pipeline.config import Config
from pipeline.entities.corrected import read_corrections
from pipeline.entities.stage import CORRECTED, corrected_names
from pipeline.evaluation.topic_gold import read_gold
from pipeline.learning.lessons import Lessons, lessons_from_json
from pipeline.learning.takeover import LEAST_REVIEWED
from pipeline.retrain import decided, earlier
from pipeline.retrain.diff import difference
from pipeline.retrain.figures import gold_figures, kept_share, worse
from pipeline.retrain.lessons import lessons_of
from pipeline.retrain.names import corrections_of
from pipeline.review import decisions as log
from pipeline.review.activity import active
from pipeline.review.reading import read_answers, read_reviewed
from pipeline.review.replay import named_answers
from pipeline.stage import Summary, stale_stages
from pipeline.topics import anchoring, bundle
from pipeline.workspace import Workspace, sha256_of, write_bytes

DONE: Final = "retrains"
DIFF: Final = "diff.json"

RunStage = Callable[..., Summary]
"""`api.run_stage` with workspace, settings and progress filled in: takes the name of a stage, and what ingest takes."""


@dataclass(frozen=True)
class Retrained:
    """What a retrain did: the summaries of its stages, and what changed (None where nothing was new)."""

    summaries: list[Summary]
    difference: dict[str, Any] | None


def retrain(
    workspace: Workspace,
    config: Config,
    paths: Iterable[Path | str],
    run_stage: RunStage,
    *,
    gold: Path | None = None,
    accept: bool = False,
) -> Retrained:
    """Let new contributions join a finished workspace that the caller has locked, and its model take them in.

    Parameters
    ----------
    paths : iterable of path
        Files or folders of new contributions; without any, the model learns from what people decided since.
    run_stage : callable
        Runs a stage by its name.
    gold : path, optional
        Answers with themes by people, that figures before and after are measured on.
    accept : bool
        Let the new model become the current one even where its figures are lower.

    Raises
    ------
    DoleancesError
        E101 when a path is not there, E442 when there is no finished run, E440, E441 or E302 when its model is not as
        it was, E122 when settings name themes of their own, what ingest raises when nothing can be read; the workspace
        is then as it was.
    """
    if not anchoring.applies(config.topics):
        detail = "where a model or a number of themes is named, nothing is left to retrain"
        raise errors.usage("E122", detail=detail, command="doleances run")
    if not anchoring.same_codebook(workspace, config.topics):
        detail = "the codebook is another than the one that the themes of this workspace began with"
        raise errors.usage("E122", detail=detail, command="doleances run")
    if gold is not None:
        read_gold(gold, of_workspace=True)
    given = [Path(path) for path in paths]
    for path in given:
        if not storage.place(path).exists():  # beside others that can be read, ingest would go on without it
            raise errors.usage("E101", path=path)
    if not given and "ingest" in stale_stages(workspace) and earlier.UNDER_WAY in workspace.manifest:
        raise errors.usage("E449", path=workspace.path)
    start, fresh = _begin(workspace, gold, config.entities.register_path)
    try:
        summaries = [run_stage("ingest", given, add=True)] if given else []
    except errors.DoleancesError:
        if fresh:
            _forget(workspace, start)
        raise
    folder = earlier.folder_of(workspace, start.number)
    asked = _questions(workspace, folder)
    news = _news(workspace, folder)
    learns = [_has_lessons(folder, start), _takes_names(workspace, folder, start)]
    summaries += [run_stage(name) for name in ("tokenise", "entities")]
    if not news and not any(learns) and not (accept and _was_refused(workspace)):
        return _nothing_new(workspace, start, run_stage, summaries)
    if not news:
        summaries[0] = _with_note(summaries[0], "N443")
    if asked:
        summaries[0] = _with_note(summaries[0], "N442", count=news, questions=", ".join(asked))
    decisions = active(log.read(workspace).decisions)[0]
    if not (folder / DIFF).is_file():
        _hold_on_to_parent(workspace, start, decisions)
        summaries += [run_stage(name) for name in ("topics", "dataset")]
        names = (start.parent, str(workspace.manifest["model"]))
        parent, model = (bundle.load(anchoring.folder_of(workspace, name)) for name in names)
        found = difference(workspace, start, parent, model, decided.answers_decided(decisions))
        after = gold_figures(gold, workspace, start.gold["lines"] if start.gold else None)
        found["figures"] = {"before": start.gold, "after": after}
        found["worse"] = worse(start.gold, after, kept_share(found["questions"]))
        found["accepted"] = found["worse"] is None or accept
        _write(workspace, folder / DIFF, found)
    found = read_difference(folder / DIFF)
    if not found["accepted"]:
        anchoring.hold_on(workspace, "use", start.parent, lessons=_lessons_file(workspace, folder))
        workspace.save_manifest()
    # What was killed in between is made now; what is up to date is not made again.
    again = [run_stage(name) for name in ("topics", "dataset")]
    summaries += [summary for summary in again if not summary.skipped]
    entry = {name: found[name] for name in ("number", "parent", "model", "accepted")}
    workspace.manifest[DONE] = [*workspace.manifest.get(DONE, []), entry]
    del workspace.manifest[earlier.UNDER_WAY]
    workspace.save_manifest()
    summaries.append(run_stage("report"))
    return Retrained([summary for i, summary in enumerate(summaries) if _last(summaries, i)], found)


def read_difference(path: Path) -> dict[str, Any]:
    """Return what a retrain wrote of what it changed."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _begin(workspace: Workspace, gold: Path | None, register: str | None) -> tuple[earlier.Start, bool]:
    """Return what a retrain begins with, and whether it is not one that was killed and goes on."""
    number = workspace.manifest.get(earlier.UNDER_WAY)
    if number is not None and (start := earlier.kept(workspace, int(number))) is not None:
        return start, False
    if "dataset" in stale_stages(workspace) or "model" not in workspace.manifest:
        raise errors.usage("E442", path=workspace.path)
    parent = str(workspace.manifest["model"])
    bundles.read_manifest(anchoring.folder_of(workspace, parent), "topics")
    contributions = workspace.count("contributions")
    start = earlier.Start(
        earlier.next_number(workspace),
        parent,
        contributions,
        gold_figures(gold, workspace),
        lessons_sum=workspace.manifest.get(anchoring.KEY, {}).get("lessons_sum"),
        names_sum=workspace.manifest.get(CORRECTED, {}).get("sha256"),
    )
    folder = earlier.folder_of(workspace, start.number)
    workspace.clear(f"{earlier.FOLDER}/{folder.name}")
    decisions = log.read(workspace).decisions
    reviewed = read_reviewed(workspace, decisions, register).reviewed
    lessons = lessons_of(reviewed, read_answers(workspace, named_answers(decisions)))
    write_bytes(lessons.to_json(), folder / earlier.LESSONS, workspace.path)
    write_bytes(corrections_of(reviewed.mentions).to_json(), folder / earlier.NAMES, workspace.path)
    earlier.keep(workspace, start)
    workspace.manifest[earlier.UNDER_WAY] = start.number
    workspace.save_manifest()
    return start, True


def _forget(workspace: Workspace, start: earlier.Start) -> None:
    workspace.manifest.pop(earlier.UNDER_WAY, None)
    if workspace.exists:
        workspace.save_manifest()
    shutil.rmtree(earlier.folder_of(workspace, start.number), ignore_errors=True)


def _hold_on_to_parent(workspace: Workspace, start: earlier.Start, decisions: Collection[log.Decision]) -> None:
    folder = earlier.folder_of(workspace, start.number)
    known = earlier.folder_of(workspace, start.number) / earlier.TOPICS
    ids = storage.read_table(known, columns=["topic_id"])["topic_id"].to_pylist()
    named = decided.themes_named(decisions, ids)
    anchoring.hold_on(
        workspace,
        "extend",
        start.parent,
        answers=(folder / earlier.ANSWERS).relative_to(workspace.path).as_posix(),
        protected=tuple(sorted(named)),
        lessons=_lessons_file(workspace, folder),
    )
    workspace.save_manifest()


def _lessons(folder: Path) -> Lessons:
    path = folder / earlier.LESSONS
    return lessons_from_json(path.read_bytes()) if path.is_file() else Lessons()


def _lessons_file(workspace: Workspace, folder: Path) -> str | None:
    """Return the file of what people decided of answers, as the manifest notes it; None where they decided nothing."""
    path = folder / earlier.LESSONS
    return path.relative_to(workspace.path).as_posix() if _lessons(folder).answers else None


def _has_lessons(folder: Path, start: earlier.Start) -> bool:
    """Say whether there is enough to learn from, or something that was learned from, and it is not as it was."""
    answers = _lessons(folder).answers
    enough = any(len(of_question) >= LEAST_REVIEWED for of_question in answers.values())
    now = sha256_of(folder / earlier.LESSONS) if answers else None
    return now != start.lessons_sum and (enough or start.lessons_sum is not None)


def _takes_names(workspace: Workspace, folder: Path, start: earlier.Start) -> bool:
    """Let the entities stage read what people taught of names, and say whether it is something else than before."""
    path = folder / earlier.NAMES
    found = sha256_of(path) if read_corrections(path if path.is_file() else None) else None
    if found == start.names_sum:
        if found is not None and corrected_names(workspace, check=False) is None:  # put back what is gone
            write_bytes(path.read_bytes(), workspace.path / workspace.manifest[CORRECTED]["path"], workspace.path)
        return False
    if found is None:
        workspace.manifest.pop(CORRECTED, None)
    else:
        workspace.manifest[CORRECTED] = {"path": path.relative_to(workspace.path).as_posix(), "sha256": found}
    workspace.save_manifest()
    return True


def _was_refused(workspace: Workspace) -> bool:
    done: list[dict[str, Any]] = workspace.manifest.get(DONE, [])
    return bool(done) and not done[-1]["accepted"]


def _with_note(summary: Summary, code: str, **fields: object) -> Summary:
    # Its list is that of the manifest, where what is said once would be said at every run.
    return replace(summary, notes=[*summary.notes, str(errors.problem(code, **fields))])


def _news(workspace: Workspace, folder: Path) -> int:
    """Return how many contributions were not there before."""
    before = pc.unique(storage.read_table(folder / earlier.ANSWERS, columns=["contribution_id"])["contribution_id"])
    now = workspace.read("contributions", ["contribution_id"])["contribution_id"]
    return int(pc.sum(pc.invert(pc.is_in(now, value_set=before))).as_py() or 0)


def _questions(workspace: Workspace, folder: Path) -> list[str]:
    """Return the wording of the open questions that nobody was asked before."""
    before = storage.read_table(folder / earlier.ANSWERS, columns=["question_id"])["question_id"]
    answers = workspace.read("answers", ["question_id", "state"])
    now = pc.unique(answers.filter(pc.equal(answers["state"], "pending"))["question_id"]).to_pylist()
    new = set(now) - set(pc.unique(before).to_pylist())
    rows = workspace.read("questions", ["question_id", "title"]).to_pylist()
    return [errors.one_line(row["title"], 80) for row in rows if row["question_id"] in new]


def _nothing_new(
    workspace: Workspace, start: earlier.Start, run_stage: RunStage, summaries: list[Summary]
) -> Retrained:
    if not summaries[0].skipped:  # a file more, without a contribution more: the model stays
        known = workspace.manifest.get(anchoring.KEY, {}).get("lessons")
        anchoring.hold_on(workspace, "use", start.parent, lessons=known)
    _forget(workspace, start)
    summaries += [run_stage(name) for name in ("topics", "dataset", "report")]
    summaries[0] = _with_note(summaries[0], "N441", count=start.contributions)
    return Retrained(summaries, None)


def _write(workspace: Workspace, path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_bytes(text.encode("utf-8"), path, workspace.path)


def _last(summaries: list[Summary], place: int) -> bool:
    return all(later.stage != summaries[place].stage for later in summaries[place + 1 :])
