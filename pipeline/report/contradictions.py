"""Answers to questions that their form did not ask, as the page lists them: masked, some of each question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

from pipeline.conditions import NOT_GIVEN
from pipeline.figures import rows_of
from pipeline.report.copies import excerpt
from pipeline.typography import shown

CONTRADICTIONS_SHOWN: Final = 200
_QUOTE: Final = 200  # characters of an answer in a table


@dataclass(frozen=True)
class Contradiction:
    """An answer that was given though not asked for, and the answer to the question that decided on it."""

    answer_id: str
    contribution_id: str
    reference: str | None
    question_id: str
    parent_answer: str | None
    quote: str


def contradictions(connection: duckdb.DuckDBPyConnection, limit: int = CONTRADICTIONS_SHOWN) -> list[Contradiction]:
    """Return up to `limit` contradictions, as many of each question as the others leave room for, by question."""
    sql = f"""
        WITH against AS (
            SELECT answer_id, contribution_id, reference, question_id, depends_on, questionnaire, number,
                coalesce(text, '') AS text,
                row_number() OVER (PARTITION BY question_id ORDER BY answer_id) AS place
            FROM answers JOIN questions USING (question_id)
            WHERE shown_if IS NOT NULL AND NOT routed AND state NOT IN {NOT_GIVEN}
        ), chosen AS (SELECT * FROM against ORDER BY place, questionnaire, number, question_id LIMIT {limit:d}),
        said AS (
            SELECT contribution_id, question_id AS depends_on, text AS parent_answer FROM answers
            WHERE state NOT IN {NOT_GIVEN} AND contribution_id IN (SELECT contribution_id FROM chosen)
            QUALIFY row_number() OVER (
                PARTITION BY contribution_id, question_id ORDER BY length(answer_id), answer_id
            ) = 1
        )
        SELECT answer_id, chosen.contribution_id AS contribution_id, reference, question_id, parent_answer, text
        FROM chosen LEFT JOIN said USING (contribution_id, depends_on)
        ORDER BY questionnaire, number, question_id, place
    """
    return [
        Contradiction(
            answer_id=row["answer_id"],
            contribution_id=row["contribution_id"],
            reference=row["reference"],
            question_id=row["question_id"],
            parent_answer=None if row["parent_answer"] is None else excerpt(shown(row["parent_answer"]), _QUOTE),
            quote=excerpt(shown(row["text"]), _QUOTE),
        )
        for row in rows_of(connection, sql)
    ]
