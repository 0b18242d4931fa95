"""Who answered, where and when: the answers to a question, or all contributions, by département, author and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

import duckdb
from markupsafe import Markup

from pipeline.crosstabs.suppression import LEAST
from pipeline.figures import BASE_STATES, Counts, counted, rows_of
from pipeline.report import charts
from pipeline.report.languages import FRENCH, Language
from pipeline.report.states import TEXTS
from pipeline.report.theme_places import ThemePlaces, theme_places

_WEEKS: Final = 120
"""Days of a consultation from which it is told by months."""


@dataclass(frozen=True)
class Places:
    """Contributions by département, those of no known one apart.

    ``counts`` is None for a département whose count is held back: under `LEAST`, or what would give such a one away.
    """

    counts: Mapping[str, int | None]
    small: frozenset[str]
    unknown: int

    @property
    def shown(self) -> list[tuple[str, int]]:
        """Départements that are told, the most contributions first."""
        told = [(code, n) for code, n in self.counts.items() if n is not None]
        return sorted(told, key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True)
class Times:
    """Contributions by week or month, each named by its first day; those without a date apart."""

    step: Literal["week", "month"]
    counts: tuple[tuple[date, int], ...]
    undated: int


@dataclass(frozen=True)
class Where:
    """Where and when, with a picture of each where there is something to show."""

    places: Places
    times: Times
    map: Markup | None
    bars: Markup | None
    themes: ThemePlaces = field(default_factory=ThemePlaces)
    """Of a question; the page of the whole has none."""


_OF: Final = f"""
    FROM (
        SELECT contribution_id, any_value(departement) AS departement, any_value(published_at) AS published_at,
            any_value(author_type) AS author_type
        FROM answers WHERE $question IS NULL OR (question_id = $question AND state IN {BASE_STATES})
        GROUP BY contribution_id
    )
"""


def where(
    connection: duckdb.DuckDBPyConnection,
    question_id: str | None = None,
    language: Language = FRENCH,
    themes: Sequence[tuple[str, str]] = (),
) -> Where:
    """Return where the contributions come from and when, drawn; of a question also its `themes`, (theme_id, label)."""
    found, when = places(connection, question_id), times(connection, question_id)
    of_themes = ThemePlaces() if question_id is None else theme_places(connection, question_id, themes)
    found = replace(
        found,  # what the table of themes holds back, the map would give away
        counts={code: n if isinstance(of_themes.bases.get(code, 0), int) else None for code, n in found.counts.items()},
    )
    picture = charts.DepartementMap(
        language.say("Contributions par département"),
        found.counts,
        found.unknown,
        "carte",
        language,
        [theme.shares for theme in of_themes.themes],
    )
    periods = tuple(charts.Period(start, n) for start, n in when.counts)
    bars = charts.TimeBars(language.say("Contributions dans le temps"), periods, when.step, language)
    return Where(
        found,
        when,
        charts.departement_map(picture) if found.shown else None,
        charts.time_bars(bars) if len(periods) > 1 else None,
        of_themes,
    )


def places(connection: duckdb.DuckDBPyConnection, question_id: str | None = None) -> Places:
    """Return where the contributions come from that answer a question, or all of them."""
    rows = rows_of(
        connection, f"SELECT departement, count(*) AS n {_OF} GROUP BY departement", {"question": question_id}
    )
    found = {row["departement"]: int(row["n"]) for row in rows}
    unknown = found.pop(None, 0)
    small = {code for code, n in found.items() if n < LEAST}
    counts: dict[str, int | None] = {code: None if code in small else found[code] for code in sorted(found)}
    if len(small) == 1 and len(found) > 1:  # the total, known elsewhere, would tell it
        counts[min((n, code) for code, n in found.items() if code not in small)[1]] = None
    return Places(counts, frozenset(small), unknown)


def times(connection: duckdb.DuckDBPyConnection, question_id: str | None = None) -> Times:
    """Return when the contributions were published that answer a question, or all of them."""
    values = {"question": question_id}
    days = rows_of(
        connection, f"SELECT min(published_at) AS first, max(published_at) AS last, count(*) AS n {_OF}", values
    )[0]
    if days["first"] is None:
        return Times("month", (), days["n"])
    step: Literal["week", "month"] = "week" if (days["last"] - days["first"]).days < _WEEKS else "month"
    rows = rows_of(
        connection,
        f"SELECT date_trunc('{step}', published_at)::DATE AS start, count(*) AS n {_OF} GROUP BY ALL",
        values,
    )
    counts = sorted((row["start"], int(row["n"])) for row in rows if row["start"] is not None)
    return Times(step, tuple(counts), next((int(row["n"]) for row in rows if row["start"] is None), 0))


def authors(connection: duckdb.DuckDBPyConnection) -> list[tuple[str | None, Counts]]:
    """Return the kinds of authors of all contributions, the most contributions first; None for those unknown."""
    rows = rows_of(
        connection,
        f"SELECT author_type, {counted()} FROM {TEXTS} GROUP BY author_type ORDER BY contributions DESC, author_type",
    )
    return [(row.pop("author_type"), Counts(**row)) for row in rows]
