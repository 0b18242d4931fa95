"""The report stage: the files of the dataset and the ledger → one page of the whole and one of each question."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb
import jinja2

import pipeline
from pipeline import executor
from pipeline.config import Config
from pipeline.report.languages import ENGLISH
from pipeline.report.retrained import retrains_sum
from pipeline.resources import resource
from pipeline.review.parameters import review_parameters
from pipeline.stage import Stage, Summary, stage_run
from pipeline.workspace import Workspace, sha256_of

STAGE: Final = Stage("report", reads=("dataset",), writes=("report",), revision=4)

_HERE: Final = Path(__file__).resolve().parent
_TEMPLATES: Final = _HERE / "templates"
_PICTURES: Final = (_HERE / "charts" / "charts.css", resource("seeds", "departements", "shapes.json"))


def run(
    workspace: Workspace, config: Config, *, force: bool = False, progress: executor.Progress | None = None
) -> Summary:
    """Write WORKSPACE/report, index.html and questions/*.html, from WORKSPACE/dataset and the coverage ledger."""
    parameters = {
        "verbatims": config.report.verbatims,
        "language": config.report.language,
        **review_parameters(workspace),
        "templates": {path.name: sha256_of(path) for path in sorted(_TEMPLATES.iterdir()) if path.is_file()},
        "english": sha256_of(ENGLISH),
        "pictures": {path.name: sha256_of(path) for path in _PICTURES},
        "retrains": retrains_sum(workspace),
        "versions": {
            "doleances": pipeline.__version__,
            "duckdb": duckdb.__version__,
            "jinja2": jinja2.__version__,
        },
    }
    with stage_run(STAGE, workspace, parameters, force=force) as stage:
        if not stage.skipped:
            from pipeline.report.writing import write_report  # its numeric libraries are slow to load

            stage.summary.counts = write_report(workspace, config, progress)
    return stage.summary
