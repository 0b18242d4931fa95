"""The themes of a question, one theme with its answers, and pairs of themes that could be one."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.review.decisions import Decision
from pipeline.review.web import changes, deciding
from pipeline.review.web.corpus import Ints
from pipeline.review.web.counting import rows_of_themes
from pipeline.review.web.effects import effect
from pipeline.review.web.pages_home import next_theme, progress
from pipeline.review.web.requests import Asked, asked, back, missing, wrong
from pipeline.review.web.similar import similar

router = APIRouter()
PER_PAGE: Final = 20
SAMPLE: Final = 10
"""Answers that a preview shows, and that each side of a pair shows."""


@router.get("/questions/{question_id}")
async def question(request: Request, question_id: str) -> Response:
    """Show the themes of a question."""
    at = asked(request)
    code = _question(at, question_id)
    return at.page(
        "question.html.j2",
        question=at.site.corpus.questions[code],
        progress=progress(at.site, code),
        view=at.site.view(code),
        themes=at.site.listed(code),
        decided=at.site.state.themes.decided,
        gone=_gone(at, code),
    )


@router.post("/questions/{question_id}/creer")
async def create(request: Request, question_id: str) -> Response:
    """Make a theme."""
    at = asked(request)
    form = at.form
    code = _question(at, question_id)
    label = " ".join(form.get("label").split())
    if not label:
        raise wrong("Donnez un nom au thème.")
    row = at.site.corpus.questions[code]
    decision = deciding.created(at.author, label, form.get("definition"), row, form.get("parent") or None)
    await at.site.write([decision])
    return back(f"/themes/{decision.target.id}", fait=decision.decision_id)


@router.get("/questions/{question_id}/paires")
async def pairs(request: Request, question_id: str) -> Response:
    """Show the pairs of themes of a question that are most alike."""
    at = asked(request)
    code = _question(at, question_id)
    now = at.site.view(code)
    themes = [row for row in at.site.listed(code) if now.size(row["topic_id"])]
    return at.page(
        "pairs.html.j2",
        question=at.site.corpus.questions[code],
        view=now,
        pairs=similar(at.site.codes, now, themes),
    )


@router.get("/paires/{first}/{second}")
async def pair(request: Request, first: str, second: str) -> Response:
    """Show two themes side by side."""
    at = asked(request)
    rows = [_theme(at, first), _theme(at, second)]
    code = at.site.question_of(rows[0])
    now = at.site.view(code)
    sides = []
    for row in rows:
        places = _answers(at, code, row, "typiques")[:SAMPLE]
        sides.append((row, now.size(row["topic_id"]), [_listed(at, int(place)) for place in places]))
    shared = set(rows[0]["terms"]) & set(rows[1]["terms"])
    return at.page("pair.html.j2", question=at.site.corpus.questions[code], sides=sides, shared=shared)


@router.get("/a-relire")
async def to_review(request: Request) -> Response:
    """Go to the largest theme that nobody has reviewed."""
    at = asked(request)
    code = at.site.corpus.question_code.get(at.query.get("question"))
    found = next_theme(at, code, at.query.get("apres"))
    return RedirectResponse(f"/themes/{found}" if found else "/", status_code=303)


@router.get("/themes/{topic_id}")
async def theme(request: Request, topic_id: str) -> Response:
    """Show a theme: its wording, its sub-themes, its answers, what people decided."""
    at = asked(request)
    if topic_id not in at.site.state.rows:
        heir = at.site.state.themes.now(topic_id)
        gone = next((one for one in at.site.corpus.topics if one["topic_id"] == topic_id), None)
        if gone is None and not at.site.history(topic_id):
            raise missing("Il n’y a pas de thème de ce nom.")
        return at.page("gone.html.j2", topic_id=topic_id, row=gone, heir=at.site.state.rows.get(heir or ""))
    row = _theme(at, topic_id)
    code = at.site.question_of(row)
    now = at.site.view(code)
    order = at.query.get("tri") or "typiques"
    rows = _answers(at, code, row, order)
    page = min(max(at.query.number("page") or 1, 1), max(-(-len(rows) // PER_PAGE), 1))
    others = [one for one in at.site.listed(code) if one["topic_id"] != topic_id]
    code_of = at.site.corpus.topic_code
    return at.page(
        "theme.html.j2",
        theme=row,
        question=at.site.corpus.questions[code],
        view=now,
        original=at.site.corpus.topics[code_of[topic_id]] if topic_id in code_of else None,
        parent=at.site.state.rows.get(row["parent_id"] or ""),
        parts=[one for one in others if one["parent_id"] == topic_id],
        others=others,
        exemplars=at.site.corpus.exemplars.get(topic_id, [])[:9],
        answers=[_listed(at, int(place)) for place in rows[(page - 1) * PER_PAGE : page * PER_PAGE]],
        count=len(rows),
        page=page,
        pages=max(-(-len(rows) // PER_PAGE), 1),
        order=order,
    )


@router.post("/themes/{topic_id}/dire")
async def say(request: Request, topic_id: str) -> Response:
    """Write what has no effect on other themes: a definition, a validation, a note."""
    at = asked(request)
    form = at.form
    row = _theme(at, topic_id)
    kind = form.get("geste")
    if kind == "valider":
        decision = deciding.on_topic(at.author, "validate", topic_id, row["status"], "validated")
    elif kind == "definir":
        if not form.get("definition"):
            raise wrong("Écrivez la définition.")
        decision = deciding.on_topic(at.author, "define", topic_id, form.get("avant"), form.get("definition"))
    else:
        if not form.get("note"):
            raise wrong("Écrivez la note.")
        decision = deciding.on_topic(at.author, "note", topic_id, None, None, form.get("note")[:2000])
    await at.site.write([decision])
    following = form.get("suite") == "suivant" and next_theme(at, None, topic_id)
    return back(f"/themes/{following or topic_id}", fait=decision.decision_id)


@router.post("/themes/{topic_id}/apercu")
async def preview(request: Request, topic_id: str) -> Response:
    """Show what a change would do, before it is written."""
    at = asked(request)
    row = _theme(at, topic_id)
    decision = changes.change(at.site, at.author, row, at.form)
    code = at.site.question_of(row)
    found = effect(at.site.corpus, at.site.codes, at.site.state, code, at.site.view(code), decision)
    fields = [(name, value) for name, value in at.form.items() if name not in ("csrf", "retour")]
    originals = [int(place) for place in found.rows if at.site.corpus.root[place] == place]
    new = {part["topic_id"]: part["label"] for part in changes.parts(decision)}
    return at.page(
        "preview.html.j2",
        theme=row,
        question=at.site.corpus.questions[code],
        decision=decision,
        effect=found,
        fields=[*fields, *(("nouveau", key) for key in new)],
        names={key: new.get(key) or at.site.label(key) for key in {**found.before, **found.after}},
        sample=[_listed(at, place) for place in originals[:SAMPLE]],
    )


@router.post("/themes/{topic_id}/appliquer")
async def carry_out(request: Request, topic_id: str) -> Response:
    """Write a change that was seen."""
    at = asked(request)
    row = _theme(at, topic_id)
    decision = changes.change(at.site, at.author, row, at.form)
    question_id = at.site.corpus.questions[at.site.question_of(row)]["question_id"]
    await at.site.write([decision])
    return back(_after(decision, question_id), fait=decision.decision_id)


def _after(decision: Decision, question_id: str) -> str:
    if decision.action == "merge" and isinstance(decision.after, str):
        return f"/themes/{decision.after}"
    return f"/questions/{question_id}" if decision.action == "retire" else f"/themes/{decision.target.id}"


def _question(at: Asked, question_id: str) -> int:
    code = at.site.corpus.question_code.get(question_id)
    if code is None:
        raise missing("Il n’y a pas de question de ce nom.")
    return code


def _theme(at: Asked, topic_id: str) -> dict[str, Any]:
    row = at.site.state.rows.get(topic_id)
    if row is None:
        raise missing("Ce thème n’est plus là : il a été réuni avec un autre, ou retiré.")
    return row


def _gone(at: Asked, code: int) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Return the themes of the machine that are gone from a question, with what they became."""
    asked_of = at.site.corpus.questions[code]["question_id"]
    moves = at.site.state.themes.moves
    return [
        (row, at.site.state.rows.get(moves[row["topic_id"]] or ""))
        for row in at.site.corpus.topics
        if row["topic_id"] in moves and row["question_id"] in (asked_of, None)
    ]


