"""Answers with the themes that people gave them, and what of them themes can be measured on.

A gold file holds one answer a line, as JSON: ``question`` (an id or any name), ``question_text`` (may be left out),
``text`` and ``themes``, a list of names. An answer of a workspace may be named by ``answer_id`` in place of its text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from pipeline import errors
from pipeline.evaluation.texts import documents_of
from pipeline.gold_lines import read_gold_lines
from pipeline.topics.documents import Document

LEAST_ANSWERS: Final = 15
LEAST_THEMES: Final = 2
MESSAGES_JOINED: Final = "&&"
"""What joins the messages of one person in the answers of Entendre la France, which were sent as messages."""


@dataclass(frozen=True)
class GoldLine:
    """One line of a gold file, ``number`` from 1; what it does not say is empty or None."""

    number: int
    text: str
    themes: tuple[str, ...]
    question: str | None = None
    question_text: str | None = None
    answer_id: str | None = None


@dataclass(frozen=True)
class Question:
    """The answers to one question, and the themes that people gave each.

    Parameters
    ----------
    name : str
        Id or name of the question.
    texts : tuple of str, length n_answers
    themes : tuple of tuple of str, length n_answers
    least : int
        Answers that a theme must have for itself to be measured.
    """

    name: str
    texts: tuple[str, ...]
    themes: tuple[tuple[str, ...], ...]
    least: int = LEAST_ANSWERS

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The answers with their terms, read when first asked for."""
        return documents_of(self.texts)

    @cached_property
    def _with_terms(self) -> tuple[int, ...]:
        # « rien » and « RAS » hold no term: no method can read them, people gave them a theme all the same, and whoever
        # sets them apart for being empty would be paid for it.
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
        """Themes that alone have `least` answers or more, in alphabetical order; K is their number."""
        alone = Counter(self.themes[i][0] for i in self._alone)
        return tuple(sorted(theme for theme, n in alone.items() if n >= self.least))

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

    @property
    def is_measurable(self) -> bool:
        """Whether two themes or more are kept."""
        return len(self.kept) >= LEAST_THEMES


def messages(text: str) -> str:
    """Return a text with a line for each message that MESSAGES_JOINED joins."""
    return text.replace(MESSAGES_JOINED, " \n")


def questions_of(lines: Iterable[GoldLine], least: int = LEAST_ANSWERS) -> list[Question]:
    """Return the questions of gold lines, by name."""
    rows: dict[str, list[GoldLine]] = defaultdict(list)
    for line in lines:
        rows[line.question or ""].append(line)
    return [
        Question(name, tuple(line.text for line in rows[name]), tuple(line.themes for line in rows[name]), least)
        for name in sorted(rows)
    ]


def read_gold(path: Path | str, *, of_workspace: bool = False) -> list[GoldLine]:
    """Read a gold file; blank lines are skipped.

    Parameters
    ----------
    path : path
    of_workspace : bool
        Whether the answers are looked for in a workspace: a line then needs no question, and an ``answer_id`` or a
        text; else it needs a question and a text.

    Raises
    ------
    DoleancesError
        E101 or E111 when there is no file to read, E310 with the line that cannot be read.
    """
    return read_gold_lines(path, lambda number, content: _gold_line(number, content, of_workspace), "E310")


def _gold_line(number: int, content: Any, of_workspace: bool) -> GoldLine:
    if not isinstance(content, dict):
        raise ValueError("it is no object with question, text and themes")
    themes = content.get("themes")
    if not isinstance(themes, list):
        raise ValueError("themes is missing" if "themes" not in content else "themes must be a list of names")
    names = [_text(theme, "each of themes").strip() for theme in themes]
    if not all(names):
        raise ValueError("a theme of themes has no name")
    answer_id = _optional(content, "answer_id")
    question, text = _optional(content, "question"), _optional(content, "text")
    if text is None and not (of_workspace and answer_id):
        raise ValueError("text is missing" + (", and answer_id too" if of_workspace else ""))
    if question is None and not of_workspace:
        raise ValueError("question is missing")
    return GoldLine(
        number,
        messages(text or ""),
        tuple(sorted(set(names))),
        question,
        _optional(content, "question_text"),
        answer_id,
    )


def _optional(content: dict[str, Any], name: str) -> str | None:
    """Return what a line says of `name`; a number, which ids may be, is taken as it is written."""
    value = content.get(name)
    if value is None:
        return None
    if name == "text":
        return _text(value, name)
    return (str(value) if type(value) is int else _text(value, name)).strip() or None


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text, not {errors.one_line(value, 40)}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:  # a lone surrogate, "\\ud83d" in JSON, could not be written anywhere
        raise ValueError(f"{name}: character {error.start} of {value[:40]!a} is half a character") from None
    return value
