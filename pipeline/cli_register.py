"""The commands `doleances register …`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipeline import console
from pipeline.cli_options import DEFAULT_WORKSPACE, ConfigOption, JsonOption, WorkspaceOption, print_json, settings_from
from pipeline.errors import ExitCode

register_app = typer.Typer(help="The register of organisations: check it.", no_args_is_help=True)


@register_app.command("lint")
def register_lint(
    register: Annotated[
        Path | None, typer.Argument(help="A register, instead of the one that is configured.", show_default=False)
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a register: rows that cannot stand, names that lead nowhere; exit 2 on errors."""
    from pipeline.entities.register import register_files
    from pipeline.entities.register_lint import lint

    del workspace  # every command takes it; the register is the configuration's
    configured = settings_from(config, None, None, None, None).entities.register_path
    problems = lint(register_files(register or configured))
    found = [problem for problem in problems if not problem.warning]
    if as_json:
        print_json({"problems": [asdict(problem) | {"path": str(problem.path)} for problem in problems]})
    else:
        for problem in problems:
            kind = "warning" if problem.warning else "error"
            console.out.print(
                f"{problem.path}, line {problem.line}: {kind}: {problem.detail}", soft_wrap=True, markup=False
            )
        console.out.print(f"{len(found)} errors, {len(problems) - len(found)} warnings")
    if found:
        raise typer.Exit(ExitCode.WRONG_USAGE)
