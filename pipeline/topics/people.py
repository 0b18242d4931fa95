"""Keep people out of the names of themes: a label is published, and no mask is laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

Token = tuple[str, str, int, int]
"""Form, lemma, start and end of a token."""

_CIVILITIES: Final = frozenset(
    {"m", "m.", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "docteur", "maître"}
)
_MOST_DIGITS: Final = 4  # a longer number is a telephone, an account, a reference: no theme


def without_people(tokens: Sequence[Token], names: Sequence[tuple[int, int]]) -> list[Token]:
    """Return the tokens that may name a theme.

    Left out: what stands in one of the spans `names`, the capitalised words that follow a civility (« Madame »), and
    identifiers: whatever holds an @, a web address, or more than a few digits.
    """
    if not names and not any(token[0].lower() in _CIVILITIES for token in tokens):
        return [token for token in tokens if not _identifies(token[0])]
    kept: list[Token] = []
    after_civility = False
    for token in tokens:
        form, _, start, end = token
        named = any(start < stop and begin < end for begin, stop in names)
        after_civility = after_civility and form[:1].isupper()
        if not named and not after_civility and not _identifies(form):
            kept.append(token)
        if form.lower() in _CIVILITIES:
            after_civility = True
    return kept


@lru_cache(maxsize=200_000)
def _identifies(form: str) -> bool:
    digits = sum(character.isdigit() for character in form)
    return "@" in form or "://" in form or form.lower().startswith("www.") or digits > _MOST_DIGITS
