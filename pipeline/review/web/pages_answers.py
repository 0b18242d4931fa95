"""One answer at a time: the queues, and the page of an answer."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.review.web import deciding, passages
from pipeline.review.web.requests import Asked, asked, back, missing, wrong

router = APIRouter()
KEYS: Final = 9
"""Themes that have a key of their own."""


@router.get("/file/{kind}")
async def queue(request: Request, kind: str) -> Response:
    """Show the next answer of a queue."""
    at = asked(request)
    if not at.queues.exists(kind):
        raise missing("Il n’y a pas de file de ce nom.")
    question_id = at.query.get("question")
    question = at.site.corpus.question_code.get(question_id)
    after = at.site.corpus.row_of.get(at.query.get("apres"))
    row = at.queues.next(kind, at.author, question, after)
    name, explained = at.queues.named(kind)
    if row is None:
        return at.page("empty.html.j2", name=name, explained=explained, kind=kind)
    left = at.queues.left(kind, at.author)
    return _page(at, row, kind=kind, name=name, explained=explained, left=left, question_id=question_id)


@router.get("/reponse/{answer_id}")
async def answer(request: Request, answer_id: str) -> Response:
    """Show an answer: its themes, its mentions, and what people said of it."""
    at = asked(request)
    row = at.site.corpus.row_of.get(answer_id)
    if row is None or not at.site.corpus.pending[row]:
        raise missing("Il n’y a pas de réponse à relire de ce nom.")
    if at.queues.hidden_from(at.author, row):
        return at.page("unseen.html.j2")
    return _page(at, row, kind="", name="", explained="", left=0, question_id="")


def _page(at: Asked, row: int, **values: Any) -> Response:
    site, blind = at.site, at.queues.blind(values["kind"])
    question = int(site.corpus.question[row])
    verdict = site.verdict(row)
    now = [] if blind else site.themes_now(row)
    machine = {} if blind else {key: (score, margin) for key, score, margin in site.corpus.machine(row)}
    themes = site.listed(question)
    first = [site.state.rows[key] for key in now if key in site.state.rows]
    rest = [one for one in themes if one not in first]
    return at.page(
        "answer.html.j2",
        row=row,
        answer_id=site.corpus.answer_ids[row].as_py(),
        question=site.corpus.questions[question],
        copies=len(site.corpus.copies(int(site.corpus.root[row]))),
        blind=blind,
        pieces=passages.pieces(site, row),
        mentions=[] if blind else passages.mentions(site, row),
        now=now,
        machine=machine,
        machine_now=[] if blind else site.machine_now(row),
        verdict=None if blind else verdict,
        themes=themes,
        first=first,
        rest=rest,
        keys={one["topic_id"]: number for number, one in enumerate([*first, *rest][:KEYS], start=1)},
        root=site.root_id(row),
        **values,
    )


@router.post("/decider")
async def decide(request: Request) -> Response:
    """Write what a person said of an answer, and go on."""
    at = asked(request)
    form = at.form
    site = at.site
    row = site.corpus.row_of.get(form.get("reponse"))
    if row is None or not site.corpus.pending[row]:
        raise wrong("Cette réponse n’est pas à relire.")
    kind, question_id = form.get("file"), form.get("question")
    said = form.get("dit")
    chosen = [] if said in ("aucun", "rien") else form.all("theme")
    unknown = [key for key in chosen if key not in site.state.rows]
    if unknown:
        raise wrong("Un des thèmes choisis n’est plus là : rouvrez la page.")
    if not chosen and said not in ("aucun", "rien"):
        raise wrong("Choisissez un thème, « aucun thème » ou « ne dit rien ».")
    blind = at.queues.blind(kind)
    decision = deciding.on_answer(
        at.author,
        deciding.whole(site, row),
        None if blind else form.all("avant"),
        chosen,
        says_nothing=said == "rien",
        note=at.queues.note(kind) or form.get("note") or None,
    )
    await site.write([decision])
    at.queues.free(row)
    if kind:
        place = form.get("reponse") if kind == "desaccords" else None
        return back(f"/file/{kind}", question=question_id, fait=decision.decision_id, apres=place)
    return back(f"/reponse/{form.get('reponse')}", fait=decision.decision_id)


@router.post("/passage")
async def passage(request: Request) -> Response:
    """Write the theme of a part of an answer."""
    at = asked(request)
    form = at.form
    row = at.site.corpus.row_of.get(form.get("reponse"))
    if row is None:
        raise wrong("Cette réponse n’est pas à relire.")
    target = deciding.part(at.site, row, *passages.span(at.site, row, form))
    chosen = form.all("theme")
    if target is None:
        raise wrong("Ce passage est masqué en partie : choisissez-en un autre.")
    if any(key not in at.site.state.rows for key in chosen):
        raise wrong("Un des thèmes choisis n’est plus là : rouvrez la page.")
    decision = deciding.on_answer(at.author, target, at.site.themes_now(row), chosen)
    await at.site.write([decision])
    return back(f"/reponse/{form.get('reponse')}", fait=decision.decision_id)
