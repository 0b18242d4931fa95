"""The tri à plat of closed questions: how many gave each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

from pipeline.figures import Counts, counted, rows_of

SHOWN: Final = 60
"""Modalities that are listed: with more, the question is hardly a closed one."""


@dataclass(frozen=True)
class Modality:
    """An answer to a closed question, and how many gave it."""

    label: str
    counts: Counts


@dataclass(frozen=True)
class FlatCounts:
    """The modalities of a closed question, most frequent first, and the answers they are shares of."""

    base: Counts
    modalities: tuple[Modality, ...]
    hidden: int = 0
    several: bool = False
    """Whether some answer gives several of them."""


def flat_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, FlatCounts]:
    """Return the tri à plat of each closed question that has an answer, by question_id.

    Several modalities of one answer stand between bars, as in the official export: « Oui|Autre ».
    """
    bases = {
        row.pop("question_id"): Counts(**row)
        for row in rows_of(
            connection, f"SELECT question_id, {counted()} FROM answers WHERE state = 'closed' GROUP BY question_id"
        )
    }
    sql = f"""
        WITH given AS (
            SELECT *, trim(regexp_replace(unnest(string_split(text, '|')), '[\\s\\p{{Z}}]+', ' ', 'g')) AS label
            FROM answers WHERE state = 'closed' AND text IS NOT NULL
        ), counted AS (
            SELECT question_id, label, {counted()}, bool_or(beside) AS several
            FROM (SELECT *, count(DISTINCT label) OVER (PARTITION BY answer_id) > 1 AS beside
                FROM given WHERE label <> '')
            GROUP BY question_id, label
        )
        SELECT *, count(*) OVER (PARTITION BY question_id) AS many FROM counted
        QUALIFY row_number() OVER (PARTITION BY question_id ORDER BY contributions DESC, label) <= {SHOWN}
        ORDER BY question_id, contributions DESC, label
    """
    found: dict[str, list[Modality]] = {}
    more: dict[str, tuple[int, bool]] = {}
    for row in rows_of(connection, sql):
        question_id, label = row.pop("question_id"), row.pop("label")
        many, several = row.pop("many"), row.pop("several")
        found.setdefault(question_id, []).append(Modality(label, Counts(**row)))
        more[question_id] = (many - SHOWN if many > SHOWN else 0, several or more.get(question_id, (0, False))[1])
    return {key: FlatCounts(base, tuple(found.get(key, ())), *more.get(key, (0, False))) for key, base in bases.items()}
