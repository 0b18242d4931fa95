"""The first page: how far the review is, and where to go on; the log; help."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.review.answers import ACTIONS as ON_ANSWERS
from pipeline.review.web.deciding import undo
from pipeline.review.web.queues import KINDS
from pipeline.review.web.requests import Asked, asked, back, missing, past
from pipeline.review.web.site import Site

router = APIRouter()
PER_PAGE: Final = 50


@dataclass(frozen=True)
class Progress:
    """How far the review of a question is: themes that a person touched, answers that a person settled."""

    question: dict[str, Any]
    themes: int
    reviewed: int
    validated: int
    answers: int
    settled: int


def progress(site: Site, question: int) -> Progress:
    """Return how far the review of a question is."""
    now = site.view(question)
    themes = [row for row in site.listed(question) if now.size(row["topic_id"]) or row["status"] != "proposed"]
    return Progress(
        question=site.corpus.questions[question],
        themes=len(themes),
        reviewed=sum(row["status"] != "proposed" for row in themes),
        validated=sum(row["status"] == "validated" for row in themes),
        answers=len(now.rows),
        settled=len(now.settled),
    )


@router.get("/")
async def home(request: Request) -> Response:
    """Say how far the review is."""
    at = asked(request)
    found = [progress(at.site, question) for question in at.site.open_questions]
    counted = at.site.state.counted
    people = Counter(one.author for one in counted)
    on_answers = Counter(one.author for one in counted if one.action in ON_ANSWERS)
    return at.page(
        "home.html.j2",
        questions=found,
        themes=sum(one.themes for one in found),
        reviewed=sum(one.reviewed for one in found),
        answers=sum(one.answers for one in found),
        settled=sum(one.settled for one in found),
        people=[(name, count, on_answers[name]) for name, count in people.most_common()],
        queues=[(kind, *KINDS[kind], at.queues.left(kind, at.author)) for kind in KINDS],
        next_theme=next_theme(at),
        audits=[(kind, one, at.queues.left(kind, at.author)) for kind, one in at.queues.audits.by_kind.items()],
    )


def next_theme(at: Asked, question: int | None = None, after: str | None = None) -> str | None:
    """Return the largest theme that nobody has reviewed, of one question or of all."""
    found: list[tuple[int, str]] = []
    for code in at.site.open_questions if question is None else (question,):
        now = at.site.view(code)
        found += [
            (-now.size(row["topic_id"]), row["topic_id"])
            for row in at.site.themes_of(code)
            if row["status"] == "proposed" and now.size(row["topic_id"])
        ]
    found = sorted(set(found))
    ids = [topic_id for _, topic_id in found]
    if after in ids:
        ids = [*ids[ids.index(after) + 1 :], *ids[: ids.index(after)]]
    return ids[0] if ids else None


@router.get("/journal")
async def journal(request: Request) -> Response:
    """Show the whole log, the last line first."""
    at = asked(request)
    page = max(at.query.number("page") or 1, 1)
    lines = at.site.state.decisions[::-1]
    shown = [past(at.site, one) for one in lines[(page - 1) * PER_PAGE : page * PER_PAGE]]
    pages = max(-(-len(lines) // PER_PAGE), 1)
    problems = at.site.follower.problems
    return at.page("journal.html.j2", lines=shown, page=page, pages=pages, count=len(lines), problems=problems)


@router.get("/aide")
async def help_page(request: Request) -> Response:
    """Say which keys do what."""
    return asked(request).page("help.html.j2")


@router.post("/annuler")
async def take_back(request: Request) -> Response:
    """Undo a decision, or an undoing."""
    at = asked(request)
    decision = at.site.state.by_id.get(at.form.get("decision"))
    if decision is None:
        raise missing("Cette décision n’est pas dans le journal.")
    line = undo(at.author, decision)
    await at.site.write([line])
    return back(at.form.get("retour", "/"), fait=line.decision_id)
