"""What commands share: their options, and the settings and workspace that these name."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline import config, errors
from pipeline.errors import ExitCode
from pipeline.stage import Summary
from pipeline.workspace import Workspace

DEFAULT_WORKSPACE = Path("workspace")

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Folder of tables, dataset and report.")]
PathsArgument = Annotated[list[Path], typer.Argument(help="Files, or folders that are read recursively.")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="A doleances.toml.")]
ModelOption = Annotated[str | None, typer.Option("--model", help="NAME or PATH of a model, or none.")]
TopicsOption = Annotated[str | None, typer.Option("--topics", help="Themes a question: a number, or auto.")]
MethodOption = Annotated[
    str | None, typer.Option("--method", help="How themes are found: vectors (by default), reinert or nmf.")
]
CodebookOption = Annotated[
    str | None, typer.Option("--codebook", help="CSV of themes that people wrote: see seeds/codebooks/README.md.")
]
WorkersOption = Annotated[int | None, typer.Option("--workers", help="Processes; never changes a result.")]
SchedulerOption = Annotated[
    str | None,
    typer.Option("--scheduler", help="Dask scheduler, tcp://host:port; or local: --workers of Dask on this machine."),
]


class Lang(StrEnum):
    """The languages of a report."""

    fr = "fr"
    en = "en"


LangOption = Annotated[
    Lang | None, typer.Option("--lang", help="Language of the report, French by default; quotes stay as they are.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Do again what is up to date.")]
AddOption = Annotated[bool, typer.Option("--add", help="Join the files read before, instead of taking their place.")]
TextColumn = Annotated[
    list[str] | None,
    typer.Option("--text-column", help="Column of answers, by its name; several times for several questions."),
]
IdColumn = Annotated[str | None, typer.Option("--id-column", help="Column of the reference of a contribution.")]
QuestionColumn = Annotated[
    str | None, typer.Option("--question-column", help="Column of the question, where a row is one answer.")
]
AuthorColumn = Annotated[str | None, typer.Option("--author-column", help="Column of the author.")]
AuthorTypeColumn = Annotated[str | None, typer.Option("--author-type-column", help="Column of the type of author.")]
DateColumn = Annotated[str | None, typer.Option("--date-column", help="Column of the date.")]
PostcodeColumn = Annotated[str | None, typer.Option("--postcode-column", help="Column of the postcode.")]
WeightColumn = Annotated[str | None, typer.Option("--weight-column", help="Column of the weight, for redressement.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def settings_from(
    path: Path | None,
    model: str | None,
    topics: str | None,
    workers: int | None,
    scheduler: str | None,
    method: str | None = None,
    codebook: str | None = None,
) -> config.Config:
    number = int(topics) if topics is not None and topics.isdecimal() else topics
    loaded = config.load(path).with_values("topics", model=model, topics=number, method=method, codebook=codebook)
    return loaded.with_values("execution", workers=workers, scheduler=scheduler)


def with_columns(found: config.Config, context: typer.Context) -> config.Config:
    """Return settings with the columns that the command line names."""
    named = {name: value or None for name, value in context.params.items() if name.endswith("_column")}
    return found.with_values("ingest", **named)


def existing(path: Path) -> Workspace:
    workspace = Workspace(path)
    if not workspace.exists:
        raise errors.usage("E203", path=path)
    return workspace


def exit_with(summaries: list[Summary]) -> None:
    """End a command: with 1 where something could not be read."""
    if any(summary.problems for summary in summaries):
        raise typer.Exit(ExitCode.DONE_WITH_REJECTS)


def print_json(content: dict[str, Any]) -> None:
    json.dump(content, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
