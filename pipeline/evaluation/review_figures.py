"""What audits and double coding tell of a dataset: one reading of them for the report and the dataset card."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline import storage
from pipeline.errors import Problem
from pipeline.evaluation.agreement import Agreement, agreement, double_coded
from pipeline.evaluation.audit import AuditFigures, evaluate_audit
from pipeline.review import audit, decisions
from pipeline.review.activity import active
from pipeline.review.themes import replay_themes
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class ReviewFigures:
    """The figures of each audit, the oldest first, how far people agree, and the audits that could not be read."""

    audits: tuple[AuditFigures, ...] = ()
    agreement: Agreement | None = None
    problems: tuple[Problem, ...] = ()


def review_figures(workspace: Workspace) -> ReviewFigures:
    """Read them from the audits, the decisions and the written dataset of a workspace."""
    found, log = audit.read_audits(workspace), decisions.read(workspace)
    table = double_coded(log.decisions)
    if not found.audits and not table:
        return ReviewFigures(problems=found.problems)
    path = workspace.path / "dataset" / "topics.parquet"
    columns = ["topic_id", "parent_id", "label"]
    topics = storage.read_table(path, columns=columns, partitioning=None).to_pylist()
    parents = {row["topic_id"]: row["parent_id"] for row in topics if row["parent_id"] is not None}
    labels = {row["topic_id"]: row["label"] for row in topics}
    merged = replay_themes(workspace.read("topics").to_pylist(), active(log.decisions)[0]).moves
    parents |= {old: parents.get(new, new) for old, new in merged.items() if new is not None}
    fit = workspace.manifest["stages"].get("topics", {}).get("fingerprint")
    figures = tuple(
        evaluate_audit(
            one,
            audit.verdicts(one, log.decisions),
            parents=parents,
            labels=labels,
            current=one.topics_fingerprint == fit,
        )
        for one in found.audits
    )
    return ReviewFigures(figures, agreement(table, parents=parents, labels=labels), found.problems)
