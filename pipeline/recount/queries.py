"""What each figure of the report is, in SQL over the tables.

A figure has a name, a value, the base of its share where the report gives one, and whether a report has it in any case.
"""

from __future__ import annotations

from typing import Final

from pipeline.recount.prepared import PERSON, THREE

_DENOMINATORS: Final = "respondents, contributions, unique_texts, asked, not_asked, unknown"
_OUTSIDE: Final = (
    "already_received_contributions, already_received, superseded_contributions, superseded, "
    "forgotten_contributions, repaired, postcodes_unknown"
)
_DENOMINATORS_OF_THREE: Final = "respondents, contributions, unique_texts"
_ALL_AND_EACH: Final = (("'all'", ""), ("question_id", "WHERE state IN ('assigned', 'unassigned')"))


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
            SELECT count(DISTINCT {PERSON}) AS respondents, count(DISTINCT departement) AS departements
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
                        {THREE}
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
            WITH without AS (SELECT question_id, {THREE} FROM readable WHERE state = 'unassigned' GROUP BY question_id)
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
            WITH base AS (SELECT question_id, {THREE} FROM told WHERE state = 'closed' GROUP BY question_id),
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
            WITH everyone AS (SELECT {THREE} FROM told), whole AS {_rows("everyone", _DENOMINATORS_OF_THREE)}
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
