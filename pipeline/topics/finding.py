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
from typing import Any, Final

import pyarrow as pa

from pipeline import executor, storage, tables
from pipeline.config import Config, TopicsConfig
from pipeline.lease import give_name
from pipeline.nesting import rolled_up
from pipeline.stage import StageRun
from pipeline.topics import bundle, gathering, planning
from pipeline.topics.assigning import assign_all
from pipeline.topics.bundle import Bundle, loaded
from pipeline.topics.codebook import Codebook
from pipeline.topics.coding import load_codebook, themes_of_question
from pipeline.topics.documents import terms_asked
from pipeline.topics.fitting import distinct, fit_question
from pipeline.topics.showing import exemplar_rows, topic_number_rows
from pipeline.topics.theme_files import ThemeSet, read_sets, write_json, write_sets
from pipeline.workspace import Workspace

LOCAL: Final = "local"  # name of the models that are fitted in a workspace


def find_themes(stage: StageRun, config: Config, folder: Path, progress: executor.Progress | None) -> None:
    """Do the work of the stage: gather, fit or choose, assign, and write the tables."""
    workspace = stage.workspace
    model = loaded(str(folder))
    local = f"{LOCAL}/{stage.key[:12]}"
    questions = {row["question_id"]: row for row in workspace.read("questions").to_pylist()}
    met = gathering.gather(workspace, config.execution)
    codebook = load_codebook(config.topics.codebook) if config.topics.codebook is not None else None
    # The analyser reads the wordings here, once, so that the processes that fit need not load it.
    asked = terms_asked({question_id: questions[question_id]["title"] for question_id in met})
    fit = partial(_fit_question, str(workspace.path), str(folder), local, config.topics, questions, asked, codebook)
    outcomes = list(executor.map_items(fit, met, config.execution, progress))
    chosen: dict[str, tuple[str, ThemeSet]] = {}
    choices: dict[str, tuple[planning.Choice, int]] = {}
    for question_id, (choice, n_answers, themes) in zip(met, outcomes, strict=True):
        question = questions[question_id]
        if choice.source == "model":
            themes = model.themes_for(question_id, question["questionnaire"])
        if themes is not None:
            chosen[question_id] = (local if choice.source == "own" else model.reference, themes)
        choices[f"{question['questionnaire']} {question['number']}"] = (choice, n_answers)
    stage.summary.notes = planning.describe(choices)
    fitted = {q: themes for q, (name, themes) in chosen.items() if name == local}
    if fitted:
        _save_local(workspace, local, model, fitted, stage.key)
    workspace.manifest["model"] = local if fitted else model.reference
    folders = {model.reference: str(folder), local: str(workspace.path / "models" / local)}
    plan = {question_id: (name, themes.key) for question_id, (name, themes) in chosen.items()}
    sums = assign_all(stage, config, folders, plan, progress)
    sets = {question_id: themes for question_id, (_, themes) in chosen.items()}
    shown = exemplar_rows(workspace, sets, str(folder), config.execution)
    workspace.write_part("exemplars", 0, shown)
    workspace.write_part("topic_numbers", 0, topic_number_rows(fitted))
    workspace.write_part("topics", 0, _topics_table(chosen.values(), sums))
    own = sum(name == local for name, _ in chosen.values())
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
    question_id: str,
) -> tuple[planning.Choice, int, ThemeSet | None]:
    workspace, model = Workspace(path), loaded(folder)
    kept = workspace.staging / "topics" / "fits" / question_id
    if (kept / "choice.json").is_file():  # an earlier run of the same inputs was cut short after this question
        themes = read_sets(kept, model.vectors.n_dimensions).get(question_id)
        content = json.loads((kept / "choice.json").read_text(encoding="utf-8"))
        return planning.Choice(**content["choice"]), content["n_answers"], themes
    documents = gathering.documents_of(workspace, [question_id])
    questionnaire = questions[question_id]["questionnaire"]
    usable = None if settings.model == "none" else model
    n_answers = len(distinct(documents, model.vectors))
    choice = planning.choose(question_id, questionnaire, n_answers, usable, settings)
    of_question: dict[str, Any] = {"questionnaire": questionnaire, "question_id": question_id, "model": local}
    of_question["asked"] = asked[question_id]
    themes = None
    if codebook is not None:
        number = questions[question_id]["number"]
        themes = themes_of_question(codebook, documents, model.vectors, settings, number=number, **of_question)
    if themes is not None:
        choice = planning.coded(sum(topic.status == "proposed" for topic in themes.topics))
    elif choice.source == "own":
        themes = fit_question(documents, model.vectors, settings, **of_question)
        if themes is None:
            choice = planning.Choice("none", f"unassigned, {settings.method} finds no groups among their answers")
    if not storage.is_local(kept):
        with tempfile.TemporaryDirectory() as scratch:
            _write_fit(Path(scratch), themes, choice, n_answers)
            storage.publish(Path(scratch), kept, last="choice.json")
        return choice, n_answers, themes
    partial_folder = kept.with_name(f".{kept.name}-{uuid.uuid4().hex}")
    partial_folder.mkdir(parents=True)
    _write_fit(partial_folder, themes, choice, n_answers)
    try:
        give_name(partial_folder, kept)
    except OSError:
        if not kept.is_dir():  # else another attempt at the same question was first, on a cluster that lost sight of it
            raise
        shutil.rmtree(partial_folder)
    return choice, n_answers, themes


def _write_fit(folder: Path, themes: ThemeSet | None, choice: planning.Choice, n_answers: int) -> None:
    write_sets([themes] if themes is not None else [], folder)
    write_json(folder / "choice.json", {"choice": asdict(choice), "n_answers": n_answers})


def _save_local(workspace: Workspace, local: str, model: Bundle, fitted: dict[str, ThemeSet], key: str) -> None:
    name, version = local.split("/")
    created_from = {
        "vectors": model.reference,
        "inputs": [entry["sha256"] for entry in workspace.manifest["inputs"]],
        "run": key,
    }
    made = Bundle(name, version, model.vectors, fitted, created_from)
    card = (
        f"# {local}\n\nThemes fitted in a workspace of doleances on the word vectors of {model.reference}: "
        f"{len(fitted)} questions. Proposed by a machine; nobody has reviewed them yet. "
        "It holds the words of the contributions it was fitted on: share it as you would share them.\n"
    )
    bundle.save(made, workspace.path / "models" / local, card)


def _topics_table(chosen: Iterable[tuple[str, ThemeSet]], sums: Counter[str]) -> pa.Table:
    rows: dict[str, dict[str, Any]] = {}
    for name, themes in chosen:
        topics = (*themes.topics, *themes.subtopics)
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
