"""Put the figures into the one page of the report: autoescaped, without scripts, under a strict content policy."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jinja2

from pipeline import typography, vocabulary
from pipeline.figures import Organisation, QuestionThemes, Scope
from pipeline.ledger import Coverage, QuestionCoverage
from pipeline.organisation_ids import is_local
from pipeline.report import wording
from pipeline.report.contradictions import Contradiction
from pipeline.report.copies import Coordination, RankedTheme
from pipeline.report.method import Method
from pipeline.report.verbatims import Verbatim

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
REJECTED_SHOWN: Final = 100
FILES_SHOWN: Final = 50


@dataclass(frozen=True)
class Page:
    """All that the page shows."""

    covered: Coverage
    scope: Scope
    questions: dict[str, dict[str, Any]]
    themes: dict[str, QuestionThemes]
    verbatims: dict[tuple[str, str], list[Verbatim]]
    organisations: list[Organisation]
    organisations_total: int
    contradictions: list[Contradiction]
    coordination: Coordination
    rankings: dict[str, list[RankedTheme]]
    coordinated_when: tuple[int, int] | None
    """The authors and words from which a text is coordinated, where the manifest tells them."""
    method: Method
    topic_parameters: dict[str, Any]
    reasons: Counter[str]
    masked: bool


def render(page: Page) -> str:
    """Return the HTML of the report."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": typography.number,
        "date": typography.date,
        "shown": typography.shown,
        "model": wording.model_name,
        "layout": lambda name: wording.LAYOUTS.get(name, name),
        "rank_change": wording.rank_change,
        "decimal": typography.decimal,
    }
    environment.globals |= {
        "is_local": is_local,
        "percent": typography.percent,
        "plural": typography.plural,
        "outside": wording.outside,
        "outside_meaning": wording.OUTSIDE,
        "kinds": wording.KINDS,
        "theme_groups": wording.theme_groups,
    }
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return environment.get_template("report.html.j2").render(
        page=page,
        style=style,
        style_hash=f"sha256-{digest}",
        states={name: text for name, text in wording.STATES.items() if name in page.covered.states},
        statuses=vocabulary.STATUSES,
        groups=_groups(page),
        conditions=_conditions(page),
        conditional=[question for question in page.covered.questions if question.routed is not None],
        reasons=lambda state: wording.reasons(state, page.reasons),
        origin=lambda found: wording.origin(found, page.topic_parameters),
        rejected=page.covered.rejected[:REJECTED_SHOWN],
        files=page.covered.files[:FILES_SHOWN],
    )


def _groups(page: Page) -> list[tuple[str, list[QuestionCoverage]]]:
    """Return the open questions that received answers, by questionnaire."""
    groups: dict[str, list[QuestionCoverage]] = {}
    for question in page.covered.questions:
        if question.question_id in page.themes:
            groups.setdefault(question.questionnaire, []).append(question)
    return list(groups.items())


def _conditions(page: Page) -> dict[str, str]:
    """Return the condition of each question as it is shown beside its figures."""
    found = {}
    for question_id, row in page.questions.items():
        parent = page.questions.get(row["depends_on"] or "")
        if parent is not None and row["shown_if"]:
            found[question_id] = f"posée si Q{parent['number']} = {row['shown_if']}"
        elif parent is not None:
            found[question_id] = f"posée selon la réponse à Q{parent['number']}"
    return found
