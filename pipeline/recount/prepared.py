"""What is counted once of the tables and read by several figures, in SQL."""

from __future__ import annotations

from typing import Final

from pipeline.tables import COUNTED_AT_ALL_RANKS

_COUNTS: Final = """
    count(DISTINCT respondent) AS respondents,
    count(DISTINCT contribution_id) AS contributions,
    count(DISTINCT unique_text) AS unique_texts,
    count(DISTINCT contribution_id) FILTER (WHERE routed) AS asked,
    count(DISTINCT contribution_id) FILTER (WHERE NOT routed) AS not_asked,
    count(DISTINCT contribution_id) FILTER (WHERE routed IS NULL) AS unknown
"""
THREE: Final = """
    count(DISTINCT respondent) AS respondents, count(DISTINCT contribution_id) AS contributions,
    count(DISTINCT unique_text) AS unique_texts
"""
PERSON: Final = "coalesce(author_id, contributions.contribution_id)"
_TEXT: Final = "coalesce(duplicate_of, answers.answer_id)"

PREPARED: Final = {
    # The cells received, counted by all that coverage is told by.
    "cells": """
        SELECT answers.question_id, source_file, outcomes.state, reason, routed, count(*) AS n
        FROM answers JOIN outcomes USING (answer_id) JOIN contributions USING (contribution_id)
        GROUP BY ALL
    """,
    # The answers that could be given a theme, which are the base of shares.
    "readable": f"""
        SELECT answers.answer_id, answers.question_id, answers.contribution_id, {PERSON} AS respondent,
            {_TEXT} AS unique_text, routed, outcomes.state, reason, copy_group_id
        FROM answers JOIN outcomes USING (answer_id) JOIN contributions USING (contribution_id)
        WHERE outcomes.state IN ('assigned', 'unassigned')
    """,
    "base": f"SELECT question_id, {_COUNTS} FROM readable GROUP BY question_id",
    # The themes and sub-themes that the segments of an answer are closest to.
    "closest": f"""
        SELECT DISTINCT readable.answer_id, topic_id
        FROM assignments JOIN segments USING (segment_id) JOIN readable USING (answer_id)
        WHERE (rank = 1 OR source IN {COUNTED_AT_ALL_RANKS}) AND readable.state = 'assigned'
            AND topic_id IN (SELECT topic_id FROM topics)
    """,
    "theme": f"""
        WITH themed AS (
            SELECT answer_id, topic_id FROM closest
            UNION ALL SELECT answer_id, parent_id FROM closest JOIN topics USING (topic_id)
            WHERE parent_id IN (SELECT topic_id FROM topics)
            UNION ALL SELECT answer_id, reason FROM readable
            WHERE state = 'unassigned' AND reason IN ('no_theme_fits', 'too_few_answers')
        )
        SELECT question_id, topic_id, {_COUNTS} FROM themed JOIN readable USING (answer_id)
        GROUP BY question_id, topic_id
    """,
    "numbered": """
        SELECT source_file, row_number() OVER (ORDER BY source_file) AS number
        FROM (SELECT source_file FROM contributions UNION SELECT source_file FROM files)
    """,
    # The answers to questions with a condition in which something was answered, by whether they were asked.
    "given": """
        SELECT question_id, coalesce(sum(n) FILTER (WHERE said), 0) AS given,
            coalesce(sum(n) FILTER (WHERE said AND routed), 0) AS asked,
            coalesce(sum(n) FILTER (WHERE said AND NOT routed), 0) AS not_asked,
            coalesce(sum(n) FILTER (WHERE said AND routed IS NULL), 0) AS unknown
        FROM (SELECT *, state NOT IN ('empty', 'rejected', 'trashed') AS said FROM cells)
            JOIN questions USING (question_id)
        WHERE shown_if IS NOT NULL GROUP BY question_id
    """,
    # The answers that hold a coordinated text.
    "sent": f"""
        SELECT copy_group_id, answers.question_id, answers.contribution_id, {PERSON} AS respondent, author_type
        FROM answers JOIN copy_groups USING (copy_group_id) JOIN contributions USING (contribution_id)
        WHERE coordinated
    """,
    # Themes with their sub-themes: contributions in all, and with each coordinated text counted at its first answer.
    "ranked": """
        WITH campaign AS (SELECT copy_group_id, question_id, answer_id AS first FROM copy_groups WHERE coordinated),
        whole AS (
            SELECT DISTINCT answer_id, coalesce(parent.topic_id, topics.topic_id) AS topic_id
            FROM closest JOIN topics USING (topic_id) LEFT JOIN topics AS parent ON parent.topic_id = topics.parent_id
        ), counted AS (
            SELECT readable.question_id, topic_id, count(DISTINCT contribution_id) AS everything,
                count(DISTINCT contribution_id) FILTER (WHERE first IS NULL OR first = whole.answer_id) AS once
            FROM whole JOIN readable USING (answer_id) LEFT JOIN campaign USING (copy_group_id)
            WHERE readable.question_id IN (SELECT question_id FROM campaign) GROUP BY ALL
        )
        SELECT *, rank() OVER (PARTITION BY question_id ORDER BY everything DESC) AS rank_of_everything,
            rank() OVER (PARTITION BY question_id ORDER BY once DESC) AS rank_of_once
        FROM counted
    """,
    # All answers by state, for the states on the three denominators: of one question, and of all together.
    "told": f"""
        SELECT answers.question_id, outcomes.state, {PERSON} AS respondent, contributions.contribution_id,
            CASE WHEN outcomes.state NOT IN ('empty', 'trashed', 'rejected') THEN {_TEXT} END AS unique_text,
            answers.text, author_type, departement, published_at
        FROM answers JOIN outcomes USING (answer_id) JOIN contributions USING (contribution_id)
    """,
    # Themes when each coordinated text counts once, by the answer that was its first.
    "once": """
        WITH themed AS (
            SELECT answer_id, topic_id FROM closest
            UNION ALL SELECT answer_id, parent_id FROM closest JOIN topics USING (topic_id)
            WHERE parent_id IN (SELECT topic_id FROM topics)
        ), firsts AS (SELECT copy_group_id, answer_id AS first FROM copy_groups WHERE coordinated)
        SELECT readable.question_id, topic_id,
            count(DISTINCT respondent) FILTER (WHERE first IS NULL OR first = answer_id) AS respondents,
            count(DISTINCT contribution_id) FILTER (WHERE first IS NULL OR first = answer_id) AS contributions,
            count(DISTINCT unique_text) FILTER (WHERE first IS NULL OR first = answer_id) AS unique_texts
        FROM themed JOIN readable USING (answer_id) LEFT JOIN firsts USING (copy_group_id) GROUP BY ALL
    """,
    # The modalities of closed questions, in the order of the page.
    "modality": f"""
        WITH given AS (
            SELECT *, trim(regexp_replace(unnest(string_split(text, '|')), '[\\s\\p{{Z}}]+', ' ', 'g')) AS label
            FROM told WHERE state = 'closed' AND text IS NOT NULL
        ), counted AS (
            SELECT question_id, label, {THREE} FROM given WHERE label <> '' GROUP BY question_id, label
        )
        SELECT *, row_number() OVER (PARTITION BY question_id ORDER BY contributions DESC, label) - 1 AS place
        FROM counted
    """,
    "author": f"""
        SELECT {THREE}, row_number() OVER (ORDER BY count(DISTINCT contribution_id) DESC, author_type) - 1 AS place
        FROM told GROUP BY author_type
    """,
    "organisation": f"""
        SELECT organisation_id, count(*) AS mentions, count(DISTINCT {PERSON}) AS respondents,
            count(DISTINCT contributions.contribution_id) AS contributions, count(DISTINCT {_TEXT}) AS unique_texts
        FROM mentions JOIN answers USING (answer_id) JOIN outcomes USING (answer_id)
            JOIN contributions USING (contribution_id)
        WHERE organisation_id IN (SELECT organisation_id FROM organisations) AND outcomes.state <> 'rejected'
        GROUP BY organisation_id
    """,
    "organisation_there": f"""
        SELECT organisation_id, question_id, count(*) AS mentions, count(DISTINCT {PERSON}) AS respondents,
            count(DISTINCT contributions.contribution_id) AS contributions, count(DISTINCT {_TEXT}) AS unique_texts
        FROM mentions JOIN answers USING (answer_id) JOIN outcomes USING (answer_id)
            JOIN contributions USING (contribution_id)
        WHERE organisation_id IN (SELECT organisation_id FROM organisations) AND outcomes.state <> 'rejected'
        GROUP BY organisation_id, question_id
    """,
}
"""What is counted once and read by several figures, by the name of its table, in order."""
