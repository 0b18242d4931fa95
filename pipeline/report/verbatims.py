"""Choose the verbatims of each theme and cut them to the size of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import duckdb

from pipeline.typography import shown
from pipeline.vocabulary import EXEMPLAR_KINDS

SHORTEST: Final = 25  # characters; a shorter segment is shown only when nothing longer is at hand
WINDOW: Final = 300  # characters shown around a segment
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
FULL_ANSWER: Final = 2_000  # characters of an answer that is given whole, one click away
DISSENTING: Final = "dissenting"
"""The kind of a verbatim whose words say no, in a theme where most do not."""
_SELDOM: Final = 0.33  # the share of segments that say no from which no is what the theme says
_NO: Final = (  # words that say no to what others ask for, in the syntax of RE2
    r"\b(pas d[’\x27]accord|d[ée]saccord|(suis|sommes|totalement|absolument|fermement) (contre|oppos[ée]e?s?)\b"
    r"|surtout pas|au contraire|ne (faut|faudrait|doit|doivent) (surtout |absolument )?pas\b|inutile|absurde"
    r"|non aux? |arr[êe]t(er|ez|ons) de |refus(e|ons|er)\b)"
)
KINDS: Final = tuple(EXEMPLAR_KINDS)
"""Kinds of exemplars, in the order of the page."""
FULL_BUDGET: Final = 600_000  # characters of whole answers in one report, so that its size stays bounded


@dataclass(frozen=True)
class Verbatim:
    """A segment as it is shown: what stands before it, the segment, what follows, and where it comes from."""

    answer_id: str
    contribution_id: str
    segment_id: str
    before: str
    quote: str
    after: str
    full: str | None
    length: int
    shortened: bool
    copies: int
    reference: str | None
    departement: str | None
    published_at: datetime | None
    kind: str | None = None
    """Why it was chosen: "central", "argued", "borderline" or "dissenting"; None for one among the best alone."""


def verbatims(connection: duckdb.DuckDBPyConnection, count: int) -> dict[tuple[str, str], list[Verbatim]]:
    """Return up to `count` verbatims of each (question_id, topic_id): its exemplars, then what is closest to it.

    The exemplars are two central texts, an argued one and one at the border to another theme, where there are such
    (table `exemplars`); the last is one whose words say no, where most of the theme do not and there is one. Texts that
    say the same in almost the same words are passed over while others are left, and one contribution gives one verbatim
    of a theme. Copies of a text are counted.
    """
    found: dict[tuple[str, str], list[Verbatim]] = {}
    budget = FULL_BUDGET
    rows = _candidates(connection, 10 * count) if count else []
    for key, group in groupby(rows, key=itemgetter("question_id", "topic_id")):
        found[key] = []
        for row in varied(list(group), count):
            found[key].append(_verbatim(row, budget))
            budget -= len(found[key][-1].full or "")
    return found


def varied(rows: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Return the first `count` rows of distinct contributions whose quotes differ in more than half of their words.

    Rows with a `kind`, which were chosen before, come first in any case; but for one that says no, which comes last.
    """
    against = [row for row in rows if row.get("kind") == DISSENTING]
    if against and count > 1:
        others = varied([row for row in rows if row not in against], count - 1)
        forms = [row["contribution_id"] for row in others]
        return [*others, *[row for row in against if row["contribution_id"] not in forms][:1]]
    chosen: list[dict[str, Any]] = []
    kept_back: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: row.get("kind") is None):
        if len(chosen) < count and row["contribution_id"] not in [other["contribution_id"] for other in chosen]:
            alike = any(similarity(row["quote"], other["quote"]) >= 0.5 for other in chosen)
            (kept_back if alike else chosen).append(row)
    for row in kept_back:
        same = any(similarity(row["quote"], other["quote"]) == 1 for other in chosen)
        if len(chosen) < count and not same and row["contribution_id"] not in [c["contribution_id"] for c in chosen]:
            chosen.append(row)
    return chosen


def similarity(first: str, second: str) -> float:
    """Return the share of words, of four letters and more, that two texts have in common."""
    one, two = (set(_LONG_WORD.findall(text.lower())) or {text.strip().lower()} for text in (first, second))
    return len(one & two) / len(one | two)


