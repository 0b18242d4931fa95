"""What every page needs of a request: the site, who asks, what a form says; and the answers that pages give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.review.activity import Trouble
from pipeline.review.decisions import Decision
from pipeline.review.web import wording
from pipeline.review.web.queues import Queues
from pipeline.review.web.rendering import render
from pipeline.review.web.security import Session
from pipeline.review.web.site import Site


class Form:
    """The fields of a form, or of an address."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields

    def get(self, name: str, default: str = "") -> str:
        """Return a field, without blanks around it."""
        found = self._fields.get(name)
        return found[-1].strip() if found else default

    def all(self, name: str) -> list[str]:
        """Return all values of a field, each once; several may stand in one, between blanks."""
        return list(dict.fromkeys(part for value in self._fields.get(name, ()) for part in value.split()))

    def number(self, name: str) -> int | None:
        """Return a field that is a whole number."""
        value = self.get(name)
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def items(self) -> list[tuple[str, str]]:
        """Return all fields, to send them once more."""
        return [(name, value) for name, values in self._fields.items() for value in values]


@dataclass(frozen=True)
class Asked:
    """A request as pages see it."""

    request: Request
    site: Site
    queues: Queues
    session: Session

    @property
    def author(self) -> str:
        return self.session.name or "?"

    @property
    def form(self) -> Form:
        return Form(self.request.scope["state"].get("form", {}))

    @property
    def query(self) -> Form:
        query = self.request.query_params
        return Form({key: query.getlist(key) for key in query})

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page."""
        done = self.site.state.by_id.get(self.query.get("fait"))
        common = {
            "site": self.site,
            "session": self.session,
            "path": self.request.url.path,
            "here": self.request.url.path + (f"?{self.request.url.query}" if self.request.url.query else ""),
            "done": done,
            "trouble": self.trouble(done) if done else None,
            "say": wording,
            "conflicts": len(open_troubles(self.site, self.queues)),
            "history": lambda key: history(self.site, key),
        }
        return HTMLResponse(render(template, **(common | values)), status_code=status)

    def trouble(self, decision: Decision) -> Trouble | None:
        """Return why a decision was not carried out."""
        return next((one for one in self.site.state.troubles if one.decision.decision_id == decision.decision_id), None)


class NameWanted(Exception):
    """Nobody has said yet who is there."""


def asked(request: Request) -> Asked:
    """Return a request with what the log says by now."""
    if request.scope["state"]["session"].name is None:
        raise NameWanted
    site: Site = request.app.state.site
    site.refresh()
    return Asked(request, site, request.app.state.queues, request.scope["state"]["session"])


def back(path: str, **query: str | int | None) -> Response:
    """Return a redirection to one of our pages."""
    given = {key: value for key, value in query.items() if value not in (None, "")}
    address, _, before = path.partition("?")
    pairs = [one for one in before.split("&") if one and one.partition("=")[0] not in given]
    full = "&".join([*pairs, *([urlencode(given)] if given else [])])
    return RedirectResponse(f"{local(address)}{'?' if full else ''}{full}", status_code=303)


def local(path: str) -> str:
    """Return a path of this server: what leads elsewhere becomes the first page."""
    safe = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if safe else "/"


def missing(what: str) -> HTTPException:
    """Return what to raise where something is not there."""
    return HTTPException(404, what)


def wrong(what: str) -> HTTPException:
    """Return what to raise where a form cannot be carried out."""
    return HTTPException(400, what)


def open_troubles(site: Site, queues: Queues) -> list[Trouble]:
    """Return the decisions that were not carried out and that nobody has settled."""

    def find() -> list[Trouble]:
        settled = queues.settled()
        return [one for one in site.state.troubles if one.decision.decision_id not in settled]

    return site.memo("troubles", find)


@dataclass(frozen=True)
class Past:
    """A decision as a history shows it. ``undo`` is the decision to undo: itself, or what undid it."""

    decision: Decision
    undone: bool
    undo: str
    said: str


def history(site: Site, key: str) -> list[Past]:
    """Return the decisions on a thing, the last one first."""
    return [past(site, one) for one in site.history(key)]


def past(site: Site, decision: Decision) -> Past:
    """Return a decision with whether it counts."""
    state = site.state
    undone = decision.undoes is None and decision.decision_id not in state.counted_ids
    undo = decision.decision_id
    if undone:
        undo = next((one.decision_id for one in reversed(state.undoing) if one.undoes == decision.decision_id), undo)
    return Past(decision, undone, undo, wording.told(site, decision))
