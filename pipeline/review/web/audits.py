"""The audits of a workspace as queues: answers that each person judges without seeing what the machine gave them."""

from __future__ import annotations

from typing import Final

from pipeline.review.audit import Audit, read_audits, verdicts
from pipeline.review.web.corpus import Corpus
from pipeline.review.web.state import State
from pipeline.workspace import Workspace

PREFIX: Final = "audit-"


class Audits:
    """The audits of a workspace, by the name of their queue."""

    def __init__(self, workspace: Workspace, corpus: Corpus) -> None:
        self.by_kind: dict[str, Audit] = {f"{PREFIX}{one.audit_id}": one for one in read_audits(workspace).audits}
        self._rows = {
            kind: [corpus.row_of[one.answer_id] for one in audit.answers if one.answer_id in corpus.row_of]
            for kind, audit in self.by_kind.items()
        }
        self._corpus = corpus
        self._judged: dict[str, dict[str, set[int]]] = {}
        self._version = -1

    def rows(self, kind: str) -> list[int]:
        """Return the answers of an audit, in its order."""
        return self._rows[kind]

    def judged(self, kind: str, state: State) -> dict[str, set[int]]:
        """Return the answers of an audit that each person has judged."""
        if self._version != state.version:
            self._judged, self._version = {}, state.version
        if kind not in self._judged:
            found: dict[str, set[int]] = {}
            for answer_id, said in verdicts(self.by_kind[kind], state.decisions).items():
                for author in said:
                    found.setdefault(author, set()).add(self._corpus.row_of[answer_id])
            self._judged[kind] = found
        return self._judged[kind]

    def waiting(self, state: State) -> set[int]:
        """Return the answers of audits that nobody has judged: they are not shown before."""
        found: set[int] = set()
        for kind, rows in self._rows.items():
            found |= set(rows).difference(*self.judged(kind, state).values())
        return found
