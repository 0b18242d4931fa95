"""What all pages share: the corpus, the state of the log, and the questions as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, TypeVar, cast

import numpy as np

from pipeline.entities.linker import register_id
from pipeline.entities.register import Register, load_register, register_files
from pipeline.nesting import ids_of_row, nested
from pipeline.review.activity import topic_ids
from pipeline.review.answers import Verdict
from pipeline.review.decisions import Decision
from pipeline.review.themes import ReviewedThemes
from pipeline.review.web.corpus import Answers, Corpus, Flags, load
from pipeline.review.web.counting import Codes, Given, QuestionView, moved, view
from pipeline.review.web.following import Follower
from pipeline.review.web.state import State
from pipeline.review.web.writing import Writer
from pipeline.workspace import Workspace

Row = dict[str, Any]
Made = TypeVar("Made")


class Site:
    """A workspace under review.

    Parameters
    ----------
    workspace : Workspace
        Its dataset is finished.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.corpus: Corpus = load(workspace)
        self.answers = Answers(self.corpus)
        self.codes = Codes(self.corpus)
        self.organisations: dict[str, Row] = _organisations(self.corpus)
        self.state = State(self.corpus.received, self.answers, frozenset(self.organisations))
        self.follower = Follower(workspace)
        self.writer = Writer(workspace)
        self.spoken: Flags = np.zeros(len(self.corpus.root), dtype=np.bool_)
        """Answers on which a person decided, by row of their original."""
        self._made_from = _stamp(workspace)
        self._bases: dict[int, Given] = {}
        self._views: dict[int, QuestionView] = {}
        self._roots: dict[int, set[str]] = {}
        self._memo: dict[str, tuple[int, Any]] = {}
        self._history: dict[str, list[Decision]] = {}
        self.refresh()

    # -- keeping up -----------------------------------------------------------------------------------------------

    @property
    def outdated(self) -> bool:
        """Whether the tables were made again since they were read."""
        return _stamp(self.workspace) != self._made_from

    def refresh(self) -> None:
        """Take in what came to the log, from here or from elsewhere."""
        news = self.follower.news()
        if news is None:
            return
        themes, verdicts = self.state.themes, self.state.verdicts
        if news.whole:
            self._history = {}
        for one in news.decisions:
            for key in self._spoken_of(one):
                self._history.setdefault(key, []).append(one)
        if news.whole:
            self.state.reset(news.decisions)
        else:
            verdicts = dict(verdicts)
            touched = self.state.extend(news.decisions)
            if self.state.themes is themes:
                for root in touched:
                    self._note(root)
                return
        self._themes_changed(themes, verdicts)

    async def write(self, decisions: Sequence[Decision]) -> None:
        """Add decisions to the log and take them in."""
        await self.writer.write(decisions)
        self.refresh()

    def _note(self, root: str) -> None:
        row = self.corpus.row_of.get(root)
        if row is None:
            return
        question = int(self.corpus.question[row])
        self._views.pop(question, None)
        here = self._roots.setdefault(question, set())
        if root in self.state.verdicts:
            here.add(root)
        else:
            here.discard(root)
        self.spoken[row] = root in self.state.verdicts

    def _themes_changed(self, before: ReviewedThemes, verdicts: Mapping[str, tuple[Verdict, ...]]) -> None:
        now = self.state.themes
        for question in self._touched(before, now):
            self._bases.pop(question, None)
            self._views.pop(question, None)
        for root in {*verdicts, *self.state.verdicts}:
            if verdicts.get(root) != self.state.verdicts.get(root):
                self._note(root)

    def _touched(self, before: ReviewedThemes, now: ReviewedThemes) -> set[int]:
        """Return the questions of which a theme, or what is in it, is another."""
        was, is_ = ({row["topic_id"]: row for row in one.rows} for one in (before, now))
        changed = {key for key in {*was, *is_} if was.get(key) != is_.get(key)}
        changed |= {key for key in {*before.moves, *now.moves} if before.now(key) != now.now(key)}
        known = {row["topic_id"]: row for row in self.corpus.topics} | was | is_
        found: set[int] = set()
        for key in changed & known.keys():
            found |= set(self._questions_of(known[key]))
        for root in {*before.parts, *now.parts}:
            if before.parts.get(root) != now.parts.get(root) and root in self.corpus.row_of:
                found.add(int(self.corpus.question[self.corpus.row_of[root]]))
        return found

    def _questions_of(self, topic: Mapping[str, Any]) -> Iterator[int]:
        for code, row in enumerate(self.corpus.questions):
            across = topic["question_id"] is None and topic["questionnaire"] == row["questionnaire"]
            if across or topic["question_id"] == row["question_id"]:
                yield code

    def _spoken_of(self, decision: Decision) -> Iterator[str]:
        target = decision.target
        if target.answer_id is not None and target.answer_id in self.corpus.row_of:
            yield self.root_id(self.corpus.row_of[target.answer_id])
        elif target.id is not None:
            yield target.id
        if decision.action in ("merge", "reparent"):
            yield from topic_ids(decision.after)

    def memo(self, name: str, make: Callable[[], Made]) -> Made:
        """Return what is made of the log as it is now, made once."""
        version, found = self._memo.get(name, (-1, None))
        if version != self.state.version:
            found = make()
            self._memo[name] = (self.state.version, found)
        return cast(Made, found)

    def warm(self) -> None:
        """Count all questions, so that the first page need not."""
        for question in self.open_questions:
            self.view(question)

    # -- what is there --------------------------------------------------------------------------------------------

    @cached_property
    def open_questions(self) -> tuple[int, ...]:
        """The questions that have an answer to be given a theme, by their place."""
        asked = np.bincount(self.corpus.question[self.corpus.readable], minlength=len(self.corpus.questions))
        return tuple(int(code) for code in np.flatnonzero(asked))

    def view(self, question: int) -> QuestionView:
        """Return the answers to a question under the themes that they have now."""
        if question not in self._views:
            if question not in self._bases:
                self._bases[question] = moved(self.corpus, self.codes, question, self.state.themes)
            verdicts = {root: self.state.verdicts[root] for root in sorted(self._roots.get(question, ()))}
            rows = self.themes_of(question)
            self._views[question] = view(self.corpus, self.codes, question, self._bases[question], verdicts, rows)
        return self._views[question]

    def themes_of(self, question: int) -> list[Row]:
        """Return the themes of a question as they are now, in no order: its own, else those of the questionnaire."""
        asked = self.corpus.questions[question]
        rows = self.state.themes.rows
        own = [row for row in rows if row["question_id"] == asked["question_id"]]
        across = (row for row in rows if row["question_id"] is None)
        return [*own, *(row for row in across if row["questionnaire"] == asked["questionnaire"])]

    def listed(self, question: int) -> list[Row]:
        """Return the themes of a question, the largest first, each followed by its sub-themes.

        Where the question has themes of its own, those of the questionnaire are left out unless an answer has them.
        """
        now = self.view(question)
        found = self.themes_of(question)
        if any(row["question_id"] is not None for row in found):
            found = [row for row in found if row["question_id"] is not None or now.size(row["topic_id"])]
        found.sort(key=lambda row: (-now.size(row["topic_id"]), row["label"], row["topic_id"]))
        return nested(found, ids_of_row)

    def question_of(self, topic: Mapping[str, Any]) -> int:
        """Return the question to show a theme in: its own, or that of its questionnaire with most answers of it."""
        return max(self._questions_of(topic), key=lambda code: self.view(code).size(topic["topic_id"]), default=0)

    def label(self, topic_id: str) -> str:
        """Return the label of a theme as it is now, or as it was."""
        row = self.state.rows.get(topic_id)
        if row is None:
            heir = self.state.themes.now(topic_id)
            row = self.state.rows.get(heir or "") if heir else None
        if row is None and topic_id in self.corpus.topic_code:
            row = self.corpus.topics[self.corpus.topic_code[topic_id]]
        return str(row["label"]) if row else topic_id

    def root_id(self, row: int) -> str:
        """Return the answer that a row is a copy of."""
        return str(self.corpus.answer_ids[int(self.corpus.root[row])].as_py())

    def themes_now(self, row: int) -> list[str]:
        """Return the themes that an answer has now, best first."""
        root = self.root_id(row)
        found = self.state.verdicts.get(root, ())
        whole = next((one for one in reversed(found) if one.whole), None)
        if whole is not None and found[-1] is whole:
            return list(whole.topic_ids)
        first = whole.topic_ids if whole else self.machine_now(row)
        return list(dict.fromkeys([*first, *(key for one in found if not one.whole for key in one.topic_ids)]))

    def machine_now(self, row: int) -> list[str]:
        """Return the themes that the machine gave an answer, moved to where people moved these."""
        parts = self.state.themes.parts.get(self.root_id(row), {})
        given = (self.state.themes.now(parts.get(key, key)) for key, _, _ in self.corpus.machine(row))
        return list(dict.fromkeys(key for key in given if key is not None))

    def verdict(self, row: int) -> Verdict | None:
        """Return the last verdict on a whole answer."""
        return next((one for one in reversed(self.state.verdicts.get(self.root_id(row), ())) if one.whole), None)

    def history(self, key: str) -> list[Decision]:
        """Return the decisions on a thing, by its id, the last one first; an answer by the one that it is a copy of."""
        return self._history.get(key, [])[::-1]


@lru_cache(maxsize=1)
def _register() -> Register:
    return load_register(register_files(None))


def _organisations(corpus: Corpus) -> dict[str, Row]:
    found = {key: {"name": row["name"], "acronym": row["acronym"]} for key, row in corpus.organisations.items()}
    for key, one in _register().organisations.items():
        found.setdefault(register_id(key), {"name": one.name, "acronym": one.acronym})
    return found


def _stamp(workspace: Workspace) -> tuple[int, int]:
    try:
        found = (workspace.path / "dataset" / "answers.parquet").stat()
    except OSError:
        return (0, 0)
    return (found.st_ino, found.st_mtime_ns)
