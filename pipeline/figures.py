"""The figures of the report, counted in the files of the dataset with DuckDB.

Every figure is counted three ways: répondants (distinct authors, the contribution where the author is not known),
contributions, and textes uniques (copies of one text count once).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb

from pipeline import storage
from pipeline.nesting import nested

DENOMINATORS: Final = ("respondents", "contributions", "unique_texts")
"""The three ways to count, in the order of the page."""

BASE_STATES: Final = ("assigned", "unassigned")
"""The states of the answers that could be given a theme: the base of every share."""

_COUNTED: Final = {
    "respondents": ("coalesce(author_id, contribution_id)", "true"),
    "contributions": ("contribution_id", "true"),
    "unique_texts": ("coalesce(duplicate_of, answer_id)", "true"),
    "asked": ("contribution_id", "routed"),
    "not_asked": ("contribution_id", "NOT routed"),
}


def counted(prefix: str = "", also: str = "true") -> str:
    """Return the SQL that counts rows of answers in the three ways, under the names of the fields of `Counts`."""
    return ", ".join(
        f"count(DISTINCT {what}) FILTER (WHERE {where} AND {also}) AS {prefix}{name}"
        for name, (what, where) in _COUNTED.items()
    )


_THREE: Final = counted()
_ONCE: Final = counted("once_", "kept")
_KEPT: Final = "(first_id IS NULL OR first_id = answers.answer_id)"
"""Of a coordinated text, only the answer that was its first counts."""

_WITH_FIRST: Final = """answers LEFT JOIN (
    SELECT copy_group_id, answer_id AS first_id FROM copy_groups WHERE coordinated
) USING (copy_group_id)"""


@dataclass(frozen=True)
class Counts:
    """One figure on the three denominators, and the contributions in it by whether they were asked the question."""

    respondents: int = 0
    contributions: int = 0
    unique_texts: int = 0
    asked: int = 0
    not_asked: int = 0

    @property
    def unknown(self) -> int:
        """Contributions of which the answer to another question does not say whether they were asked this one."""
        return self.contributions - self.asked - self.not_asked


@dataclass(frozen=True)
class Theme:
    """A theme as it occurs in the answers to one question; a theme with sub-themes counts theirs too.

    ``once`` are its counts when each coordinated text counts once, by the answer that was its first. ``weight`` is the
    sum of the weights of its contributions, where weights were given. ``reviewed`` of its ``answers`` have it from a
    person. ``rise`` is by how many ranks it rises among its siblings, by denominator, when those texts count once.
    ``lineage`` is what became of it in its model, since the one before.
    """

    topic_id: str
    parent_id: str | None
    label: str
    definition: str
    terms: tuple[str, ...]
    status: str
    counts: Counts
    against: tuple[str, ...] = ()
    stability: float | None = None
    once: Counts = field(default_factory=Counts)
    weight: float | None = None
    answers: int = 0
    reviewed: int = 0
    rise: dict[str, int] = field(default_factory=dict)
    lineage: tuple[str, ...] = ()


@dataclass(frozen=True)
class TopicNumber:
    """A number of themes that was tried, how stable it is, and whether it was chosen."""

    n_topics: int
    stability: float
    chosen: bool


@dataclass(frozen=True)
class QuestionThemes:
    """What the themes of one open question rest on."""

    question_id: str
    base: Counts = field(default_factory=Counts)
    weight: float | None = None
    """The weights of the contributions of the base, where weights were given."""
    assigned: Counts = field(default_factory=Counts)
    no_theme_fits: Counts = field(default_factory=Counts)
    too_few_answers: Counts = field(default_factory=Counts)
    themes: tuple[Theme, ...] = ()
    models: tuple[tuple[str, bool], ...] = ()
    """The models of its themes; True when they are those of this question rather than of the questionnaire."""
    numbers: tuple[TopicNumber, ...] = ()
    """The numbers of themes that were tried, where one of them was chosen by stability."""


@dataclass(frozen=True)
class Organisation:
    """An organisation, how often it is named, and the spellings seen, most frequent first."""

    organisation_id: str
    name: str
    acronym: str | None
    mentions: int
    counts: Counts
    variants: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Scope:
    """What the whole dataset covers."""

    counts: Counts
    first_day: datetime | None
    last_day: datetime | None
    departements: int


@contextmanager
def dataset_connection(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the Parquet files of a dataset as views of the same names."""
    connection = duckdb.connect(":memory:")
    try:
        with storage.on_disk(folder) as local:
            spill = str(local.parent / "tmp" / "duckdb").replace("'", "''")
            connection.execute(f"SET temp_directory = '{spill}'; SET preserve_insertion_order = false")
            for path in sorted(local.glob("*.parquet")):
                quoted = str(path).replace("'", "''")
                connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{quoted}')")
            yield connection
    finally:
        connection.close()


