"""The command `doleances export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline import console, errors
from pipeline.cli_options import DEFAULT_WORKSPACE, WorkspaceOption, existing


def export(
    format: Annotated[
        str | None, typer.Argument(metavar="FORMAT", help="What to write: see --list.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Folder to write, instead of WORKSPACE/exports/FORMAT.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="Leave personal data as it was received. Says what it shows, and asks.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Answer yes to what --no-mask asks.")] = False,
    list_formats: Annotated[bool, typer.Option("--list", help="List the formats and stop.")] = False,
) -> None:
    """Write the labelled dataset for another tool: CSV, XLSX, Hugging Face, spaCy and others (--list)."""
    from pipeline.export import FORMATS
    from pipeline.export.exporting import export as write
    from pipeline.export.exporting import revealed

    if list_formats:
        for one in FORMATS.values():
            console.out.print(f"{one.name:<13} {one.purpose}", soft_wrap=True, markup=False)
        return
    if format is None or format not in FORMATS:
        raise errors.usage("E401", name=format or "", known=", ".join(FORMATS))
    place = existing(workspace)
    with place.lock():
        if no_mask:
            shown = errors.printable(revealed(place))
            if not yes and not sys.stdin.isatty():
                raise errors.usage("E406", what=shown)
            console.err.print(f"--no-mask: this export will show {shown}.", markup=False)
            if not yes:
                typer.confirm("Go on?", abort=True, err=True)
        folder = write(place, format, output, masked=not no_mask)
    console.out.print(f"Export:  {errors.printable(str(folder))}", soft_wrap=True, markup=False)
