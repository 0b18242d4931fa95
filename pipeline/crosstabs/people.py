"""Who answered, where and when: codes for kinds of authors, places and periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

from pipeline.crosstabs.layouts import Layout, Numbers, fill, folded
from pipeline.crosstabs.suppression import LEAST
from pipeline.crosstabs.variables import (
    AUTHOR_TYPE,
    DEPARTEMENT,
    MOST_COLUMNS,
    PERIOD,
    REGION,
    TITLES,
    UNKNOWN,
    Column,
    Variable,
    begins,
    calendar_of,
    short,
)
from pipeline.figures import BASE_STATES

_OUTSIDE: Final = 0.005  # the share of dates at either end that do not decide between weeks, months and years


@dataclass(frozen=True)
class People:
    """Layouts of what is known of every answer, and how SQL finds the codes of one.

    Parameters
    ----------
    layouts : tuple of Layout
        Kind of author, region, département, period.
    places : dict
        The code of each (region, département).
    unit : str
        The unit of `date_trunc` of periods.
    other_dates, no_date : int or None
        Codes of dates outside all periods, and of none.
    """

    layouts: tuple[Layout, ...]
    places: dict[tuple[str | None, str | None], int]
    unit: str
    other_dates: int | None
    no_date: int | None


def code_people(connection: duckdb.DuckDBPyConnection, numbers: Numbers) -> People:
    """Number kinds of authors, places and periods of readable answers, in temporary tables of those names."""
    author = _code_authors(connection, numbers)
    places, counted = _code_places(connection, numbers)
    region, departement = _by_place(places, counted, 0), _by_place(places, counted, 1)
    period, unit, other_dates, no_date = _code_periods(connection, numbers)
    layouts = tuple(layout for layout in (author, region, departement, period) if layout is not None)
    return People(layouts, places, unit, other_dates, no_date)


def _code_authors(connection: duckdb.DuckDBPyConnection, numbers: Numbers) -> Layout:
    rows = connection.execute(
        f"SELECT author_type, count(*) FROM answers WHERE state IN {BASE_STATES} GROUP BY ALL "
        "ORDER BY count(*) DESC, author_type"
    ).fetchall()
    known = [(value, n) for value, n in rows if value is not None]
    # A kind of author as received may be a text of one person.
    frequent = [value for value, n in known if n >= LEAST]
    kept = frequent if len(frequent) == len(known) <= MOST_COLUMNS else frequent[: MOST_COLUMNS - 1]
    columns = [Column(value, short(value)) for value in kept]
    if len(kept) < len(known):
        columns.append(Column("", "Tous les autres types", "others"))
    if len(known) < len(rows):
        columns.append(Column("", UNKNOWN[AUTHOR_TYPE], "missing"))
    codes = [numbers.new() for _ in columns]
    others = next((code for column, code in zip(columns, codes, strict=True) if column.kind == "others"), None)
    missing = next((code for column, code in zip(columns, codes, strict=True) if column.kind == "missing"), None)
    by_value = [(column.key, code) for column, code in zip(columns, codes, strict=True) if column.kind == "value"]
    fill(connection, "crossed_authors", "author_type VARCHAR, author INTEGER", by_value)
    fill(connection, "crossed_other_authors", "others INTEGER, missing INTEGER", [(others, missing)])
    return Layout(Variable(AUTHOR_TYPE, TITLES[AUTHOR_TYPE], tuple(columns)), tuple((code,) for code in codes))


def _code_places(
    connection: duckdb.DuckDBPyConnection, numbers: Numbers
) -> tuple[dict[tuple[str | None, str | None], int], dict[tuple[str | None, str | None], int]]:
    rows = connection.execute(
        f"SELECT region, departement, count(*) FROM answers WHERE state IN {BASE_STATES} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    places = {(region, departement): numbers.new() for region, departement, _ in rows}
    fill(
        connection,
        "crossed_places",
        "region VARCHAR, departement VARCHAR, place INTEGER",
        [(*place, code) for place, code in places.items()],
    )
    return places, {(region, departement): n for region, departement, n in rows}


def _by_place(
    places: dict[tuple[str | None, str | None], int], counted: dict[tuple[str | None, str | None], int], part: int
) -> Layout:
    name = (REGION, DEPARTEMENT)[part]
    found: dict[str | None, list[tuple[str | None, str | None]]] = {}
    for place in places:
        found.setdefault(place[part], []).append(place)
    values = [
        (value, sum(counted[place] for place in some), tuple(places[place] for place in some))
        for value, some in found.items()
    ]
    return folded(name, TITLES[name], values, MOST_COLUMNS, UNKNOWN[name])


def _code_periods(
    connection: duckdb.DuckDBPyConnection, numbers: Numbers
) -> tuple[Layout | None, str, int | None, int | None]:
    ((first, last),) = connection.execute(
        f"SELECT quantile_disc(published_at::TIMESTAMP, {_OUTSIDE}), "
        f"quantile_disc(published_at::TIMESTAMP, {1 - _OUTSIDE}) FROM answers WHERE state IN {BASE_STATES}"
    ).fetchall()
    if first is None:
        fill(connection, "crossed_periods", "start TIMESTAMP, period INTEGER", [])
        return None, "month", None, None
    calendar = calendar_of(first, last)
    rows = connection.execute(
        f"SELECT DISTINCT date_trunc('{calendar.unit}', published_at::TIMESTAMP)::TIMESTAMP AS start FROM answers "
        f"WHERE state IN {BASE_STATES} ORDER BY start NULLS LAST"
    ).fetchall()
    starts = [start for (start,) in rows if start is not None]
    inside = [start for start in starts if begins(first, calendar) <= start <= last]
    codes = {start: numbers.new() for start in inside}
    fill(connection, "crossed_periods", "start TIMESTAMP, period INTEGER", list(codes.items()))
    columns = [Column(start.date().isoformat(), calendar.name(start)) for start in inside]
    counted = [(code,) for code in codes.values()]
    other_dates = no_date = None
    if len(inside) < len(starts):
        other_dates = numbers.new()
        columns.append(Column("", "Autres dates", "others"))
        counted.append((other_dates,))
    if len(starts) < len(rows):
        no_date = numbers.new()
        columns.append(Column("", UNKNOWN[PERIOD], "missing"))
        counted.append((no_date,))
    layout = Layout(Variable(PERIOD, calendar.title, tuple(columns)), tuple(counted))
    return layout, calendar.unit, other_dates, no_date
