"""The shown text of an answer: its mentions in their places, and the passages that people mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.review.web.requests import Form, wrong
from pipeline.review.web.site import Site


@dataclass(frozen=True)
class Shown:
    """A mention at its place in the shown text; ``by_person``: somebody decided on it."""

    start: int
    end: int
    label: str
    organisation_id: str | None
    by_person: bool
    text: str


def mentions(site: Site, row: int) -> list[Shown]:
    """Return the mentions of an answer as people left them, in order; those that are masked cannot be shown."""
    found = {
        (one["start"], one["end"]): (one["start"], one["end"], one["label"], one["organisation_id"], False)
        for one in site.corpus.mentions_of(row)
    }
    original = site.corpus.original(row)
    for edit in site.state.edits.get(site.root_id(row), ()):
        if edit.text != original:
            continue
        old = found.pop((edit.start, edit.end), None)
        if edit.label is not None:
            for key in [key for key in found if key[0] < edit.new_end and edit.new_start < key[1]]:
                del found[key]
            linked = edit.organisation_id if edit.organisation_id is not None else old[3] if old else None
            place = (edit.new_start, edit.new_end)
            found[place] = (*place, edit.label, linked or None, True)
    unmasked, text = site.corpus.unmasked(row), site.corpus.text(row)
    shown = []
    for start, end, label, organisation_id, by_person in sorted(found.values(), key=lambda one: one[:2]):
        place_shown = unmasked.forth(start, end)
        if place_shown is not None:
            first, last = place_shown
            shown.append(Shown(first, last, label, organisation_id, by_person, text[first:last]))
    return shown


def pieces(site: Site, row: int) -> Iterator[tuple[str, Shown | None]]:
    """Yield the shown text in order, cut at its mentions; one that overlaps the one before is left out."""
    text, reached = site.corpus.text(row), 0
    for one in mentions(site, row):
        if one.start >= reached:
            yield text[reached : one.start], None
            yield text[one.start : one.end], one
            reached = one.end
    yield text[reached:], None


def span(site: Site, row: int, form: Form) -> tuple[int, int]:
    """Return the passage of the shown text that a form names: by its place, or by its words.

    Raises
    ------
    HTTPException
        When the text has no such passage, or has it several times and the form does not say which.
    """
    text, said = site.corpus.text(row), form.get("passage")
    start, end = form.number("debut"), form.number("fin")
    if start is not None and end is not None and 0 <= start < end <= len(text):
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end and (not said or said == text[start:end]):
            return start, end
    if not said:
        raise wrong("Sélectionnez un passage du texte, ou écrivez ses mots exacts.")
    place = text.find(said)
    if place < 0:
        raise wrong("Ce passage n’est pas dans le texte, mot pour mot.")
    return place, place + len(said)
