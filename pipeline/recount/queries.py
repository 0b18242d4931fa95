"""What each figure of the report is, in SQL over the tables.

A figure has a name, a value, the base of its share where the report gives one, and whether a report has it in any case.
"""

from __future__ import annotations

from typing import Final

_DENOMINATORS: Final = "respondents, contributions, unique_texts, asked, not_asked, unknown"
_COUNTS: Final = """
    count(DISTINCT respondent) AS respondents,
    count(DISTINCT contribution_id) AS contributions,
    count(DISTINCT unique_text) AS unique_texts,
    count(DISTINCT contribution_id) FILTER (WHERE routed) AS asked,
    count(DISTINCT contribution_id) FILTER (WHERE NOT routed) AS not_asked,
    count(DISTINCT contribution_id) FILTER (WHERE routed IS NULL) AS unknown
"""
_THREE: Final = """
    count(DISTINCT respondent) AS respondents, count(DISTINCT contribution_id) AS contributions,
    count(DISTINCT unique_text) AS unique_texts
"""
_OUTSIDE: Final = (
    "already_received_contributions, already_received, superseded_contributions, superseded, "
    "forgotten_contributions, repaired, postcodes_unknown"
)
_PERSON: Final = "coalesce(author_id, contributions.contribution_id)"
_TEXT: Final = "coalesce(duplicate_of, answers.answer_id)"

_DENOMINATORS_OF_THREE: Final = "respondents, contributions, unique_texts"
_ALL_AND_EACH: Final = (("'all'", ""), ("question_id", "WHERE state IN ('assigned', 'unassigned')"))

PREPARED: Final = {
    # The cells received, counted by all that coverage is told by.
    "cells": """
        SELECT answers.question_id, source_file, outcomes.state, reason, routed, count(*) AS n
        FROM answers JOIN outcomes USING (answer_id) JOIN contributions USING (contribution_id)
        GROUP BY ALL
    """,
    # The answers that could be given a theme, which are the base of shares.
    "readable": f"""
        SELECT answers.answer_id, answers.question_id, answers.contribution_id, {_PERSON} AS respondent,
            {_TEXT} AS unique_text, routed, outcomes.state, reason, copy_group_id
        FROM answers JOIN outcomes USING (answer_id) JOIN contributions USING (contribution_id)
        WHERE outcomes.state IN ('assigned', 'unassigned')
    """,
    "base": f"SELECT question_id, {_COUNTS} FROM readable GROUP BY question_id",
    # The themes and sub-themes that the segments of an answer are closest to.
    "closest": """
        SELECT DISTINCT readable.answer_id, topic_id
        FROM assignments JOIN segments USING (segment_id) JOIN readable USING (answer_id)
        WHERE rank = 1 AND readable.state = 'assigned' AND topic_id IN (SELECT topic_id FROM topics)
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
        SELECT copy_group_id, answers.question_id, answers.contribution_id, {_PERSON} AS respondent, author_type
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
        SELECT answers.question_id, outcomes.state, {_PERSON} AS respondent, contributions.contribution_id,
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
            SELECT question_id, label, {_THREE} FROM given WHERE label <> '' GROUP BY question_id, label
        )
        SELECT *, row_number() OVER (PARTITION BY question_id ORDER BY contributions DESC, label) - 1 AS place
        FROM counted
    """,
    "author": f"""
        SELECT {_THREE}, row_number() OVER (ORDER BY count(DISTINCT contribution_id) DESC, author_type) - 1 AS place
        FROM told GROUP BY author_type
    """,
    "organisation": f"""
        SELECT organisation_id, count(*) AS mentions, count(DISTINCT {_PERSON}) AS respondents,
            count(DISTINCT contributions.contribution_id) AS contributions, count(DISTINCT {_TEXT}) AS unique_texts
        FROM mentions JOIN answers USING (answer_id) JOIN outcomes USING (answer_id)
            JOIN contributions USING (contribution_id)
        WHERE organisation_id IN (SELECT organisation_id FROM organisations) AND outcomes.state <> 'rejected'
        GROUP BY organisation_id
    """,
    "organisation_there": f"""
        SELECT organisation_id, question_id, count(*) AS mentions, count(DISTINCT {_PERSON}) AS respondents,
            count(DISTINCT contributions.contribution_id) AS contributions, count(DISTINCT {_TEXT}) AS unique_texts
        FROM mentions JOIN answers USING (answer_id) JOIN outcomes USING (answer_id)
            JOIN contributions USING (contribution_id)
        WHERE organisation_id IN (SELECT organisation_id FROM organisations) AND outcomes.state <> 'rejected'
        GROUP BY organisation_id, question_id
    """,
}
"""What is counted once and read by several figures, by the name of its table, in order."""


