"""The coverage ledger: every cell received is in exactly one state, and received is the sum of the states.

It reads tables only, partition by partition, so that it is the same whoever asks: the end of a run, ``doleances
status`` and the report.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import errors, storage
from pipeline.conditions import Conditions, Contradiction
from pipeline.tables import STATES
from pipeline.workspace import Workspace

PENDING: Final = "pending"
"""The state, before the dataset stage has run, of an answer that is not settled yet."""

REJECTED_SHOWN: Final = 1000
"""How many rejected lines a ledger lists; `Coverage.rejected_total` counts all of them."""

States = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class OutsideTheSum:
    """What files held beside the answers received, and notes on these: no part of the sum of states.

    ``already_received``: cells, and their forms, that another file or an earlier one held already. ``superseded``:
    those that a form of this file replaced. ``forgotten_contributions``: forms erased on request. ``repaired``: cells
    received whose encoding was repaired. ``postcodes_unknown``: contributions with a foreign or broken postcode.
    """

    already_received_contributions: int = 0
    already_received: int = 0
    superseded_contributions: int = 0
    superseded: int = 0
    forgotten_contributions: int = 0
    repaired: int = 0
    postcodes_unknown: int = 0


@dataclass(frozen=True)
class QuestionCoverage:
    """The answers to one question by state; ``received`` is their sum.

    Where the question has a condition, it is ``shown_if`` the answer to question ``parent_number`` is that, and
    ``routed`` counts the answers given (`asked`, `not_asked`, `unknown`); ``contradictions`` are those not asked for.
    """

    question_id: str
    questionnaire: str
    number: int
    title: str
    kind: str
    received: int
    states: States
    parent_number: int | None = None
    shown_if: str | None = None
    routed: dict[str, int] | None = None
    contradictions: int = 0


@dataclass(frozen=True)
class FileCoverage(OutsideTheSum):
    """The contributions of one input file, and its answers by state; ``received`` is their sum."""

    source_file: str
    contributions: int
    received: int
    states: States
    layout: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class CopiesCoverage:
    """Groups of answers that are copies of each other, and those of them that several authors sent."""

    groups: int
    answers: int
    coordinated: int
    coordinated_answers: int


@dataclass(frozen=True)
class RejectedLine:
    """What could not be read: a record of a file, or the whole of it when ``line`` is None."""

    file: str
    line: int | None
    reason: str


@dataclass(frozen=True)
class Coverage(OutsideTheSum):
    """What was received and what became of it.

    ``received`` is the sum of ``states``, in total, for each question and for each file. ``settled`` says whether the
    states are final; before the dataset stage, answers that wait are `PENDING`. Only states that occur are listed, in
    the order of precedence. ``contradictions`` counts all answers to questions that were not asked, and
    ``contradictions_listed`` are the first of them; ``copies`` is None where copies were not looked for.
    """

    settled: bool
    contributions: int
    received: int
    states: States
    questions: tuple[QuestionCoverage, ...]
    files: tuple[FileCoverage, ...]
    rejected: tuple[RejectedLine, ...]
    rejected_total: int
    contradictions: int = 0
    contradictions_listed: tuple[Contradiction, ...] = ()
    copies: CopiesCoverage | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain dictionaries and lists, for JSON."""
        return asdict(self)


_OUTSIDE: Final = tuple(field.name for field in fields(OutsideTheSum))
_QUESTION: Final = ("question_id", "questionnaire", "number", "title", "kind")


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
    conditions = Conditions(workspace.read("questions").to_pylist())
    by_question: dict[str, Counter[str]] = {}
    by_file: dict[str, Counter[str]] = {}
    contributions: Counter[str] = Counter()
    for index in range(partitions):
        rows, forms = _partition(workspace, index, settled)
        _count(rows, "question_id", by_question)
        _count(rows, "source_file", by_file)
        contributions.update(forms)
        conditions.count(workspace, index, rows)
    rejected, rejected_total = _rejected(workspace)
    states: Counter[str] = Counter()
    for counts in by_question.values():
        states.update(counts)
    questions = _questions(workspace, by_question, conditions)
    files = _files(workspace, contributions, by_file)
    return Coverage(
        settled=settled,
        contributions=contributions.total(),
        received=states.total(),
        states=_ordered(states),
        questions=questions,
        files=files,
        rejected=rejected,
        rejected_total=rejected_total,
        contradictions=sum(question.contradictions for question in questions),
        contradictions_listed=tuple(conditions.listed),
        copies=_copies(workspace),
        **{name: sum(getattr(file, name) for file in files) for name in _OUTSIDE},
    )


