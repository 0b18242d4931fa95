"""The report stage: the files of the dataset and the ledger → one page of the whole and one of each question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import duckdb
import jinja2

import pipeline
from pipeline import executor
from pipeline.config import Config
from pipeline.figures import dataset_connection
from pipeline.report import charts
from pipeline.report.contents import Report, file_name
from pipeline.report.gathering import closed_pages, gather, question_pages
from pipeline.report.languages import ENGLISH, Language, language
from pipeline.report.page import TEMPLATES, Pages
from pipeline.stage import Stage, Summary, stage_run
from pipeline.workspace import Workspace, sha256_of, write_bytes

STAGE: Final = Stage("report", reads=("dataset",), writes=("report",), revision=3)


def run(
    workspace: Workspace, config: Config, *, force: bool = False, progress: executor.Progress | None = None
) -> Summary:
    """Write WORKSPACE/report, index.html and questions/*.html, from WORKSPACE/dataset and the coverage ledger."""
    parameters = {
        "verbatims": config.report.verbatims,
        "language": config.report.language,
        "templates": {path.name: sha256_of(path) for path in sorted(TEMPLATES.iterdir()) if path.is_file()},
        "english": sha256_of(ENGLISH),
        "pictures": {path.name: sha256_of(path) for path in (charts.STYLE, charts.SHAPES)},
        "versions": {
            "doleances": pipeline.__version__,
            "duckdb": duckdb.__version__,
            "jinja2": jinja2.__version__,
        },
    }
    with stage_run(STAGE, workspace, parameters, force=force) as stage:
        if not stage.skipped:
            with dataset_connection(workspace.path / "dataset") as connection:
                spoken = language(config.report.language)
                report = gather(workspace, connection, spoken)
                written = 0
                pages = len(report.questions) + 1
                for done, (name, html) in enumerate(_pages(report, connection, spoken, config.report.verbatims), 1):
                    content = html.encode("utf-8")
                    write_bytes(content, workspace.path / "report" / name, workspace.path)
                    written += len(content)
                    if progress is not None:
                        progress(min(done, pages), pages)
            stage.summary.counts = {
                "questions": len(report.themes),
                "themes": sum(len(found.themes) for found in report.themes.values()),
                "organisations": report.organisations_total,
                "coordinated_texts": report.coordination.total,
                "pages": done,
                "bytes": written,
            }
    return stage.summary


def _pages(
    report: Report, connection: duckdb.DuckDBPyConnection, spoken: Language, verbatims: int
) -> Iterator[tuple[str, str]]:
    pages = Pages(report, spoken)
    yield "index.html", pages.index()
    for page in question_pages(report, connection, verbatims, spoken):
        yield f"questions/{file_name(page.question.question_id)}", pages.question(page)
    for closed in closed_pages(report, connection):
        yield f"questions/{file_name(closed.question.question_id)}", pages.closed(closed)
