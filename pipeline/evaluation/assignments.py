"""How well the themes that answers have in a finished workspace follow those that people gave them.

Themes belong to a question, so they are matched and measured inside one; what is told of all questions sums their
answers, but for AMI, which is their mean. Intervals are 95 %, over answers drawn again inside each question, the
matching of themes kept as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from pipeline import errors, storage
from pipeline.evaluation.assignment_figures import AssignmentEvaluation, Figures, QuestionAssignments, ThemeScore
from pipeline.evaluation.gold_answers import LabelledAnswer, find_answers
from pipeline.evaluation.intervals import (
    Floats,
    normal_score,
    percentile_scores,
    precision_recall_f1,
    resamples,
    standard_error,
)
from pipeline.evaluation.theme_matching import UNMATCHED, How, Matching, Topic, match_themes
from pipeline.evaluation.topic_gold import read_gold
from pipeline.evaluation.topic_measures import AGREEMENT, answer_f1
from pipeline.stage import stale_stages
from pipeline.topics.codebook import fold
from pipeline.workspace import Workspace

_SUMMED: Final = 5
"""Columns that are summed over questions: gold, found and right themes, F1 of answers, unassigned."""


def evaluate_assignments(
    gold_path: Path | str, workspace: Workspace, *, how: How | None = None, seed: int = 0
) -> AssignmentEvaluation:
    """Compare the themes of the dataset of a workspace with those of a gold file.

    Parameters
    ----------
    gold_path : path
        See `pipeline.evaluation.topic_gold`; `gold_answers.find_answers` says how lines are found.
    workspace : Workspace
        One that has run up to the dataset.
    how : {"labels", "best"}, optional
        How themes are matched, in each question: `theme_matching.match_themes`.
    seed : int
        Of the bootstrap.

    Raises
    ------
    DoleancesError
        E101, E111 or E310 when the file cannot be read, E202 when the dataset is not up to date, E313 when no line is
        an answer of the workspace.
    """
    lines = read_gold(gold_path, of_workspace=True)
    if "dataset" in stale_stages(workspace):
        raise errors.usage("E202", stage="evaluate", needs="dataset", path=workspace.path)
    found, missing = find_answers(workspace, lines)
    if not found:
        first = missing[0]
        raise errors.usage(
            "E313", path=gold_path, line=first.line, detail=first.reason, count=len(lines), workspace=workspace.path
        )
    by_question: dict[str, list[LabelledAnswer]] = defaultdict(list)
    for answer in found:
        by_question[answer.question_id].append(answer)
    questions = [row for row in workspace.read("questions").to_pylist() if row["question_id"] in by_question]
    topics = _topics(workspace)
    measured = []
    for place, row in enumerate(questions):
        answers = by_question[row["question_id"]]
        measured.append(_Measured(row["question_id"], row["title"], answers, topics, how, (seed, place)))
    whole = _figures(
        len(found),
        np.sum([one.sums for one in measured], axis=0),
        np.sum([one.resampled for one in measured], axis=0),
        [one.ami for one in measured if one.ami is not None],
    )
    states = dict(Counter(answer.state for answer in found).most_common())
    return AssignmentEvaluation(
        len(lines), len(found), tuple(missing), states, whole, tuple(one.told() for one in measured)
    )


def _topics(workspace: Workspace) -> dict[str, tuple[Topic, str | None]]:
    """Return the themes of the dataset with the question that they belong to, by id."""
    rows = storage.read_table(
        workspace.path / "dataset" / "topics.parquet", columns=["topic_id", "label", "parent_id", "question_id"]
    ).to_pylist()
    return {
        row["topic_id"]: (Topic(row["topic_id"], row["label"], row["parent_id"]), row["question_id"]) for row in rows
    }


class _Measured:
    """The answers to one question as numbers: a row an answer, and columns that resamples sum."""

    def __init__(
        self,
        question_id: str,
        title: str,
        answers: Sequence[LabelledAnswer],
        topics: dict[str, tuple[Topic, str | None]],
        how: How | None,
        seed: tuple[int, int],
    ) -> None:
        self.question_id, self.title, self.answers = question_id, title, answers
        gold = _gold(answers)
        used = {key for answer in answers for key in answer.topics}
        used |= {topics[key][0].parent_id or key for key in used}
        self.topics = [topic for key, (topic, of) in topics.items() if of == question_id or key in used]
        pairs = [(answer.topics, themes) for answer, themes in zip(answers, gold, strict=True)]
        self.matching = match_themes(self.topics, pairs, how)
        given = [self.matching.given(found, themes) for found, themes in pairs]
        counts = Counter(theme for themes in gold for theme in themes)
        self.names = sorted(counts, key=lambda name: (-counts[name], name))
        self.unmatched = self._unmatched(given)
        columns = _columns(gold, given, self.names, answers)
        self.everything = columns.sum(axis=0)
        resampled = np.array(
            [np.bincount(places, minlength=len(answers)) @ columns for places in resamples(len(answers), seed)]
        )
        self.sums, self.resampled = self.everything[:_SUMMED], resampled[:, :_SUMMED]
        self._by_theme = resampled[:, _SUMMED:]
        self.ami = _ami(answers, gold, self.matching, seed)

    def _unmatched(self, given: Sequence[frozenset[str]]) -> tuple[str, ...]:
        labels = {f"{UNMATCHED}{topic.topic_id}": topic.label for topic in self.topics}
        wrong = Counter(name for names in given for name in names - set(self.names))
        return tuple(f"{labels[name]} ({count})" for name, count in sorted(wrong.items(), key=lambda p: (-p[1], p[0])))

    def told(self) -> QuestionAssignments:
        """Return the figures."""
        labels: dict[str, list[str]] = defaultdict(list)
        for topic in self.topics:
            if topic.topic_id in self.matching.theme_of:
                labels[self.matching.theme_of[topic.topic_id]].append(topic.label)
        n = len(self.names)
        counts = self.everything[_SUMMED:].reshape(n, 3)
        drawn = precision_recall_f1(self._by_theme.reshape(-1, 3)).reshape(len(self._by_theme), 3 * n)
        scores = percentile_scores(precision_recall_f1(counts).reshape(-1), drawn)
        themes = []
        for i, name in enumerate(self.names):
            gold, found, correct = map(int, counts[i])
            precision, recall, f1 = scores[3 * i : 3 * i + 3]
            themes.append(ThemeScore(name, tuple(labels[name]), gold, found, correct, precision, recall, f1))
        figures = _figures(len(self.answers), self.sums, self.resampled, [self.ami] if self.ami else [])
        return QuestionAssignments(
            self.question_id, self.title, self.matching.how, figures, tuple(themes), self.unmatched
        )


def _gold(answers: Sequence[LabelledAnswer]) -> list[frozenset[str]]:
    """Return the themes that people gave each answer, one name where several differ by case or accents alone."""
    names = sorted({theme for answer in answers for theme in answer.line.themes}, reverse=True)
    one = {fold(name): name for name in names}
    return [frozenset(one[fold(theme)] for theme in answer.line.themes) for answer in answers]


def _columns(
    gold: Sequence[frozenset[str]],
    given: Sequence[frozenset[str]],
    names: Sequence[str],
    answers: Sequence[LabelledAnswer],
) -> Floats:
    """Return, for each answer, what is summed: over all themes, then gold, found and right for each theme."""
    rows = []
    scores = answer_f1(given, gold)
    for themes, found, score, answer in zip(gold, given, scores, answers, strict=True):
        row = [len(themes), len(found), len(themes & found), score, not answer.topics]
        for name in names:
            row += [name in themes, name in found, name in themes and name in found]
        rows.append(row)
    return np.asarray(rows, dtype=np.float64)


def _ami(
    answers: Sequence[LabelledAnswer], gold: Sequence[frozenset[str]], matching: Matching, seed: tuple[int, int]
) -> tuple[float, float] | None:
    """Return the AMI of the main theme and its standard error, over the answers to which people gave exactly one."""
    single = [(next(iter(one)), matching.group(a.main)) for a, one in zip(answers, gold, strict=True) if len(one) == 1]
    if len({theme for theme, _ in single}) < 2:
        return None
    themes, groups = (np.unique(column, return_inverse=True)[1] for column in zip(*single, strict=True))
    measure = AGREEMENT["AMI"]
    error = standard_error(lambda places: float(measure(themes[places], groups[places])), len(single), seed)
    return float(measure(themes, groups)), error


def _figures(n: int, sums: Floats, resampled: Floats, amis: Sequence[tuple[float, float]]) -> Figures:
    def shares(rows: Floats) -> Floats:
        return np.column_stack([rows[:, 4] / n, rows[:, 3] / n, precision_recall_f1(rows)])

    unassigned, sample_f1, precision, recall, f1 = percentile_scores(shares(sums[None, :])[0], shares(resampled))
    ami = None
    if amis:
        errors_of = np.asarray([error for _, error in amis])
        ami = normal_score(
            float(np.mean([value for value, _ in amis])), float(np.sqrt((errors_of**2).sum()) / len(amis))
        )
    return Figures(n, unassigned, ami, sample_f1, precision, recall, f1)
