"""The application: its pages behind its guard."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as PlainHTTPException

from pipeline.errors import DoleancesError
from pipeline.review.web import (
    pages_answers,
    pages_conflicts,
    pages_double,
    pages_entry,
    pages_export,
    pages_home,
    pages_mentions,
    pages_themes,
)
from pipeline.review.web.queues import Queues
from pipeline.review.web.rendering import STATIC, render
from pipeline.review.web.requests import NameWanted
from pipeline.review.web.security import Door, Guard
from pipeline.review.web.site import Site

COOKIE = "doleances_{port}"


def create_app(site: Site, door: Door, *, port: int = 0, author: str | None = None) -> Guard:
    """Return the application that shows a site to those who come in by a door.

    Parameters
    ----------
    port : int
        Cookies of several servers on one host are told apart by it.
    author : str, optional
        The name under which decisions are written; else each person is asked.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site, app.state.queues, app.state.door, app.state.author = site, Queues(site), door, author
    app.state.queues.warm()
    app.state.cookie = COOKIE.format(port=port)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for pages in (
        pages_entry,
        pages_home,
        pages_answers,
        pages_themes,
        pages_mentions,
        pages_conflicts,
        pages_double,
        pages_export,
    ):
        app.include_router(pages.router)

    @app.exception_handler(PlainHTTPException)
    @app.exception_handler(HTTPException)
    async def not_there(request: Request, error: PlainHTTPException) -> Response:
        return HTMLResponse(render("error.html.j2", status=error.status_code, detail=error.detail), error.status_code)

    @app.exception_handler(NameWanted)
    async def name_wanted(request: Request, error: Exception) -> Response:
        return RedirectResponse("/nom", status_code=303)

    @app.exception_handler(DoleancesError)
    async def not_written(request: Request, error: DoleancesError) -> Response:
        return HTMLResponse(render("error.html.j2", status=500, detail=str(error)), 500)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        return HTMLResponse(render("error.html.j2", status=500, detail="Une erreur s’est produite."), 500)

    return Guard(app, door, app.state.cookie)
