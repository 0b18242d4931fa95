"""What people decided on answers: the themes that they have, or that they say nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.privacy import ERASED
from pipeline.review.activity import Held, Trouble, topic_ids
from pipeline.review.decisions import Decision, Target
from pipeline.review.themes import NotPossible, ReviewedThemes

ACTIONS: Final = frozenset(("assign", "unassign", "confirm", "uninformative"))
_WHOLE: Final = (None, None)


@dataclass(frozen=True)
class Answer:
    """An answer of the tables that a decision speaks of.

    ``root`` is the answer that it is a copy of, or itself: what is decided of one holds for all of its copies.
    ``themes`` are those that the machine gave it, best first.
    """

    answer_id: str
    root: str
    question_id: str
    questionnaire: str | None
    text: str
    state: str
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What people settled of an answer, or of a part of it.

    ``topic_ids`` are all themes of the part, themes as people settled them; an empty list says that it has none.
    ``start`` and ``end`` are None where the whole answer is meant, else characters of ``text``. ``uninformative``: it
    says nothing. ``decision_id`` and ``author`` are of the last decision on it.
    """

    topic_ids: tuple[str, ...]
    decision_id: str
    author: str
    start: int | None = None
    end: int | None = None
    text: str | None = None
    uninformative: bool = False

    @property
    def whole(self) -> bool:
        return self.start is None


@dataclass(frozen=True)
class ReviewedAnswers:
    """Verdicts by the answer that others are copies of (`Answer.root`), in the order in which they were settled."""

    verdicts: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()


def replay_answers(
    decisions: Iterable[Decision], answers: Mapping[str, Answer], themes: ReviewedThemes
) -> ReviewedAnswers:
    """Carry out decisions on answers and parts of them.

    Parameters
    ----------
    decisions : iterable of Decision
        Those that count, in the order of the log; those on other things are passed over.
    answers : mapping
        The answers that they speak of, by answer_id.
    themes : ReviewedThemes
        Themes as people settled them; what names a theme that was merged means the one it was merged into.
    """
    known = {row["topic_id"]: row for row in themes.rows}
    settled: dict[str, dict[tuple[int | None, int | None], Verdict]] = {}
    troubles: list[Trouble] = []
    held = Held()
    for decision in decisions:
        if decision.action not in ACTIONS:
            continue
        try:
            answer, (start, end) = _place(decision.target, answers)
            of_answer = settled.setdefault(answer.root, {})
            # Of a part of which nobody spoke, what was said of the whole answer holds.
            key = (start, end) if (start, end) in of_answer or _WHOLE not in of_answer else _WHOLE
            current = of_answer.get(key)
            here = current.topic_ids if current else _machine(answer, themes)
            wanted = _wanted(decision, answer, here, themes, known)
        except NotPossible as error:
            troubles.append(Trouble(decision, "lost", str(error)))
            continue
        says_nothing = decision.action == "uninformative"
        before = set(_settled(topic_ids(decision.before), answer, themes))
        told = decision.before is not None  # who was shown nothing has not seen what another person said
        same = current is not None and (set(wanted), says_nothing) == (set(here), current.uninformative)
        stands = [(key, told and set(here) == before, same)] if current else []
        if start is None and current is None:  # a verdict on the whole that did not see those on its parts
            stands = [(part, told and set(one.topic_ids) <= before, False) for part, one in of_answer.items()]
        others = [held.other((answer.root, *at), decision, saw=saw, same=same) for at, saw, same in stands]
        if other := next((one for one in others if one is not None), None):
            detail = f"{other.author} decided otherwise on {answer.answer_id}"
            troubles.append(Trouble(decision, "conflict", detail, other))
            continue
        held.other((answer.root, start, end), decision, saw=True, same=False)
        # A verdict on the whole takes the place of those on its parts: the order says which holds.
        of_answer.pop((start, end), None)
        if start is None:
            of_answer.clear()
        text = None if start is None else answer.text
        verdict = Verdict(wanted, decision.decision_id, decision.author, start, end, text, says_nothing)
        of_answer[start, end] = verdict
    verdicts = {root: tuple(found.values()) for root, found in sorted(settled.items()) if found}
    return ReviewedAnswers(verdicts, tuple(troubles))


def _place(target: Target, answers: Mapping[str, Answer]) -> tuple[Answer, tuple[int | None, int | None]]:
    answer_id = target.answer_id or target.id
    answer = answers.get(answer_id or "")
    if answer is None:
        raise NotPossible(f"there is no answer {answer_id}")
    if answer.state != "pending":
        raise NotPossible(f"{answer_id} is {answer.state}: it has no themes")
    if target.start is None or target.end is None or target.quote == ERASED:
        return answer, (None, None)
    if answer.text[target.start : target.end] != target.quote:
        raise NotPossible(f"{answer_id} does not say {target.quote!r} there (any more)")
    whole = not answer.text[: target.start].strip() and not answer.text[target.end :].strip()
    return answer, (None, None) if whole else (target.start, target.end)


def _machine(answer: Answer, themes: ReviewedThemes) -> tuple[str, ...]:
    return _settled(answer.themes, answer, themes)


def _settled(topics: Iterable[str], answer: Answer, themes: ReviewedThemes) -> tuple[str, ...]:
    moved = (themes.now(themes.parts.get(answer.root, {}).get(one, one)) for one in topics)
    return tuple(dict.fromkeys(one for one in moved if one is not None))


def _wanted(
    decision: Decision,
    answer: Answer,
    here: tuple[str, ...],
    themes: ReviewedThemes,
    known: Mapping[str, Mapping[str, object]],
) -> tuple[str, ...]:
    if decision.action == "uninformative":
        return ()
    given = topic_ids(decision.after)
    if decision.after is None and decision.action == "confirm":
        return here
    if decision.action == "unassign" and not isinstance(decision.after, list):
        gone = set(_settled(topic_ids(decision.before), answer, themes)) or set(here)
        return tuple(one for one in here if one not in gone)
    if decision.action == "assign" and isinstance(decision.after, str):
        given = [*here, *given]
    for topic_id in given:
        if topic_id not in known and topic_id not in themes.moves:
            raise NotPossible(f"there is no theme {topic_id}")
    wanted = _settled(given, answer, themes)
    if given and not wanted:
        raise NotPossible(f"{', '.join(given)} was retired")
    for topic_id in wanted:
        row = known[topic_id]
        if row["question_id"] not in (None, answer.question_id) or (
            row["question_id"] is None and row["questionnaire"] != answer.questionnaire
        ):
            raise NotPossible(f"theme {topic_id} is not one of question {answer.question_id}")
    if decision.action == "assign" and not wanted:
        raise NotPossible("it names no theme")
    return wanted
