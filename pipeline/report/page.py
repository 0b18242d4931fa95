"""Put figures and words into the pages: autoescaped, self-contained, under a strict content policy."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from pipeline import typography, vocabulary
from pipeline.evaluation.intervals import Score
from pipeline.figures import DENOMINATORS, Counts
from pipeline.ledger import QuestionCoverage
from pipeline.organisation_ids import is_local
from pipeline.report import charts, crossed, quoting, wording
from pipeline.report.cards import Card, card_id
from pipeline.report.compiled import compiled
from pipeline.report.contents import ClosedPage, QuestionPage, Report, file_name
from pipeline.report.essentials import UNSTABLE
from pipeline.report.languages import Language
from pipeline.report.lighting import lit
from pipeline.report.texts import Texts
from pipeline.textometry.shares import share_intervals
from pipeline.theme_figures import Theme

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
REJECTED_SHOWN: Final = 100
FILES_SHOWN: Final = 50
FIRST_THEMES: Final = 3
"""Questions of which the page of the whole tells the first theme."""

_DECLARATIONS: Final = re.compile(r"\{[^{}]*\}")
_AROUND: Final = re.compile(r"\s*([{};:,])\s*")
STYLES: Final = (TEMPLATES / "report.css", TEMPLATES / "report_script.css", charts.STYLE)
SCRIPTS: Final = (TEMPLATES / "report.js",)


class Pages:
    """The pages of one report, as HTML.

    Parameters
    ----------
    report : Report
        What they share.
    language : Language
        The language of all words that are not quoted.
    """

    def __init__(self, report: Report, language: Language) -> None:
        self._report = report
        self._language = language
        self._environment = environment_of(language)
        self._environment.globals |= self._of_report()

    def index(self) -> str:
        """Return the page of the whole."""
        report = self._report
        return self._render(
            "index.html.j2",
            reasons=partial(wording.reasons, counts=report.reasons, language=self._language),
            link=self._link_from_index,
            groups=self._groups(),
            first_themes=list(self._first_themes()),
            rejected=report.covered.rejected[:REJECTED_SHOWN],
            files=report.covered.files[:FILES_SHOWN],
            conditional=[question for question in report.covered.questions if question.routed is not None],
            authors=report.authors,
            where=report.where,
            pictures=dict(self._pictures()),
            doubtful=list(self._doubtful()),
            event=self._event,
        )

    def question(self, page: QuestionPage) -> str:
        """Return the page of an open question."""
        themes, retrained = page.found.themes, self._report.retrained
        return self._render(
            "question.html.j2",
            page=page,
            reasons=partial(
                wording.reasons,
                counts=page.reasons,
                language=self._language,
                question_id=page.question.question_id,
            ),
            link=lambda question_id: file_name(question_id),
            labels=page.doubts.labels | {theme.topic_id: theme.label for theme in themes},
            with_card={theme.topic_id for theme in themes},
            parents={theme.parent_id for theme in themes},
            texts=_json_rows(page.texts),
            evolution=list(wording.evolution(themes, self._language)),
            changes=retrained.changes(page.question.question_id) if retrained is not None else [],
            learned=retrained.learned(page.question.question_id) if retrained is not None else None,
            moves=retrained.moves(page.question.question_id) if retrained is not None else [],
            event=self._event,
            views=page.views,
            crossed=page.crossed,
            where=page.where,
        )

    def closed(self, page: ClosedPage) -> str:
        """Return the page of a closed question."""
        return self._render(
            "closed.html.j2", page=page, reasons=lambda state: "", link=lambda key: file_name(key), **self._plain_style
        )

    def _render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(**values)

    @cached_property
    def _plain_style(self) -> dict[str, str]:
        """The style of a page without pictures."""
        style = _without_blanks(_joined(path for path in STYLES if path != charts.STYLE))
        return {"style": style, "style_hash": _hash(style)}

    def _event(self, name: str) -> str:
        return self._language.translate(wording.EVENTS[name])

    def _link_from_index(self, question_id: str) -> str:
        return f"questions/{file_name(question_id)}"

    def _of_report(self) -> dict[str, Any]:
        report = self._report
        return {
            "report": report,
            "conditions": self._conditions,
            "states": {
                state: (self._language.translate(name), self._language.translate(meaning))
                for state, (name, meaning) in wording.STATES.items()
                if state in report.covered.states
            },
            "origin": lambda found: wording.origin(found, report.topic_parameters, self._language),
        }

    @cached_property
    def _conditions(self) -> dict[str, Markup]:
        """The condition of each question as it is shown beside its figures."""
        questions, translate = self._report.questions, self._language.translate
        found = {}
        for question_id, row in questions.items():
            parent = questions.get(row["depends_on"] or "")
            if parent is not None and row["shown_if"]:
                answer = quoting.apart(row["shown_if"], self._language)
                said = Markup(translate("posée si Q%(number)s = %(answer)s"))
                found[question_id] = said % {"number": parent["number"], "answer": answer}
            elif parent is not None:
                said = Markup(translate("posée selon la réponse à Q%(number)s"))
                found[question_id] = said % {"number": parent["number"]}
        return found

    def _groups(self) -> list[tuple[str, list[QuestionCoverage]]]:
        """Return the questions that have a page, by questionnaire."""
        groups: dict[str, list[QuestionCoverage]] = {}
        for question in self._report.covered.questions:
            if question.question_id in self._report.themes or question.states.get("closed"):
                groups.setdefault(question.questionnaire, []).append(question)
        return list(groups.items())

    def _first_themes(self) -> Iterator[tuple[QuestionCoverage, Theme]]:
        """Yield the questions answered most, in their order, with the theme that is most frequent in each."""
        themes = self._report.themes
        most = sorted(
            self._report.open_questions, key=lambda question: -themes[question.question_id].base.contributions
        )
        chosen = {question.question_id for question in most[:FIRST_THEMES]}
        for question in self._report.open_questions:
            found = themes[question.question_id].themes
            if question.question_id in chosen and found:
                yield question, found[0]

    def _pictures(self) -> Iterator[tuple[str, Markup]]:
        """Yield the treemap of the questions by denominator."""
        themes, questions = self._report.themes, self._report.open_questions
        for name in DENOMINATORS if len(questions) > 1 else ():
            tiles = tuple(
                charts.Tile(
                    f"Q{question.number}. {question.title}",
                    getattr(themes[question.question_id].base, name),
                    self._link_from_index(question.question_id),
                )
                for question in questions
            )
            whole = sum(tile.count for tile in tiles)
            picture = charts.Treemap(self._language.say("Questions"), tiles, whole, self._language)
            yield name, charts.treemap(picture)

    def _doubtful(self) -> Iterator[tuple[QuestionCoverage, Counts, int]]:
        """Yield the questions with answers without a theme, or themes that are not stable."""
        for question in self._report.open_questions:
            found = self._report.themes[question.question_id]
            without = self._report.states_of[question.question_id].get("unassigned", Counts())
            unstable = sum(theme.stability is not None and theme.stability < UNSTABLE for theme in found.themes)
            if without.contributions or unstable:
                yield question, without, unstable


def environment_of(language: Language) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=compiled(language.code),
    )
    translate = language.translate
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translate, lambda one, many, n: translate(one if n < 2 else many), newstyle=True
    )
    environment.filters |= {
        "number": language.number,
        "date": language.date,
        "shown": typography.shown,
        "translated": translate,
        "told": lambda cell: translate(cell) if isinstance(cell, str) else language.number(cell),
        "layout": lambda name: (
            translate(wording.LAYOUTS[name]) if name in wording.LAYOUTS else quoting.apart(name, language)
        ),
        "rank_change": wording.rank_change,
        "decimal": language.decimal,
        "named": lambda text, name: wording.figure(name, text),
        "strong": lambda text: Markup("<strong>{}</strong>").format(text),
        "linked": lambda text, address: Markup('<a href="{}">{}</a>').format(address, text),
    }
    style, script = _without_blanks(_joined(STYLES)), _joined(SCRIPTS)
    environment.globals |= {
        "lang": language.code,
        "style": style,
        "style_hash": _hash(style),
        "script": script,
        "script_hash": _hash(script),
        "number": language.number,
        "decimal": language.decimal,
        "date": language.date,
        "percent": language.percent,
        "plural": language.plural,
        "percent_of": language.share,
        "ordinal": language.ordinal,
        "share": lambda part, base: "–" if part is None or not base else language.percent(part, base),
        "interval": partial(_interval, language),
        "scored": partial(_scored, language),
        "coefficient": partial(_coefficient, language),
        "rank_change": wording.rank_change,
        "lit": lit,
        "is_local": is_local,
        "card_id": card_id,
        "map_letters": charts.MAP_LETTERS,
        "file_name": file_name,
        "outside": partial(wording.outside, language=language),
        "outside_meaning": {translate(name): translate(meaning) for name, meaning in wording.OUTSIDE.items()},
        "kinds": {kind: (translate(name), translate(why)) for kind, (name, why) in wording.KINDS.items()},
        "theme_groups": partial(wording.theme_groups, language=language),
        "status_of": partial(wording.status_of, language=language),
        "statuses": {status: translate(name) for status, name in vocabulary.STATUSES.items()},
        "denominators": {key: translate(name) for key, name in wording.DENOMINATORS.items()},
        "title_of": partial(crossed.title_of, language=language),
        "label_of": partial(crossed.label_of, language=language),
        "is_received": crossed.is_received,
        "units": wording.UNITS,
        "nothing": Counts(),
        "no_card": Card(),
        "id": None,
    }
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    quoting.install(environment, language)
    return environment


def _joined(paths: Iterable[Path]) -> str:
    """Return files one after the other, without what every page would hold for nothing: indents, blanks, comments."""
    lines = (line.strip() for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _without_blanks(style: str) -> str:
    return _DECLARATIONS.sub(lambda block: _AROUND.sub(r"\1", block[0]), style)


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


def _interval(language: Language, part: int, base: int) -> str:
    """Return « 11,2 à 13,9 % », the interval of Wilson (1927) of a share at 95 %; nothing where there is no base."""
    if not base:
        return ""
    low, high = (language.decimal(100 * float(side), 1) for side in share_intervals(part, base))
    return language.say("%(low)s à %(high)s %%", low=low, high=high)


def _scored(language: Language, score: Score | None) -> str:
    """Return « 12,5 % (9,8 à 15,9 %) », a share and its interval; a dash where it is not known."""
    if score is None:
        return "–"
    value, low, high = (language.decimal(100 * one, 1) for one in (score.value, score.low, score.high))
    return language.say("%(value)s %% (%(low)s à %(high)s %%)", value=value, low=low, high=high)


def _coefficient(language: Language, score: Score | None) -> str:
    """Return « 0,62 (0,48 à 0,75) », a coefficient and its interval; a dash where it is not defined."""
    if score is None:
        return "–"
    value, low, high = (language.decimal(one) for one in (score.value, score.low, score.high))
    return language.say("%(value)s (%(low)s à %(high)s)", value=value, low=low, high=high)


def _json_rows(texts: Texts) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Return the texts as the script reads them: id, text, themes, where it comes from."""
    return [
        (text.answer_id, text.text, text.topics, ", ".join(filter(None, (text.reference, text.departement))))
        for text in texts.held
    ]
