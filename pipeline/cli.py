"""The command `doleances`: one short function a command."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline import api, config, console, errors, ledger, storage
from pipeline.cli_evaluate import evaluate_app
from pipeline.cli_export import export
from pipeline.cli_import import import_decisions
from pipeline.cli_models import models_app
from pipeline.cli_options import (
    DEFAULT_WORKSPACE,
    AddOption,
    AuthorColumn,
    AuthorTypeColumn,
    CodebookOption,
    ConfigOption,
    DateColumn,
    ForceOption,
    IdColumn,
    JsonOption,
    LangOption,
    MethodOption,
    ModelOption,
    PathsArgument,
    PostcodeColumn,
    QuestionColumn,
    SchedulerOption,
    TextColumn,
    TopicsOption,
    WeightColumn,
    WorkersOption,
    WorkspaceOption,
    existing,
    exit_with,
    print_json,
    settings_from,
    with_columns,
)
from pipeline.cli_register import register_app
from pipeline.cli_retrain import models_rollback, retrain
from pipeline.cli_review import review
from pipeline.errors import ExitCode
from pipeline.stage import ORDER, stale_stages
from pipeline.workspace import Workspace

app = typer.Typer(
    name="doleances",
    help="From the free-text answers of a French public consultation to themes that people can check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(models_app, name="models")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(register_app, name="register")
app.command()(export)
app.command()(retrain)
models_app.command("rollback")(models_rollback)
app.command("import")(import_decisions)
app.command()(review)

_UsageError: Any = typer.BadParameter.__base__  # typer gives no public name to it


@app.command()
def run(
    context: typer.Context,
    paths: PathsArgument,
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
    model: ModelOption = None,
    topics: TopicsOption = None,
    method: MethodOption = None,
    codebook: CodebookOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    lang: LangOption = None,
    force: ForceOption = False,
    add: AddOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run all stages: files in, labelled dataset and topic report out."""
    settings = with_columns(settings_from(config, model, topics, workers, scheduler, method, codebook), context)
    settings = settings.with_values("report", language=lang and lang.value)
    with console.progress() as watch:
        summaries = api.run(paths, workspace, settings, force=force, add=add, watch=watch)
    for summary in summaries:
        console.print_summary(summary)
    console.print_notes(summaries)
    from pipeline import summary as results

    place = Workspace(workspace)
    covered = ledger.coverage(place)
    dataset = place.path / "dataset"
    if as_json:
        print_json(
            {"workspace": str(workspace), "coverage": covered.to_dict()}
            | results.to_json(dataset)
            | {
                "stages": [asdict(summary) for summary in summaries],
                "report": str(place.path / "report" / "index.html"),
            }
        )
    else:
        console.print_coverage(covered)
        console.print_themes(results.themes(dataset))
        console.print_organisations(*results.organisations(dataset))
        console.print_paths(workspace if storage.is_local(place.path) else place.path)
    exit_with(summaries)


@app.command()
def ingest(
    context: typer.Context,
    paths: PathsArgument,
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
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    force: ForceOption = False,
    add: AddOption = False,
) -> None:
    """Read files into contributions, questions and answers."""
    settings = with_columns(settings_from(config, None, None, workers, scheduler), context)
    _one_stage("ingest", workspace, settings, force, paths, add=add)


def _add_stage(name: str, description: str) -> None:
    def command(
        workspace: WorkspaceOption = DEFAULT_WORKSPACE,
        config: ConfigOption = None,
        workers: WorkersOption = None,
        scheduler: SchedulerOption = None,
        force: ForceOption = False,
    ) -> None:
        _one_stage(name, workspace, settings_from(config, None, None, workers, scheduler), force)

    app.command(name, help=description)(command)


_add_stage("tokenise", "Cut open answers into segments, with tokens and lemmas.")
_add_stage("entities", "Find the organisations, people and places that are named.")


@app.command()
def topics(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    model: ModelOption = None,
    topics: TopicsOption = None,
    method: MethodOption = None,
    codebook: CodebookOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    force: ForceOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what the codebook would do, and write nothing.")
    ] = False,
) -> None:
    """Find the themes of each question, and give segments to them."""
    settings = settings_from(config, model, topics, workers, scheduler, method, codebook)
    if not dry_run:
        _one_stage("topics", workspace, settings, force)
        return
    if settings.topics.codebook is None:
        raise errors.usage("E122", detail="--dry-run is for --codebook", command="doleances topics")
    from pipeline.topics.codebook_effect import effects

    place = existing(workspace)
    with place.lock():
        for question, effect in effects(place, settings):
            console.print_effect(question, effect)


_add_stage("dataset", "Settle the state of every answer and write the labelled dataset.")


