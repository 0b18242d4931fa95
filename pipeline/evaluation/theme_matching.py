"""Which theme of people each theme of a question stands for: by its name, or one to one so that most answers agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from pipeline.evaluation.topic_measures import matched
from pipeline.topics.codebook import fold

How = Literal["labels", "best"]
LEAST_NAMED: Final = 0.5
UNMATCHED: Final = "\0"
"""What stands for no theme of people is called by its id with this before it, which no name holds."""


@dataclass(frozen=True)
class Topic:
    """A theme of the dataset, or a sub-theme of `parent_id`."""

    topic_id: str
    label: str
    parent_id: str | None = None


@dataclass(frozen=True)
class Matching:
    """The theme of people that themes and sub-themes stand for, and the theme above each sub-theme, by topic_id."""

    how: How
    theme_of: Mapping[str, str]
    parent_of: Mapping[str, str]

    def given(self, topics: Iterable[str], gold: Collection[str]) -> frozenset[str]:
        """Return what the themes of an answer are called by people, who gave it `gold`.

        A sub-theme is what its own name stands for, and else what the theme above it stands for; where `gold` holds the
        latter it is that too, and no longer the former if that is not in `gold`: to be more precise is not wrong. A
        theme that stands for none is a wrong one.
        """
        found: set[str] = set()
        for topic in topics:
            above = self.parent_of.get(topic, topic)
            names = {self.theme_of[one] for one in (topic, above) if one in self.theme_of}
            own = self.theme_of.get(topic, self.theme_of.get(above, f"{UNMATCHED}{above}"))
            found |= names & set(gold) or {own}
        return frozenset(found)

    def group(self, topic: str | None) -> str:
        """Return what answers with this main theme count as: a sub-theme where people name it, else the theme above.

        All answers without a theme are one group.
        """
        if topic is None or topic in self.theme_of:
            return topic or ""
        return self.parent_of.get(topic, topic)


def match_themes(
    topics: Sequence[Topic],
    answers: Sequence[tuple[Collection[str], Collection[str]]],
    how: How | None = None,
) -> Matching:
    """Match the themes of one question with those that people gave its answers.

    Parameters
    ----------
    topics : sequence of Topic
        Themes and sub-themes of the question.
    answers : sequence of (topics, gold)
        Ids of the themes of each answer, and the themes that people gave it.
    how : {"labels", "best"}, optional
        labels: a theme stands for the one that has its label, whatever case and accents, or its id; several may stand
        for one. best: themes without a parent are matched one to one so that most pairs of an answer and a theme agree
        (Kuhn 1955): what is then measured on the same answers is the most that names could give. By default labels
        where LEAST_NAMED of all that people gave has an equal name, as it has with their codebook; one theme that is
        called the same by chance does not make all others wrong.
    """
    parent_of = {topic.topic_id: topic.parent_id for topic in topics if topic.parent_id is not None}
    names = sorted({theme for _, gold in answers for theme in gold})
    folded = {fold(name): name for name in reversed(names)}
    by_label = {
        topic.topic_id: folded[fold(name)]
        for topic in topics
        for name in (topic.label, topic.topic_id)
        if fold(name) in folded
    }
    named = [theme in by_label.values() for _, gold in answers for theme in gold]
    if how == "labels" or (how is None and any(named) and sum(named) >= LEAST_NAMED * len(named)):
        return Matching("labels", by_label, parent_of)
    tops = sorted(topic.topic_id for topic in topics if topic.parent_id is None)
    row, column = {key: i for i, key in enumerate(tops)}, {name: i for i, name in enumerate(names)}
    together = np.zeros((len(tops), len(names)), dtype=np.int64)
    for found, gold in answers:
        for key in {parent_of.get(topic, topic) for topic in found}:
            for theme in gold:
                together[row[key], column[theme]] += 1
    pairs = {tops[a]: names[b] for a, b in matched(together).items()}
    return Matching("best", pairs, parent_of)
