"""Settle the final state of every answer of a partition, with the reason.

The states of ingest stand. A pending answer is, in this order: rejected (a stage could not analyse it), what a person
said that it is, uninformative
(a set phrase, or no content word), off_language (not in French), assigned (a theme for one of its segments), or
unassigned.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import tables
from pipeline.resources import lines, word_list

CONTENT_POS: Final = ("NOUN", "VERB", "ADJ", "PROPN", "NUM", "X", "")
"""Parts of speech that say something; "" is a token whose part of speech is not known."""

SET_PHRASE: Final = "set_phrase"
NO_CONTENT_WORD: Final = "no_content_word"
NOT_ANALYSED: Final = "not_analysed"
NOT_FRENCH: Final = "not_french"
NO_THEME_FITS: Final = "no_theme_fits"
TOO_FEW_ANSWERS: Final = "too_few_answers"

BY_REVIEWER: Final = "by_reviewer"

FRENCH: Final = "fr"
_DECIDED: Final = {"assigned": None, "unassigned": NO_THEME_FITS, "uninformative": BY_REVIEWER}

_LONGEST_PHRASE: Final = 80  # characters; no set phrase is longer, so longer answers need no look-up


@dataclass(frozen=True)
class WordLists:
    """The set phrases that say nothing, as `unpunctuated` gives them, and the words that are no content."""

    phrases: frozenset[str]
    stop_words: frozenset[str]


@lru_cache(maxsize=1)
def word_lists() -> WordLists:
    """Return the lists that ship with the package."""
    return WordLists(
        phrases=frozenset(unpunctuated(line) for line in lines("seeds", "stop_words", "uninformative.txt")),
        stop_words=word_list("seeds", "stop_words", "french.txt"),
    )


def unpunctuated(text: str) -> str:
    """Return `text` in lower case without accents; anything that is no letter or digit becomes one blank."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split())


def settle(
    answers: pa.Table,
    segments: pa.Table,
    assignments: pa.Table,
    with_themes: frozenset[str],
    words: WordLists,
    failed: Mapping[str, str] | None = None,
    decided: Mapping[str, str] | None = None,
) -> pa.Table:
    """Return the rows of `outcomes` for one partition.

    Parameters
    ----------
    answers, segments, assignments : pyarrow.Table
        The same partition of the three tables.
    with_themes : frozenset of str
        The question_id of the questions for which there are themes.
    words : WordLists
        Set phrases and stop words.
    failed : mapping, optional
        The stage that could not analyse an answer, by answer_id.
    decided : mapping, optional
        What people said of answers, by answer_id: "assigned", "unassigned" or "uninformative".

    Returns
    -------
    pyarrow.Table
        One row for each answer, in the order of `answers`.
    """
    speaking = _answers_with_content(segments, words.stop_words)
    languages = _foreign_languages(segments)
    best = assignments.filter(pc.equal(assignments["rank"], 1))["segment_id"]
    assigned = set(segments.filter(pc.is_in(segments["segment_id"], best))["answer_id"].to_pylist())
    states: list[str] = answers["state"].to_pylist()
    reasons: list[str | None] = [None] * len(states)
    for row in pc.indices_nonzero(pc.equal(answers["state"], "pending")).to_pylist():
        answer_id = answers["answer_id"][row].as_py()
        text = answers["text"][row].as_py() or ""
        if failed and answer_id in failed:
            states[row], reasons[row] = "rejected", f"{NOT_ANALYSED}:{failed[answer_id]}"
        elif decided and answer_id in decided and (decided[answer_id] != "assigned" or answer_id in assigned):
            states[row], reasons[row] = decided[answer_id], _DECIDED[decided[answer_id]]
        elif len(text) <= _LONGEST_PHRASE and unpunctuated(text) in words.phrases:
            states[row], reasons[row] = "uninformative", SET_PHRASE
        elif answer_id not in speaking:
            states[row], reasons[row] = "uninformative", NO_CONTENT_WORD
        elif answer_id in languages:
            states[row], reasons[row] = "off_language", f"{NOT_FRENCH}:{languages[answer_id]}"
        elif answer_id in assigned:
            states[row] = "assigned"
        else:
            known = answers["question_id"][row].as_py() in with_themes
            states[row], reasons[row] = "unassigned", NO_THEME_FITS if known else TOO_FEW_ANSWERS
    columns = {"answer_id": answers["answer_id"], "state": states, "reason": reasons}
    return pa.table(columns, schema=tables.SCHEMAS["outcomes"])


def questions_with_themes(questions: pa.Table, topics: pa.Table) -> frozenset[str]:
    """Return the questions that have themes of their own, or whose questionnaire has themes across its questions."""
    own = set(topics["question_id"].to_pylist()) - {None}
    across = {
        row["questionnaire"]
        for row in topics.select(["question_id", "questionnaire"]).to_pylist()
        if row["question_id"] is None
    }
    return frozenset(
        row["question_id"]
        for row in questions.select(["question_id", "questionnaire"]).to_pylist()
        if row["question_id"] in own or row["questionnaire"] in across
    )


def _answers_with_content(segments: pa.Table, stop_words: frozenset[str]) -> set[str]:
    tokens = segments["tokens"].combine_chunks()
    flat = pc.list_flatten(tokens)
    stops = pa.array(sorted(stop_words), pa.string())
    text = pc.utf8_lower(pc.struct_field(flat, "text"))
    content = pc.is_in(pc.struct_field(flat, "pos"), pa.array(CONTENT_POS))
    content = pc.and_(content, pc.match_substring_regex(text, r"[\pL\pN][^\pL\pN]*[\pL\pN]"))
    content = pc.and_not(content, pc.is_in(text, stops))
    content = pc.and_not(content, pc.is_in(pc.utf8_lower(pc.struct_field(flat, "lemma")), stops))
    rows = pc.unique(pc.list_parent_indices(tokens).filter(content))
    return set(segments["answer_id"].take(rows).to_pylist())


def _foreign_languages(segments: pa.Table) -> dict[str, str]:
    """Return the language of the answers that are not in French; all segments of an answer have one language."""
    foreign = segments.filter(pc.not_equal(segments["language"], FRENCH))
    return dict(zip(foreign["answer_id"].to_pylist(), foreign["language"].to_pylist(), strict=True))