def _partition(workspace: Workspace, index: int, settled: bool) -> tuple[pa.Table, Counter[str]]:
    rows = workspace.read_part("answers", index, ["answer_id", "contribution_id", "question_id", "state", "routed"])
    if settled:
        outcomes = workspace.read_part("outcomes", index, ["answer_id", "state"])
        if not outcomes["answer_id"].equals(rows["answer_id"]):
            raise errors.failure("E213", path=workspace.path, table="outcomes", index=index)
        rows = rows.set_column(rows.schema.get_field_index("state"), "state", outcomes["state"])
    forms = workspace.read_part("contributions", index, ["contribution_id", "source_file"])
    source = forms["source_file"].take(pc.index_in(rows["contribution_id"], forms["contribution_id"]))
    if source.null_count:
        raise errors.failure("E213", path=workspace.path, table="contributions", index=index)
    files = Counter({row["values"]: row["counts"] for row in pc.value_counts(forms["source_file"]).to_pylist()})
    return rows.append_column("source_file", source), files


def _count(rows: pa.Table, key: str, counts: dict[str, Counter[str]]) -> None:
    for row in rows.group_by([key, "state"]).aggregate([([], "count_all")]).to_pylist():
        counts.setdefault(row[key], Counter())[row["state"]] += row["count_all"]


def _ordered(states: Counter[str]) -> States:
    known = {state: states[state] for state in (*STATES, PENDING) if states[state]}
    return known | {state: states[state] for state in sorted(states) if state not in known and states[state]}


def _files(
    workspace: Workspace, contributions: Counter[str], by_file: dict[str, Counter[str]]
) -> tuple[FileCoverage, ...]:
    # A file whose forms had all been received before is in the table files alone; an older workspace has no such table.
    told = {row["source_file"]: row for row in workspace.read("files").to_pylist()}
    found = []
    for name in sorted(contributions.keys() | told.keys()):
        counts = by_file.get(name, Counter())
        more = {key: told[name][key] for key in ("layout", "encoding", *_OUTSIDE)} if name in told else {}
        found.append(FileCoverage(name, contributions[name], counts.total(), _ordered(counts), **more))
    return tuple(found)


def _questions(
    workspace: Workspace, counts: dict[str, Counter[str]], conditions: Conditions
) -> tuple[QuestionCoverage, ...]:
    found = []
    titles = {row["question_id"]: row for row in workspace.read("questions").to_pylist()}
    if not titles.keys() >= counts.keys():
        raise errors.failure("E213", path=workspace.path, table="questions", index=0)
    for question_id, states in counts.items():
        routed = conditions.routes(question_id)
        found.append(
            QuestionCoverage(
                **{name: titles[question_id][name] for name in _QUESTION},
                received=states.total(),
                states=_ordered(states),
                parent_number=conditions.parent_number(question_id),
                shown_if=titles[question_id]["shown_if"],
                routed=routed,
                contradictions=routed["not_asked"] if routed else 0,
            )
        )
    return tuple(sorted(found, key=lambda question: (question.questionnaire, question.number, question.question_id)))


def _rejected(workspace: Workspace) -> tuple[tuple[RejectedLine, ...], int]:
    shown: list[RejectedLine] = []
    total = 0
    for path in workspace.parts("rejected"):
        rows = storage.read_table(path, columns=["file", "line", "reason"], partitioning=None)
        total += rows.num_rows
        shown += [RejectedLine(**row) for row in rows.slice(0, REJECTED_SHOWN - len(shown)).to_pylist()]
    return tuple(shown), total


def _copies(workspace: Workspace) -> CopiesCoverage | None:
    if not workspace.parts("copy_groups"):
        return None
    groups = workspace.read("copy_groups", ["n_answers", "coordinated"])
    coordinated = groups.filter(groups["coordinated"])
    return CopiesCoverage(
        groups.num_rows,
        pc.sum(groups["n_answers"]).as_py() or 0,
        coordinated.num_rows,
        pc.sum(coordinated["n_answers"]).as_py() or 0,
    )
