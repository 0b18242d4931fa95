"""From the tokens of a segment to its terms: the lemmas that can tell one theme from another."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pipeline.resources import word_list

APOSTROPHES: Final = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "´": "'"})
MAXIMUM_LENGTH: Final = 40  # a longer "word" is a URL, a line of dashes or a key held down


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the French stop words for topics (seeds/stop_words/french.txt, which gives the reason of each group)."""
    return word_list("seeds", "stop_words", "french.txt")


@lru_cache(maxsize=200_000)
def term_of(form: str, lemma: str) -> str | None:
    """Return the term of a token, or None where the token says nothing of a theme.

    Parameters
    ----------
    form, lemma : str
        Text and lemma of one token.
    """
    term = lemma.lower().translate(APOSTROPHES)
    if not 2 <= len(term) <= MAXIMUM_LENGTH or not term[0].isalpha() or not term[-1].isalnum():
        return None
    if not any(character.isalpha() for character in form):
        return None  # « % » has the lemma « pourcent »
    stops = stop_words()
    if term in stops or form.lower().translate(APOSTROPHES) in stops:
        return None
    return term
