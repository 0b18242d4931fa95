"""The words of the answers to one question, segment by segment: what textometry counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from pipeline.figures import BASE_STATES, rows_of

Ints = npt.NDArray[np.int64]

RAREST: Final = 3
"""Segments that a word needs to be counted at all."""
MOST_SEGMENTS: Final = 50_000
"""Segments that are counted; of more, those whose ids hash lowest, a sample that is the same every time."""


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Words by segments of one question, one segment of each distinct text.

    Parameters
    ----------
    answer_ids : sequence of str, length n_segments
    themes : ndarray of int64, shape (n_segments,)
        The place of the theme of each segment in ``theme_ids``; -1 for none.
    theme_ids : sequence of str
        Themes, not sub-themes, the most frequent first.
    words : sequence of str, length n_words
        Terms, in the order of the alphabet.
    counts : sparse matrix of int64, shape (n_segments, n_words)
        How often each stands in each segment.
    """

    answer_ids: Sequence[str]
    themes: Ints
    theme_ids: Sequence[str]
    words: Sequence[str]
    counts: Any

    @cached_property
    def by_theme(self) -> Ints:
        """In how many segments of each theme each word stands, shape (n_words, n_themes)."""
        of_theme = sparse.csr_matrix(
            (np.ones(len(self.themes), dtype=np.int64), (np.arange(len(self.themes)), self.themes + 1)),
            shape=(len(self.themes), len(self.theme_ids) + 1),
        )
        present = self.counts.astype(bool).astype(np.int64)
        table: Ints = np.asarray((present.T @ of_theme).todense(), dtype=np.int64)
        return table[:, 1:]

    @cached_property
    def sizes(self) -> Ints:
        """The segments of each theme, shape (n_themes,)."""
        return np.bincount(self.themes[self.themes >= 0], minlength=len(self.theme_ids)).astype(np.int64)


def lexicon(connection: duckdb.DuckDBPyConnection, question_id: str, theme_ids: Sequence[str]) -> Lexicon:
    """Return the words of a question, of segments that have a theme of `theme_ids` or none."""
    sql = f"""
        WITH readable AS (
            SELECT segment_id, answer_id, segments.theme_id, terms FROM segments JOIN answers USING (answer_id)
            WHERE question_id = $question AND state IN {BASE_STATES} AND duplicate_of IS NULL AND len(terms) > 0
            ORDER BY md5(segment_id) LIMIT {MOST_SEGMENTS}
        )
        SELECT * FROM readable ORDER BY segment_id
    """
    rows = rows_of(connection, sql, {"question": question_id})
    place = {theme_id: index for index, theme_id in enumerate(theme_ids)}
    vectorizer = CountVectorizer(analyzer=_as_it_is, min_df=min(RAREST, max(1, len(rows))), dtype=np.int64)
    try:
        counts = vectorizer.fit_transform([row["terms"] for row in rows])
        words: list[str] = vectorizer.get_feature_names_out().tolist()
    except ValueError:  # no word is frequent enough, or there is none
        counts, words = sparse.csr_matrix((len(rows), 0), dtype=np.int64), []
    return Lexicon(
        answer_ids=[row["answer_id"] for row in rows],
        themes=np.array([place.get(row["theme_id"], -1) for row in rows], dtype=np.int64),
        theme_ids=list(theme_ids),
        words=words,
        counts=counts,
    )


def _as_it_is(terms: Sequence[str]) -> Sequence[str]:
    return terms