def scope(connection: duckdb.DuckDBPyConnection) -> Scope:
    """Return how many people and forms there are, from when and where."""
    row = rows_of(
        connection,
        f"SELECT {_THREE}, min(published_at) AS first_day, max(published_at) AS last_day, "
        "count(DISTINCT departement) AS departements FROM answers",
    )[0]
    texts = rows_of(connection, f"SELECT {_THREE} FROM answers WHERE state IN {BASE_STATES}")[0]["unique_texts"]
    return Scope(
        Counts(row["respondents"], row["contributions"], texts), row["first_day"], row["last_day"], row["departements"]
    )


def question_themes(connection: duckdb.DuckDBPyConnection) -> dict[str, QuestionThemes]:
    """Return the figures of each question that has an answer to be given a theme."""
    groups: dict[str, dict[str, Counts]] = {}
    weights: dict[str, float] = {}
    sql = f"""
        WITH readable AS (
            SELECT *, coalesce(reason, state) AS grp FROM answers WHERE state IN {BASE_STATES}
        ), weighed AS (
            SELECT question_id, sum(weight) AS weight
            FROM (SELECT DISTINCT question_id, contribution_id, weight FROM readable) GROUP BY question_id
        )
        SELECT question_id, CASE WHEN grouping(grp) = 1 THEN 'base' ELSE grp END AS grp, {_THREE},
            any_value(weighed.weight) AS weight
        FROM readable LEFT JOIN weighed USING (question_id)
        GROUP BY GROUPING SETS ((question_id), (question_id, grp))
    """
    for row in rows_of(connection, sql):
        found = groups.setdefault(row["question_id"], {})
        found[row["grp"]] = _counts(row)
        if row["grp"] == "base":
            weights[row["question_id"]] = row["weight"]
    themes = _themes(connection)
    models = _models(connection)
    numbers = _numbers(connection)
    return {
        question_id: QuestionThemes(
            question_id,
            **found,
            weight=weights[question_id],
            themes=tuple(themes.get(question_id, ())),
            models=tuple(models.get(question_id, ())),
            numbers=tuple(numbers.get(question_id, ())),
        )
        for question_id, found in groups.items()
    }


def _themes(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Theme]]:
    sql = f"""
        WITH named AS (
            SELECT question_id, author_id, contribution_id, duplicate_of, answer_id, routed, weight, {_KEPT} AS kept,
                unnest(topics).topic_id AS topic_id
            FROM {_WITH_FIRST} WHERE state = 'assigned'
        ), whole AS (
            SELECT * FROM named
            UNION ALL
            SELECT named.* REPLACE (topics.parent_id AS topic_id)
            FROM named JOIN topics USING (topic_id) WHERE topics.parent_id IS NOT NULL
        ), counted AS (
            SELECT question_id, topic_id, {_THREE}, {_ONCE}, count(DISTINCT answer_id) AS answers
            FROM whole GROUP BY question_id, topic_id
        ), weighed AS (
            SELECT question_id, topic_id, sum(weight) AS weight
            FROM (SELECT DISTINCT question_id, topic_id, contribution_id, weight FROM whole)
            GROUP BY question_id, topic_id
        ), decided AS (
            SELECT answer_id, unnest(list_distinct([topic_id, theme_id])) AS topic_id
            FROM segments WHERE source = 'reviewer' AND topic_id IS NOT NULL
        ), reviewed AS (
            SELECT answers.question_id, decided.topic_id, count(DISTINCT answer_id) AS reviewed
            FROM decided JOIN answers USING (answer_id) GROUP BY ALL
        )
        SELECT counted.*, weighed.weight, coalesce(reviewed, 0) AS reviewed, parent_id, label, definition, terms,
            status, against, stability, lineage, model
        FROM counted JOIN weighed USING (question_id, topic_id) LEFT JOIN reviewed USING (question_id, topic_id)
        JOIN topics ON topics.topic_id = counted.topic_id
        ORDER BY counted.question_id, contributions DESC, unique_texts DESC, topic_id
    """
    found: dict[str, list[Theme]] = {}
    for row in rows_of(connection, sql):
        found.setdefault(row["question_id"], []).append(
            Theme(
                topic_id=row["topic_id"],
                parent_id=row["parent_id"],
                label=row["label"],
                definition=row["definition"],
                terms=tuple(row["terms"]),
                status=row["status"],
                counts=_counts(row),
                against=tuple(row["against"]),
                stability=row["stability"],
                once=_counts(row, "once_"),
                weight=row["weight"],
                answers=row["answers"],
                reviewed=row["reviewed"],
                lineage=tuple(event["event"] for event in row["lineage"] if event["model"] == row["model"]),
            )
        )
    return {
        question_id: nested(_with_rises(themes), lambda theme: (theme.topic_id, theme.parent_id))
        for question_id, themes in found.items()
    }


