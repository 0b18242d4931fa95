"""Leave out of a page what its readers miss least, until it has the size that the whole report allows it.

Counts stay, whatever the size: pictures go before the tables that tell the same, examples before figures.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from pipeline.report.contents import QuestionPage
from pipeline.report.places import Where

SIZE: Final = 7_800_000
"""Bytes of all pages of a report together."""


@dataclass(frozen=True)
class Step:
    """What is left out, as the page says it, and the page without it; an empty name where the page says it anyway."""

    name: str
    less: Callable[[QuestionPage], QuestionPage]


def _quoting(most: int, of_parts: int) -> Callable[[QuestionPage], QuestionPage]:
    """Keep so many verbatims of each theme, and of each sub-theme."""

    def less(page: QuestionPage) -> QuestionPage:
        parts = {theme.topic_id for theme in page.found.themes if theme.parent_id is not None}
        kept = {key: rows[: of_parts if key in parts else most] for key, rows in page.verbatims.items()}
        return replace(page, verbatims=kept)

    return less


def _without_whole_answers(page: QuestionPage) -> QuestionPage:
    return replace(page, verbatims={key: [replace(v, full=None) for v in rows] for key, rows in page.verbatims.items()})


def _fewer_examples(page: QuestionPage) -> QuestionPage:
    doubts = replace(
        page.doubts,
        doubtful=page.doubts.doubtful[:3],
        overlaps=page.doubts.overlaps[:5],
        unassigned=page.doubts.unassigned[:3],
    )
    return replace(page, doubts=doubts, coordinated=page.coordinated[:2], organisations=page.organisations[:8])


def _without_map(where: Where) -> Where:
    return replace(where, map=None, themes=replace(where.themes, themes=()))


def _bare_parts(page: QuestionPage) -> QuestionPage:
    whole = {theme.topic_id for theme in page.found.themes if theme.parent_id is None}
    return replace(page, cards={key: card for key, card in page.cards.items() if key in whole})


def _half_of_the_texts(page: QuestionPage) -> QuestionPage:
    held = page.texts.held[: len(page.texts.held) // 2]
    return replace(page, texts=replace(page.texts, held=held))


STEPS: Final = (
    Step("", _without_whole_answers),
    Step("des verbatims", _quoting(3, 1)),
    Step("des exemples", _fewer_examples),
    Step("les croisements usuels", lambda page: replace(page, crossed=replace(page.crossed, others=()))),
    Step("la carte des passages", lambda page: replace(page, views=replace(page.views, segments=None))),
    Step("", _half_of_the_texts),
    Step("", _quoting(2, 0)),
    Step("le graphe des mots", lambda page: replace(page, views=replace(page.views, graph=None))),
    Step("les surfaces des thèmes", lambda page: replace(page, views=replace(page.views, treemaps={}))),
    Step("la carte de France", lambda page: replace(page, where=_without_map(page.where))),
    Step("le plan factoriel", lambda page: replace(page, views=replace(page.views, plane=None))),
    Step("", _quoting(1, 0)),
    Step(
        "des croisements",
        lambda page: replace(page, crossed=replace(page.crossed, first=page.crossed.first[:1])),
    ),
    Step("", _half_of_the_texts),
    Step("le dendrogramme", lambda page: replace(page, views=replace(page.views, tree=None))),
    Step("les organisations des sous-thèmes", _bare_parts),
    Step(
        "les tableaux des vues",
        lambda page: replace(page, views=replace(page.views, axes=(), ties=(), joined=())),
    ),
)
"""From what is missed least to what is missed most; each is taken with those before it."""


def reduced(page: QuestionPage, steps: int) -> QuestionPage:
    """Return the page after so many steps, with the names of what it leaves out."""
    names: list[str] = []
    for step in STEPS[:steps]:
        smaller = step.less(page)
        if smaller != page and step.name:
            names.append(step.name)
        page = smaller
    return replace(page, left_out=tuple(names))


def fitted(page: QuestionPage, write: Callable[[QuestionPage], str], room: int, guess: int = 0) -> tuple[bytes, int]:
    """Return a page as written and the steps it took: the fewest with which it has at most `room` bytes, or all.

    Parameters
    ----------
    page : QuestionPage
        All that could be shown.
    write : callable
        From what is shown to the page.
    room : int
        The bytes it may have.
    guess : int
        The steps that the page before it took, which is where the search starts.
    """
    written: dict[int, bytes] = {}

    def fits(steps: int) -> bool:
        if steps not in written:
            written[steps] = write(reduced(page, steps)).encode("utf-8")
        return len(written[steps]) <= room

    most = len(STEPS)
    if fits(guess):  # as a page like the one before does, or with a step less
        steps = guess if guess == 0 or not fits(guess - 1) else bisect_left(range(guess - 1), True, key=fits)
    else:
        steps = bisect_left(range(most), True, lo=guess + 1, key=fits) if guess < most else most
    fits(steps)
    return written[steps], steps
