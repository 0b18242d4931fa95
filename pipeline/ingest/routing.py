"""Whether a form asked a question: « Si oui » after « Oui », « Si non » after « Non »."""

from __future__ import annotations

from functools import lru_cache

from pipeline.ingest.matching import normalise_wording

_KNOWN = ("oui", "non")


@lru_cache(maxsize=4096)
def routed(shown_if: str | None, parent_answer: str | None, parent_kind: str | None = "closed") -> bool | None:
    """Say whether the parent's answer leads to a question.

    Parameters
    ----------
    shown_if : str or None
        What the parent's answer must be; None: the question has no condition.
    parent_answer : str or None
        The answer to the parent as received, several choices joined by `|`; None: there is none.
    parent_kind : str or None
        The kind of the parent: only what is closed or a choice can say that a question was not asked.

    Returns
    -------
    bool or None
        None when there is no condition, or the parent's answer is missing, or is neither « Oui » nor « Non » where
        one of them is wanted.
    """
    if shown_if is None or parent_answer is None:
        return None
    wanted = normalise_wording(shown_if)
    answers = [normalise_wording(part) for part in parent_answer.split("|")]
    if wanted in answers:
        return True
    if wanted in _KNOWN:
        return False if len(answers) == 1 and answers[0] in _KNOWN else None
    return False if parent_kind in ("closed", "choice") else None