def _answers(at: Asked, code: int, row: dict[str, Any], order: str) -> Ints:
    """Return the originals that have a theme or one of its sub-themes."""
    site = at.site
    inside = [
        row["topic_id"],
        *(one["topic_id"] for one in site.themes_of(code) if one["parent_id"] == row["topic_id"]),
    ]
    rows, scores = rows_of_themes(site.codes, site.view(code).given, inside)
    kept = site.corpus.root[rows] == rows
    rows, scores = rows[kept], scores[kept]
    settled = site.spoken[rows]
    if order == "douteuses":
        doubtful: Ints = rows[np.lexsort((rows, scores, settled))]
        return doubtful
    if order == "relues":
        rows, scores = rows[settled], scores[settled]
    typical: Ints = rows[np.lexsort((rows, -scores))]
    return typical


def _listed(at: Asked, row: int) -> dict[str, Any]:
    """Return an answer as lists show it; what a person is still to code unseen is told of, and not shown."""
    site = at.site
    return {
        "answer_id": site.corpus.answer_ids[row].as_py(),
        "text": site.corpus.text(row),
        "copies": len(site.corpus.copies(row)),
        "themes": [(key, site.label(key)) for key in site.themes_now(row)],
        "settled": bool(site.spoken[row]),
        "hidden": at.queues.hidden_from(at.author, row),
    }
