"""Coordinated texts: what several authors sent in the same words, and what it does to the ranking of themes.

Nothing is removed: the ranking is told twice, with all answers and with each coordinated text counted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from pipeline.figures import rows_of
from pipeline.report.verbatims import FULL_ANSWER
from pipeline.theme_figures import QuestionThemes, ranks
from pipeline.typography import shown

TEXTS_SHOWN: Final = 50
EXCERPT: Final = 300  # characters


@dataclass(frozen=True)
class CoordinatedText:
    """One text that several authors sent to one question, and the first of its copies, masked."""

    copy_group_id: str
    answer_id: str
    question_id: str
    contributions: int
    respondents: int
    texts: int
    first_day: datetime | None
    last_day: datetime | None
    author_types: tuple[tuple[str | None, int], ...]
    excerpt: str
    full: str | None
    length: int

    @property
    def word_for_word(self) -> bool:
        return self.texts == 1


@dataclass(frozen=True)
class RankedTheme:
    """A theme of one question: contributions and rank with all answers, and with each coordinated text counted once."""

    topic_id: str
    label: str
    contributions: int
    rank: int
    contributions_once: int
    rank_once: int

    @property
    def rise(self) -> int:
        """By how many ranks it rises when coordinated texts count once; negative when it falls."""
        return self.rank - self.rank_once


@dataclass(frozen=True)
class Coordination:
    """All coordinated texts: how many, who sent them, the largest of them, and the rankings they change."""

    total: int = 0
    contributions: int = 0
    respondents: int = 0
    texts: tuple[CoordinatedText, ...] = ()
    by_question: tuple[tuple[str, int, int], ...] = ()
    """question_id, coordinated texts, contributions that hold one."""


def coordination(connection: duckdb.DuckDBPyConnection) -> Coordination:
    """Return the coordinated texts, largest first."""
    members = """
        FROM answers JOIN copy_groups USING (copy_group_id) WHERE coordinated
    """
    total = rows_of(
        connection,
        f"""
        SELECT count(DISTINCT copy_group_id) AS total, count(DISTINCT contribution_id) AS contributions,
            count(DISTINCT coalesce(author_id, contribution_id)) AS respondents {members}
        """,
    )[0]
    by_question = rows_of(
        connection,
        f"""
        SELECT answers.question_id AS question_id, count(DISTINCT copy_group_id) AS total,
            count(DISTINCT contribution_id) AS contributions {members} GROUP BY ALL
        ORDER BY contributions DESC, question_id
        """,
    )
    touched = tuple((row["question_id"], row["total"], row["contributions"]) for row in by_question)
    return Coordination(**total, texts=coordinated_texts(connection, TEXTS_SHOWN), by_question=touched)


def coordinated_texts(
    connection: duckdb.DuckDBPyConnection, limit: int, question_id: str | None = None
) -> tuple[CoordinatedText, ...]:
    """Return up to `limit` coordinated texts, largest first; those of one question where it is given."""
    sql = f"""
        SELECT copy_groups.*, coalesce(text, '') AS text FROM copy_groups JOIN answers USING (answer_id)
        WHERE coordinated AND ($question IS NULL OR copy_groups.question_id = $question)
        ORDER BY n_contributions DESC, n_respondents DESC, copy_groups.copy_group_id
        LIMIT {limit:d}
    """
    found = []
    for row in rows_of(connection, sql, {"question": question_id}):
        text = shown(row["text"])
        cut = excerpt(text)
        found.append(
            CoordinatedText(
                copy_group_id=row["copy_group_id"],
                answer_id=row["answer_id"],
                question_id=row["question_id"],
                contributions=row["n_contributions"],
                respondents=row["n_respondents"],
                texts=row["n_texts"],
                first_day=row["first_published_at"],
                last_day=row["last_published_at"],
                author_types=tuple((kind["author_type"], kind["n_contributions"]) for kind in row["author_types"]),
                excerpt=cut,
                full=text if cut != text and len(text) <= FULL_ANSWER else None,
                length=len(text),
            )
        )
    return tuple(found)


def rankings(themes: Mapping[str, QuestionThemes], questions: Iterable[str]) -> dict[str, list[RankedTheme]]:
    """Return the themes of each question that a coordinated text answers, in order, by contributions.

    Themes with as many contributions share a rank, and the next rank is left out.
    """
    found = {}
    for question_id in questions:
        given = themes.get(question_id, QuestionThemes(question_id)).themes
        whole = [theme for theme in given if theme.parent_id is None]
        before, after = ([getattr(theme, name).contributions for theme in whole] for name in ("counts", "once"))
        rows = [
            RankedTheme(theme.topic_id, theme.label, n, rank, once, rank_once)
            for theme, n, rank, once, rank_once in zip(whole, before, ranks(before), after, ranks(after), strict=True)
        ]
        if rows:
            found[question_id] = sorted(rows, key=lambda row: (row.rank, row.rank_once, row.topic_id))
    return found


def excerpt(text: str, limit: int = EXCERPT) -> str:
    """Return the beginning of `text`, cut between words where that is possible."""
    if len(text) <= limit:
        return text
    blank = text.rfind(" ", limit // 2, limit)
    return text[: blank if blank > 0 else limit].rstrip() + " …"
