"""The state of the log, brought up to date decision by decision: what `replay` says of all of them, in less time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pipeline.review import answers as on_answers
from pipeline.review import mentions as on_mentions
from pipeline.review import themes as on_themes
from pipeline.review.activity import Trouble, active, topic_ids
from pipeline.review.answers import Answer, ReviewedAnswers, Verdict, replay_answers
from pipeline.review.decisions import Decision
from pipeline.review.mentions import MentionEdit, ReviewedMentions, replay_mentions
from pipeline.review.replay import Reviewed, by_root
from pipeline.review.themes import ReviewedThemes, replay_themes

ALIASES: Final = "\0aliases"
"""Stands for the answer of decisions on organisations."""


class State:
    """What people settled, kept up to date.

    What was decided of an answer depends on the decisions on its copies and on the themes alone, so a new decision
    replays those of its answer; one on themes, those of the answers that name a theme which is another then.

    Parameters
    ----------
    topics : sequence of mappings
        Rows of the table `topics`.
    answers : mapping
        Every answer, by answer_id.
    organisations : frozenset of str
        All that are known.
    """

    def __init__(
        self, topics: Sequence[Mapping[str, Any]], answers: Mapping[str, Answer], organisations: frozenset[str]
    ) -> None:
        self._topics, self._answers, self._organisations = topics, answers, organisations
        self.version = 0
        self.themes_version = 0
        self.reset(())

    def reset(self, decisions: Iterable[Decision]) -> None:
        """Start anew from these decisions."""
        self.decisions: list[Decision] = list(decisions)
        self.by_id = {one.decision_id: one for one in self.decisions}
        self._of_answer: dict[str, list[Decision]] = {}
        self._of_mention: dict[str, list[Decision]] = {}
        self._naming: dict[str, set[str]] = {}
        self.verdicts: dict[str, tuple[Verdict, ...]] = {}
        self.edits: dict[str, tuple[MentionEdit, ...]] = {}
        self.named = ReviewedMentions()
        self._answer_troubles: dict[str, tuple[Trouble, ...]] = {}
        self._mention_troubles: dict[str, tuple[Trouble, ...]] = {}
        self._count()
        for one in self.counted:
            self._file(one)
        self._replay_themes()
        self._replay_answers(None)
        for key in self._of_mention:
            self._replay_mentions(key)
        self.version += 1

    def extend(self, decisions: Sequence[Decision]) -> frozenset[str]:
        """Add decisions at the end of the log, and return the answers (roots) that they touched."""
        if not decisions:
            return frozenset()
        self.decisions += decisions
        self.by_id |= {one.decision_id: one for one in decisions}
        undoing = any(one.undoes is not None for one in decisions) or any(
            one.decision_id in self._undone for one in decisions
        )
        if undoing:
            before = self.counted_ids
            self._count()
            changed = [self.by_id[key] for key in before.symmetric_difference(self.counted_ids)]
            self._of_answer, self._of_mention, self._naming = {}, {}, {}
            for one in self.counted:
                self._file(one)
        else:
            changed = list(decisions)
            self.counted += changed
            self.counted_ids |= {one.decision_id for one in changed}
            for one in changed:
                self._file(one)
        touched = frozenset(self._root(one) for one in changed if one.action in on_answers.ACTIONS)
        if any(one.action in on_themes.ACTIONS for one in changed):
            themes = self.themes
            self._replay_themes()
            self._replay_answers(touched | self._resting_on(themes))
        elif touched:
            self._replay_answers(touched)
        for key in {self._key(one) for one in changed if one.action in on_mentions.ACTIONS}:
            self._replay_mentions(key)
        self.version += 1
        return touched

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """The decisions that were not carried out, in the order of the log."""
        order = {one.decision_id: place for place, one in enumerate(self.decisions)}
        found = [*self._lost, *self.themes.troubles]
        for of_one in (*self._answer_troubles.values(), *self._mention_troubles.values()):
            found += of_one
        return tuple(sorted(found, key=lambda one: order[one.decision.decision_id]))

    @property
    def reviewed(self) -> Reviewed:
        """The same as `replay` gives."""
        answers = ReviewedAnswers(dict(sorted(self.verdicts.items())), _all(self._answer_troubles))
        named = replace(self.named, edits=dict(sorted(self.edits.items())), troubles=_all(self._mention_troubles))
        return Reviewed(self.themes, answers, named, self.troubles)

    def with_themes(self, decision: Decision) -> ReviewedThemes:
        """Return the themes as they would be after one more decision."""
        return by_root(replay_themes(self._topics, [*self._on_themes(), decision]), self._answers)

    def with_verdicts(self, themes: ReviewedThemes, question_id: str) -> Mapping[str, tuple[Verdict, ...]]:
        """Return the verdicts on answers to a question as they would be under other themes."""
        groups = (made for root, made in self._of_answer.items() if root in self._answers)
        made = [one for group in groups for one in group if self._question(group[0]) == question_id]
        return replay_answers(made, self._answers, themes).verdicts

    def _question(self, decision: Decision) -> str | None:
        answer = self._answers.get(decision.target.answer_id or decision.target.id or "")
        return answer.question_id if answer else None

    def _resting_on(self, before: ReviewedThemes) -> frozenset[str]:
        """Return the answers whose verdicts rest on a theme that came, went or moved since; wording is no matter."""
        now = self.themes
        was, is_ = (
            {row["topic_id"]: (row["question_id"], row["questionnaire"]) for row in one.rows} for one in (before, now)
        )
        changed = {key for key in was.keys() | is_.keys() if was.get(key) != is_.get(key)}
        changed |= {key for key in before.moves.keys() | now.moves.keys() if before.now(key) != now.now(key)}
        parts = {key for key in before.parts.keys() | now.parts.keys() if before.parts.get(key) != now.parts.get(key)}
        return frozenset(parts & self._of_answer.keys()).union(*(self._naming.get(key, ()) for key in changed))

    def _count(self) -> None:
        self.counted, self._lost = active(self.decisions)
        self.counted_ids = {one.decision_id for one in self.counted}
        self.undoing = [one for one in self.decisions if one.undoes is not None]
        self._undone = {one.undoes for one in self.undoing}

    def _file(self, decision: Decision) -> None:
        if decision.action in on_answers.ACTIONS:
            root = self._root(decision)
            self._of_answer.setdefault(root, []).append(decision)
            answer = self._answers.get(decision.target.answer_id or decision.target.id or "")
            for key in (*topic_ids(decision.before), *topic_ids(decision.after), *(answer.themes if answer else ())):
                self._naming.setdefault(key, set()).add(root)
        elif decision.action in on_mentions.ACTIONS:
            self._of_mention.setdefault(self._key(decision), []).append(decision)

    def _root(self, decision: Decision) -> str:
        answer_id = decision.target.answer_id or decision.target.id or ""
        answer = self._answers.get(answer_id)
        return answer.root if answer else answer_id

    def _key(self, decision: Decision) -> str:
        return ALIASES if decision.action == "alias" else self._root(decision)

    def _on_themes(self) -> list[Decision]:
        return [one for one in self.counted if one.action in on_themes.ACTIONS]

    def _replay_themes(self) -> None:
        self.themes = by_root(replay_themes(self._topics, self._on_themes()), self._answers)
        self.rows = {row["topic_id"]: row for row in self.themes.rows}
        self.themes_version += 1

    def _replay_answers(self, roots: frozenset[str] | None) -> None:
        chosen = list(self._of_answer) if roots is None else sorted(roots)
        for root in list(self.verdicts) if roots is None else chosen:
            self.verdicts.pop(root, None)
        for root in list(self._answer_troubles) if roots is None else chosen:
            self._answer_troubles.pop(root, None)
        made = [one for root in chosen for one in self._of_answer.get(root, ())]
        found = replay_answers(made, self._answers, self.themes)
        self.verdicts.update(found.verdicts)
        for trouble in found.troubles:
            root = self._root(trouble.decision)
            self._answer_troubles[root] = (*self._answer_troubles.get(root, ()), trouble)

    def _replay_mentions(self, key: str) -> None:
        found = replay_mentions(self._of_mention.get(key, ()), self._answers, self._organisations)
        _put(self._mention_troubles, key, found.troubles)
        if key == ALIASES:
            self.named = replace(found, troubles=())
        else:
            self.edits.pop(key, None)
            self.edits.update(found.edits)


def _put(into: dict[str, tuple[Trouble, ...]], key: str, found: tuple[Trouble, ...]) -> None:
    if found:
        into[key] = found
    else:
        into.pop(key, None)


def _all(of_answers: Mapping[str, tuple[Trouble, ...]]) -> tuple[Trouble, ...]:
    return tuple(one for found in of_answers.values() for one in found)
