"""The answers in each state on the three denominators: of all questions together, and of each."""

from __future__ import annotations

from typing import Final

import duckdb

from pipeline.conditions import NOT_GIVEN
from pipeline.figures import Counts, counted, rows_of

TEXTS: Final = f"""(
    SELECT * REPLACE (
        CASE WHEN state NOT IN {NOT_GIVEN} THEN answer_id END AS answer_id,
        CASE WHEN state NOT IN {NOT_GIVEN} THEN duplicate_of END AS duplicate_of
    ) FROM answers
)"""
"""All answers, of which those without a text count as none among unique texts."""

RECEIVED: Final = "received"
"""All states together."""


def states(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, Counts], dict[str, dict[str, Counts]]]:
    """Return the counts of each state, and of `RECEIVED`, over all questions, and by question_id.

    A contribution has one answer to a question, so that contributions of one question add up to those received; a
    respondent can have answers in several states, and counts in each.
    """
    sql = f"""
        SELECT question_id, CASE WHEN grouping(state) = 1 THEN '{RECEIVED}' ELSE state END AS state, {counted()}
        FROM {TEXTS} GROUP BY GROUPING SETS ((), (state), (question_id), (question_id, state))
    """
    whole: dict[str, Counts] = {}
    by_question: dict[str, dict[str, Counts]] = {}
    for row in rows_of(connection, sql):
        question_id, state = row.pop("question_id"), row.pop("state")
        found = whole if question_id is None else by_question.setdefault(question_id, {})
        found[state] = Counts(**row)
    return whole, by_question
