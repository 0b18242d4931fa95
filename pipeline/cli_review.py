"""The command `doleances review`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from pipeline import console
from pipeline.cli_options import DEFAULT_WORKSPACE, WorkspaceOption, existing

PASSWORD = "DOLEANCES_PASSWORD"


def review(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: one that is free.")] = 0,
    host: Annotated[
        str, typer.Option("--host", help="Interface to listen on; another than this machine needs --password.")
    ] = "127.0.0.1",
    password: Annotated[
        bool, typer.Option("--password", help=f"Ask for a password, read from {PASSWORD} or from the terminal.")
    ] = False,
    author: Annotated[
        str | None, typer.Option("--author", help="Who reviews; without it each browser is asked.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the pages in a browser.")] = True,
    audit: Annotated[
        int | None,
        typer.Option("--audit", min=1, help="First draw a random sample of so many answers, to be coded blind."),
    ] = None,
) -> None:
    """Read, correct and name what the machine found, in a browser."""
    place = existing(workspace)
    from pipeline.review.audit import draw
    from pipeline.review.web.pages_entry import clean
    from pipeline.review.web.serving import Place, check, serve

    where = Place(host, port, _password() if password else None, clean(author or "") or None)
    check(where)
    if audit is not None:
        with place.lock():
            draw(place, audit)
    serve(place, where, _told, browser=browser)


def _password() -> str:
    if PASSWORD in os.environ:
        return os.environ[PASSWORD]
    return str(typer.prompt("Password", hide_input=True, err=True)) if sys.stdin.isatty() else ""


def _told(address: str) -> None:
    console.out.print(address, markup=False, soft_wrap=True, highlight=False)
    sys.stdout.flush()
