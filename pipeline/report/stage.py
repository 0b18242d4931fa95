"""The report stage: the files of the dataset and the ledger → one HTML page."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any, Final

import duckdb
import jinja2

import pipeline
from pipeline import executor, ledger, storage
from pipeline.config import Config
from pipeline.figures import dataset_connection, organisations, question_themes, scope
from pipeline.privacy import hide
from pipeline.report.contradictions import contradictions
from pipeline.report.copies import coordination, rankings
from pipeline.report.method import method
from pipeline.report.page import TEMPLATES, Page, render
from pipeline.report.verbatims import verbatims
from pipeline.stage import Stage, Summary, stage_run
from pipeline.workspace import Workspace, sha256_of, write_bytes

STAGE: Final = Stage("report", reads=("dataset",), writes=("report",), revision=2)

ORGANISATIONS_SHOWN: Final = 150


def run(
    workspace: Workspace, config: Config, *, force: bool = False, progress: executor.Progress | None = None
) -> Summary:
    """Write WORKSPACE/report/index.html from WORKSPACE/dataset and the coverage ledger."""
    parameters = {
        "verbatims": config.report.verbatims,
        "language": config.report.language,
        "templates": {path.name: sha256_of(path) for path in sorted(TEMPLATES.iterdir()) if path.is_file()},
        "versions": {
            "doleances": pipeline.__version__,
            "duckdb": duckdb.__version__,
            "jinja2": jinja2.__version__,
        },
    }
    with stage_run(STAGE, workspace, parameters, force=force) as stage:
        if not stage.skipped:
            page = gather(workspace, config.report.verbatims)
            html = render(page).encode("utf-8")
            write_bytes(html, workspace.path / "report" / "index.html", workspace.path)
            stage.summary.counts = {
                "questions": len(page.themes),
                "themes": sum(len(found.themes) for found in page.themes.values()),
                "organisations": page.organisations_total,
                "coordinated_texts": page.coordination.total,
                "verbatims": sum(len(found) for found in page.verbatims.values()),
                "bytes": len(html),
            }
            if progress is not None:
                progress(1, 1)
    return stage.summary


def gather(workspace: Workspace, verbatims_shown: int) -> Page:
    """Count and choose all that the page shows."""
    folder = workspace.path / "dataset"
    manifest = workspace.manifest
    masked = bool(manifest["stages"]["dataset"].get("parameters", {}).get("mask", True))
    covered = ledger.coverage(workspace, settled=True)
    if masked:  # the reason of a line that could not be read may quote it
        rejected = tuple(replace(line, reason=hide(line.reason).text) for line in covered.rejected)
        covered = replace(covered, rejected=rejected, contradictions_listed=())  # the page has them from the dataset
    with dataset_connection(folder) as connection:
        named, total = organisations(connection, ORGANISATIONS_SHOWN)
        themes = question_themes(connection)
        return Page(
            covered=covered,
            scope=scope(connection),
            questions={row["question_id"]: row for row in storage.read_table(folder / "questions.parquet").to_pylist()},
            themes=themes,
            verbatims=verbatims(connection, verbatims_shown),
            organisations=named,
            organisations_total=total,
            contradictions=contradictions(connection),
            coordination=coordination(connection),
            rankings=rankings(connection),
            coordinated_when=_thresholds(manifest),
            method=method(manifest, {model for found in themes.values() for model, _ in found.models}),
            topic_parameters=manifest["stages"].get("topics", {}).get("parameters", {}),
            reasons=Counter(
                dict(
                    connection.execute(
                        "SELECT reason, count(*) FROM answers WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason"
                    ).fetchall()
                )
            ),
            masked=masked,
        )


def _thresholds(manifest: dict[str, Any]) -> tuple[int, int] | None:
    settings = manifest["stages"].get("ingest", {}).get("parameters", {})
    authors, words = settings.get("coordinated_authors"), settings.get("coordinated_words")
    return None if authors is None or words is None else (int(authors), int(words))
