"""Read from the tables of a workspace what a replay needs: themes, organisations, the answers decisions speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import tables
from pipeline.entities.linker import local_id, register_id
from pipeline.entities.naming import organisation_rows
from pipeline.entities.register import load_register, register_files
from pipeline.entities.register_rows import Organisation
from pipeline.organisation_ids import is_local
from pipeline.review.answers import Answer
from pipeline.review.decisions import Decision
from pipeline.review.mentions import ReviewedMentions
from pipeline.review.replay import Reviewed, Settled, named_answers, replay
from pipeline.workspace import Workspace

_ON_ORGANISATIONS: Final = frozenset(("link", "alias", "mention_add", "mention_edit"))


@dataclass(frozen=True)
class ReviewedWorkspace:
    """The state of a workspace after its decisions, and what is known of organisations that people may have named."""

    reviewed: Reviewed
    organisations: tuple[Mapping[str, Any], ...]
    """Rows of the table `organisations`."""
    register: Mapping[str, Organisation]
    """The register, where decisions name organisations."""

    @property
    def settled(self) -> Settled:
        """What partitions need of it."""
        named = organisations_named(self.reviewed.mentions)
        known = {row["organisation_id"] for row in self.organisations}
        rows = organisation_rows({key: names for key, names in named.items() if key not in known}, self.register)
        return replace(self.reviewed.settled, organisations={row["organisation_id"]: row["name"] for row in rows})

    def organisation_rows(self, surfaces: Mapping[str, Counter[str]]) -> list[dict[str, Any]]:
        """Return the organisations with the mentions that people left them and the spellings that people added.

        Parameters
        ----------
        surfaces : mapping
            How often each is written in which way, in the mentions as people corrected them.
        """
        told = {row["organisation_id"]: dict(row) for row in self.organisations}
        new = organisation_rows({key: names for key, names in surfaces.items() if key not in told}, self.register)
        told |= {row["organisation_id"]: row for row in new if row["organisation_id"] not in told}
        for key, row in told.items():
            row["n_mentions"] = surfaces.get(key, Counter()).total()
            added = self.reviewed.mentions.spellings.get(key, ())
            row["aliases"] = list(dict.fromkeys((*row["aliases"], *added)))
        # An organisation of the texts alone of which no mention is left is none.
        return [told[key] for key in sorted(told) if told[key]["n_mentions"] or not is_local(key)]


def read_reviewed(
    workspace: Workspace, decisions: Iterable[Decision], register: str | Path | None = None
) -> ReviewedWorkspace:
    """Replay decisions on the tables of a workspace whose topics stage has finished.

    Parameters
    ----------
    decisions : iterable of Decision
        Those of its log, in order.
    register : path, optional
        The register of organisations, where it is not ours.
    """
    made = tuple(decisions)
    organisations = tuple(workspace.read("organisations").to_pylist())
    entries: Mapping[str, Organisation] = {}
    if any(one.action in _ON_ORGANISATIONS for one in made):
        entries = load_register(register_files(register)).organisations
    known = frozenset(row["organisation_id"] for row in organisations) | {register_id(key) for key in entries}
    answers = read_answers(workspace, named_answers(made))
    return ReviewedWorkspace(replay(made, workspace.read("topics").to_pylist(), answers, known), organisations, entries)


def organisations_named(mentions: ReviewedMentions) -> dict[str, Counter[str]]:
    """Return the organisations that people linked or named, with the spellings that stand there."""
    found: dict[str, Counter[str]] = {key: Counter() for key in mentions.aliases.values()}
    for edit in (edit for edits in mentions.edits.values() for edit in edits):
        if edit.label == "ORG":
            surface = edit.text[edit.new_start : edit.new_end]
            for key in {edit.organisation_id or local_id(surface), local_id(surface)}:
                found.setdefault(key, Counter())[surface] += 1
    return found


def read_answers(workspace: Workspace, wanted: frozenset[str]) -> dict[str, Answer]:
    """Return some answers of the tables, with the themes that the machine gave them, by answer_id."""
    if not wanted:
        return {}
    ids = pa.array(sorted(wanted), pa.string())
    questions = workspace.read("questions", ["question_id", "questionnaire"])
    asked = dict(zip(questions["question_id"].to_pylist(), questions["questionnaire"].to_pylist(), strict=True))
    found: dict[str, Answer] = {}
    columns = ["answer_id", "question_id", "text", "state", "duplicate_of"]
    for index in range(len(workspace.parts("answers"))):
        here = workspace.read_part("answers", index, ["answer_id"])["answer_id"]
        if not pc.any(pc.is_in(here, ids)).as_py():
            continue
        answers = workspace.read_part("answers", index, columns)
        rows = answers.filter(pc.is_in(answers["answer_id"], ids)).to_pylist()
        themes = _themes(workspace, index, ids)
        for row in rows:
            found[row["answer_id"]] = _answer(row, asked, themes.get(row["answer_id"], {}))
    return found


def _answer(row: Mapping[str, Any], asked: Mapping[str, str], scores: Mapping[str, float]) -> Answer:
    return Answer(
        answer_id=row["answer_id"],
        root=row["duplicate_of"] or row["answer_id"],
        question_id=row["question_id"],
        questionnaire=asked.get(row["question_id"]),
        text=row["text"] or "",
        state=row["state"],
        themes=tuple(sorted(scores, key=lambda key: (-scores[key], key))),
    )


def _themes(workspace: Workspace, index: int, ids: pa.Array) -> dict[str, dict[str, float]]:
    """Return the themes of some answers of a partition, each with its best score."""
    segments = workspace.read_part("segments", index, ["segment_id", "answer_id"])
    segments = segments.filter(pc.is_in(segments["answer_id"], ids))
    assignments = workspace.read_part("assignments", index, ["segment_id", "topic_id", "rank", "score", "source"])
    assignments = assignments.filter(
        pc.and_(tables.counted(assignments), pc.is_in(assignments["segment_id"], segments["segment_id"]))
    )
    answer_of = dict(zip(segments["segment_id"].to_pylist(), segments["answer_id"].to_pylist(), strict=True))
    found: dict[str, dict[str, float]] = {}
    for row in assignments.to_pylist():
        scores = found.setdefault(answer_of[row["segment_id"]], {})
        scores[row["topic_id"]] = max(row["score"], scores.get(row["topic_id"], 0.0))
    return found
