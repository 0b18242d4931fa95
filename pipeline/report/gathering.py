"""Count and choose what the pages show, from the files of the dataset and the coverage ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, Final

import duckdb

from pipeline import ledger, storage
from pipeline.crosstabs.results import Crosstabs, QuestionCrosstabs, worth_showing
from pipeline.crosstabs.variables import AUTHOR_TYPE, PERIOD, REGION
from pipeline.evaluation.review_figures import review_figures
from pipeline.figures import organisations, rows_of, scope
from pipeline.privacy import hide
from pipeline.report.cards import Named, cards, organisations_named
from pipeline.report.contents import ClosedPage, Crossed, QuestionPage, Report
from pipeline.report.contradictions import contradictions
from pipeline.report.copies import coordinated_texts, coordination, rankings
from pipeline.report.doubts import doubts
from pipeline.report.essentials import essentials
from pipeline.report.flat_counts import flat_counts
from pipeline.report.languages import FRENCH, Language
from pipeline.report.lexicon import lexicon
from pipeline.report.method import method
from pipeline.report.places import authors, where
from pipeline.report.retrained import last_retrain
from pipeline.report.states import states
from pipeline.report.texts import room, texts
from pipeline.report.verbatims import verbatims
from pipeline.report.views import views
from pipeline.theme_figures import question_themes
from pipeline.threads import single_threaded
from pipeline.workspace import Workspace

ORGANISATIONS_SHOWN: Final = 150
ORGANISATIONS_OF_QUESTION: Final = 15
COORDINATED_OF_QUESTION: Final = 5


def gather(workspace: Workspace, connection: duckdb.DuckDBPyConnection, language: Language = FRENCH) -> Report:
    """Return what all pages share, and what the page of the whole shows."""
    manifest = workspace.manifest
    masked = bool(manifest["stages"]["dataset"].get("parameters", {}).get("mask", True))
    covered = ledger.coverage(workspace, settled=True)
    if masked:  # the reason of a line that could not be read may quote it
        rejected = tuple(replace(line, reason=hide(line.reason).text) for line in covered.rejected)
        covered = replace(covered, rejected=rejected, contradictions_listed=())  # the page has them from the dataset
    named, total = organisations(connection, ORGANISATIONS_SHOWN)
    themes = question_themes(connection)
    sent = coordination(connection)
    whole, of_question = states(connection)
    questions = storage.read_table(workspace.path / "dataset" / "questions.parquet").to_pylist()
    return Report(
        covered=covered,
        scope=scope(connection),
        questions={row["question_id"]: row for row in questions},
        states=whole,
        states_of=of_question,
        themes=themes,
        organisations=named,
        organisations_total=total,
        contradictions=contradictions(connection),
        coordination=sent,
        rankings=rankings(themes, (question_id for question_id, _, _ in sent.by_question)),
        coordinated_when=_thresholds(manifest),
        authors=authors(connection),
        where=where(connection, language=language),
        method=method(manifest, {model for found in themes.values() for model, _ in found.models}, language.code),
        topic_parameters=manifest["stages"].get("topics", {}).get("parameters", {}),
        reasons=Counter(dict(_reasons(connection)[None])),
        masked=masked,
        reviewed=review_figures(workspace),
        retrained=last_retrain(workspace),
    )


def question_pages(
    report: Report, connection: duckdb.DuckDBPyConnection, verbatims_shown: int, language: Language = FRENCH
) -> Iterator[QuestionPage]:
    """Yield the pages of the open questions, in the order of the questionnaires."""
    chosen = verbatims(connection, verbatims_shown)
    crosstabs = Crosstabs(connection)
    named = organisations_named(connection)
    reasons = _reasons(connection)
    budget = room(len(report.themes))
    for question in report.open_questions:
        question_id = question.question_id
        found = report.themes[question_id]
        quotes = {topic_id: rows for (of, topic_id), rows in chosen.items() if of == question_id}
        organisations_here, total = organisations(connection, ORGANISATIONS_OF_QUESTION, question_id=question_id)
        coordinated = coordinated_texts(connection, COORDINATED_OF_QUESTION, question_id)
        held = texts(connection, question_id, (v.answer_id for v in chain(*quotes.values())), budget)
        themes = [(theme.topic_id, theme.label) for theme in found.themes if theme.parent_id is None]
        crossed = _crossed(crosstabs.question(question_id))
        told = doubts(connection, question_id)
        words = lexicon(connection, question_id, [theme_id for theme_id, _ in themes])
        yield QuestionPage(
            question=question,
            states=report.states_of[question_id],
            found=found,
            essentials=essentials(found, coordinated, organisations_here, crossed.first),
            verbatims=quotes,
            cards=cards(words, _of_question(named, question_id), told.overlaps),
            organisations=organisations_here,
            organisations_total=total,
            coordinated=coordinated,
            doubts=told,
            texts=held,
            views=single_threaded(partial(views, found, words, language=language), held),
            crossed=crossed,
            where=where(connection, question_id, language, themes),
            reasons=reasons.get(question_id, {}),
        )


def _crossed(found: QuestionCrosstabs | None) -> Crossed:
    """Return the tables that tell most, then those of author, place and period that are not among them."""
    tables = found.tables if found is not None else ()
    first = worth_showing(tables)
    usual = (AUTHOR_TYPE, REGION, PERIOD)
    others = [table for table in tables if table.variable.key in usual and table not in first]
    return Crossed(tuple(first), tuple(others))


def closed_pages(report: Report, connection: duckdb.DuckDBPyConnection) -> Iterator[ClosedPage]:
    """Yield the pages of the closed questions that somebody answered, in the order of the questionnaires."""
    flat = flat_counts(connection)
    for question in report.covered.questions:
        if question.question_id in flat and question.question_id not in report.themes:
            yield ClosedPage(question, report.states_of[question.question_id], flat[question.question_id])


def _of_question(named: dict[tuple[str, str], tuple[Named, ...]], question_id: str) -> dict[str, tuple[Named, ...]]:
    return {topic_id: found for (of, topic_id), found in named.items() if of == question_id}


def _reasons(connection: duckdb.DuckDBPyConnection) -> dict[str | None, dict[str, int]]:
    """Return how many answers have each reason, by question_id, and over all questions under None."""
    sql = """
        SELECT question_id, reason, count(*) AS n FROM answers WHERE reason IS NOT NULL
        GROUP BY GROUPING SETS ((reason), (question_id, reason)) ORDER BY question_id, reason
    """
    found: dict[str | None, dict[str, int]] = {None: {}}
    for row in rows_of(connection, sql):
        found.setdefault(row["question_id"], {})[row["reason"]] = row["n"]
    return found


def _thresholds(manifest: dict[str, Any]) -> tuple[int, int] | None:
    settings = manifest["stages"].get("ingest", {}).get("parameters", {})
    authors, words = settings.get("coordinated_authors"), settings.get("coordinated_words")
    return None if authors is None or words is None else (int(authors), int(words))
