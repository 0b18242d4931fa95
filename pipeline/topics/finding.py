"""The work of the topics stage: gather the answers, fit or choose the themes of each question, then assign."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline import executor, storage, tables
from pipeline.config import Config, TopicsConfig
from pipeline.learning.lessons import Lessons
from pipeline.lease import give_name
from pipeline.nesting import rolled_up
from pipeline.stage import StageRun
from pipeline.topics import bundle, gathering, planning
from pipeline.topics.anchoring import Anchor, folder_of
from pipeline.topics.assigning import assign_all
from pipeline.topics.bundle import Bundle, loaded
from pipeline.topics.codebook import Codebook
from pipeline.topics.coding import load_codebook, themes_of_question
from pipeline.topics.documents import Document, terms_asked
from pipeline.topics.fitting import distinct, fit_question
from pipeline.topics.going_on import FITTED, LOCAL, carried, go_on_with, noted
from pipeline.topics.model_files import write_json
from pipeline.topics.partition_keys import Memory
from pipeline.topics.showing import exemplar_rows, topic_number_rows
from pipeline.topics.taught import Words, learn, names_of
from pipeline.topics.theme_files import ThemeSet, read_sets, write_sets
from pipeline.workspace import Workspace


class Holding(NamedTuple):
    """The earlier model that is held on to, its folder, and what people decided: with the terms of names they gave."""

    anchor: Anchor
    folder: str
    lessons: Lessons | None
    names: Words


class Fit(NamedTuple):
    """The themes of a question: where they are from, its distinct answers, and how many of them they were found in."""

    choice: planning.Choice
    n_answers: int
    themes: ThemeSet | None
    n_fitted: int


def find_themes(
    stage: StageRun,
    config: Config,
    folder: Path,
    progress: executor.Progress | None,
    anchor: Anchor | None,
    memory: Memory,
) -> None:
    """Do the work of the stage: gather, fit or choose, assign, and write the tables."""
    workspace = stage.workspace
    model = loaded(str(folder))
    held = None if anchor is None else folder_of(workspace, anchor.parent)
    parent = None if held is None else loaded(str(held))
    local = f"{LOCAL}/{stage.key[:12]}"
    questions = {row["question_id"]: row for row in workspace.read("questions").to_pylist()}
    met = gathering.gather(workspace, config.execution, memory)
    named = config.topics.codebook if anchor is None else None  # its themes are in the model that is held on to
    codebook = None if named is None else load_codebook(named)
    # The analyser reads the wordings here, once, so that the processes that fit need not load it.
    asked = terms_asked({question_id: questions[question_id]["title"] for question_id in met})
    lessons = None if anchor is None else anchor.lessons(workspace)
    holding = None if anchor is None else Holding(anchor, str(held), lessons, names_of(lessons) if lessons else {})
    find = partial(
        _fit_question, str(workspace.path), str(folder), local, config.topics, questions, asked, codebook, holding
    )
    outcomes = list(executor.map_items(find, met, config.execution, progress))
    chosen: dict[str, tuple[str, ThemeSet]] = {}
    choices: dict[str, tuple[planning.Choice, int]] = {}
    names = {"own": local, "kept": anchor.parent if anchor is not None else local}
    fitted_on: dict[str, int] = {}
    for question_id, fit in zip(met, outcomes, strict=True):
        question, choice, themes = questions[question_id], fit.choice, fit.themes
        if choice.source == "model":
            themes = model.themes_for(question_id, question["questionnaire"])
        if themes is not None:
            chosen[question_id] = (names.get(choice.source, model.reference), themes)
            fitted_on[question_id] = fit.n_fitted
        choices[f"{question['questionnaire']} {question['number']}"] = (choice, fit.n_answers)
    stage.summary.notes = planning.describe(choices)
    fitted = {q: themes for q, (name, themes) in chosen.items() if name == local}
    if fitted:
        _save_local(workspace, local, model, parent, fitted, fitted_on, stage.key)
    kept = anchor.parent if anchor is not None and anchor.mode == "use" else model.reference
    workspace.manifest["model"] = local if fitted else kept
    folders = {model.reference: str(folder), local: str(workspace.path / "models" / local)}
    if anchor is not None:
        folders[anchor.parent] = str(held)
    plan = {question_id: (name, themes.key) for question_id, (name, themes) in chosen.items()}
    sums = assign_all(stage, config, folders, plan, progress, memory)
    sets = {question_id: themes for question_id, (_, themes) in chosen.items()}
    shown = exemplar_rows(workspace, sets, str(folder), config.execution)
    workspace.write_part("exemplars", 0, shown)
    workspace.write_part("topic_numbers", 0, topic_number_rows(fitted))
    workspace.write_part("topics", 0, _topics_table(chosen.values(), sums))
    own = sum(name in (local, kept) and name != model.reference for name, _ in chosen.values())
    stage.summary.counts = {
        "questions": len(met),
        "questions_own_themes": own,
        "questions_model_themes": len(chosen) - own,
        "questions_without_themes": len(met) - len(chosen),
        "topics": workspace.count("topics"),
        "assignments": workspace.count("assignments"),
        "exemplars": shown.num_rows,
    }


def _fit_question(
    path: str,
    folder: str,
    local: str,
    settings: TopicsConfig,
    questions: dict[str, Any],
    asked: dict[str, frozenset[str]],
    codebook: Codebook | None,
    holding: Holding | None,
    question_id: str,
) -> Fit:
    workspace, model = Workspace(path), loaded(folder)
    kept = workspace.staging / "topics" / "fits" / question_id
    if (kept / "choice.json").is_file():  # an earlier run of the same inputs was cut short after this question
        themes = read_sets(kept, model.vectors.n_dimensions).get(question_id)
        content = json.loads((kept / "choice.json").read_text(encoding="utf-8"))
        return Fit(planning.Choice(**content["choice"]), content["n_answers"], themes, content["n_fitted"])
    question = questions[question_id]
    settle = partial(_settle, workspace, model, local, settings, question, asked[question_id], codebook, holding)
    fit = settle(gathering.documents_of(workspace, [question_id]))
    if not storage.is_local(kept):
        with tempfile.TemporaryDirectory() as scratch:
            _write_fit(Path(scratch), fit)
            storage.publish(Path(scratch), kept, last="choice.json")
        return fit
    partial_folder = kept.with_name(f".{kept.name}-{uuid.uuid4().hex}")
    partial_folder.mkdir(parents=True)
    _write_fit(partial_folder, fit)
    try:
        give_name(partial_folder, kept)
    except OSError:
        if not kept.is_dir():  # else another attempt at the same question was first, on a cluster that lost sight of it
            raise
        shutil.rmtree(partial_folder)
    return fit


def _settle(
    workspace: Workspace,
    model: Bundle,
    local: str,
    settings: TopicsConfig,
    question: dict[str, Any],
    asked: frozenset[str],
    codebook: Codebook | None,
    holding: Holding | None,
    documents: list[Document],
) -> Fit:
    """Decide which themes a question gets, and find them where they are its own."""
    question_id, questionnaire = question["question_id"], question["questionnaire"]
    of_question: dict[str, Any] = {"questionnaire": questionnaire, "question_id": question_id, "model": local}
    of_question["asked"] = asked
    n_answers = len(distinct(documents, model.vectors))
    choice = planning.choose(
        question_id, questionnaire, n_answers, None if settings.model == "none" else model, settings
    )
    if holding is not None:
        anchor, parent = holding.anchor, loaded(holding.folder)
        answers = gathering.answers_of(workspace, question_id)
        earlier = anchor.earlier(workspace, question_id)
        gone_on = go_on_with(anchor, parent, model, documents, answers, earlier, settings, **of_question)
        if gone_on is not None:
            choice, n_fitted, themes = gone_on
            if anchor.mode == "extend":  # without lessons too: what was learned from decisions that were undone goes
                told: dict[str, Any] = {"minimum_score": settings.minimum_score, "random_state": settings.seed}
                read = holding.lessons or Lessons(), holding.names
                themes = learn(themes, documents, answers, *read, parent.vectors, **told)
                choice = planning.learned(choice, themes.takeover)
            return Fit(choice, n_answers, themes, n_fitted)
        if anchor.mode == "use" and choice.source == "own":
            found = model.themes_for(question_id, questionnaire)
            reason = f"no themes of their own, for {anchor.parent} has none for them"
            choice = planning.Choice("none" if found is None else "model", reason)
    if codebook is not None:
        number = question["number"]
        coded = themes_of_question(codebook, documents, model.vectors, settings, number=number, **of_question)
        if coded is not None:
            n_proposed = sum(topic.status == "proposed" for topic in coded.topics)
            return Fit(planning.coded(n_proposed), n_answers, coded, n_answers)
    own = fit_question(documents, model.vectors, settings, **of_question) if choice.source == "own" else None
    if choice.source == "own" and own is None:
        choice = planning.Choice("none", f"unassigned, {settings.method} finds no groups among their answers")
    return Fit(choice, n_answers, own, n_answers)


def _write_fit(folder: Path, fit: Fit) -> None:
    write_sets([fit.themes] if fit.themes is not None else [], folder)
    content = {"choice": asdict(fit.choice), "n_answers": fit.n_answers, "n_fitted": fit.n_fitted}
    write_json(folder / "choice.json", content)


def _save_local(
    workspace: Workspace,
    local: str,
    model: Bundle,
    parent: Bundle | None,
    fitted: dict[str, ThemeSet],
    fitted_on: dict[str, int],
    key: str,
) -> None:
    name, version = local.split("/")
    created_from: dict[str, Any] = {
        "vectors": model.reference,
        "inputs": [entry["sha256"] for entry in workspace.manifest["inputs"]],
        "run": key,
        FITTED: {question_id: fitted_on[question_id] for question_id in fitted},
    }
    vectors = model.vectors
    if parent is not None:
        created_from["parent"] = parent.reference
        sets = carried(parent, fitted)
        created_from[FITTED] = {key: n for key, n in noted(parent).items() if key in sets} | created_from[FITTED]
        fitted, vectors = sets, parent.vectors
    taught = {question_id: themes.takeover for question_id, themes in fitted.items() if themes.learned is not None}
    figures = {
        f"sample-F1 of {key}, by cross-validation on {one.n_reviewed} reviewed answers": f"{one.learnt} ({one.current} "
        "without them)"
        for key, one in sorted(taught.items())
        if one is not None
    }
    made = Bundle(name, version, vectors, fitted, created_from, figures)
    read = f"Answers to {len(taught)} of them get themes from what reviewed answers taught. " if taught else ""
    card = (
        f"# {local}\n\nThemes fitted in a workspace of doleances on the word vectors of {model.reference}: "
        f"{len(fitted)} questions. Proposed by a machine but where people named or decided otherwise. {read}"
        "It holds the words of the contributions it was fitted on: share it as you would share them.\n"
    )
    bundle.save(made, workspace.path / "models" / local, card)


def _topics_table(chosen: Iterable[tuple[str, ThemeSet]], sums: Counter[str]) -> pa.Table:
    rows: dict[str, dict[str, Any]] = {}
    for name, themes in chosen:
        topics = themes.all_topics
        whole = rolled_up(sums, map(asdict, topics))
        for topic in topics:
            rows[topic.topic_id] = {
                "topic_id": topic.topic_id,
                "question_id": themes.question_id,
                "questionnaire": themes.questionnaire,
                "parent_id": topic.parent_id,
                "label": topic.label,
                "definition": topic.definition,
                "terms": list(topic.terms),
                "term_scores": list(topic.term_scores),
                "against": list(topic.against),
                "stability": topic.stability,
                "n_segments": whole[topic.topic_id],
                "status": topic.status,
                "lineage": list(topic.lineage),
                "model": name,
            }
    return tables.from_rows("topics", list(rows.values()))
