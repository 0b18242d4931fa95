"""What ingest can say of one answer by itself: rejected, trashed, empty, closed, or pending."""

from __future__ import annotations

import string
import unicodedata
from typing import Final

_NOTHING: Final = frozenset(("", "none", "null"))
_ASCII_MARKS: Final = frozenset(string.punctuation + string.whitespace)


def is_empty(text: str | None) -> bool:
    """Say whether a cell says nothing: no value, "None", "null", blanks, or punctuation only."""
    if text is None:
        return True
    text = text.strip()
    if len(text) <= 4 and text.casefold() in _NOTHING:
        return True
    return not text[:1].isalnum() and all(_is_mark(char) for char in text)


def _is_mark(char: str) -> bool:
    return char in _ASCII_MARKS or unicodedata.category(char)[0] in "PZC"


def state(text: str | None, kind: str, *, trashed: bool, unread: bool) -> str:
    """Return the state of an answer before copies are looked for, in the order of precedence.

    Parameters
    ----------
    text : str or None
        The cell as received.
    kind : str
        The kind of its question: open, closed or choice.
    trashed : bool
        Whether the form was moderated away.
    unread : bool
        Whether the reader is not sure that the text belongs to this question.
    """
    if unread:
        return "rejected"
    if trashed:
        return "trashed"
    if is_empty(text):
        return "empty"
    return "pending" if kind == "open" else "closed"
