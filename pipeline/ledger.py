"""The coverage ledger: every cell received is in exactly one state, and received is the sum of the states.

It reads tables only, partition by partition, so that it is the same whoever asks: the end of a run, ``doleances
status`` and the report.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import errors
from pipeline.tables import STATES
from pipeline.workspace import Workspace

PENDING: Final = "pending"
"""The state, before the dataset stage has run, of an answer that is not settled yet."""

REJECTED_SHOWN: Final = 1000
"""How many rejected lines a ledger lists; `Coverage.rejected_total` counts all of them."""

States = dict[str, int]


@dataclass(frozen=True)
class QuestionCoverage:
    """The answers to one question by state; ``received`` is their sum."""

    question_id: str
    questionnaire: str
    number: int
    title: str
    kind: str
    received: int
    states: States


@dataclass(frozen=True)
class FileCoverage:
    """The contributions of one input file, and its answers by state; ``received`` is their sum."""

    source_file: str
    contributions: int
    received: int
    states: States


@dataclass(frozen=True)
class RejectedLine:
    """What could not be read: a record of a file, or the whole of it when ``line`` is None."""

    file: str
    line: int | None
    reason: str


@dataclass(frozen=True)
class Coverage:
    """What was received and what became of it.

    ``received`` is the sum of ``states``, in total, for each question and for each file. ``settled`` says whether the
    states are final; before the dataset stage, answers that wait are `PENDING`. Only states that occur are listed, in
    the order of precedence.
    """

    settled: bool
    contributions: int
    received: int
    states: States
    questions: tuple[QuestionCoverage, ...]
    files: tuple[FileCoverage, ...]
    rejected: tuple[RejectedLine, ...]
    rejected_total: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain dictionaries and lists, for JSON."""
        return asdict(self)


def coverage(workspace: Workspace, *, settled: bool | None = None) -> Coverage:
    """Count the answers of `workspace` by state, in total, by question and by source file.

    Parameters
    ----------
    workspace : Workspace
        A workspace in which ingest, at least, has run.
    settled : bool, optional
        Whether the states are those of `outcomes`; by default, when the dataset stage has finished.

    Raises
    ------
    DoleancesError
        When two tables do not hold the same answers (E213): the workspace was changed by hand.
    """
    entry = workspace.manifest["stages"].get("dataset")
    partitions = len(workspace.parts("answers"))
    if settled is None:
        settled = bool(entry) and entry["status"] == "done" and len(workspace.parts("outcomes")) == partitions
    by_question: dict[str, Counter[str]] = {}
    by_file: dict[str, Counter[str]] = {}
    contributions: Counter[str] = Counter()
    for index in range(partitions):
        rows, files = _partition(workspace, index, settled)
        _count(rows, "question_id", by_question)
        _count(rows, "source_file", by_file)
        contributions.update(files)
    rejected, rejected_total = _rejected(workspace)
    states: Counter[str] = Counter()
    for counts in by_question.values():
        states.update(counts)
    return Coverage(
        settled=settled,
        contributions=contributions.total(),
        received=states.total(),
        states=_ordered(states),
        questions=_questions(workspace, by_question),
        files=tuple(
            FileCoverage(name, contributions[name], counts.total(), _ordered(counts))
            for name in sorted(contributions)
            for counts in [by_file.get(name, Counter())]
        ),
        rejected=rejected,
        rejected_total=rejected_total,
    )


def _partition(workspace: Workspace, index: int, settled: bool) -> tuple[pa.Table, Counter[str]]:
    answers = workspace.read_part("answers", index, ["answer_id", "contribution_id", "question_id", "state"])
    state = answers["state"]
    if settled:
        outcomes = workspace.read_part("outcomes", index, ["answer_id", "state"])
        if not outcomes["answer_id"].equals(answers["answer_id"]):
            raise errors.failure("E213", path=workspace.path, table="outcomes", index=index)
        state = outcomes["state"]
    forms = workspace.read_part("contributions", index, ["contribution_id", "source_file"])
    source = forms["source_file"].take(pc.index_in(answers["contribution_id"], forms["contribution_id"]))
    if source.null_count:
        raise errors.failure("E213", path=workspace.path, table="contributions", index=index)
    rows = pa.table({"question_id": answers["question_id"], "source_file": source, "state": state})
    files = Counter({row["values"]: row["counts"] for row in pc.value_counts(forms["source_file"]).to_pylist()})
    return rows, files


def _count(rows: pa.Table, key: str, counts: dict[str, Counter[str]]) -> None:
    for row in rows.group_by([key, "state"]).aggregate([([], "count_all")]).to_pylist():
        counts.setdefault(row[key], Counter())[row["state"]] += row["count_all"]


def _ordered(states: Counter[str]) -> States:
    known = {state: states[state] for state in (*STATES, PENDING) if states[state]}
    return known | {state: states[state] for state in sorted(states) if state not in known and states[state]}


def _questions(workspace: Workspace, counts: dict[str, Counter[str]]) -> tuple[QuestionCoverage, ...]:
    found = []
    titles = {row["question_id"]: row for row in workspace.read("questions").to_pylist()}
    if not titles.keys() >= counts.keys():
        raise errors.failure("E213", path=workspace.path, table="questions", index=0)
    for question_id, states in counts.items():
        known = {
            name: titles[question_id][name] for name in ("question_id", "questionnaire", "number", "title", "kind")
        }
        found.append(QuestionCoverage(**known, received=states.total(), states=_ordered(states)))
    return tuple(sorted(found, key=lambda question: (question.questionnaire, question.number, question.question_id)))


def _rejected(workspace: Workspace) -> tuple[tuple[RejectedLine, ...], int]:
    shown: list[RejectedLine] = []
    total = 0
    for index in range(len(workspace.parts("rejected"))):
        rows = workspace.read_part("rejected", index, ["file", "line", "reason"])
        total += rows.num_rows
        shown += [RejectedLine(**row) for row in rows.slice(0, REJECTED_SHOWN - len(shown)).to_pylist()]
    return tuple(shown), total
