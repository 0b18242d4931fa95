"""The themes of a question by département: contributions, small ones hidden so that nothing shown gives them away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import duckdb

from pipeline.crosstabs.suppression import Shown, protect
from pipeline.crosstabs.witnesses import Margins
from pipeline.figures import BASE_STATES, rows_of
from pipeline.report.charts import MAP_LETTERS

MAPPED: Final = len(MAP_LETTERS)
"""Themes that a map and its table show, the most frequent first; the others are in the XLSX export, by region."""
LEAST_BASE: Final = 25
"""Readable answers under which départements stand together: most of their cells would be hidden, and hide others."""
LEAST_TOLD: Final = 5
"""Départements that must be told of a theme, or its map would show nothing but what is hidden."""


@dataclass(frozen=True)
class MappedTheme:
    """A theme by département: contributions that have it, or the mark of what is hidden; shares where all is told."""

    theme_id: str
    label: str
    cells: Mapping[str, Shown]
    shares: Mapping[str, float]


@dataclass(frozen=True)
class ThemePlaces:
    """The readable answers by département, and the themes that can be drawn; of all themes, not of those alone."""

    bases: Mapping[str, Shown] = field(default_factory=dict)
    themes: tuple[MappedTheme, ...] = ()

    @property
    def codes(self) -> list[str]:
        """Départements of which some theme is told."""
        return [code for code in self.bases if any(code in theme.shares for theme in self.themes)]


def theme_places(
    connection: duckdb.DuckDBPyConnection, question_id: str, themes: Sequence[tuple[str, str]]
) -> ThemePlaces:
    """Return the themes of a question by département.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The dataset.
    question_id : str
        The question.
    themes : sequence of (theme_id, label)
        Its themes, not its sub-themes, the most frequent first.
    """
    sql = f"""
        WITH readable AS (
            SELECT contribution_id, departement,
                CASE WHEN state = 'assigned' THEN list_distinct(list_transform(topics, lambda t: t.theme_id))
                    ELSE [] END AS themes
            FROM answers WHERE question_id = $question AND state IN {BASE_STATES}
        ), named AS (
            SELECT departement, contribution_id, 'theme/' || unnest(themes) AS row FROM readable
            UNION ALL SELECT departement, contribution_id, 'without' FROM readable WHERE len(themes) = 0
            UNION ALL SELECT departement, contribution_id, 'base' FROM readable
        )
        SELECT departement, row, count(DISTINCT contribution_id) AS n FROM named GROUP BY ALL
    """
    counts: Counter[tuple[str | None, str]] = Counter()
    found_rows = rows_of(connection, sql, {"question": question_id})
    base_of = {row["departement"]: int(row["n"]) for row in found_rows if row["row"] == "base"}
    small = {code for code, n in base_of.items() if code is not None and n < LEAST_BASE}
    for row in found_rows:
        counts["" if row["departement"] in small else row["departement"], row["row"]] += int(row["n"])
    columns: list[str | None] = [*sorted(code for code in base_of if code is not None and code not in small)]
    if not columns or not themes:
        return ThemePlaces()
    columns += [""] * bool(small) + [None] * (None in base_of)
    names = [*(f"theme/{theme_id}" for theme_id, _ in themes), "without", "base"]
    rows = [[counts[code, name] for code in columns] for name in names]
    margins = Margins(rows[:-2], rows[-2], rows[-1], [sum(row) for row in rows])
    shown = protect(margins, [1] * len(columns))
    bases = {code: cell for code, cell in zip(columns, shown.base, strict=True) if code}
    folded = shown.base[columns.index("")] if small else 0
    if isinstance(folded, str):  # their own counts would give it away
        bases |= dict.fromkeys(sorted(code for code in small if code is not None), folded)
    found = []
    for (theme_id, label), of_theme in list(zip(themes, shown.themes, strict=True))[:MAPPED]:
        cells = {code: cell for code, cell in zip(columns, of_theme, strict=True) if code}
        shares = {
            code: cell / base
            for code, cell in cells.items()
            if isinstance(cell, int) and isinstance(base := bases[code], int)
        }
        if len(shares) >= LEAST_TOLD:
            found.append(MappedTheme(theme_id, label, cells, shares))
    return ThemePlaces(bases, tuple(found))
