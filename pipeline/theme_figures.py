"""The figures of the themes of each question, counted in the files of the dataset with DuckDB (see `figures`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import duckdb

from pipeline.figures import BASE_STATES, DENOMINATORS, Counts, counted, counts_of, rows_of
from pipeline.nesting import nested

_THREE: Final = counted()
_ONCE: Final = counted("once_", "kept")
_KEPT: Final = "(first_id IS NULL OR first_id = answers.answer_id)"
"""Of a coordinated text, only the answer that was its first counts."""

_WITH_FIRST: Final = """answers LEFT JOIN (
    SELECT copy_group_id, answer_id AS first_id FROM copy_groups WHERE coordinated
) USING (copy_group_id)"""


@dataclass(frozen=True)
class Theme:
    """A theme as it occurs in the answers to one question; a theme with sub-themes counts theirs too.

    ``once`` are its counts when each coordinated text counts once, by the answer that was its first. ``weight`` is the
    sum of the weights of its contributions, where weights were given. ``reviewed`` of its ``answers`` have it from a
    person. ``rise`` is by how many ranks it rises among its siblings, by denominator, when those texts count once.
    ``lineage`` is what became of it in its model, since the one before. ``reviewed_by`` decided on it last.
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
    reviewed_by: str | None = None
    reviewed_at: str | None = None


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
        found[row["grp"]] = counts_of(row)
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
            SELECT question_id, answer_id, unnest(topics) AS topic FROM answers WHERE state = 'assigned'
        ), by_people AS (
            SELECT question_id, answer_id, unnest(list_distinct([topic.topic_id, topic.theme_id])) AS topic_id
            FROM decided WHERE topic.source = 'reviewer'
        ), reviewed AS (
            SELECT question_id, topic_id, count(DISTINCT answer_id) AS reviewed FROM by_people GROUP BY ALL
        )
        SELECT counted.*, weighed.weight, coalesce(reviewed, 0) AS reviewed, parent_id, label, definition, terms,
            status, against, stability, lineage, model, reviewed_by, reviewed_at
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
                counts=counts_of(row),
                against=tuple(row["against"]),
                stability=row["stability"],
                once=counts_of(row, "once_"),
                weight=row["weight"],
                answers=row["answers"],
                reviewed=row["reviewed"],
                lineage=tuple(event["event"] for event in row["lineage"] if event["model"] == row["model"]),
                reviewed_by=row["reviewed_by"],
                reviewed_at=row["reviewed_at"],
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
