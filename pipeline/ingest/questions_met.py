"""The questions that a run meets: those of known questionnaires, and those that no questionnaire holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.config import QuestionConfig
from pipeline.ingest.identifiers import unknown_question_id
from pipeline.ingest.matching import QuestionIndex, normalise_wording
from pipeline.ingest.records import Heading
from pipeline.ingest.states import is_empty

_MANY: Final = 200
_YES_NO: Final = frozenset(("oui", "non", "yes", "no", "sans avis", "je ne sais pas", "ne se prononce pas"))


@dataclass
class _Values:
    """What the answers to an unknown question look like, in bounded memory."""

    count: int = 0
    length: int = 0
    distinct: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    joined: bool = False

    def add(self, texts: pa.Array) -> None:
        for entry in pc.value_counts(texts.drop_null()).to_pylist():
            text, times = entry["values"], entry["counts"]
            if is_empty(text):
                continue
            self.count += times
            self.length += times * len(text)
            if len(self.distinct) < _MANY:
                self.distinct.add(normalise_wording(text, brackets=True) or text)
            if len(self.parts) < _MANY:
                self.parts.update(normalise_wording(part, brackets=True) for part in text.split("|"))
            self.joined = self.joined or "|" in text

    def kind(self) -> str:
        """Infer the kind: few distinct short values are closed, joined by `|` a choice, all else is open."""
        if not self.count:
            return "open"
        if self.distinct <= _YES_NO:
            return "closed"
        short = self.length / self.count <= 120
        if self.joined and self.count >= 20 and short and len(self.parts) <= min(30, 0.3 * self.count):
            return "choice"
        if self.count >= 20 and short and len(self.distinct) <= min(20, 0.1 * self.count):
            return "closed"
        return "open"


@dataclass(frozen=True)
class Plan:
    """Where the cells of a form go.

    ``order`` lists positions in the form by number of question; ``questions`` and ``occurrences`` say, in that order,
    which question each is (its place in ``QuestionsMet.rows``) and for the how-manieth time (from 1). ``by_id`` lists
    the same cells by id of their question, and ``ids`` are these ids: neither depends on the other files of the run.
    """

    questionnaire: str
    order: tuple[int, ...]
    questions: tuple[int, ...]
    occurrences: tuple[int, ...]
    unknown: tuple[int, ...]
    by_id: tuple[int, ...]
    ids: tuple[str, ...]


class QuestionsMet:
    """Collects questions as forms come in.

    Parameters
    ----------
    index : QuestionIndex
        The questions that are known.
    settings : iterable of QuestionConfig
        What the configuration says of questions that no questionnaire holds.
    """

    def __init__(self, index: QuestionIndex, settings: Iterable[QuestionConfig] = ()) -> None:
        self._index = index
        self._settings = {normalise_wording(setting.title, brackets=True): setting for setting in settings}
        self._homes: dict[str, frozenset[str]] = {}
        self._place: dict[str, int] = {}
        self._plans: dict[tuple[tuple[Heading, ...], str | None, str], Plan] = {}
        self._recent: tuple[tuple[Heading, ...], tuple[str | None, str], Plan] | None = None
        self._values: dict[int, _Values] = {}
        self._file: dict[int, tuple[str, str]] = {}
        self._kinds: dict[int, str | None] = {}
        self._taken: set[int] = set()
        self._last: dict[str, int] = {}
        self.rows: list[dict[str, Any]] = []
        """Rows of the table ``questions``, in the order in which they were met."""

    def plan(
        self,
        headings: tuple[Heading, ...],
        questionnaire: str | None,
        file: tuple[str, str],
        name: str,
        asked: tuple[Heading, ...] | None = None,
    ) -> Plan:
        """Return where the cells under `headings` go.

        Parameters
        ----------
        headings : tuple of Heading
            The questions of the form, in its order.
        questionnaire : str or None
            Key of its questionnaire, when the reader knows it.
        file : tuple of str
            Label and shown name of the file, for notices.
        name : str
            Key for a questionnaire of which no question is known.
        asked : tuple of Heading, optional
            All the questions of the file, where a form holds only some: the questionnaire is told from them.
        """
        if self._recent is None or self._recent[0] is not headings or self._recent[1] != (questionnaire, name):
            key = headings, questionnaire, name
            if key not in self._plans:
                home = questionnaire
                if home is None and asked is not None:
                    home = self._index.resolve(asked)[0] or self._home(asked, name)
                self._plans[key] = self._make(headings, home, file, name)
            # A reader gives the same tuple for each row: comparing identities spares hashing its headings.
            self._recent = headings, (questionnaire, name), self._plans[key]
        return self._recent[2]

    def _make(self, headings: Sequence[Heading], questionnaire: str | None, file: tuple[str, str], name: str) -> Plan:
        found, questions = self._index.resolve(headings, questionnaire)
        questionnaire = found or self._home(headings, name)
        self._meet(questionnaire)
        for question in questions:
            if question is not None:
                self._meet(self._index.home(question.official_id))
        places, unknown, wordings = [], [], dict[str, int]()
        for position, (heading, question) in enumerate(zip(headings, questions, strict=True)):
            if question is not None:
                places.append(self._place[question.question_id])
                continue
            unknown.append(position)
            places.append(self._unknown(heading, questionnaire, wordings, file))
        numbers = [(self.rows[place]["questionnaire"] != questionnaire, self.rows[place]["number"]) for place in places]
        order = sorted(range(len(headings)), key=lambda position: (numbers[position], position))
        times: dict[int, int] = {}
        for position in order:
            times[places[position]] = times.get(places[position], 0) + 1
            numbers[position] = (False, times[places[position]])
        ids = [self.rows[places[position]]["question_id"] for position in order]
        occurrences = [numbers[position][1] for position in order]
        by_id = sorted(range(len(order)), key=lambda cell: (ids[cell], occurrences[cell]))
        return Plan(
            questionnaire,
            tuple(order),
            tuple(places[position] for position in order),
            tuple(occurrences),
            tuple(unknown),
            tuple(by_id),
            tuple(ids[cell] for cell in by_id),
        )

    def _home(self, headings: Sequence[Heading], name: str) -> str:
        """Return the key of a questionnaire that is not known: of the first file that asked most of the same."""
        asked = frozenset(normalise_wording(heading.wording, brackets=True) for heading in headings)
        for key, wordings in self._homes.items():
            if 2 * len(asked & wordings) > len(asked | wordings):
                return key
        key, number = name, 1
        while key in self._homes or key in self._index.questionnaires:
            number += 1
            key = f"{name}-{number}"
        self._homes[key] = asked
        return key

    def _meet(self, key: str) -> None:
        questionnaire = self._index.questionnaires.get(key)
        if questionnaire is None or key in self._last:
            return
        self._last[key] = len(questionnaire.questions)
        for question in questionnaire.questions:
            self._place[question.question_id] = len(self.rows)
            self.rows.append(
                {
                    "question_id": question.question_id,
                    "questionnaire": key,
                    "number": question.number,
                    "official_id": question.official_id,
                    "title": question.wording,
                    "kind": question.kind,
                    "depends_on": f"q-{question.depends_on}" if question.depends_on else None,
                    "shown_if": question.shown_if,
                }
            )

    def _unknown(self, heading: Heading, questionnaire: str, wordings: dict[str, int], file: tuple[str, str]) -> int:
        wording = normalise_wording(heading.wording, brackets=True) or heading.wording
        wordings[wording] = wordings.get(wording, 0) + 1
        identifier = unknown_question_id(questionnaire, heading.official_id, wording, wordings[wording])
        if identifier not in self._place:
            place = self._place[identifier] = len(self.rows)
            self._last[questionnaire] = self._last.get(questionnaire, 0) + 1
            self._values[place] = _Values()
            self._file[place] = file
            self._kinds[place] = heading.kind
            self.rows.append(
                {
                    "question_id": identifier,
                    "questionnaire": questionnaire,
                    "number": self._last[questionnaire],
                    "official_id": heading.official_id,
                    "title": heading.wording,
                    "kind": heading.kind or "open",
                    "depends_on": None,
                    "shown_if": None,
                }
            )
        return self._place[identifier]

    def look_at(self, plan: Plan, texts: Sequence[pa.Array]) -> None:
        """Take note of the answers to unknown questions; `texts` are in the order of the headings."""
        if plan.unknown:
            for position, question in zip(plan.order, plan.questions, strict=True):
                if question in self._values and len(texts[position]):
                    self._taken.add(question)
                    self._values[question].add(texts[position])

    def settle_kinds(self) -> list[tuple[str, str, str, str]]:
        """Settle kind and condition of each unknown question, as set, as the file tells, else from its answers.

        Returns (shown file, wording, questionnaire, kind) of those whose kind was inferred and that were read.
        """
        notices = []
        for place, values in self._values.items():
            row = self.rows[place]
            setting = self._settings.get(normalise_wording(row["title"], brackets=True))
            row["kind"] = (setting and setting.kind) or self._kinds[place] or values.kind()
            if setting and setting.depends_on:
                wanted = normalise_wording(setting.depends_on, brackets=True)
                named = [found for found in self.rows if normalise_wording(found["title"], brackets=True) == wanted]
                named.sort(key=lambda found: found["questionnaire"] != row["questionnaire"])
                row["depends_on"] = named[0]["question_id"] if named else None
                row["shown_if"] = setting.shown_if if named else None
            if place in self._taken and not (setting and setting.kind) and not self._kinds[place]:
                notices.append((self._file[place][1], row["title"], row["questionnaire"], row["kind"]))
        return notices

    def table_rows(self) -> list[dict[str, Any]]:
        """Return the rows of the table ``questions``, by questionnaire and number."""
        known = list(self._index.questionnaires)
        rank = {key: place for place, key in enumerate(known)}
        return sorted(
            self.rows, key=lambda row: (rank.get(row["questionnaire"], len(known)), row["questionnaire"], row["number"])
        )
