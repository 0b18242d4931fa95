"""What people say of whole answers: decisions of the log that nobody took back, by answer and author."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from pipeline.review.activity import active
from pipeline.review.decisions import Decision

ACTIONS: Final = frozenset({"assign", "unassign", "confirm", "uninformative"})
"""The actions whose `after` is the whole list of themes of what they are about; what says nothing has none."""

Verdicts = dict[str, dict[str, list[str]]]
"""The topic ids that each author gives an answer: by answer_id, then by author."""


def answer_verdicts(decisions: Iterable[Decision], wanted: Callable[[Decision], bool] = lambda one: True) -> Verdicts:
    """Return the themes that each author gives each whole answer; of several decisions, the last counts.

    Parameters
    ----------
    decisions : iterable of Decision
        The log, in order.
    wanted : callable
        Says of a decision whether it counts.
    """
    found: Verdicts = defaultdict(dict)
    for decision in active(list(decisions))[0]:
        target = decision.target
        after = [] if decision.action == "uninformative" else decision.after
        if decision.action not in ACTIONS or target.kind != "answer" or target.answer_id is None:
            continue
        if isinstance(after, list) and wanted(decision):
            topics = [topic for topic in after if isinstance(topic, str)]
            if len(topics) == len(after):
                found[target.answer_id][decision.author] = list(dict.fromkeys(topics))
    return dict(found)
