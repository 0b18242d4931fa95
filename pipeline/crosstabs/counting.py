"""Counts of themes by everything that they are crossed with, in one pass over the open answers, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from pipeline.crosstabs.closed import code_closed
from pipeline.crosstabs.layouts import ALL, Layout, Numbers
from pipeline.crosstabs.people import People, code_people
from pipeline.crosstabs.witnesses import Margins
from pipeline.figures import BASE_STATES

_BASE: Final = -1
_WITHOUT: Final = 0
_ROWS: Final = 50_000


@dataclass(frozen=True)
class Theme:
    """A theme of a question, and the number of readable answers that have it or one of its sub-themes."""

    theme_id: str
    label: str
    total: int


@dataclass(frozen=True)
class Counted:
    """What was counted of one open question.

    Parameters
    ----------
    question_id : str
        The question.
    base, without_theme : int
        Its readable answers, and those of them that have no theme.
    themes : tuple of Theme
        Its themes, the most frequent first.
    cells : dict
        For each code that an answer has: answers of each theme, in order, then those without a theme, then all.
    """

    question_id: str
    base: int
    without_theme: int
    themes: tuple[Theme, ...]
    cells: dict[int, list[int]]

    def sums(self, codes: Sequence[int]) -> list[int]:
        """Return the answers that have one of some codes that exclude each other, in the order of `cells`."""
        found = [0] * (len(self.themes) + 2)
        for code in codes:
            for row, n in enumerate(self.cells.get(code, ())):
                found[row] += n
        return found

    def totals(self) -> list[int]:
        """Return the total of each row."""
        return [*(theme.total for theme in self.themes), self.without_theme, self.base]

    def margins(self, layout: Layout) -> Margins:
        """Return the table of a variable; a last column for answers of which it is not known, if not told by codes."""
        columns = [self.sums(codes) for codes in layout.codes]
        apart = None
        if layout.answered is not None:
            known = self.sums(layout.answered)
            columns.append([total - n for total, n in zip(self.totals(), known, strict=True)])
            apart = len(columns) - 1
        rows = [list(row) for row in zip(*columns, strict=True)]
        return Margins(rows[:-2], rows[-2], rows[-1], self.totals(), layout.variable.exclusive, apart)


class Counting:
    """What can be crossed in a dataset, and the counts of its questions.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        A connection with the files of a dataset as views: answers, questions and topics. Temporary tables are added.

    Attributes
    ----------
    people : People
        Kinds of authors, places and periods.
    layouts : list of Layout
        Everything that is crossed: kind of author, region, département, period, then the closed questions.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        numbers = Numbers()
        closed = code_closed(connection, numbers)
        self.people: People = code_people(connection, numbers)
        self.layouts: list[Layout] = [*self.people.layouts, *closed]
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE crossed_themes AS
            WITH named AS (
                SELECT DISTINCT topic.theme_id AS theme_id FROM (
                    SELECT unnest(topics) AS topic FROM answers WHERE state = 'assigned'
                )
            )
            SELECT theme_id, coalesce(label, theme_id) AS label, row_number() OVER (ORDER BY theme_id) AS theme
            FROM named LEFT JOIN (SELECT topic_id AS theme_id, label FROM topics) USING (theme_id)
        """)
        rows = connection.execute("SELECT theme, theme_id, label FROM crossed_themes").fetchall()
        self._themes: dict[int, tuple[str, str]] = {theme: (theme_id, label) for theme, theme_id, label in rows}

    def counts(self, question_id: str | None = None) -> Iterator[Counted]:
        """Yield the counts of each question with readable answers, by question_id, or of one question alone."""
        found: dict[int, dict[int, int]] = {}
        current = None
        cursor = self._connection.execute(self._query(question_id), [] if question_id is None else [question_id])
        while rows := cursor.fetchmany(_ROWS):
            for question, code, theme, n in rows:
                if question != current:
                    if current is not None:
                        yield self._counted(current, found)
                    current, found = question, {}
                found.setdefault(code, {})[theme] = n
        if current is not None:
            yield self._counted(current, found)

    def _counted(self, question_id: str, found: dict[int, dict[int, int]]) -> Counted:
        whole = found.pop(ALL)
        base, without = whole.pop(_BASE), whole.pop(_WITHOUT, 0)
        order = sorted(whole, key=lambda theme: (-whole[theme], self._themes[theme][0]))
        rows = [*order, _WITHOUT, _BASE]
        return Counted(
            question_id,
            base,
            without,
            tuple(Theme(*self._themes[theme], whole[theme]) for theme in order),
            {code: [counts.get(row, 0) for row in rows] for code, counts in found.items()},
        )

    def _query(self, question_id: str | None) -> str:
        only = "" if question_id is None else "AND question_id = ?"
        other, none = self.people.other_dates or "NULL", self.people.no_date or "NULL"
        return f"""
            WITH readable AS (
                SELECT question_id, contribution_id, author_type, region, departement, published_at,
                    CASE WHEN state = 'assigned' THEN list_distinct(list_transform(topics, lambda t: t.theme_id))
                        ELSE [] END AS themes
                FROM answers WHERE state IN {BASE_STATES} {only}
            ), coded AS (
                SELECT question_id, themes, list_concat(coalesce(codes, []), [
                    {ALL}, place,
                    coalesce(author, CASE WHEN readable.author_type IS NULL THEN missing ELSE others END),
                    coalesce(period, CASE WHEN published_at IS NULL THEN {none} ELSE {other} END)
                ]) AS codes
                FROM readable JOIN crossed_contributions USING (contribution_id)
                LEFT JOIN crossed_forms USING (form)
                LEFT JOIN crossed_authors ON crossed_authors.author_type = readable.author_type
                CROSS JOIN crossed_other_authors
                JOIN crossed_places ON crossed_places.region IS NOT DISTINCT FROM readable.region
                    AND crossed_places.departement IS NOT DISTINCT FROM readable.departement
                LEFT JOIN crossed_periods
                    ON start = date_trunc('{self.people.unit}', published_at::TIMESTAMP)::TIMESTAMP
            ), named AS (
                SELECT question_id, theme, codes FROM (SELECT question_id, codes, unnest(themes) AS theme_id FROM coded)
                JOIN crossed_themes USING (theme_id)
                UNION ALL
                SELECT question_id, {_BASE}, codes FROM coded
                UNION ALL
                SELECT question_id, {_WITHOUT}, codes FROM coded WHERE len(themes) = 0
            )
            SELECT question_id, code, theme, count(*) AS n
            FROM (SELECT question_id, theme, unnest(codes) AS code FROM named) WHERE code IS NOT NULL
            GROUP BY question_id, code, theme ORDER BY question_id, code, theme
        """
