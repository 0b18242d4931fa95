"""Double coding: which share of the answers two people code, and how far they agree."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.evaluation.agreement import Agreement, double_coded
from pipeline.evaluation.agreement import agreement as agree
from pipeline.review.decisions import Target
from pipeline.review.web import deciding
from pipeline.review.web.pages_home import progress
from pipeline.review.web.requests import Asked, asked, back, wrong

router = APIRouter()
SHARES: Final = (0, 1, 2, 5, 10, 20, 50, 100)
"""Percentages to choose from."""


@router.get("/double-codage")
async def double(request: Request) -> Response:
    """Show what is coded twice, and the agreement."""
    at = asked(request)
    site = at.site
    rows = [int(row) for row in at.queues.doubled.nonzero()[0]]
    coders = [len(at.queues.coders(row)) for row in rows]
    return at.page(
        "double.html.j2",
        shares=at.queues.shares,
        choices=SHARES,
        questions=[progress(site, code).question for code in site.open_questions],
        count=len(rows),
        twice=sum(count >= 2 for count in coders),
        once=sum(count == 1 for count in coders),
        left=at.queues.left("double", at.author),
        agreement=agreement(at),
    )


@router.post("/double-codage")
async def choose(request: Request) -> Response:
    """Write which share of the answers is coded twice."""
    at = asked(request)
    percent, question_id = at.form.number("part"), at.form.get("question") or "*"
    if percent is None or percent not in SHARES:
        raise wrong("Choisissez une part.")
    if question_id != "*" and question_id not in at.site.corpus.question_code:
        raise wrong("Il n’y a pas de question de ce nom.")
    target = Target(kind="double", id=question_id)
    decision = deciding.made(at.author, "note", target, after={"share": percent / 100}, note="double codage")
    await at.site.write([decision])
    return back("/double-codage", fait=decision.decision_id)


def agreement(at: Asked) -> Agreement | None:
    """Return the agreement of those who decided on the same answers; None where no two people did."""
    state = at.site.state
    parents = {row["topic_id"]: row["parent_id"] for row in state.themes.rows if row["parent_id"] is not None}
    labels = {row["topic_id"]: row["label"] for row in state.themes.rows}
    return at.site.memo("agreement", lambda: agree(double_coded(state.decisions), parents=parents, labels=labels))
