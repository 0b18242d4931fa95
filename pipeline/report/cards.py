"""What the card of a theme tells beside its verbatims: organisations, specific words, themes near it or with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from pipeline.figures import rows_of
from pipeline.report.doubts import Overlap
from pipeline.report.lexicon import Lexicon
from pipeline.textometry.co_citation import co_cited
from pipeline.textometry.specificities import PartWords, specific_words

ORGANISATIONS_SHOWN: Final = 6
WORDS_SHOWN: Final = 10
TOGETHER_SHOWN: Final = 5


@dataclass(frozen=True)
class Named:
    """An organisation, and how many contributions with the theme name it."""

    organisation_id: str
    name: str
    contributions: int


@dataclass(frozen=True)
class Together:
    """A theme that is given with another, in how many answers, and how many times more often than by chance."""

    theme_id: str
    answers: int
    lift: float


@dataclass(frozen=True)
class Card:
    """What is told of a theme or sub-theme beside its verbatims; of a sub-theme, only the organisations.

    ``words`` are its specific words and those that are rare in it; ``near`` the themes that it is hard to tell from.
    """

    named: tuple[Named, ...] = ()
    words: PartWords | None = None
    together: tuple[Together, ...] = ()
    near: tuple[str, ...] = ()


def card_id(topic_id: str) -> str:
    """Return the id of a card in its page: a codebook may call a theme « themes », as a part of the page is called."""
    return f"fiche-{topic_id}"


def cards(lexicon: Lexicon, named: Mapping[str, tuple[Named, ...]], overlaps: Sequence[Overlap]) -> dict[str, Card]:
    """Return the card of each theme of a question, and of each sub-theme with whose answers an organisation is named.

    Parameters
    ----------
    lexicon : Lexicon
        The words of the question.
    named : mapping
        The organisations named with each theme or sub-theme.
    overlaps : sequence of Overlap
        The pairs of themes that are hard to tell apart.
    """
    words = specific_words(lexicon.words, lexicon.by_theme, lexicon.sizes, most=WORDS_SHOWN)
    together = _together(lexicon)
    found = {topic_id: Card(named=some) for topic_id, some in named.items()}
    for place, theme_id in enumerate(lexicon.theme_ids):
        pairs = [(pair.one, pair.other) for pair in overlaps if theme_id in (pair.one, pair.other)]
        near = [theme for pair in pairs for theme in pair if theme != theme_id and theme in lexicon.theme_ids]
        found[theme_id] = Card(
            named.get(theme_id, ()), words[place] if len(words) else None, together.get(theme_id, ()), tuple(near)
        )
    return found


def _together(lexicon: Lexicon) -> dict[str, tuple[Together, ...]]:
    themes: dict[str, set[int]] = {}
    for answer_id, theme in zip(lexicon.answer_ids, lexicon.themes.tolist(), strict=True):
        if theme >= 0:
            themes.setdefault(answer_id, set()).add(theme)
    found: dict[str, list[Together]] = {}
    for pair in co_cited(themes.values(), len(lexicon.theme_ids)):
        one, other = lexicon.theme_ids[pair.first], lexicon.theme_ids[pair.second]
        found.setdefault(one, []).append(Together(other, pair.together, pair.lift))
        found.setdefault(other, []).append(Together(one, pair.together, pair.lift))
    return {theme_id: tuple(some[:TOGETHER_SHOWN]) for theme_id, some in found.items()}


def organisations_named(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[Named, ...]]:
    """Return the organisations named most in the answers with each theme or sub-theme, by (question_id, topic_id)."""
    sql = f"""
        WITH given AS (
            SELECT question_id, contribution_id, answer_id, unnest(list_distinct(list_concat(
                list_transform(topics, lambda t: t.theme_id), list_transform(topics, lambda t: t.topic_id)
            ))) AS topic_id
            FROM answers WHERE state = 'assigned'
        ), counted AS (
            SELECT question_id, topic_id, organisation_id, count(DISTINCT contribution_id) AS contributions
            FROM given JOIN mentions USING (answer_id) WHERE organisation_id IS NOT NULL GROUP BY ALL
        )
        SELECT question_id, topic_id, organisation_id, name, contributions
        FROM counted JOIN organisations USING (organisation_id)
        QUALIFY row_number() OVER (
            PARTITION BY question_id, topic_id ORDER BY contributions DESC, name, organisation_id
        ) <= {ORGANISATIONS_SHOWN}
        ORDER BY question_id, topic_id, contributions DESC, name, organisation_id
    """
    found: dict[tuple[str, str], list[Named]] = {}
    for row in rows_of(connection, sql):
        key = (row.pop("question_id"), row.pop("topic_id"))
        found.setdefault(key, []).append(Named(**row))
    return {key: tuple(named) for key, named in found.items()}
