"""What is worth a person's minute: answers in the order in which they are asked about."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Final

import numpy as np

from pipeline.review.activity import settled_by
from pipeline.review.answers import ACTIONS as ON_ANSWERS
from pipeline.review.web.audits import PREFIX, Audits
from pipeline.review.web.corpus import Flags, Ints, Reals
from pipeline.review.web.site import Site

KINDS: Final = {
    "hasard": (
        "Au hasard",
        "Un tirage parmi toutes les réponses : ce qu’il montre vaut pour l’ensemble, et c’est de lui que le modèle "
        "apprend le plus au prochain réentraînement (20 réponses d’une question au moins).",
    ),
    "marge": ("Hésitations", "Les réponses où la machine hésite entre deux thèmes : la marge la plus faible d’abord."),
    "sans-theme": ("Sans thème", "Les réponses lisibles auxquelles aucun thème ne convient."),
    "desaccords": ("Désaccords", "Les réponses dont deux personnes ont décidé autrement."),
    "double": ("Double codage", "Les réponses que deux personnes codent sans voir ni la machine ni l’autre."),
}
"""Name and explanation of each queue. Chance comes first: measured, doubtful answers teach no faster
(tests/benchmarks/README.md)."""

_HELD: Final = 600.0
"""Seconds for which an answer that one person looks at is not given to another."""


@dataclass(frozen=True)
class Share:
    """How much of the answers is coded twice; ``question_id`` is None where it is of all questions."""

    share: float
    question_id: str | None = None


class Queues:
    """The queues of a site. A queue is an order of all originals, from which those that are done are left out."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._looked_at: dict[int, tuple[str, float]] = {}
        self.audits = Audits(site.workspace, site.corpus)

    def next(self, kind: str, who: str, question: int | None = None, after: int | None = None) -> int | None:
        """Return the row of the next answer of a queue, None when it is empty.

        Parameters
        ----------
        who : str
            The session that asks.
        question : int, optional
            The place of the only question to ask about.
        after : int, optional
            The row that was skipped; what follows it comes first.
        """
        order = self.order(kind, who)
        open_ = self.open(kind, who)
        if question is not None:
            open_ = open_ & (self._site.corpus.question == question)
        rows = order[open_[order]]
        if after is not None:
            place = np.flatnonzero(order == after)
            if len(place):
                later = order[place[0] + 1 :]
                rows = np.concatenate([later[open_[later]], rows[: len(rows)]])
        held = {row for row, (key, until) in self._looked_at.items() if key != who and until > time.monotonic()}
        found = next((int(row) for row in rows if int(row) not in held and int(row) != after), None)
        if found is not None:
            self._looked_at = {row: one for row, one in self._looked_at.items() if one[1] > time.monotonic()}
            self._looked_at[found] = (who, time.monotonic() + _HELD)
        return found

    def warm(self) -> None:
        """Put all queues in their order, so that the first page need not."""
        for kind in KINDS:
            self.left(kind, "")

    def blind(self, kind: str) -> bool:
        """Say whether a queue hides what the machine and other people say."""
        return kind == "double" or kind.startswith(PREFIX)

    def exists(self, kind: str) -> bool:
        """Say whether there is such a queue."""
        return kind in KINDS or kind in self.audits.by_kind

    def named(self, kind: str) -> tuple[str, str]:
        """Return the name of a queue and what it is for."""
        if kind in KINDS:
            return KINDS[kind]
        return "Audit", "Un tirage stratifié, codé sans voir la machine : il mesure ses erreurs."

    def note(self, kind: str) -> str | None:
        """Return the note of decisions that are made in a queue."""
        if kind in self.audits.by_kind:
            return self.audits.by_kind[kind].note
        return "double" if kind == "double" else None

    def free(self, row: int) -> None:
        """Give an answer to others again."""
        self._looked_at.pop(row, None)

    def hidden_from(self, who: str, row: int) -> bool:
        """Say whether a person is still to code an answer without seeing what it was given."""
        root = int(self._site.corpus.root[row])
        waiting = self.audits.waiting(self._site.state)
        if waiting and any(int(copy) in waiting for copy in self._site.corpus.copies(root)):
            return True
        return bool(self.doubled[root]) and not self._is_coded(root, who)

    def left(self, kind: str, who: str) -> int:
        """Return how many answers are left in a queue."""
        order = self.order(kind, who)
        return int(np.count_nonzero(self.open(kind, who)[order]))

    def order(self, kind: str, who: str) -> Ints:
        """Return the rows of a queue in its order, those that are done too."""
        if kind == "marge":
            return self._by_margin
        if kind == "desaccords":
            return np.array(self.disagreements(), dtype=np.int64)
        if kind == "sans-theme":
            return self._without
        if kind in self.audits.by_kind:
            return np.array(self.audits.rows(kind), dtype=np.int64)
        if kind == "double":
            return self._shuffled[self.doubled[self._shuffled]]
        return self._shuffled

    def open(self, kind: str, who: str) -> Flags:
        """Return which rows are still to be asked about."""
        site = self._site
        if kind == "desaccords":
            return np.ones(len(site.corpus.root), dtype=np.bool_)
        if kind == "double":
            return ~self._coded_by(who)
        if kind in self.audits.by_kind:
            found = np.ones(len(site.corpus.root), dtype=np.bool_)
            found[list(self.audits.judged(kind, site.state).get(who, ()))] = False
            return found
        # What is judged unseen is not shown before it was.
        found = ~site.spoken & ~self.doubled
        found[site.corpus.root[list(self.audits.waiting(site.state))]] = False
        return found

    @cached_property
    def _originals(self) -> Flags:
        corpus = self._site.corpus
        return np.asarray(corpus.readable & (corpus.root == np.arange(len(corpus.root))), dtype=np.bool_)

    @cached_property
    def _by_margin(self) -> Ints:
        pairs = self._site.corpus.pairs
        first = np.ones(len(pairs.row), dtype=np.bool_)
        first[1:] = np.diff(pairs.row) != 0
        row, margin = pairs.row[first], pairs.margin[first]
        kept = self._originals[row]
        row, margin = row[kept], margin[kept]
        return row[np.lexsort((row, margin))]

    @cached_property
    def _without(self) -> Ints:
        flags = self._originals.copy()
        flags[self._site.corpus.pairs.row] = False
        return self._shuffled[flags[self._shuffled]]

    @cached_property
    def _shuffled(self) -> Ints:
        rows = np.flatnonzero(self._originals)
        return rows[np.lexsort((rows, self._lots[rows]))]

    @cached_property
    def _lots(self) -> Reals:
        """A number for each answer, of its id alone: the same whatever else was received."""
        ids = self._site.corpus.answer_ids.to_pylist()
        drawn = b"".join(blake2b(one.encode(), digest_size=4).digest() for one in ids)
        return (np.frombuffer(drawn, dtype=">u4") / 2.0**32).astype(np.float32)

    # -- two people, the same answers -----------------------------------------------------------------------------

    @property
    def shares(self) -> dict[str, Share]:
        """What is coded twice, by question_id (« * »: all), as the log says."""
        found = {}
        for one in self._site.state.counted:
            if one.action == "note" and one.target.kind == "double" and isinstance(one.after, dict):
                share = one.after.get("share")
                if isinstance(share, int | float) and 0 <= share <= 1 and one.target.id is not None:
                    found[one.target.id] = Share(float(share), None if one.target.id == "*" else one.target.id)
        return found

    @property
    def doubled(self) -> Flags:
        """Which originals are coded by two people."""
        key = self._site.state.version
        if getattr(self, "_doubled_key", None) != key:
            self._doubled_key = key
            self._doubled = self._drawn()
        return self._doubled

    def _drawn(self) -> Flags:
        corpus, shares = self._site.corpus, self.shares
        if not shares:
            return np.zeros(len(corpus.root), dtype=np.bool_)
        every = shares.get("*")
        limit = np.full(len(corpus.questions), every.share if every else 0.0)
        for question_id, one in shares.items():
            if question_id in corpus.question_code:
                limit[corpus.question_code[question_id]] = one.share
        return np.asarray(self._originals & (self._lots < limit[corpus.question]), dtype=np.bool_)

    def coders(self, row: int) -> set[str]:
        """Return the people who decided on an answer, whether it was carried out or not."""
        found = self._site.history(self._site.root_id(row))
        counted = self._site.state.counted_ids
        return {one.author for one in found if one.decision_id in counted and one.action in ON_ANSWERS}

    def _coded_by(self, who: str) -> Flags:
        """Return the answers that a person has coded, or that two others have."""
        found = np.zeros(len(self._site.corpus.root), dtype=np.bool_)
        for row in np.flatnonzero(self.doubled & self._site.spoken):
            found[row] = self._is_coded(int(row), who)
        return found

    def _is_coded(self, root: int, who: str) -> bool:
        people = self.coders(root)
        return who in people or len(people) >= 2

    # -- what people disagree on ----------------------------------------------------------------------------------

    def disagreements(self) -> list[int]:
        """Return the answers on which two people decided otherwise, and nobody has settled it."""
        site, settled = self._site, self.settled()
        found: dict[int, None] = {}
        for trouble in site.state.troubles:
            one = trouble.decision
            row = site.corpus.row_of.get(one.target.answer_id or one.target.id or "")
            if trouble.why == "conflict" and row is not None and one.decision_id not in settled:
                found[int(site.corpus.root[row])] = None
        return list(found)

    def settled(self) -> frozenset[str]:
        """Return the decisions that were not carried out and on which somebody said what holds."""
        return settled_by(self._site.state.counted)
