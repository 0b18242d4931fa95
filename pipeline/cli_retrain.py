"""The commands `doleances retrain` and `doleances models rollback`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from pipeline import api, console
from pipeline.cli_options import (
    DEFAULT_WORKSPACE,
    AuthorColumn,
    AuthorTypeColumn,
    ConfigOption,
    DateColumn,
    IdColumn,
    JsonOption,
    PostcodeColumn,
    QuestionColumn,
    SchedulerOption,
    TextColumn,
    WeightColumn,
    WorkersOption,
    WorkspaceOption,
    existing,
    exit_with,
    print_json,
    settings_from,
    with_columns,
)
from pipeline.console_retrain import print_difference


def retrain(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="New contributions; none, to learn from decisions alone."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    question_column: QuestionColumn = None,
    author_column: AuthorColumn = None,
    author_type_column: AuthorTypeColumn = None,
    date_column: DateColumn = None,
    postcode_column: PostcodeColumn = None,
    weight_column: WeightColumn = None,
    gold: Annotated[
        Path | None, typer.Option("--gold", help="Answers with themes by people: figures before and after.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Use the new model even where its figures are lower.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let new contributions join, and make a new version of the model that takes them in."""
    from pipeline.retrain import settings_as_before

    clock = time.perf_counter()
    settings = settings_from(config, None, None, workers, scheduler)
    if config is None:
        settings = settings_as_before(existing(workspace), settings)
    settings = with_columns(settings, context)
    with console.progress() as watch:
        done = api.retrain(paths or [], workspace, settings, gold=gold, accept=accept, dry_run=dry_run, watch=watch)
    for summary in done.summaries:
        console.print_summary(summary)
    console.print_notes(done.summaries)
    if as_json:
        print_json({"workspace": str(workspace), "dry_run": dry_run, "difference": done.difference})
    elif done.difference is not None:
        print_difference(done.difference)
    if dry_run:
        seconds = time.perf_counter() - clock
        console.err.print(f"Nothing was changed: this was worked out in a copy, in {seconds:.0f} s.")
    exit_with(done.summaries)


def models_rollback(
    name: Annotated[str | None, typer.Argument(help="NAME/VERSION; the one before, if left out.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    workers: WorkersOption = None,
) -> None:
    """Make an earlier version the current one; tables, dataset and report follow, and nothing is removed."""
    from pipeline.retrain import rollback, settings_as_before

    place, settings = existing(workspace), settings_from(config, None, None, workers, None)
    if config is None:
        settings = settings_as_before(place, settings)
    with place.lock(), console.progress() as watch:
        current, summaries = rollback(place, name, lambda stage: api.run_stage(stage, place, settings, watch=watch))
    for summary in summaries:
        console.print_summary(summary)
    console.print_notes(summaries)
    console.out.print(f"The current model is {current}.", markup=False)
    exit_with(summaries)
