"""The commands `doleances models …` and `doleances evaluate …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import pipeline
from pipeline import console
from pipeline.cli_options import (
    DEFAULT_WORKSPACE,
    ConfigOption,
    JsonOption,
    WorkersOption,
    WorkspaceOption,
    existing,
    print_json,
    settings_from,
)
from pipeline.workspace import Workspace

models_app = typer.Typer(help="Topic models: list, show, verify, train.", no_args_is_help=True)
evaluate_app = typer.Typer(help="Measure quality on answers marked by people.", no_args_is_help=True)


@models_app.command("list")
def models_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """List the models that ship and those of the workspace."""
    from pipeline.topics import bundle, catalogue

    current = Workspace(workspace).manifest.get("model")
    for folder in catalogue.available(Workspace(workspace).path):
        content = bundle.read_manifest(folder)
        reference = f"{content['name']}/{content['version']}"
        mark = " (current)" if reference == current else ""
        console.out.print(f"{reference}{mark}  {folder}", soft_wrap=True, markup=False)


@models_app.command("show")
def models_show(name: str, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Print the card of a model and its themes."""
    from pipeline.topics import bundle, catalogue

    folder = catalogue.locate(name, Workspace(workspace).path)
    model = bundle.load(folder)
    console.out.print((folder / "README.md").read_text(encoding="utf-8"), markup=False, soft_wrap=True)
    for key, themes in model.sets.items():
        console.out.print(f"{key}: {len(themes.topics)} themes")
        for topic in themes.topics:
            console.out.print(f"  {topic.topic_id}  {topic.n_answers:>6,}  {topic.label}", markup=False, soft_wrap=True)


@models_app.command("verify")
def models_verify(name: str, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Check the sums, shapes and schema of a model."""
    from pipeline.topics import bundle, catalogue

    folder = catalogue.locate(name, Workspace(workspace).path)
    bundle.load(folder)
    console.out.print(f"{folder}: everything holds", soft_wrap=True, markup=False)


@models_app.command("train")
def models_train(
    name: Annotated[str, typer.Option(help="Name of the model.")],
    output: Annotated[Path, typer.Option(help="Folder that the model's own folder is written to.")],
    version: Annotated[str, typer.Option(help="Version of the model.")] = "1",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    workers: WorkersOption = None,
) -> None:
    """Learn word vectors and themes from all the answers of a tokenised workspace."""
    from pipeline.topics.training import train_model

    place = existing(workspace)
    with place.lock(), console.progress() as watch:
        made = train_model(
            place, settings_from(config, None, None, workers, None), name, version, output, watch("train")
        )
    console.out.print(f"{output / name}: {len(made.vectors.vocabulary):,} words, {len(made.sets)} sets of themes")


@evaluate_app.command("entities")
def evaluate_entities(
    gold: Annotated[Path, typer.Option(help="JSONL: text, spans, borderline.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the recognition of organisations: strict spans, with a 95 % interval."""
    from pipeline.evaluation.entities import evaluate_entities as measure

    del workspace  # every command takes it; the register is the configuration's, the gold is a file
    register = settings_from(config, None, None, None, None).entities.register_path
    result = measure(gold, pipeline.OrganisationRecogniser(register=register))
    if as_json:
        print_json(result.to_dict())
    else:
        console.out.print(str(result), markup=False)