def _with_rises(themes: list[Theme]) -> list[Theme]:
    """Return themes with the change of their rank among those of the same parent; equal counts share a rank."""
    rises: dict[str, dict[str, int]] = {theme.topic_id: {} for theme in themes}
    families: dict[str | None, list[Theme]] = {}
    for theme in themes:
        families.setdefault(theme.parent_id, []).append(theme)
    for family in families.values():
        for name in DENOMINATORS:
            before = ranks([getattr(theme.counts, name) for theme in family])
            after = ranks([getattr(theme.once, name) for theme in family])
            for theme, first, second in zip(family, before, after, strict=True):
                rises[theme.topic_id][name] = first - second
    return [replace(theme, rise=rises[theme.topic_id]) for theme in themes]


def ranks(values: list[int]) -> list[int]:
    """Return the rank of each value, the largest first; equal values share one, and the next is left out."""
    place = {value: rank for rank, value in reversed(list(enumerate(sorted(values, reverse=True), 1)))}
    return [place[value] for value in values]


def _numbers(connection: duckdb.DuckDBPyConnection) -> dict[str, list[TopicNumber]]:
    sql = "SELECT question_id, n_topics, stability, chosen FROM topic_numbers ORDER BY question_id, n_topics"
    found: dict[str, list[TopicNumber]] = {}
    for row in rows_of(connection, sql):
        found.setdefault(row.pop("question_id"), []).append(TopicNumber(**row))
    return found


def _models(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, bool]]]:
    sql = """
        SELECT DISTINCT used.question_id AS question_id, model, topics.question_id IS NOT NULL AS own
        FROM (SELECT DISTINCT question_id, unnest(topics).topic_id AS topic_id FROM answers) AS used
        JOIN topics USING (topic_id) ORDER BY ALL
    """
    found: dict[str, list[tuple[str, bool]]] = {}
    for row in rows_of(connection, sql):
        found.setdefault(row["question_id"], []).append((row["model"], row["own"]))
    return found


def organisations(
    connection: duckdb.DuckDBPyConnection, limit: int, variants: int = 8, question_id: str | None = None
) -> tuple[list[Organisation], int]:
    """Return the organisations named most, and how many there are in all; in the answers to one question if given."""
    values = {"question": question_id}
    sql = f"""
        WITH counted AS (
            SELECT organisation_id, count(*) AS mentions, {_THREE} FROM mentions JOIN answers USING (answer_id)
            WHERE organisation_id IS NOT NULL AND ($question IS NULL OR question_id = $question)
            GROUP BY organisation_id
        )
        SELECT counted.*, name, acronym FROM counted JOIN organisations USING (organisation_id)
        ORDER BY mentions DESC, contributions DESC, name, organisation_id
    """
    rows = rows_of(connection, sql, values)
    spellings: dict[str, list[tuple[str, int]]] = {}
    sql = f"""
        SELECT organisation_id, surface, count(*) AS n FROM mentions JOIN answers USING (answer_id)
        WHERE organisation_id IS NOT NULL AND ($question IS NULL OR question_id = $question)
        GROUP BY organisation_id, surface
        QUALIFY row_number() OVER (PARTITION BY organisation_id ORDER BY count(*) DESC, surface) <= {variants:d}
        ORDER BY organisation_id, n DESC, surface
    """
    for row in rows_of(connection, sql, values):
        spellings.setdefault(row["organisation_id"], []).append((row["surface"], row["n"]))
    found = [
        Organisation(
            row["organisation_id"],
            row["name"],
            row["acronym"],
            row["mentions"],
            _counts(row),
            tuple(spellings[row["organisation_id"]]),
        )
        for row in rows[:limit]
    ]
    return found, len(rows)


def _counts(row: dict[str, Any], prefix: str = "") -> Counts:
    return Counts(**{name: row[prefix + name] for name in Counts.__dataclass_fields__})


def rows_of(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return the answer to a query, with values for what it names ``$name``, as dictionaries."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
