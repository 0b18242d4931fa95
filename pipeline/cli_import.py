"""The command `doleances import`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from pipeline import console
from pipeline.cli_options import DEFAULT_WORKSPACE, WorkspaceOption, existing
from pipeline.errors import ExitCode


def import_decisions(
    name: Annotated[str, typer.Argument(metavar="FORMAT", help="prodigy, label-studio or doccano.")],
    file: Annotated[Path, typer.Argument(help="What the tool exported: JSONL, or JSON of Label Studio.")],
    author: Annotated[str, typer.Option("--author", help="Who made the corrections.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """Add what people corrected in an annotation tool to the decisions of the workspace."""
    from pipeline.review.importing import import_file

    place = existing(workspace)
    with place.lock():
        found = import_file(place, name, file, author)
    for problem in found.problems:
        console.print_problems([str(problem)])  # each of them: they are all there is to correct the file by
    console.out.print(_told(found.decisions, "decisions", "none") + " added", markup=False, soft_wrap=True)
    console.out.print(_told(found.rows, "rows", "no row"), markup=False, soft_wrap=True)
    if found.problems:
        raise typer.Exit(ExitCode.DONE_WITH_REJECTS)


def _told(counts: Counter[str], what: str, none: str) -> str:
    listed = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in sorted(counts.items()) if count)
    return f"{what}: {listed or none}"
