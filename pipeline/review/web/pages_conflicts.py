"""Decisions that were not carried out: both sides are shown, and a click says what holds."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.review.web import deciding, wording
from pipeline.review.web.requests import asked, back, missing, open_troubles

router = APIRouter()


@router.get("/conflits")
async def conflicts(request: Request) -> Response:
    """Show what nobody has settled yet."""
    at = asked(request)
    site = at.site
    found = []
    for trouble in open_troubles(site, at.queues):
        target = trouble.decision.target
        row = site.corpus.row_of.get(target.answer_id or target.id or "")
        if row is not None and at.queues.hidden_from(at.author, row):
            continue
        found.append(
            {
                "trouble": trouble,
                "why": wording.why(trouble),
                "said": wording.told(site, trouble.decision),
                "other": wording.told(site, trouble.other) if trouble.other else None,
                "answer": None if row is None else (site.corpus.answer_ids[row].as_py(), site.corpus.text(row)),
                "topic": site.state.rows.get(target.id or ""),
            }
        )
    return at.page("conflicts.html.j2", found=found)


@router.post("/conflits")
async def settle(request: Request) -> Response:
    """Write what holds."""
    at = asked(request)
    trouble = next((one for one in at.site.state.troubles if one.decision.decision_id == at.form.get("decision")), None)
    if trouble is None:
        raise missing("Ce conflit est déjà réglé.")
    take = at.form.get("tenir") == "autre" and trouble.why == "conflict"
    lines = deciding.resolved(at.site, at.author, trouble.decision, trouble.other, take=take)
    await at.site.write(lines)
    return back("/conflits", fait=lines[-1].decision_id)
