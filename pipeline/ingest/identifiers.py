"""Ids that are the same in every run. None depends on the salt but that of authors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def digest(*parts: str | None, size: int = 8) -> str:
    """Return a hexadecimal hash of texts; where one ends and the next begins, and what is None, makes a difference."""
    state = hashlib.blake2b(digest_size=size)
    for part in parts:
        content = b"" if part is None else part.encode("utf-8", "replace")
        state.update(b"%d:" % (-1 if part is None else len(content)))
        state.update(content)
    return state.hexdigest()


class ContributionKeys:
    """Gives each form its 16 hexadecimal digits, also when a reference, or a whole file, comes again."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._again: dict[str, int] = {}

    def key(self, questionnaire: str, reference: str | None, content: Iterable[str | None]) -> str:
        """Return the key of a form: from its reference, or else from what is in it.

        Parameters
        ----------
        questionnaire : str
            Key of the questionnaire.
        reference : str or None
            The reference that the export gives.
        content : iterable of str or None
            What the form holds; read only when there is no reference.
        """
        if reference is not None:
            parts: list[str | None] = ["reference", questionnaire, reference]
        else:
            parts = ["content", questionnaire, *content]
        found = base = digest(*parts)
        while int(found, 16) in self._seen:
            self._again[base] = self._again.get(base, 1) + 1
            found = digest(*parts, str(self._again[base]))
        self._seen.add(int(found, 16))
        return found


def answer_id(contribution_key: str, suffix: str, occurrence: int) -> str:
    """Return the id of an answer; `occurrence` counts cells of one form for the same question, from 1."""
    return f"a-{contribution_key}-{suffix}" if occurrence == 1 else f"a-{contribution_key}-{suffix}-{occurrence}"


def unknown_question_id(questionnaire: str, official_id: str | None, wording: str, occurrence: int) -> str:
    """Return the id of a question that no questionnaire holds."""
    if official_id is not None:
        return "q-x" + digest(questionnaire, official_id, size=6)
    return "q-x" + digest(questionnaire, None, wording, str(occurrence), size=6)
