"""What the pages of a report show: of the whole, and of one question."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.crosstabs.results import Crosstab
from pipeline.evaluation.review_figures import ReviewFigures
from pipeline.figures import Counts, Organisation, Scope
from pipeline.ledger import Coverage, QuestionCoverage
from pipeline.report.cards import Card
from pipeline.report.contradictions import Contradiction
from pipeline.report.copies import CoordinatedText, Coordination, RankedTheme
from pipeline.report.doubts import Doubts
from pipeline.report.essentials import Essentials
from pipeline.report.flat_counts import FlatCounts
from pipeline.report.method import Method
from pipeline.report.places import Where
from pipeline.report.retrained import Retrain
from pipeline.report.texts import Texts
from pipeline.report.verbatims import Verbatim
from pipeline.report.views import Views
from pipeline.theme_figures import QuestionThemes

_FILE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


@dataclass(frozen=True)
class Report:
    """What all pages share, and what the page of the whole shows."""

    covered: Coverage
    scope: Scope
    questions: dict[str, dict[str, Any]]
    states: dict[str, Counts]
    states_of: dict[str, dict[str, Counts]]
    themes: dict[str, QuestionThemes]
    organisations: list[Organisation]
    organisations_total: int
    contradictions: list[Contradiction]
    coordination: Coordination
    rankings: dict[str, list[RankedTheme]]
    coordinated_when: tuple[int, int] | None
    """The authors and words from which a text is coordinated, where the manifest tells them."""
    authors: list[tuple[str | None, Counts]]
    where: Where
    method: Method
    topic_parameters: dict[str, Any]
    reasons: Counter[str]
    masked: bool
    reviewed: ReviewFigures = field(default_factory=ReviewFigures)
    retrained: Retrain | None = None
    """What the last retrain changed, where its model is the current one."""

    @property
    def open_questions(self) -> list[QuestionCoverage]:
        """The questions whose answers could be given a theme, in the order of the questionnaires."""
        return [question for question in self.covered.questions if question.question_id in self.themes]


@dataclass(frozen=True)
class Crossed:
    """The cross-tabulations of a question that its page shows: those that tell most, then the usual ones."""

    first: tuple[Crosstab, ...]
    others: tuple[Crosstab, ...]


@dataclass(frozen=True)
class QuestionPage:
    """What the page of one open question shows."""

    question: QuestionCoverage
    states: dict[str, Counts]
    found: QuestionThemes
    essentials: Essentials
    verbatims: Mapping[str, list[Verbatim]]
    cards: Mapping[str, Card]
    organisations: list[Organisation]
    organisations_total: int
    coordinated: tuple[CoordinatedText, ...]
    doubts: Doubts
    texts: Texts
    reasons: Mapping[str, int]
    views: Views
    crossed: Crossed
    where: Where
    left_out: tuple[str, ...] = ()
    """What would make the page too large, as it says itself."""

    @property
    def unassigned(self) -> Counts:
        """The answers without a theme."""
        return self.states.get("unassigned", Counts())


@dataclass(frozen=True)
class ClosedPage:
    """What the page of one closed question shows: its tri à plat."""

    question: QuestionCoverage
    states: dict[str, Counts]
    flat: FlatCounts


def file_name(question_id: str) -> str:
    """Return the name of the page of a question; an id that a file system could take amiss is told by its hash."""
    safe = _FILE.fullmatch(question_id) is not None
    return f"{question_id if safe else 'q-' + hashlib.sha256(question_id.encode()).hexdigest()[:16]}.html"