@app.command()
def report(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    lang: LangOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    force: ForceOption = False,
) -> None:
    """Write the topic report, pages in French or English that open from disk."""
    settings = settings_from(config, None, None, workers, scheduler).with_values("report", language=lang and lang.value)
    _one_stage("report", workspace, settings, force)


@app.command()
def status(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """Say what is there, what is stale, and the coverage ledger."""
    place = existing(workspace)
    stale = stale_stages(place)
    states = {name: "stale" if name in stale else "up to date" for name in ORDER}
    ingested = states["ingest"] == "up to date"
    covered = ledger.coverage(place) if ingested else None
    if as_json:
        found = {"stages": states, "model": place.manifest.get("model"), "inputs": place.manifest["inputs"]}
        print_json({"workspace": str(workspace)} | found | {"coverage": covered.to_dict() if covered else None})
        return
    for name, state in states.items():
        console.out.print(f"{name:<9} {state}")
    console.out.print(f"model     {place.manifest.get('model', '-')}")
    if covered is not None:
        console.print_coverage(covered)
        console.print_questions(covered)


@app.command()
def forget(
    reference: Annotated[str, typer.Argument(help="The reference of the contribution, or its contribution_id.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Erase a contribution on request (RGPD) from tables, dataset, report, exports and decisions."""
    from pipeline.forget import forget as erase
    from pipeline.forget import settings_of

    place = existing(workspace)
    with place.lock(), console.progress() as watch:
        settings = settings_of(place)
        erased = erase(place, reference)
        for stage in erased.stages:
            api.run_stage(stage, place, settings, force=True, watch=watch)
    console.print_forgotten(erased)


@app.command()
def verify(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Re-check a finished workspace; exit 0 only if everything holds."""
    from pipeline.verify import verify as check

    failures = check(existing(workspace))
    console.print_problems(failures, "correct the first ones")
    if failures:
        raise typer.Exit(ExitCode.STAGE_FAILED)
    console.out.print("Everything holds: files, schemas, ids, states, quotes, printed figures.")


class TableFormat(StrEnum):
    """How `sql` prints its result."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@app.command()
def sql(
    statement: Annotated[
        str, typer.Argument(help='For example "SELECT state, count(*) FROM outcomes GROUP BY state".')
    ],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    style: Annotated[TableFormat, typer.Option("--format")] = TableFormat.table,
    output: Annotated[
        Path | None, typer.Option(help="Write csv, json or parquet to this file instead of to stdout.")
    ] = None,
) -> None:
    """Ask the tables of the workspace a question in SQL (DuckDB)."""
    from pipeline import sql as asking

    place = existing(workspace)
    if output is None and style is TableFormat.table:
        console.print_frame(asking.query(place, statement))
    elif output is None and style is TableFormat.json:
        console.out.print_json(asking.as_json(asking.query(place, statement)))
    elif style is TableFormat.table:
        raise errors.usage("E122", detail="--output is for csv, json and parquet", command="doleances sql")
    elif output is None and style is TableFormat.parquet and sys.stdout.isatty():
        raise errors.usage("E122", detail="parquet is no text: give --output FILE, or a pipe", command="doleances sql")
    else:
        asking.write(place, statement, style.value, output)


def _one_stage(
    name: str, path: Path, settings: config.Config, force: bool, paths: list[Path] | None = None, *, add: bool = False
) -> None:
    workspace = Workspace(path) if name == "ingest" else existing(path)
    with workspace.lock(), console.progress() as watch:
        summary = api.run_stage(name, workspace, settings, paths or [], force=force, add=add, watch=watch)
    console.print_summary(summary)
    console.print_notes([summary])
    exit_with([summary])


def main() -> None:
    """Run the command line; a failure is one plain line on stderr and an exit code, never a traceback."""
    try:
        sys.exit(app(prog_name="doleances", standalone_mode=False))
    except errors.DoleancesError as error:
        if os.environ.get("DOLEANCES_DEBUG"):
            raise
        console.print_failure(error.details, str(error))
        sys.exit(int(error.exit_code))
    except _UsageError as error:
        message = error.format_message()
        if "\n" in message:
            error.show()  # a command without arguments: its help
        else:
            command = error.ctx.command_path if error.ctx else "doleances"
            console.print_problems([str(errors.problem("E122", detail=message.rstrip("."), command=command))])
        sys.exit(int(ExitCode.WRONG_USAGE))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except Exception as error:
        if os.environ.get("DOLEANCES_DEBUG"):
            raise
        console.print_problems([str(errors.problem("E215", detail=f"{type(error).__name__}: {error}"))])
        sys.exit(int(ExitCode.STAGE_FAILED))


if __name__ == "__main__":
    main()
