"""What people decided, in the place of what the machine found: the tables `reviewed_*`, which the dataset reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import errors, tables
from pipeline.nesting import rolled_up
from pipeline.review import decisions as log
from pipeline.review.activity import Trouble, active, settled_by
from pipeline.review.applying import reviewed_assignments, reviewed_mentions, settled_states
from pipeline.review.decisions import Decision
from pipeline.review.reading import ReviewedWorkspace, read_reviewed
from pipeline.review.replay import Settled, settled_from_json
from pipeline.stage import Summary
from pipeline.workspace import Workspace, write_bytes

TABLES: Final = ("reviewed_topics", "reviewed_organisations", "reviewed_mentions", "reviewed_assignments")
TOLD: Final = 5
"""Decisions of a kind that are told of one by one; the review pages show all."""


def prepare(workspace: Workspace, register: str | None, summary: Summary, place: Path) -> ReviewedWorkspace:
    """Replay the log, write the themes as people settled them and, at `place`, what partitions need to know of it."""
    found = log.read(workspace)
    reviewed = read_reviewed(workspace, found.decisions, register)
    workspace.write_part("reviewed_topics", 0, tables.from_rows("reviewed_topics", _rows(reviewed)))
    write_bytes(reviewed.settled.to_json(), place, workspace.path)
    summary.problems = [str(problem) for problem in found.problems]
    summary.notes = [] if not found.decisions else _notes(reviewed, active(found.decisions)[0])
    return reviewed


def _rows(reviewed: ReviewedWorkspace) -> list[dict[str, Any]]:
    return [dict(row) for row in reviewed.reviewed.themes.rows]


def _notes(reviewed: ReviewedWorkspace, counted: Sequence[Decision]) -> list[str]:
    settled = settled_by(counted)
    failed = {one.decision.decision_id for one in reviewed.reviewed.troubles}
    troubles: dict[str, list[Trouble]] = defaultdict(list)
    for trouble in reviewed.reviewed.troubles:
        if trouble.decision.decision_id not in settled:
            troubles[trouble.why].append(trouble)
    told = [str(errors.problem("N130", count=sum(one.decision_id not in failed for one in counted)))]
    for why, code in (("conflict", "N131"), ("lost", "N132")):
        for one in troubles[why][:TOLD]:
            told.append(str(errors.problem(code, decision=one.decision.decision_id, detail=one.detail)))
        if len(troubles[why]) > TOLD:
            told.append(str(errors.problem("N133", count=len(troubles[why]) - TOLD)))
    return told


def read_settled(place: Path) -> Settled:
    """Return what `prepare` wrote for the partitions."""
    return settled_from_json(place.read_bytes())


def review_partition(
    workspace: Workspace, index: int, settled: Settled
) -> tuple[pa.Table, pa.Table, Mapping[str, str]]:
    """Write a partition of the assignments and mentions as people settled them, and return them.

    Returns
    -------
    assignments, mentions : pyarrow.Table
    states : mapping
        What people settled of whole answers (`applying.settled_states`).
    """
    answers = workspace.read_part("answers", index, ["answer_id", "text", "duplicate_of", "state"])
    segments = workspace.read_part("segments", index, ["segment_id", "answer_id", "start", "end"])
    assignments = reviewed_assignments(
        workspace.read_part("assignments", index), segments, answers, settled.verdicts, settled.moves, settled.parts
    )
    mentions = reviewed_mentions(workspace.read_part("mentions", index), segments, answers, settled.mentions)
    workspace.write_part("reviewed_assignments", index, assignments)
    workspace.write_part("reviewed_mentions", index, mentions)
    return assignments, mentions, settled_states(answers, settled.verdicts)


def finish(workspace: Workspace, reviewed: ReviewedWorkspace) -> None:
    """Count segments of themes and mentions of organisations, as they are after all decisions."""
    segments: Counter[str] = Counter()
    surfaces: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for index in range(len(workspace.parts("reviewed_assignments"))):
        part = workspace.read_part("reviewed_assignments", index, ["topic_id", "rank"])
        best = part.filter(pc.equal(part["rank"], 1))["topic_id"]
        segments.update({row["values"]: row["counts"] for row in pc.value_counts(best).to_pylist()})
        mentions = workspace.read_part("reviewed_mentions", index, ["organisation_id", "surface"])
        named = mentions.filter(pc.is_valid(mentions["organisation_id"]))
        for key, surface in zip(named["organisation_id"].to_pylist(), named["surface"].to_pylist(), strict=True):
            surfaces[key][surface] += 1
    rows = _rows(reviewed)
    whole = rolled_up(segments, rows)
    rows = [row | {"n_segments": whole[row["topic_id"]]} for row in rows]
    workspace.write_part("reviewed_topics", 0, tables.from_rows("reviewed_topics", rows))
    organisations = reviewed.organisation_rows(surfaces)
    workspace.write_part("reviewed_organisations", 0, tables.from_rows("reviewed_organisations", organisations))
