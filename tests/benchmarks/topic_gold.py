"""Answers with themes that people gave, and answers of many questions, as documents.

DATA/gold_themes/entendre_la_france.jsonl holds question, text and themes; DATA/gold_themes/grande_annotation.jsonl
question, text and the number of volunteers who gave each tag, of which those given twice or more are the themes.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

from pipeline import language
from pipeline.topics.documents import Document, document

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

LEAST_ANSWERS: Final = 15
LEAST_THEMES: Final = 2
LEAST_VOTES: Final = 2
LEAST_WORDS: Final = 5


@dataclass(frozen=True)
class Question:
    """The answers to one question, and the themes that people gave each.

    Parameters
    ----------
    corpus, name : str
        « entendre » and « FI8 », say.
    texts : tuple of str, length n_answers
    themes : tuple of tuple of str, length n_answers
    """

    corpus: str
    name: str
    texts: tuple[str, ...]
    themes: tuple[tuple[str, ...], ...]

    @property
    def key(self) -> str:
        return f"{self.corpus}/{self.name}"

    @property
    def split(self) -> str:
        return "tuned" if self.key in TUNED else "reported"

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The answers with their terms, read when first asked for."""
        return documents_of(self.texts)

    @cached_property
    def _with_terms(self) -> tuple[int, ...]:
        # « rien » and « RAS » hold no term: no method can read them, volunteers gave them a theme (two thirds of
        # grande/DC13), and whoever sets them apart for being empty would be paid for it.
        return tuple(i for i, document in enumerate(self.documents) if document.terms)

    @cached_property
    def _alone(self) -> tuple[int, ...]:
        return tuple(i for i in self._with_terms if len(self.themes[i]) == 1)

    @property
    def without_terms(self) -> int:
        """How many answers with one theme are left out because they hold no term."""
        return sum(len(found) == 1 for found in self.themes) - len(self._alone)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """Themes that alone have LEAST_ANSWERS answers or more, in alphabetical order; K is their number."""
        alone = Counter(self.themes[i][0] for i in self._alone)
        return tuple(sorted(theme for theme, n in alone.items() if n >= LEAST_ANSWERS))

    @cached_property
    def single(self) -> tuple[int, ...]:
        """Places of the answers whose one theme is among `kept`."""
        return tuple(i for i in self._alone if self.themes[i][0] in self.kept)

    @cached_property
    def several(self) -> tuple[int, ...]:
        """Places of the answers with two or more themes among `kept`."""
        return tuple(i for i in self._with_terms if len(set(self.themes[i]) & set(self.kept)) >= 2)

    @cached_property
    def gold(self) -> list[int]:
        """Place in `kept` of the theme of each answer of `single`."""
        place = {theme: i for i, theme in enumerate(self.kept)}
        return [place[self.themes[i][0]] for i in self.single]


def documents_of(texts: Sequence[str]) -> tuple[Document, ...]:
    """Return the documents of texts."""
    return tuple(document(text, tokens) for text, tokens in zip(texts, language.tokens_of(texts), strict=True))


def read_gold(data: Path) -> list[Question]:
    """Return the questions with LEAST_THEMES kept themes or more, by corpus and name."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    themes: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for corpus, file in FILES.items():
        for line in (data / "gold_themes" / file).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            key = (corpus, row["question"])
            texts[key].append(row["text"].replace("&&", " \n"))  # "&&" joins messages of one person
            votes = row.get("tag_votes") or dict.fromkeys(row.get("themes", ()), LEAST_VOTES)
            themes[key].append(tuple(sorted(theme for theme, n in votes.items() if n >= LEAST_VOTES)))
    found = [Question(*key, tuple(texts[key]), tuple(themes[key])) for key in sorted(texts)]
    return [question for question in found if len(question.kept) >= LEAST_THEMES]


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
    return Question("answers", "across", tuple(texts), tuple(themes))


def cut(whole: Document, starts: Sequence[int]) -> list[Document]:
    """Return the parts of a document that begin at `starts` (places in its text, in order), those with a term."""
    bounds = [0, *starts[1:], len(whole.text)]
    parts = []
    for start, end in pairwise(bounds):
        inside = [i for i, place in enumerate(whole.starts) if start <= place < end]
        if inside:
            parts.append(
                Document(
                    whole.text[start:end],
                    tuple(whole.terms[i] for i in inside),
                    tuple(whole.starts[i] - start for i in inside),
                    tuple(whole.ends[i] - start for i in inside),
                )
            )
    return parts
