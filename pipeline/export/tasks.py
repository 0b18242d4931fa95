"""Answers as annotation tasks: what Prodigy, Label Studio, doccano and spaCy are given, and what comes back from them.

A task is a readable answer with its themes and mentions, which are the machine's: predictions, until a person has
looked. Word-for-word copies of an answer are no tasks, for nobody should read the same text twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.export.source import Source
from pipeline.nesting import ids_of_row, nested

LABELS: Final = ("ORG", "PER", "LOC", "MISC")
ASKED: Final = ("assigned", "unassigned")
"""States of the answers that are tasks; the others say nothing that has a theme, or were not to be read."""

NAME_LENGTH: Final = 100
"""Characters of the name of a label, at the most: doccano takes no more."""

_ANSWERS: Final = [
    "answer_id",
    "contribution_id",
    "question_id",
    "question",
    "text",
    "state",
    "topics",
    "duplicate_of",
    "copy_group_id",
]
_MENTIONS: Final = ["mention_id", "answer_id", "start", "end", "label"]
_ID: Final = re.compile(r"\(([^()\s]+)\)\s*$")


@dataclass(frozen=True, order=True)
class Span:
    """A named entity in a text: offsets in characters, end exclusive, and its label."""

    start: int
    end: int
    label: str
    mention_id: str = field(default="", compare=False)


@dataclass(frozen=True)
class Option:
    """A theme or sub-theme that an answer can be given: its id, and its name with the id at the end.

    Names are unique, and the id is found again in a file that came back, whatever the theme is called by then.
    """

    topic_id: str
    name: str
    theme_id: str


@dataclass(frozen=True)
class Task:
    """An answer to look at, with what the machine says of it.

    ``topics`` are its themes and sub-themes, best first, as rows with topic_id, label, score and theme_id.
    """

    answer_id: str
    contribution_id: str
    question_id: str
    question: str
    text: str
    topics: list[dict[str, Any]]
    spans: list[Span]
    copy_group_id: str | None


class Tasks:
    """The tasks of a dataset, in its order; iterate once, then `left_out` says what was no task, and why.

    Attributes
    ----------
    left_out : Counter
        Answers by state, "copy" for word-for-word copies, and under "overlapping" the mentions that share characters
        with a longer one, for a mask has replaced them.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.left_out: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Task]:
        mentions = self._source.by_answer("mentions", _MENTIONS)
        shown: set[str] = set()  # answers that are tasks, or of which a copy is
        for batch in self._source.batches("answers", _ANSWERS):
            asked = pc.is_in(batch["state"], pa.array(ASKED))
            for row in pc.value_counts(batch["state"].filter(pc.invert(asked))).to_pylist():
                self.left_out[row["values"]] += row["counts"]
            rows = iter(batch.filter(asked).to_pylist())
            for answer_id, wanted in zip(batch["answer_id"].to_pylist(), asked.to_pylist(), strict=True):
                found = mentions.of(answer_id)
                if not wanted:
                    continue
                row = next(rows)
                copied = row.pop("duplicate_of")
                if copied in shown:
                    self.left_out["copy"] += 1
                    continue
                shown.add(copied or answer_id)
                spans = apart(found)
                self.left_out["overlapping"] += len(found) - len(spans)
                del row["state"]
                yield Task(**row, spans=spans)
        mentions.check_taken()


class Themes:
    """The themes that can be given to the answers of each question: its own, else those across its questionnaire."""

    def __init__(self, source: Source) -> None:
        rows = source.table("topics", ["topic_id", "question_id", "questionnaire", "parent_id", "label"]).to_pylist()
        labels = {row["topic_id"]: row["label"] for row in rows}
        self._questions = {row["question_id"]: row["questionnaire"] for row in source.rows("questions")}
        self._own: dict[str, list[Option]] = {}
        self._across: dict[str, list[Option]] = {}
        for row in nested(rows, ids_of_row):
            label = labels[row["topic_id"]]
            if row["parent_id"] in labels:
                label = f"{labels[row['parent_id']]} › {label}"
            option = Option(row["topic_id"], name_of(row["topic_id"], label), row["parent_id"] or row["topic_id"])
            group = self._own if row["question_id"] is not None else self._across
            group.setdefault(row["question_id"] or row["questionnaire"], []).append(option)
        self._names = {
            one.topic_id: one for group in (self._own, self._across) for some in group.values() for one in some
        }

    def of(self, question_id: str) -> list[Option]:
        """Return the themes of a question, each before its sub-themes."""
        return self._own.get(question_id) or self._across.get(self._questions.get(question_id, ""), [])

    def option(self, topic: Mapping[str, Any]) -> Option:
        """Return the option for a theme that an answer has, which may be one that its question does not offer."""
        known = self._names.get(topic["topic_id"])
        return known or Option(topic["topic_id"], name_of(topic["topic_id"], topic["label"]), topic["theme_id"])


def name_of(topic_id: str, label: str) -> str:
    """Return the name under which a theme is shown: its label on one line, cut where it is long, and its id."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in label).split())
    room = NAME_LENGTH - len(topic_id) - 3
    return f"{plain if len(plain) <= room else plain[: room - 1] + '…'} ({topic_id})"


def id_in(name: str) -> str:
    """Return the id of the theme that a name stands for; a name without one is taken for an id."""
    found = _ID.search(name)
    return found[1] if found else name


def apart(mentions: Iterable[Mapping[str, Any]]) -> list[Span]:
    """Return mentions in order, without those that share characters with a longer one or say the same again."""
    kept: list[Span] = []
    spans = [Span(row["start"], row["end"], row["label"], row["mention_id"]) for row in mentions]
    for span in sorted(spans, key=lambda span: (span.start - span.end, span)):
        if span.start < span.end and all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)
