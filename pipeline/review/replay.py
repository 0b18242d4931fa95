"""The log of decisions, replayed on what the machine found: the same log on the same tables gives the same themes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import TypeAdapter

from pipeline.review.activity import Trouble, active, topic_ids
from pipeline.review.answers import Answer, ReviewedAnswers, Verdict, replay_answers
from pipeline.review.decisions import Decision
from pipeline.review.mentions import MentionEdit, ReviewedMentions, replay_mentions
from pipeline.review.themes import ReviewedThemes, replay_themes


@dataclass(frozen=True)
class Settled:
    """What one partition needs to know of the decisions: `applying` carries it out."""

    verdicts: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)
    moves: Mapping[str, str | None] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edits: Mapping[str, tuple[MentionEdit, ...]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)
    """Names of the organisations that people named and the machine did not."""

    def to_json(self) -> bytes:
        """Return it as JSON, for the processes that work on partitions."""
        return _SETTLED.dump_json(self)

    @property
    def mentions(self) -> ReviewedMentions:
        """What it says of mentions."""
        return ReviewedMentions(self.edits, self.aliases)


_SETTLED: Final = TypeAdapter(Settled)


def settled_from_json(content: bytes) -> Settled:
    """Return what `Settled.to_json` wrote."""
    return _SETTLED.validate_json(content)


@dataclass(frozen=True)
class Reviewed:
    """State of themes, answers and mentions after all decisions, and the decisions that were not carried out."""

    themes: ReviewedThemes
    answers: ReviewedAnswers = field(default_factory=ReviewedAnswers)
    mentions: ReviewedMentions = field(default_factory=ReviewedMentions)
    troubles: tuple[Trouble, ...] = ()

    @property
    def settled(self) -> Settled:
        """What partitions need of it."""
        return Settled(
            self.answers.verdicts,
            self.themes.moves,
            self.themes.parts,
            self.mentions.edits,
            self.mentions.aliases,
        )


def replay(
    decisions: Sequence[Decision],
    topics: Iterable[Mapping[str, Any]],
    answers: Mapping[str, Answer],
    organisations: frozenset[str] = frozenset(),
) -> Reviewed:
    """Carry out a log on what the machine found; nothing that is given is changed.

    Parameters
    ----------
    decisions : sequence of Decision
        All of the log, in its order.
    topics : iterable of mappings
        Rows of the table `topics`.
    answers : mapping
        The answers that decisions speak of (`named_answers`), by answer_id; those that are missing are not there.
    organisations : frozenset of str
        The organisation_id of all organisations that are known.
    """
    counted, lost = active(decisions)
    themes = by_root(replay_themes(topics, counted), answers)
    spoken = replay_answers(counted, answers, themes)
    named = replay_mentions(counted, answers, organisations)
    order = {one.decision_id: place for place, one in enumerate(decisions)}
    troubles = [*lost, *themes.troubles, *spoken.troubles, *named.troubles]
    troubles.sort(key=lambda one: order[one.decision.decision_id])
    return Reviewed(themes, spoken, named, tuple(troubles))


def by_root(themes: ReviewedThemes, answers: Mapping[str, Answer]) -> ReviewedThemes:
    """Return the themes with what was split off by answers told by those that others are copies of."""
    parts: dict[str, dict[str, str]] = {}
    for key, moved in themes.parts.items():
        if key in answers:  # two copies of one text may be named, of different themes
            parts.setdefault(answers[key].root, {}).update(moved)
    return replace(themes, parts=parts)


def named_answers(decisions: Iterable[Decision]) -> frozenset[str]:
    """Return the answer_id of all answers that decisions speak of."""
    return frozenset(answer_id for one in decisions for answer_id in _named(one))


def _named(decision: Decision) -> Iterator[str]:
    if decision.target.answer_id is not None:
        yield decision.target.answer_id
    elif decision.target.kind in ("answer", "segment") and decision.target.id is not None:
        yield decision.target.id
    if decision.action == "split":
        given = decision.after.get("into") if isinstance(decision.after, dict) else decision.after
        for part in given if isinstance(given, list) else ():
            if isinstance(part, dict):
                yield from topic_ids(part.get("answers"))
