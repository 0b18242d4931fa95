"""Names in an answer: added, corrected, deleted, linked to an organisation; further spellings of organisations."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import JsonValue

from pipeline.entities.folding import fold
from pipeline.review.decisions import Target
from pipeline.review.mentions import LABELS
from pipeline.review.web import deciding, passages
from pipeline.review.web.requests import Asked, asked, back, missing, wrong

router = APIRouter()
FOUND: Final = 30


@router.post("/mention")
async def mention(request: Request) -> Response:
    """Write what a person said of a name in an answer."""
    at = asked(request)
    form = at.form
    site = at.site
    answer_id = form.get("reponse")
    row = site.corpus.row_of.get(answer_id)
    if row is None:
        raise wrong("Il n’y a pas de réponse de ce nom.")
    action, label = form.get("geste"), form.get("nature")
    old = _old(at, row)
    if action in ("corriger", "supprimer", "rattacher") and old is None:
        raise wrong("Ce nom n’est plus là : rouvrez la page.")
    if old is None:
        target = deciding.part(site, row, *passages.span(site, row, form), kind="mention")
    else:
        target = deciding.part(site, row, old.start, old.end, kind="mention")
    if target is None:
        raise wrong("Ce passage est masqué en partie : il ne peut être corrigé ici.")
    before = _told(target, old.label) if old else None
    if action == "supprimer":
        decision = deciding.made(at.author, "mention_delete", target, before=before)
    elif action == "rattacher":
        linked = form.get("organisation") or None
        if linked is not None and linked not in site.organisations:
            raise wrong("Il n’y a pas d’organisation de ce nom.")
        after: JsonValue = {"organisation_id": linked}
        decision = deciding.made(at.author, "link", target, before=before, after=after)
    elif label not in LABELS:
        raise wrong("Choisissez ce que c’est : une organisation, une personne, un lieu ou un autre nom.")
    elif old is None:
        decision = deciding.made(at.author, "mention_add", target, after=_told(target, label))
    else:
        place = deciding.part(site, row, *passages.span(site, row, form), kind="mention")
        if place is None:
            raise wrong("Ce passage est masqué en partie : il ne peut être corrigé ici.")
        decision = deciding.made(at.author, "mention_edit", target, before=before, after=_told(place, label))
    await site.write([decision])
    return back(f"/reponse/{answer_id}", fait=decision.decision_id)


def _old(at: Asked, row: int) -> passages.Shown | None:
    start, end = at.form.number("ancien_debut"), at.form.number("ancien_fin")
    found = passages.mentions(at.site, row)
    return next((one for one in found if (one.start, one.end) == (start, end)), None)


def _told(place: Target, label: str) -> dict[str, JsonValue]:
    return {"label": label, "start": place.start, "end": place.end, "quote": place.quote}


@router.get("/organisations")
async def organisations(request: Request) -> Response:
    """Search organisations, to look at one or to link a name to it."""
    at = asked(request)
    return at.page(
        "organisations.html.j2",
        wanted=at.query.get("q"),
        found=search(at, at.query.get("q")),
        answer_id=at.query.get("reponse"),
        start=at.query.get("debut"),
        end=at.query.get("fin"),
        surface=at.query.get("nom"),
    )


def search(at: Asked, wanted: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the organisations whose name or acronym has all words that are wanted, those named most first."""
    words = fold(wanted).split()
    if not words:
        return []
    counts = {key: row["n_mentions"] for key, row in at.site.corpus.organisations.items()}
    found = []
    for key, row in at.site.organisations.items():
        name = fold(f"{row['name']} {row['acronym'] or ''}")
        if all(word in name for word in words):
            exact = fold(row["acronym"] or "") == fold(wanted) or fold(row["name"]) == fold(wanted)
            found.append(((not exact, -counts.get(key, 0), len(row["name"]), key), key, row))
    return [
        (key, row | {"n_mentions": counts.get(key, 0)}) for _, key, row in sorted(found, key=lambda one: one[0])[:FOUND]
    ]


@router.get("/organisations/{organisation_id}")
async def organisation(request: Request, organisation_id: str) -> Response:
    """Show an organisation and its spellings."""
    at = asked(request)
    row = at.site.organisations.get(organisation_id)
    if row is None:
        raise missing("Il n’y a pas d’organisation de ce nom.")
    known = at.site.corpus.organisations.get(organisation_id, {})
    added = at.site.state.named.spellings.get(organisation_id, ())
    return at.page(
        "organisation.html.j2", organisation_id=organisation_id, row=row, aliases=known.get("aliases", []), added=added
    )


@router.post("/organisations/{organisation_id}")
async def alias(request: Request, organisation_id: str) -> Response:
    """Add a spelling to an organisation."""
    at = asked(request)
    spelling = " ".join(at.form.get("orthographe").split())
    if organisation_id not in at.site.organisations:
        raise missing("Il n’y a pas d’organisation de ce nom.")
    if not fold(spelling):
        raise wrong("Écrivez l’orthographe à ajouter.")
    target = Target(kind="organisation", id=organisation_id)
    decision = deciding.made(at.author, "alias", target, after=spelling)
    await at.site.write([decision])
    return back(f"/organisations/{organisation_id}", fait=decision.decision_id)
