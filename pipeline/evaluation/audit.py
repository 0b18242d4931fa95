"""What an audit tells of the machine: error rates, precision and recall of themes, and corrected prevalences.

**Estimator.** The prevalence of a theme among the answers to a question is estimated by post-stratification on what the
machine says: W₁ p₁ + W₀ p₀, where W₁ and W₀ are the shares of all answers that the machine gave the theme and did not
(known without error), p₁ and p₀ the shares of those that people give it, from the sample with its design weights
(Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 1992, section 7.6: the regression estimator of ch. 6
with a group mean model). For a simple random sample it is Tenenbein's estimator for misclassified counts under double
sampling (JASA 65, 1970), a correction like that of Rogan and Gladen, with predictive values in place of sensitivity.
The better the machine, the narrower the interval; a worse one costs width, and no bias to speak of. Texts drawn for
certain are groups of their own.

**Intervals.** Each share has Wilson's interval (see `textometry.shares`) with the effective number of texts of its
weights (Kish, Survey Sampling, 1965) and the finite population correction; the intervals of a sum are put together by
squares (MOVER: Newcombe, Statistics in Medicine 17, 1998; Zou and Donner, ib. 27, 2008). So a theme without an error in
the sample still has an interval with a width. A group of which nothing was looked at may be anything: 0 to 1. A test
simulates the coverage; where three answers in four are copies of 2 to 300 others, the worst of 12 themes had 80 %.

Answers are looked at in random order: the first k of a sample are a sample, with weights in the same proportions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from pipeline.evaluation.intervals import Score
from pipeline.review.audit import Audit, AuditedAnswer
from pipeline.review.verdicts import Verdicts
from pipeline.textometry.shares import share_intervals

HALF: Final = 0.5
"""What an answer counts where as many people give it a theme as do not."""


@dataclass(frozen=True)
class Group:
    """A part of the population, with what was found of the texts of it that were looked at.

    Parameters
    ----------
    answers, texts : int
        How many it holds.
    values : sequence of float
        Of each text looked at, 1 if it has what is counted, 0 if not.
    weights : sequence of float
        The answers that each of them stands for.
    guess : float
        The share that is taken where none was looked at.
    """

    answers: int
    texts: int
    values: Sequence[float]
    weights: Sequence[float]
    guess: float = 0.0

    def share(self) -> tuple[float, float, float]:
        """Return the share of its answers that have it, and the limits of its interval."""
        if not self.values:
            return self.guess, 0.0, 1.0
        values, weights = np.asarray(self.values, np.float64), np.asarray(self.weights, np.float64)
        found = float(min(1.0, max(0.0, np.average(values, weights=weights))))
        looked = len(values)
        if looked >= self.texts:
            return found, found, found
        effective = float(weights.sum() ** 2 / (weights**2).sum()) / (1 - looked / self.texts)
        low, high = share_intervals(found * effective, effective)
        return found, min(found, float(low)), max(found, float(high))


@dataclass(frozen=True)
class ThemeAudit:
    """A theme of a question: its prevalence as the machine counts it and corrected, its precision and recall.

    ``texts`` of the question were looked at; the figures are None where nothing says what they are.
    """

    question_id: str
    theme_id: str
    label: str
    base: int
    answers: int
    texts: int
    corrected: Score | None = None
    precision: Score | None = None
    recall: Score | None = None

    @property
    def machine(self) -> float:
        """The share of the answers to the question that the machine gave the theme."""
        return self.answers / self.base


@dataclass(frozen=True)
class AuditFigures:
    """What one audit tells.

    ``error`` is the share of answers whose main theme is wrong: people do not give it, or give one where the machine
    gives none. ``by`` counts the texts that each person looked at, ``shared`` those that several did, ``disputed``
    those of them whose themes differ.
    """

    audit_id: str
    drawn: int
    looked: int
    population: int
    texts: int
    by: Mapping[str, int] = field(default_factory=dict)
    shared: int = 0
    disputed: int = 0
    error: Score | None = None
    themes: tuple[ThemeAudit, ...] = ()
    current: bool = True
    """Whether the themes are still those of the fit that was audited."""


def evaluate_audit(
    audit: Audit,
    verdicts: Verdicts,
    *,
    parents: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    current: bool = True,
) -> AuditFigures:
    """Return what an audit tells, from those of its answers that were looked at.

    Parameters
    ----------
    audit : Audit
    verdicts : mapping
        The topic ids that each author gives an answer, by answer_id and author (`review.audit.verdicts`). Where several
        looked at an answer, the majority counts, and one half where there is none.
    parents : mapping, optional
        The theme of each sub-theme that people made since the audit was drawn, beside those that it holds.
    labels : mapping, optional
        The labels of themes that are not in the audit.
    current : bool
        Whether the themes are still those of the fit that was audited.
    """
    whole = {**(parents or {}), **audit.parents}
    looked = [answer for answer in audit.answers if verdicts.get(answer.answer_id)]
    people = {
        answer.answer_id: {
            author: frozenset(whole.get(topic, topic) for topic in topics)
            for author, topics in verdicts[answer.answer_id].items()
        }
        for answer in looked
    }
    shared = [said for said in people.values() if len(said) > 1]
    return AuditFigures(
        audit_id=audit.audit_id,
        drawn=len(audit.answers),
        looked=len(looked),
        population=audit.population,
        texts=audit.texts,
        by=dict(sorted(Counter(author for said in people.values() for author in said).items())),
        shared=len(shared),
        disputed=sum(len(set(said.values())) > 1 for said in shared),
        error=_error(audit, looked, people, whole),
        themes=tuple(_themes(audit, looked, people, whole, labels or {})),
        current=current,
    )


def total_share(groups: Iterable[Group]) -> Score | None:
    """Return the share of answers that have something over groups that make up a population; None: nothing was seen."""
    found = [group for group in groups if group.answers]
    base = sum(group.answers for group in found)
    if not any(group.values for group in found):
        return None
    value = down = up = 0.0
    for group in found:
        weight = group.answers / base
        share, low, high = group.share()
        value += weight * share
        down += (weight * (share - low)) ** 2
        up += (weight * (high - share)) ** 2
    return _score(value, value - down**0.5, value + up**0.5)


Said = Mapping[str, Mapping[str, frozenset[str]]]


def _error(audit: Audit, looked: Sequence[AuditedAnswer], people: Said, whole: Mapping[str, str]) -> Score | None:
    def wrong(answer: AuditedAnswer) -> float:
        main = None if answer.theme_id is None else whole.get(answer.theme_id, answer.theme_id)
        return _majority(
            bool(themes) if main is None else main not in themes for themes in people[answer.answer_id].values()
        )

    heavy = _certain(audit)
    sizes = (audit.population, audit.texts)
    return total_share(_halves(sizes, audit.answers, looked, heavy, wrong))


def _themes(
    audit: Audit, looked: Sequence[AuditedAnswer], people: Said, whole: Mapping[str, str], labels: Mapping[str, str]
) -> Iterable[ThemeAudit]:
    heavy = _certain(audit)
    drawn_of, looked_of = _by_question(audit.answers), _by_question(looked)
    named = {(row.question_id, row.theme_id): row for row in audit.themes}
    given = {
        (answer.question_id, theme)
        for answer in looked
        for themes in people[answer.answer_id].values()
        for theme in themes
    }
    for question in audit.questions:
        drawn, seen = drawn_of[question.question_id], looked_of[question.question_id]
        here = sorted(theme for question_id, theme in named.keys() | given if question_id == question.question_id)
        rows = []
        for theme in here:
            row = named.get((question.question_id, theme))
            has = {
                answer.answer_id for answer in drawn if theme in {whole.get(topic, topic) for topic in answer.topics}
            }

            def true(answer: AuditedAnswer, theme: str = theme) -> float:
                return _majority(theme in themes for themes in people[answer.answer_id].values())

            sizes = (row.answers, row.texts) if row else (0, 0)
            others = (question.answers - sizes[0], question.texts - sizes[1])
            with_theme = _halves(sizes, *_of(has, drawn, seen), heavy, true, guess=1.0)
            without = _halves(others, *_of(has, drawn, seen, inside=False), heavy, true)
            rows.append(
                ThemeAudit(
                    question_id=question.question_id,
                    theme_id=theme,
                    label=row.label if row else labels.get(theme, theme),
                    base=question.answers,
                    answers=sizes[0],
                    texts=len(seen),
                    corrected=total_share([*with_theme, *without]),
                    precision=total_share(with_theme),
                    recall=_recall(with_theme, without),
                )
            )
        yield from sorted(rows, key=lambda one: (-one.answers, one.theme_id))


def _halves(
    sizes: tuple[int, int],
    drawn: Iterable[AuditedAnswer],
    looked: Iterable[AuditedAnswer],
    heavy: frozenset[int],
    value: Callable[[AuditedAnswer], float],
    guess: float = 0.0,
) -> list[Group]:
    """Return a part of the population as two groups: what was drawn for certain of it, and the rest."""
    sure = [answer for answer in drawn if answer.stratum_id in heavy]
    answers, texts = sum(answer.copies for answer in sure), len(sure)
    found = list(looked)
    groups = []
    for is_sure, of_answers, of_texts in ((True, answers, texts), (False, sizes[0] - answers, sizes[1] - texts)):
        here = [answer for answer in found if (answer.stratum_id in heavy) is is_sure]
        groups.append(
            Group(
                of_answers,
                of_texts,
                [value(answer) for answer in here],
                [answer.weight * answer.copies for answer in here],
                guess,
            )
        )
    return groups


def _recall(with_theme: Sequence[Group], without: Sequence[Group]) -> Score | None:
    """Return A / (A + B), the answers rightly given the theme among all that have it, by the squares of its limits."""
    if not any(group.values for group in (*with_theme, *without)):
        return None
    first, second = _counts(with_theme), _counts(without)

    def ratio(up: float, other: float) -> float:
        return up / (up + other) if up + other else 0.0

    if first[0] + second[0] <= 0:
        return None
    value = ratio(first[0], second[0])
    down = (value - ratio(first[1], second[0])) ** 2 + (value - ratio(first[0], second[2])) ** 2
    up = (ratio(first[2], second[0]) - value) ** 2 + (ratio(first[0], second[1]) - value) ** 2
    return _score(value, value - down**0.5, value + up**0.5)


def _counts(groups: Sequence[Group]) -> tuple[float, float, float]:
    found = total_share(groups)
    base = sum(group.answers for group in groups)
    if found is None:
        guess = sum(group.answers * group.guess for group in groups)
        return guess, 0.0, float(base)
    return base * found.value, base * found.low, base * found.high


def _majority(said: Iterable[bool]) -> float:
    votes = list(said)
    share = sum(votes) / len(votes)
    return HALF if share == HALF else float(share > HALF)


def _certain(audit: Audit) -> frozenset[int]:
    return frozenset(stratum.stratum_id for stratum in audit.strata if stratum.kind == "certain")


def _by_question(answers: Iterable[AuditedAnswer]) -> dict[str, list[AuditedAnswer]]:
    found: dict[str, list[AuditedAnswer]] = defaultdict(list)
    for answer in answers:
        found[answer.question_id].append(answer)
    return found


def _of(
    ids: set[str], drawn: Sequence[AuditedAnswer], seen: Sequence[AuditedAnswer], *, inside: bool = True
) -> tuple[list[AuditedAnswer], list[AuditedAnswer]]:
    return (
        [answer for answer in drawn if (answer.answer_id in ids) is inside],
        [answer for answer in seen if (answer.answer_id in ids) is inside],
    )


def _score(value: float, low: float, high: float) -> Score:
    return Score(*(round(min(1.0, max(0.0, one)), 4) for one in (value, low, high)))