def _figures(content: str, name: str, *, value: str = "value", base: str = "NULL", needed: str = "false") -> str:
    return f"SELECT {name} AS name, {value} AS value, {base} AS base, {needed} AS needed FROM {content}"


def _one(name: str, query: str, needed: str = "false") -> str:
    return _figures(f"({query})", f"'{name}'", needed=needed)


def _rows(content: str, columns: str) -> str:
    return f"(UNPIVOT {content} ON {columns} INTO NAME kind VALUE value)"


def _filled(key: str, content: str) -> str:
    """Return the count of each state that occurs anywhere for each key: zero, too, is printed."""
    return f"""(
        SELECT state, {key} AS key, coalesce(sum(n), 0) AS value
        FROM (SELECT DISTINCT state FROM cells) CROSS JOIN (SELECT {key} FROM {content})
        LEFT JOIN cells USING (state, {key}) GROUP BY ALL
    )"""


_RECEIVED: Final = "(SELECT sum(n) FROM cells)"

FIGURES: Final = (
    # Who and what there is in all.
    _one("contributions", "SELECT count(*) AS value FROM contributions", needed="true"),
    _figures(
        f"""(UNPIVOT (
            SELECT count(DISTINCT {_PERSON}) AS respondents, count(DISTINCT departement) AS departements
            FROM contributions SEMI JOIN answers USING (contribution_id)
        ) ON respondents, departements INTO NAME kind VALUE value)""",
        "kind",
        needed="kind = 'respondents'",
    ),
    _one("unique_texts", "SELECT count(DISTINCT unique_text) AS value FROM readable", needed="true"),
    _one("open_questions", "SELECT count(*) AS value FROM base"),
    _one("rejected_lines", "SELECT count(*) AS value FROM rejected", needed="value > 0"),
    # Coverage: in all, by question, by file; why answers have no theme; what is beside the sum.
    _figures("(SELECT coalesce(sum(n), 0) AS value FROM cells)", "'received'", base="value", needed="true"),
    _figures(
        "(SELECT state, sum(n) AS value FROM cells GROUP BY state)", "'state/' || state", base=_RECEIVED, needed="true"
    ),
    _figures(
        "(SELECT reason, sum(n) AS value FROM cells WHERE reason IS NOT NULL GROUP BY ALL)", "'reason/' || reason"
    ),
    _figures(
        "(SELECT question_id, reason, sum(n) AS value FROM cells WHERE reason IS NOT NULL GROUP BY ALL)",
        "'reason/' || reason || '/' || question_id",
    ),
    _figures("(SELECT question_id, sum(n) AS value FROM cells GROUP BY ALL)", "'received/' || question_id"),
    _figures(_filled("question_id", "(SELECT DISTINCT question_id FROM cells)"), "'state/' || state || '/' || key"),
    _one("files", "SELECT count(*) AS value FROM numbered"),
    _figures(
        """(
            SELECT number, coalesce(sum(n), 0) AS value FROM numbered LEFT JOIN cells USING (source_file)
            GROUP BY number
        )""",
        "'file/' || number || '/received'",
    ),
    _figures(
        """(
            SELECT number, count(contribution_id) AS value FROM numbered LEFT JOIN contributions USING (source_file)
            GROUP BY number
        )""",
        "'file/' || number || '/contributions'",
    ),
    _figures(
        f"{_filled('source_file', 'numbered')} JOIN numbered ON key = source_file",
        "'file/' || number || '/state/' || state",
    ),
    _figures(f"{_rows('files', _OUTSIDE)} JOIN numbered USING (source_file)", "'file/' || number || '/' || kind"),
    _figures(f"(SELECT kind, sum(value) AS value FROM {_rows('files', _OUTSIDE)} GROUP BY kind)", "'outside/' || kind"),
    # Questions with a condition.
    _figures("given", "'given/' || question_id", value="given"),
    _figures(_rows("given", "asked, not_asked, unknown"), "'given/' || question_id || '/' || kind", base="given"),
    _figures("given", "'contradictions/' || question_id", value="not_asked", needed="not_asked > 0"),
    _one("contradictions", "SELECT coalesce(sum(not_asked), 0) AS value FROM given"),
    # Themes: what they are counted in, and each of them.
    _figures(_rows("base", _DENOMINATORS), "'base/' || question_id || '/' || kind", needed="kind = 'contributions'"),
    _figures(
        f"{_rows('theme', _DENOMINATORS)} AS counted JOIN {_rows('base', _DENOMINATORS)} AS whole "
        "USING (question_id, kind)",
        "'theme/' || question_id || '/' || topic_id || '/' || kind",
        value="counted.value",
        base="whole.value",
        needed="kind = 'contributions'",
    ),
    _figures(
        "(SELECT question_id, min(n_topics) AS value FROM topic_numbers WHERE chosen GROUP BY question_id)",
        "'chosen/' || question_id",
    ),
    _figures(
        """(
            SELECT unique_text, count(DISTINCT contribution_id) AS value FROM readable WHERE state = 'assigned'
            GROUP BY unique_text HAVING value > 1
        ) JOIN readable USING (unique_text)""",
        "'copies/' || answer_id",
    ),
    # Coordinated texts, and the rank of themes with and without them.
    _figures(
        """(UNPIVOT (
            SELECT count(DISTINCT copy_group_id) AS texts, count(DISTINCT contribution_id) AS contributions,
                count(DISTINCT respondent) AS respondents
            FROM sent
        ) ON texts, contributions, respondents INTO NAME kind VALUE value)""",
        "'coordinated/' || kind",
    ),
    _figures(
        """(UNPIVOT (
            SELECT question_id, count(DISTINCT copy_group_id) AS texts, count(DISTINCT contribution_id) AS contributions
            FROM sent GROUP BY question_id
        ) ON texts, contributions INTO NAME kind VALUE value)""",
        "'coordinated/' || question_id || '/' || kind",
        needed="kind = 'texts'",
    ),
    _figures(
        """(UNPIVOT (
            SELECT copy_group_id, count(DISTINCT contribution_id) AS contributions,
                count(DISTINCT respondent) AS respondents
            FROM sent GROUP BY copy_group_id
        ) ON contributions, respondents INTO NAME kind VALUE value)""",
        "'copy_group/' || copy_group_id || '/' || kind",
    ),
    # Two texts are one where they are the same after normalisation, which is no business of SQL: the table says it.
    _figures("copy_groups WHERE coordinated", "'copy_group/' || copy_group_id || '/texts'", value="n_texts"),
    _figures(
        """(
            SELECT copy_group_id, author_type, count(DISTINCT contribution_id) AS value,
                row_number() OVER (PARTITION BY copy_group_id ORDER BY value DESC) AS place
            FROM sent GROUP BY copy_group_id, author_type
        )""",
        "'copy_group/' || copy_group_id || '/author_type/' || place",
    ),
    *(
        _figures("ranked", f"'{name}/' || question_id || '/' || topic_id || '{end}'", value=value)
        for name, end, value in (
            ("ranked", "/all", "everything"),
            ("ranked", "/once", "once"),
            ("rank", "/all", "rank_of_everything"),
            ("rank", "/once", "rank_of_once"),
            ("rise", "", "rank_of_everything - rank_of_once"),
        )
    ),
    _figures(
        """(
            SELECT question_id, count(topic_id) FILTER (WHERE rank_of_everything <> rank_of_once) AS value
            FROM (SELECT DISTINCT question_id FROM sent) LEFT JOIN ranked USING (question_id) GROUP BY question_id
        )""",
        "'moved/' || question_id",
    ),
    # Organisations.
    _one("organisations", "SELECT count(*) AS value FROM organisation", needed="value > 0"),
    _figures(
        _rows("organisation", "mentions, respondents, contributions, unique_texts"),
        "'organisation/' || organisation_id || '/' || kind",
    ),
    _figures(
        _rows("organisation_there", "mentions, respondents, contributions, unique_texts"),
        "'organisation/' || organisation_id || '/' || question_id || '/' || kind",
    ),
    # States on the three denominators: of all questions, and of each.
    *(
        _figures(
            f"""(
                WITH states AS (
                    SELECT {key} AS place, CASE WHEN grouping(state) = 1 THEN 'received' ELSE state END AS state,
                        {_THREE}
                    FROM told GROUP BY GROUPING SETS (({grouped}), ({grouped_by_state}))
                ), counted AS {_rows("states", _DENOMINATORS_OF_THREE)}
                SELECT counted.*, whole.value AS base
                FROM counted JOIN counted AS whole ON whole.place = counted.place AND whole.kind = counted.kind
                WHERE whole.state = 'received'
            )""",
            "'states/' || place || '/' || state || '/' || kind",
            base="base",
        )
        for key, grouped, grouped_by_state in (
            ("'all'", "", "state"),
            ("question_id", "question_id", "question_id, state"),
        )
    ),
    # Answers without a theme, as a share of those that could be given one.
    _figures(
        f"""(
            WITH without AS (SELECT question_id, {_THREE} FROM readable WHERE state = 'unassigned' GROUP BY question_id)
            SELECT question_id, kind, parts.value, whole.value AS base
            FROM {_rows("without", _DENOMINATORS_OF_THREE)} AS parts
                JOIN {_rows("base", _DENOMINATORS_OF_THREE)} AS whole USING (question_id, kind)
        )""",
        "'without/' || question_id || '/' || kind",
        base="base",
    ),
    _figures(_rows("once", _DENOMINATORS_OF_THREE), "'once/' || question_id || '/' || topic_id || '/' || kind"),
    # Closed questions.
    _figures(
        f"""(
            WITH base AS (SELECT question_id, {_THREE} FROM told WHERE state = 'closed' GROUP BY question_id),
            bases AS {_rows("base", _DENOMINATORS_OF_THREE)}, parts AS {_rows("modality", _DENOMINATORS_OF_THREE)}
            SELECT question_id || '/' || kind AS name, value, NULL AS base FROM bases
            UNION ALL
            SELECT question_id || '/' || place || '/' || kind, parts.value, bases.value
            FROM parts JOIN bases USING (question_id, kind)
        )""",
        "'closed/' || name",
        base="base",
    ),
    # Who, where and when.
    _figures(
        f"""(
            WITH everyone AS (SELECT {_THREE} FROM told), whole AS {_rows("everyone", _DENOMINATORS_OF_THREE)}
            SELECT place || '/' || kind AS name, parts.value, whole.value AS base
            FROM {_rows("author", _DENOMINATORS_OF_THREE)} AS parts JOIN whole USING (kind)
        )""",
        "'author/' || name",
        base="base",
    ),
    *(
        _figures(
            f"""(
                SELECT {key} AS place, coalesce(departement, 'unknown') AS code,
                    count(DISTINCT contribution_id) AS value
                FROM told {where} GROUP BY ALL
            )""",
            "'place/' || place || '/' || code",
        )
        for key, where in _ALL_AND_EACH
    ),
    # By weeks and by months, of which a page has one: no Monday and first of a month is told by both.
    *(
        _figures(
            f"""(
                SELECT {key} AS place, date_trunc('{step}', published_at)::DATE AS start,
                    count(DISTINCT contribution_id) AS value
                FROM told {where} GROUP BY ALL
            ) WHERE start IS NOT NULL""",
            f"'{step}/' || place || '/' || start",
        )
        for key, where in _ALL_AND_EACH
        for step in ("week", "month")
    ),
)
"""Each gives rows of figures; no two of them have a name in common."""
