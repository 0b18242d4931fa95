"""The commands `doleances models …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline import bundles, catalogue, console, errors
from pipeline.cli_options import (
    DEFAULT_WORKSPACE,
    ConfigOption,
    WorkersOption,
    WorkspaceOption,
    existing,
    settings_from,
)
from pipeline.workspace import Workspace

models_app = typer.Typer(help="Models: list, show, verify, train.", no_args_is_help=True)


@models_app.command("list")
def models_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """List the models that ship and those of the workspace."""
    current = Workspace(workspace).manifest.get("model")
    folders: dict[str, list[Path]] = {}
    for folder in catalogue.available(Workspace(workspace).path):
        try:
            content = bundles.read_manifest(folder)
        except errors.DoleancesError as error:
            console.print_problems([str(error)])  # the others can be used all the same
            continue
        reference = f"{content['name']}/{content['version']}"
        mark = " (current)" if reference == current else ""
        finds = bundles.KINDS[content["kind"]]
        parent = content["created_from"].get("parent")
        after = f"  after {parent}" if isinstance(parent, str) else ""
        console.out.print(f"{reference}{mark}  {finds}{after}  {folder}", soft_wrap=True, markup=False)
        folders.setdefault(reference, []).append(folder)
    for reference, found in folders.items():
        if len(found) > 1:
            shown = ", ".join(map(str, found))
            console.print_problems([str(errors.problem("E444", name=reference, folders=shown))])


@models_app.command("show")
def models_show(name: str, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Print the card of a model, and its themes where it has some."""
    from pipeline.topics import bundle

    folder = catalogue.locate(name, Workspace(workspace).path)
    kind = bundles.read_manifest(folder)["kind"]
    console.out.print(_card(folder), markup=False, soft_wrap=True)
    if kind != "topics":
        return
    for key, themes in bundle.load(folder).sets.items():
        console.out.print(f"{key}: {len(themes.topics)} themes")
        for topic in themes.topics:
            console.out.print(f"  {topic.topic_id}  {topic.n_answers:>6,}  {topic.label}", markup=False, soft_wrap=True)


def _card(folder: Path) -> str:
    try:
        return (folder / "README.md").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise errors.usage("E302", path=folder, detail="README.md is missing") from None
    except (OSError, UnicodeDecodeError) as error:
        raise errors.usage("E302", path=folder, detail=f"README.md cannot be read: {error}") from None


@models_app.command("verify")
def models_verify(name: str, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Check the sums, shapes and schema of a model."""
    from pipeline.entities import trained
    from pipeline.topics import bundle

    folder = catalogue.locate(name, Workspace(workspace).path)
    if bundles.read_manifest(folder)["kind"] == trained.KIND:
        trained.load(folder)
    else:
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


@models_app.command("train-recogniser")
def models_train_recogniser(
    name: Annotated[str, typer.Option(help="Name of the model.")],
    output: Annotated[Path, typer.Option(help="Folder that the model's own folder is written to.")],
    gold: Annotated[list[Path] | None, typer.Option(help="JSONL of marked answers to learn from too.")] = None,
    held_out: Annotated[list[Path] | None, typer.Option(help="JSONL of marked answers never to learn from.")] = None,
    limit: Annotated[int, typer.Option(min=100, help="Answers to learn from, at the most.")] = 24_000,
    steps: Annotated[int | None, typer.Option(min=1, help="Steps of training.")] = None,
    version: Annotated[str, typer.Option(help="Version of the model.")] = "1",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
) -> None:
    """Train a recogniser of names from scratch, on the answers where register and stock model agree."""
    from pipeline.entities.training import train_on_workspace

    place = existing(workspace)
    settings = settings_from(config, None, None, None, None)
    with place.lock():
        figures = train_on_workspace(
            place, settings, name, version, output, gold=gold or [], held_out=held_out or [], limit=limit, steps=steps
        )
    for label, found in figures.items():
        console.out.print(f"{label}: precision {found['precision']}, recall {found['recall']}, F1 {found['f1']}")
    console.out.print(f"{output / name}: figures on a part of the silver answers; measure it with evaluate entities")
