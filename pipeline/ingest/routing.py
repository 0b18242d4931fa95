"""Whether a form asked a question: « Si oui » after « Oui », « Si non » after « Non »."""

from __future__ import annotations

from functools import lru_cache

from pipeline.ingest.matching import normalise_wording

_KNOWN = ("oui", "non")


@lru_cache(maxsize=4096)
def routed(shown_if: str | None, parent_answer: str | None) -> bool | None:
    """Say whether the parent's answer leads to a question.

    Parameters
    ----------
    shown_if : str or None
        What the parent's answer must be; None: the question has no condition.
    parent_answer : str or None
        The answer to the parent as received; None: there is none.

    Returns
    -------
    bool or None
        None when there is no condition, or the parent's answer is missing or is neither « Oui » nor « Non ».
    """
    if shown_if is None or parent_answer is None:
        return None
    answer, wanted = normalise_wording(parent_answer), normalise_wording(shown_if)
    if answer == wanted:
        return True
    return False if answer in _KNOWN else None
