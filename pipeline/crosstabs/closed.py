"""Closed questions: their modalities, and the codes of what each form answered.

A form's answers to closed questions become one list of codes (temporary table `crossed_forms`), so that one pass over
the open answers counts all tables. The connection has the files of a dataset as views: answers, questions and topics.
"""

from __future__ import annotations

from typing import Any, Final

import duckdb

from pipeline.crosstabs.layouts import Layout, Numbers, fill
from pipeline.crosstabs.suppression import LEAST
from pipeline.crosstabs.variables import MOST_COLUMNS, NO_ANSWER, Column, Variable, in_order, short
from pipeline.figures import BASE_STATES, rows_of

_PARTS: Final = "unnest(list_distinct(string_split(text, '|'))) AS part"
# Case and blanks do not tell two modalities apart.
_KEY: Final = r"nfc_normalize(lower(trim(regexp_replace(part, '[\s\pZ]+', ' ', 'g'))))"


def code_closed(connection: duckdb.DuckDBPyConnection, numbers: Numbers) -> list[Layout]:
    """Number the modalities of closed questions, and list those of each form that has a readable open answer.

    Returns
    -------
    list of Layout
        The closed questions that can be crossed, in the order of the questionnaires.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE crossed_contributions AS SELECT contribution_id, row_number() OVER () AS form "
        f"FROM (SELECT DISTINCT contribution_id FROM answers WHERE state IN {BASE_STATES})"
    )
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE crossed_spellings AS
        SELECT question_id, part, n, {_KEY} AS key FROM (
            SELECT question_id, part, count(*) AS n FROM (
                SELECT question_id, {_PARTS} FROM answers JOIN crossed_contributions USING (contribution_id)
                WHERE state = 'closed' AND text IS NOT NULL
            ) GROUP BY ALL
        )
    """)
    keys: list[tuple[str, str, int]] = []
    others: list[tuple[str, int | None]] = []
    answered: list[tuple[str, int]] = []
    layouts = []
    multiple = _multiple_choices(connection)
    for question, modalities, rest in _modalities(connection):
        question_id = question["question_id"]
        columns = [Column(key, short(label)) for key, label in modalities]
        codes = [numbers.new() for _ in columns]
        keys += [(question_id, column.key, code) for column, code in zip(columns, codes, strict=True)]
        if rest:
            columns.append(Column("", "Toutes les autres réponses", "others"))
            codes.append(numbers.new())
        others.append((question_id, codes[-1] if rest else None))
        known = tuple(codes)
        if question_id in multiple:
            known = (numbers.new(),)
            answered.append((question_id, *known))
        variable = Variable(
            question_id,
            question["title"],
            (*columns, Column("", NO_ANSWER, "missing")),
            question_id not in multiple,
            question["questionnaire"],
            question["number"],
        )
        layouts.append(Layout(variable, tuple((code,) for code in codes), known))
    fill(connection, "crossed_keys", "question_id VARCHAR, key VARCHAR, code INTEGER", keys)
    fill(connection, "crossed_others", "question_id VARCHAR, others INTEGER", others)
    fill(connection, "crossed_answered", "question_id VARCHAR, code INTEGER", answered)
    _list_codes(connection)
    return layouts


def _modalities(
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[dict[str, Any], list[tuple[str, str]], bool]]:
    """Return the closed questions with the keys and labels of their columns, and whether others are left.

    Identifiers and free text, which come as closed questions in some files, have no modalities: a question is left out
    where the frequent ones are less than half of its answers. A rare modality is never named: it could name a person.
    """
    rows = rows_of(
        connection,
        f"""
        WITH modalities AS (
            SELECT question_id, key, sum(n) AS n, first(part ORDER BY n DESC, part) AS label
            FROM crossed_spellings WHERE key != '' GROUP BY ALL
        ), ranked AS (
            SELECT *, row_number() OVER (PARTITION BY question_id ORDER BY n DESC, key) AS place,
                count(*) OVER (PARTITION BY question_id) AS many, sum(n) OVER (PARTITION BY question_id) AS whole
            FROM modalities
        )
        SELECT ranked.question_id AS question_id, title, questionnaire, number, key, label, n, place, many, whole
        FROM ranked JOIN questions USING (question_id)
        WHERE place <= {MOST_COLUMNS:d} AND n >= {LEAST:d} AND kind != 'open'
        ORDER BY questionnaire, number, question_id, place
        """,
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["question_id"], []).append(row)
    questions = []
    for some in found.values():
        kept = some if some[0]["many"] == len(some) else some[: MOST_COLUMNS - 1]
        if 2 * sum(row["n"] for row in kept) >= some[0]["whole"]:
            labels = {row["key"]: row["label"] for row in kept}
            modalities = [(key, labels[key]) for key in in_order(list(labels))]
            questions.append((some[0], modalities, some[0]["many"] > len(kept)))
    return questions


def _multiple_choices(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the closed questions to which some form gave several answers, and set the later ones of others aside."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE crossed_later AS
        WITH given AS (
            SELECT form, question_id, answer_id FROM answers JOIN crossed_contributions USING (contribution_id)
            JOIN questions USING (question_id) WHERE state = 'closed' AND kind = 'closed'
        ), again AS (SELECT form, question_id FROM given GROUP BY ALL HAVING count(*) > 1)
        SELECT answer_id FROM given JOIN again USING (form, question_id)
        -- Where a form answers a closed question twice, its first answer decides, as for conditions.
        QUALIFY row_number() OVER (PARTITION BY form, question_id ORDER BY length(answer_id), answer_id) > 1
    """)
    rows = connection.execute("""
        SELECT DISTINCT question_id FROM (
            SELECT form, question_id FROM answers JOIN crossed_contributions USING (contribution_id)
            JOIN questions USING (question_id)
            WHERE state = 'closed' AND kind != 'open' AND (kind = 'choice' OR contains(text, '|'))
                AND answer_id NOT IN (SELECT answer_id FROM crossed_later)
            GROUP BY ALL HAVING count(*) > 1 OR bool_or(contains(text, '|'))
        )
    """).fetchall()
    return {question_id for (question_id,) in rows}


def _list_codes(connection: duckdb.DuckDBPyConnection) -> None:
    later = connection.execute("SELECT count(*) FROM crossed_later").fetchall()[0][0]
    first = "AND answer_id NOT IN (SELECT answer_id FROM crossed_later)" if later else ""
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE crossed_forms AS
        WITH spelt AS (
            SELECT question_id, part, CASE WHEN key = '' THEN -1 ELSE code END AS code
            FROM crossed_spellings LEFT JOIN crossed_keys USING (question_id, key) WHERE key = '' OR code IS NOT NULL
        ), given AS (
            SELECT contribution_id, question_id, {_PARTS} FROM answers
            WHERE state = 'closed' AND text IS NOT NULL {first}
        ), said AS (
            SELECT form, question_id, coalesce(code, others) AS code
            FROM given JOIN crossed_contributions USING (contribution_id) JOIN crossed_others USING (question_id)
            LEFT JOIN spelt USING (question_id, part)
        ), whole AS (
            SELECT form, code FROM said WHERE code >= 0
            UNION ALL
            SELECT form, crossed_answered.code FROM said JOIN crossed_answered USING (question_id) WHERE said.code >= 0
        )
        SELECT form, list(DISTINCT code) AS codes FROM whole GROUP BY form
    """)
    for name in ("spellings", "keys", "others", "answered", "later"):
        connection.execute(f"DROP TABLE crossed_{name}")
