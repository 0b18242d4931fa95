"""Which question a heading means: its official id first, else its wording, whatever the case, accents or brackets."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.ingest.questionnaires import Question, Questionnaire
from pipeline.ingest.records import Heading

_BRACKETED: Final = re.compile(r"\[[^\[\]]*\]")
_WORD: Final = re.compile(r"[^\W_]+")
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})


def normalise_wording(text: str, *, brackets: bool = False) -> str:
    """Return the words of a wording: no case, accents, punctuation or spaces, nor bracketed words unless asked.

    >>> normalise_wording("Quelles améliorations préconiseriez-vous [des services] ?")
    'quelles ameliorations preconiseriez vous'
    """
    if not brackets:
        text = _BRACKETED.sub(" ", text)
    text = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).casefold()
    return " ".join(_WORD.findall("".join(char for char in text if not unicodedata.combining(char))))


class QuestionIndex:
    """Finds official questions by id and by wording.

    Parameters
    ----------
    questionnaires : iterable of Questionnaire
        The questionnaires that are known.
    """

    def __init__(self, questionnaires: Iterable[Questionnaire]) -> None:
        self.questionnaires = {found.key: found for found in questionnaires}
        self._titles = {normalise_wording(found.title): found for found in self.questionnaires.values()}
        self._by_id: dict[str, tuple[str, Question]] = {}
        self._full: dict[str, list[tuple[str, Question]]] = {}
        self._bare: dict[str, list[tuple[str, Question]]] = {}
        for key, questionnaire in self.questionnaires.items():
            for question in questionnaire.questions:
                self._by_id[question.official_id] = key, question
                for wording in (question.wording, *question.also):
                    self._full.setdefault(normalise_wording(wording, brackets=True), []).append((key, question))
                    self._bare.setdefault(normalise_wording(wording), []).append((key, question))

    def home(self, official_id: str) -> str:
        """Return the key of the questionnaire that holds an official question."""
        return self._by_id[official_id][0]

    def titled(self, title: str) -> Questionnaire | None:
        """Return the questionnaire with that title."""
        return self._titles.get(normalise_wording(title))

    def worded(self, wording: str) -> list[tuple[str, Question]]:
        """Return (questionnaire, question) for each question with that wording: in full, else without brackets."""
        full = self._full.get(normalise_wording(wording, brackets=True))
        return full or self._bare.get(normalise_wording(wording), [])

    def resolve(
        self, headings: Sequence[Heading], questionnaire: str | None = None
    ) -> tuple[str | None, list[Question | None]]:
        """Say which questionnaire a form belongs to, and which question each heading is.

        Some wordings occur more than once (« Si oui, comment ? »): the first such question after the one before it
        is meant, as forms keep the order of the questionnaire.

        Parameters
        ----------
        headings : sequence of Heading
            The questions of one form, in its order.
        questionnaire : str, optional
            The key of the questionnaire, when it is known already.

        Returns
        -------
        tuple
            The key (None when nothing matches), and for each heading its question (None when it is not known).
        """
        certain = [self._by_id.get(heading.official_id or "") for heading in headings]
        worded = [
            [found] if found else self.worded(heading.wording) for heading, found in zip(headings, certain, strict=True)
        ]
        if questionnaire is None:
            votes = Counter(key for found in worded for key in {key for key, _ in found})
            order = list(self.questionnaires)
            ranked = sorted(votes, key=lambda key: (-votes[key], order.index(key)))
            questionnaire = ranked[0] if ranked else None
        taken = {found[1].official_id for found in certain if found}
        result: list[Question | None] = []
        last = 0
        for found, candidates in zip(certain, worded, strict=True):
            question = found[1] if found else _next_free(candidates, questionnaire, taken, last)
            if question is not None:
                taken.add(question.official_id)
                last = question.number
            result.append(question)
        return questionnaire, result


def _next_free(
    candidates: list[tuple[str, Question]], questionnaire: str | None, taken: set[str], last: int
) -> Question | None:
    free = [(key, question) for key, question in candidates if question.official_id not in taken]
    free.sort(key=lambda found: (found[0] != questionnaire, found[1].number <= last, found[1].number))
    return free[0][1] if free else None
