"""What `assignments` measures, and how it is told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from pipeline.evaluation.gold_answers import NotFound
from pipeline.evaluation.intervals import Score
from pipeline.evaluation.theme_matching import How

LISTED: Final = 5


@dataclass(frozen=True)
class ThemeScore:
    """One theme of people: what stands for it, and in how many answers it is, was found, and rightly so."""

    theme: str
    labels: tuple[str, ...]
    gold: int
    found: int
    correct: int
    precision: Score
    recall: Score
    f1: Score


@dataclass(frozen=True)
class Figures:
    """``ami`` is that of the main theme over answers with exactly one by people, None where they name fewer than two.

    ``sample_f1`` is the F1 of the themes of each answer, mean over answers; the others count all pairs of an answer and
    a theme.
    """

    answers: int
    unassigned: Score
    ami: Score | None
    sample_f1: Score
    precision: Score
    recall: Score
    f1: Score

    def __str__(self) -> str:
        return "\n".join(
            [
                f"unassigned {self.unassigned}",
                f"AMI        {self.ami or 'not measured: answers with one theme have fewer than two'}",
                f"sample-F1  {self.sample_f1}",
                f"precision  {self.precision}",
                f"recall     {self.recall}",
                f"F1         {self.f1}",
            ]
        )


@dataclass(frozen=True)
class QuestionAssignments:
    """The figures of one question, how its themes were matched, and those found that stand for no theme of people."""

    question_id: str
    title: str
    matching: How
    figures: Figures
    themes: tuple[ThemeScore, ...]
    unmatched: tuple[str, ...]


@dataclass(frozen=True)
class AssignmentEvaluation:
    """The figures of a workspace on a gold file. ``states`` are those of the answers that were found."""

    lines: int
    found: int
    not_found: tuple[NotFound, ...]
    states: dict[str, int]
    figures: Figures
    questions: tuple[QuestionAssignments, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain dictionaries, lists and numbers."""
        return asdict(self)

    def __str__(self) -> str:
        states = ", ".join(f"{count} {state}" for state, count in self.states.items())
        lines = [f"{self.lines} gold lines: {self.found} found ({states}), {len(self.not_found)} not found"]
        lines += [f"  line {one.line}: {one.reason}" for one in self.not_found[:LISTED]]
        if len(self.not_found) > LISTED:
            lines.append(f"  … and {len(self.not_found) - LISTED} more")
        lines += ["all questions (95 % intervals over answers)", *_indented(self.figures)]
        for one in self.questions:
            lines.append(
                f"{one.question_id} {one.title}: {one.figures.answers} answers, themes matched by {one.matching}"
            )
            lines += _indented(one.figures)
            for theme in one.themes:
                if theme.labels:
                    lines.append(f"  {theme.theme} ← {' + '.join(theme.labels)}")
                    counts = f"{theme.gold} by people, {theme.found} found, {theme.correct} right"
                    lines.append(f"    {counts}: precision {theme.precision}, recall {theme.recall}, F1 {theme.f1}")
            if missed := [f"{theme.theme} ({theme.gold})" for theme in one.themes if not theme.labels]:
                lines.append(f"  by people, and no theme stands for it: {'; '.join(missed)}")
            if one.unmatched:
                lines.append(f"  found, and stands for no theme of people: {'; '.join(one.unmatched)}")
        return "\n".join(lines)


def _indented(figures: Figures) -> list[str]:
    return [f"  {line}" for line in str(figures).splitlines()]
