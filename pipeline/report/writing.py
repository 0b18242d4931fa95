"""Make the pages of a report and write them, one at a time."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from pipeline import executor
from pipeline.config import Config
from pipeline.figures import dataset_connection
from pipeline.report.contents import Report, file_name
from pipeline.report.fitting import SIZE, fitted
from pipeline.report.gathering import closed_pages, gather, question_pages
from pipeline.report.languages import Language, language
from pipeline.report.page import Pages
from pipeline.workspace import Workspace, write_bytes


def write_report(workspace: Workspace, config: Config, progress: executor.Progress | None) -> dict[str, int]:
    """Write index.html and questions/*.html, and return what was counted."""
    with dataset_connection(workspace.path / "dataset") as connection:
        spoken = language(config.report.language)
        report = gather(workspace, connection, spoken)
        written = 0
        pages = len(report.questions) + 1
        for done, (name, content) in enumerate(_pages(report, connection, spoken, config.report.verbatims), 1):
            write_bytes(content, workspace.path / "report" / name, workspace.path)
            written += len(content)
            if progress is not None:
                progress(min(done, pages), pages)
    return {
        "questions": len(report.themes),
        "themes": sum(len(found.themes) for found in report.themes.values()),
        "organisations": report.organisations_total,
        "coordinated_texts": report.coordination.total,
        "pages": done,
        "bytes": written,
    }


def _pages(
    report: Report, connection: duckdb.DuckDBPyConnection, spoken: Language, verbatims: int
) -> Iterator[tuple[str, bytes]]:
    """Yield the pages, those last that can be made smaller: each has its part of the bytes that are left."""
    pages = Pages(report, spoken)
    left = SIZE
    for name, html in _of_one_size(pages, report, connection):
        left -= len(html)
        yield name, html
    steps = 0
    for done, page in enumerate(question_pages(report, connection, verbatims, spoken)):
        html, steps = fitted(page, pages.question, left // (len(report.open_questions) - done), steps)
        left -= len(html)
        yield f"questions/{file_name(page.question.question_id)}", html


def _of_one_size(pages: Pages, report: Report, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, bytes]]:
    yield "index.html", pages.index().encode("utf-8")
    for closed in closed_pages(report, connection):
        yield f"questions/{file_name(closed.question.question_id)}", pages.closed(closed).encode("utf-8")
