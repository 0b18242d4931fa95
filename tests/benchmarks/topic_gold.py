"""Answers with themes that people gave, and answers of many questions, as documents.

DATA/gold_themes/entendre_la_france.jsonl holds question, text and themes; DATA/gold_themes/grande_annotation.jsonl
question, text and the number of volunteers who gave each tag, of which those given twice or more are the themes.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.evaluation import topic_gold

ENTENDRE: Final = "entendre"
GRANDE: Final = "grande"
FILES: Final = {ENTENDRE: "entendre_la_france.jsonl", GRANDE: "grande_annotation.jsonl"}

TUNED: Final = frozenset(
    {f"{ENTENDRE}/{name}" for name in ("FI7", "FI8", "DC11", "TE11", "FI9")}
    | {f"{GRANDE}/{name}" for name in ("DC13", "FI7", "FI8")}
)
"""Questions on which choices were made. All others that qualify are reported."""
RESEARCH: Final = frozenset(f"{ENTENDRE}/{name}" for name in ("DC11", "DC12", "DC13", "FI8", "TE12"))
"""Questions of the first measurements (RESEARCH.md, section 1); two of them have been tuned on since."""

LEAST_VOTES: Final = 2
LEAST_WORDS: Final = 5


class Question(topic_gold.Question):
    """A question of a corpus, by a name such as « entendre/FI8 »."""

    @property
    def key(self) -> str:
        return self.name

    @property
    def split(self) -> str:
        return "tuned" if self.key in TUNED else "reported"


def read_gold(data: Path) -> list[Question]:
    """Return the questions that can be measured, by corpus and name."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    themes: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for corpus, file in FILES.items():
        for line in (data / "gold_themes" / file).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            key = (corpus, row["question"])
            texts[key].append(topic_gold.messages(row["text"]))
            votes = row.get("tag_votes") or dict.fromkeys(row.get("themes", ()), LEAST_VOTES)
            themes[key].append(tuple(sorted(theme for theme, n in votes.items() if n >= LEAST_VOTES)))
    found = [Question("/".join(key), tuple(texts[key]), tuple(themes[key])) for key in sorted(texts)]
    return [question for question in found if question.is_measurable]


def answers(data: Path) -> Iterator[tuple[str, str]]:
    """Yield the question and the text of each answer in DATA/answers, in order."""
    for file in sorted((data / "answers").glob("*.csv.gz")):
        with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                yield f"{file.name.split('.')[0]} {row['question_id']}", row["answer"]


def across(data: Path, per_question: int) -> Question:
    """Return answers of all questions as one, its themes the questions they answer.

    At most `per_question` distinct answers of each, drawn with a fixed seed, of LEAST_WORDS words or more.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for question, text in answers(data):
        words = text.lower().split()
        if len(words) >= LEAST_WORDS:
            found[question].setdefault(" ".join(words), text)
    texts: list[str] = []
    themes: list[tuple[str, ...]] = []
    for question in sorted(found):
        drawn = list(found[question].values())
        random.Random(0).shuffle(drawn)
        texts += drawn[:per_question]
        themes += [(question,)] * len(drawn[:per_question])
    return Question("answers/across", tuple(texts), tuple(themes))
