"""The files of annotation tasks: one a question, for a question has its own themes, and what to do with them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Final

from pipeline.typography import number, typeset

_SAFE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WAITING: Final = 2_000
"""Lines that are held before they are written: there may be more questions than files that can be open."""

_WORDS: Final = {
    "copy": "copies mot pour mot d’une autre réponse",
    "uninformative": "réponses qui ne disent rien (« RAS », « sans avis »)",
    "off_language": "réponses dans une autre langue",
    "duplicate": "réponses répétées par la même personne",
    "closed": "réponses à des questions fermées",
    "empty": "cases vides",
    "trashed": "réponses modérées",
    "rejected": "réponses illisibles",
    "overlapping": "mentions recouvertes par une autre, plus longue",
}


class QuestionFiles:
    """Files named by question, written little by little.

    Parameters
    ----------
    folder : Path
        Where they go.
    suffix : str
        The end of their names.
    opening, between, closing : str
        What stands before the first line of a file, between two lines, and after the last.
    """

    def __init__(self, folder: Path, suffix: str, opening: str = "", between: str = "\n", closing: str = "\n") -> None:
        self._folder, self._suffix = folder, suffix
        self._opening, self._between, self._closing = opening, between, closing
        self._waiting: dict[str, list[str]] = {}
        self._count = 0
        self._names: dict[str, str] = {}
        self._begun: set[str] = set()

    def name(self, question_id: str) -> str:
        """Return the name of the files of a question, without a suffix: never what data could turn into a path."""
        if question_id not in self._names:
            safe = _SAFE.fullmatch(question_id)
            self._names[question_id] = question_id if safe else f"question-{len(self._names) + 1}"
        return self._names[question_id]

    def add(self, question_id: str, line: str) -> None:
        """Add a line to the file of a question."""
        self._waiting.setdefault(question_id, []).append(line)
        self._count += 1
        if self._count >= _WAITING:
            self._flush()

    def close(self) -> list[str]:
        """Finish all files, and return the questions that have one, in the order in which they were met."""
        self._flush()
        for question_id in self._names:
            with self._path(question_id).open("a", encoding="utf-8", newline="") as file:
                file.write(self._closing)
        return list(self._names)

    def _path(self, question_id: str) -> Path:
        return self._folder / f"{self.name(question_id)}{self._suffix}"

    def _flush(self) -> None:
        for question_id, lines in self._waiting.items():
            with self._path(question_id).open("a", encoding="utf-8", newline="") as file:
                file.write(self._between if question_id in self._begun else self._opening)
                file.write(self._between.join(lines))
            self._begun.add(question_id)
        self._waiting, self._count = {}, 0


def read_me(folder: Path, title: str, body: str, tasks: int, left_out: Counter[str]) -> None:
    """Write LISEZ-MOI.md: what the files are, how to use them, and what is not in them."""
    lines = [f"# {title}", "", body.strip(), "", f"{number(tasks)} réponses à relire."]
    missing = [f"- {number(left_out[key])} {words}" for key, words in _WORDS.items() if left_out[key]]
    if missing:
        lines += ["", "N’y sont pas :", "", *missing]
    (folder / "LISEZ-MOI.md").write_text(_typeset("\n".join(lines)) + "\n", encoding="utf-8")


def _typeset(text: str) -> str:
    """Return French text with its no-break spaces; what stands between backquotes is left as it is."""
    parts = text.split("`")
    for place in range(0, len(parts), 2):
        parts[place] = typeset(parts[place])
    return "`".join(parts)