def _candidates(connection: duckdb.DuckDBPyConnection, count: int) -> list[dict[str, Any]]:
    sql = f"""
        WITH copies AS (
            SELECT coalesce(duplicate_of, answer_id) AS original, count(DISTINCT contribution_id) AS copies
            FROM answers WHERE state = 'assigned' GROUP BY ALL
        ), given AS (
            SELECT topic_id, segment_id, answer_id, text AS quote, "start", "end", score, margin
            FROM segments WHERE topic_id IS NOT NULL
            UNION ALL
            SELECT theme_id AS topic_id, segment_id, answer_id, text AS quote, "start", "end", score, margin
            FROM segments WHERE theme_id <> topic_id
        ), named AS (
            SELECT given.*, answers.question_id, contribution_id, coalesce(duplicate_of, answer_id) AS original,
                coalesce(list_position({list(KINDS)}, kind), {len(KINDS) + 1}) AS kind_rank, kind
            FROM given JOIN answers USING (answer_id)
            LEFT JOIN exemplars AS shown
                ON shown.topic_id = given.topic_id AND shown.segment_id = given.segment_id
        ), distinct_texts AS (
            SELECT * FROM named
            QUALIFY row_number() OVER (
                PARTITION BY question_id, topic_id, lower(trim(quote))
                ORDER BY kind_rank, score DESC, margin DESC, segment_id
            ) = 1
        ), ranked AS (
            SELECT *, row_number() OVER (
                PARTITION BY question_id, topic_id
                ORDER BY kind_rank, length(quote) < {SHORTEST}, score DESC, margin DESC, segment_id
            ) AS place, row_number() OVER (
                PARTITION BY question_id, topic_id, says_no
                ORDER BY length(quote) < {SHORTEST}, score DESC, margin DESC, segment_id
            ) AS place_of_no, avg(says_no::INTEGER) OVER (PARTITION BY question_id, topic_id) AS share_of_no
            FROM (SELECT *, regexp_matches(lower(quote), '{_NO}') AS says_no FROM distinct_texts)
        ), judged AS (
            SELECT *, says_no AND kind IS NULL AND share_of_no < {_SELDOM} AND place_of_no = 1 AS dissents FROM ranked
        )
        SELECT judged.* EXCLUDE (original, kind_rank, says_no, share_of_no, place_of_no, dissents)
            REPLACE (CASE WHEN dissents THEN '{DISSENTING}' ELSE kind END AS kind),
            text, copies, reference, departement, published_at
        FROM judged JOIN copies USING (original) JOIN answers USING (answer_id)
        WHERE place <= {count:d} OR dissents ORDER BY judged.question_id, judged.topic_id, place
    """
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _verbatim(row: dict[str, Any], budget: int) -> Verbatim:
    text, start, end = row["text"], row["start"], row["end"]
    room = max(0, WINDOW - (end - start))
    first, last = window(text, start, end, room)
    quote = text[start:end]
    if len(quote) > 2 * WINDOW:
        quote, last = text[start : start + 2 * WINDOW].rstrip() + "…", end
    shortened = first > 0 or last < len(text) or len(quote) < end - start
    whole = shortened and len(text) <= min(FULL_ANSWER, budget)
    return Verbatim(
        answer_id=row["answer_id"],
        contribution_id=row["contribution_id"],
        segment_id=row["segment_id"],
        before=("… " if first else "") + shown(text[first:start]).lstrip(),
        quote=shown(quote),
        after=shown(text[end:last]).rstrip() + (" …" if last < len(text) else ""),
        full=shown(text) if whole else None,
        length=len(text),
        shortened=shortened,
        copies=row["copies"],
        reference=row["reference"],
        departement=row["departement"],
        published_at=row["published_at"],
        kind=row["kind"],
    )


def window(text: str, start: int, end: int, room: int) -> tuple[int, int]:
    """Return the limits of at most `room` characters around ``text[start:end]``, cut between words."""
    first = max(0, start - room // 2)
    last = min(len(text), end + room - (start - first))
    first = max(0, min(first, start - (room - (last - end))))
    if first > 0:
        blank = text.find(" ", first, start)
        first = blank + 1 if blank >= 0 else start
    if last < len(text):
        blank = text.rfind(" ", end, last)
        last = blank if blank >= 0 else end
    return first, last
