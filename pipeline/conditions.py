"""Answers to questions that depend on another: were they asked, and which were given although they were not.

Counted partition by partition for the coverage ledger; of the contradictions, only the first are listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.workspace import Workspace

NOT_GIVEN: Final = ("empty", "rejected", "trashed")
"""The states in which nothing was answered, or nothing that counts."""

CONTRADICTIONS_SHOWN: Final = 1000
"""How many contradictions a ledger lists; all of them are counted."""

PARENT_LENGTH: Final = 200  # characters of the parent's answer that are told

_ROUTES: Final = {True: "asked", False: "not_asked", None: "unknown"}


@dataclass(frozen=True)
class Contradiction:
    """An answer to a question that its form did not ask, and the answer to the question that decided on it."""

    reference: str | None
    contribution_id: str
    answer_id: str
    question_id: str
    parent_number: int | None
    parent_answer: str | None


class Conditions:
    """Count, for each question with a condition, the answers given by whether their form asked for them.

    Parameters
    ----------
    questions : iterable of dict
        Rows of the table questions.
    """

    def __init__(self, questions: Iterable[dict[str, Any]]) -> None:
        rows = {row["question_id"]: row for row in questions}
        self._parents = {key: row["depends_on"] for key, row in rows.items() if row["shown_if"] is not None}
        self._numbers = {key: row["number"] for key, row in rows.items()}
        self._routes: dict[str, Counter[str]] = {}
        self.listed: list[Contradiction] = []

    def parent_number(self, question_id: str) -> int | None:
        """Return the number of the question that decides on this one; None when it has no condition."""
        return self._numbers.get(self._parents.get(question_id) or "")

    def routes(self, question_id: str) -> dict[str, int] | None:
        """Return the answers given by asked, not_asked and unknown; None when the question has no condition."""
        if question_id not in self._parents:
            return None
        found = self._routes.get(question_id, Counter())
        return {name: found[name] for name in _ROUTES.values()}

    def count(self, workspace: Workspace, index: int, rows: pa.Table) -> None:
        """Add one partition: `rows` has answer_id, contribution_id, question_id, state and routed."""
        conditional = pc.is_in(rows["question_id"], pa.array(list(self._parents), pa.string()))
        given = rows.filter(pc.and_not(conditional, pc.is_in(rows["state"], pa.array(NOT_GIVEN))))
        for row in given.group_by(["question_id", "routed"]).aggregate([([], "count_all")]).to_pylist():
            self._routes.setdefault(row["question_id"], Counter())[_ROUTES[row["routed"]]] += row["count_all"]
        room = CONTRADICTIONS_SHOWN - len(self.listed)
        against = given.filter(pc.equal(given["routed"], False)).slice(0, room)
        if against.num_rows:
            self.listed += self._told(workspace, index, against)

    def _told(self, workspace: Workspace, index: int, against: pa.Table) -> list[Contradiction]:
        forms = workspace.read_part("contributions", index, ["contribution_id", "reference"])
        references = forms["reference"].take(pc.index_in(against["contribution_id"], forms["contribution_id"]))
        said = self._parent_answers(workspace, index, against)
        found = []
        for row, reference in zip(against.to_pylist(), references.to_pylist(), strict=True):
            question_id, contribution_id = row["question_id"], row["contribution_id"]
            answer = said.get((contribution_id, self._parents[question_id]))
            number = self.parent_number(question_id)
            found.append(Contradiction(reference, contribution_id, row["answer_id"], question_id, number, answer))
        return found

    def _parent_answers(self, workspace: Workspace, index: int, against: pa.Table) -> dict[tuple[str, str], str]:
        answers = workspace.read_part("answers", index, ["contribution_id", "question_id", "text", "state"])
        parents = sorted({parent for parent in self._parents.values() if parent})
        wanted = pc.and_(
            pc.is_in(answers["contribution_id"], against["contribution_id"]),
            pc.is_in(answers["question_id"], pa.array(parents, pa.string())),
        )
        answers = answers.filter(pc.and_not(wanted, pc.is_in(answers["state"], pa.array(NOT_GIVEN))))
        said: dict[tuple[str, str], str] = {}
        for row in answers.to_pylist():
            # Where a form answers the parent twice, its first answer decided.
            said.setdefault((row["contribution_id"], row["question_id"]), _short(row["text"] or ""))
        return said


def _short(text: str) -> str:
    return text if len(text) <= PARENT_LENGTH else text[: PARENT_LENGTH - 1] + "…"
