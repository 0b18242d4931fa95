"""The few facts of a question that a reader should leave with; the template puts them into sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.crosstabs.results import Crosstab
from pipeline.figures import Counts, Organisation
from pipeline.report.copies import CoordinatedText
from pipeline.theme_figures import QuestionThemes, Theme

LEADING: Final = 3
"""Themes that are named first."""


@dataclass(frozen=True)
class Contrast:
    """The theme that one modality of a variable has most above the others: its share there, and in all answers."""

    theme_id: str
    label: str
    variable: str
    modality: str
    number: int | None
    share: float
    whole: float


@dataclass(frozen=True)
class Essentials:
    """Facts of one question, each with its figures; what there is none of is None or empty.

    ``moved`` is the theme whose rank changes most when each coordinated text counts once, counted by contributions.
    """

    leading: tuple[Theme, ...] = ()
    without_theme: Counts | None = None
    coordinated: CoordinatedText | None = None
    moved: Theme | None = None
    organisation: Organisation | None = None
    unstable: tuple[Theme, ...] = ()
    contrast: Contrast | None = None


SURE: Final = 3.0
"""An adjusted residual from which a contrast is told among the essentials."""
UNSTABLE: Final = 0.6
"""A stability under which a theme is to be read again before it is relied on."""


def essentials(
    found: QuestionThemes,
    coordinated: Sequence[CoordinatedText],
    organisations: Sequence[Organisation],
    crossed: Sequence[Crosstab] = (),
) -> Essentials:
    """Choose the facts of a question.

    Parameters
    ----------
    found : QuestionThemes
        Its themes, most frequent first.
    coordinated : sequence of CoordinatedText
        Its coordinated texts, largest first.
    organisations : sequence of Organisation
        The organisations its answers name, most frequent first.
    crossed : sequence of Crosstab
        The cross-tabulations that tell most, the first one first.
    """
    themes = [theme for theme in found.themes if theme.parent_id is None]
    moved = max(themes, key=lambda theme: abs(theme.rise.get("contributions", 0)), default=None)
    without = found.no_theme_fits if found.no_theme_fits.contributions else found.too_few_answers
    return Essentials(
        leading=tuple(themes[:LEADING]),
        without_theme=without if without.contributions else None,
        coordinated=coordinated[0] if coordinated else None,
        moved=moved if moved is not None and moved.rise.get("contributions") else None,
        organisation=organisations[0] if organisations else None,
        unstable=tuple(theme for theme in themes if theme.stability is not None and theme.stability < UNSTABLE),
        contrast=_contrast(crossed[0]) if crossed else None,
    )


def _contrast(table: Crosstab) -> Contrast | None:
    found = [
        (cell.residual, -place, row, column)
        for place, row in enumerate(table.rows)
        for cell, column in zip(row.cells, table.columns, strict=True)
        if cell.residual is not None and cell.share is not None and column.kind == "value" and row.total is not None
    ]
    if not found:
        return None
    residual, _, row, column = max(found, key=lambda one: one[:2])
    share = row.cells[table.columns.index(column)].share
    if residual < SURE or share is None or row.total is None:
        return None
    variable = table.variable
    return Contrast(
        row.theme_id, row.label, variable.title, column.label, variable.number, share, row.total / table.base
    )
