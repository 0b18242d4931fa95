"""Coming in: the token of the address, the password where one is asked for, and a name."""

from __future__ import annotations

import asyncio
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from pipeline.review.web.rendering import render
from pipeline.review.web.requests import Form, back
from pipeline.review.web.security import Door

router = APIRouter()
LONGEST_NAME = 60


@router.get("/entrer")
async def enter(request: Request) -> Response:
    """Let a browser in by the address that the command printed."""
    door: Door = request.app.state.door
    token = request.query_params.get("jeton", "")
    if door.asks_password:
        return HTMLResponse(render("password.html.j2", token=token, wrong=False))
    return _in(request, token) if door.opens(token) else _refused()


@router.post("/entrer")
async def enter_with_password(request: Request) -> Response:
    """Let a browser in that gives the password too."""
    door: Door = request.app.state.door
    form = Form(request.scope["state"]["form"])
    if door.opens(form.get("jeton"), form.get("password")):
        return _in(request, form.get("jeton"))
    await asyncio.sleep(1)
    return HTMLResponse(render("password.html.j2", token=form.get("jeton"), wrong=True), status_code=403)


def _in(request: Request, token: str) -> Response:
    door: Door = request.app.state.door
    name = request.app.state.author or clean(unquote(request.cookies.get("doleances_nom", "")))
    response = back("/" if name else "/nom")
    response.set_cookie(request.app.state.cookie, door.enter(name or None), httponly=True, samesite="strict", path="/")
    return response


def _refused() -> Response:
    return HTMLResponse(render("refused.html.j2"), status_code=403)


@router.get("/nom")
async def name_page(request: Request) -> Response:
    """Ask who is there."""
    session = request.scope["state"]["session"]
    return HTMLResponse(render("name.html.j2", session=session, wrong=False))


@router.post("/nom")
async def name_given(request: Request) -> Response:
    """Take the name of a person."""
    session = request.scope["state"]["session"]
    name = clean(Form(request.scope["state"]["form"]).get("nom"))
    if not name:
        return HTMLResponse(render("name.html.j2", session=session, wrong=True), status_code=400)
    session.name = name
    response = back("/")
    response.set_cookie(
        "doleances_nom", quote(name), httponly=True, samesite="strict", path="/", max_age=180 * 24 * 3600
    )
    return response


def clean(name: str) -> str:
    """Return a name on one line, printable and not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:LONGEST_NAME].strip()
