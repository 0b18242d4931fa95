"""What the machine found, read once: answers as rows, their themes as pairs of a row and a theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import errors, storage
from pipeline.dataset.outcomes import BY_REVIEWER
from pipeline.figures import BASE_STATES
from pipeline.review.answers import Answer
from pipeline.review.unmasking import Anchor, Unmasked
from pipeline.tables import counted
from pipeline.workspace import Workspace

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Row = dict[str, Any]


@dataclass(frozen=True)
class Pairs:
    """Answers × themes of the machine, by row, the best theme first; ``margin`` is that of the segment that scores."""

    row: Ints
    topic: Ints
    score: Reals
    margin: Reals


@dataclass(frozen=True)
class Corpus:
    """Answers by their row in the tables; topics by their place in the order of their ids.

    ``shown`` is the text of the dataset, which is masked; ``originals`` the text of the tables where it is another.
    ``root`` is the row that a row is a copy of, or itself. ``readable`` answers could be given a theme.
    """

    answer_ids: pa.Array
    shown: pa.Array
    question: Ints
    root: Ints
    pending: Flags
    readable: Flags
    pairs: Pairs
    states: pa.Array
    originals: Mapping[int, str]
    anchors: Mapping[int, list[Anchor]]
    mentions: pa.Table
    mention_row: Ints
    questions: tuple[Row, ...]
    topics: tuple[Row, ...]
    received: tuple[Row, ...]
    """The topics in the order of the table."""
    exemplars: Mapping[str, list[Row]]
    organisations: Mapping[str, Row]

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """The row of each answer."""
        return {answer_id: row for row, answer_id in enumerate(self.answer_ids.to_pylist())}

    @cached_property
    def topic_code(self) -> Mapping[str, int]:
        return {row["topic_id"]: code for code, row in enumerate(self.topics)}

    @cached_property
    def question_code(self) -> Mapping[str, int]:
        return {row["question_id"]: code for code, row in enumerate(self.questions)}

    @cached_property
    def _by_root(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.root, kind="stable")
        return order, np.searchsorted(self.root[order], np.arange(len(self.root) + 1))

    @cached_property
    def _by_question(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.question, kind="stable")
        return order, np.searchsorted(self.question[order], np.arange(len(self.questions) + 1))

    @cached_property
    def _pairs_by_question(self) -> tuple[Ints, Ints]:
        asked = self.question[self.pairs.row]
        order = np.argsort(asked, kind="stable")
        return order, np.searchsorted(asked[order], np.arange(len(self.questions) + 1))

    def copies(self, root: int) -> Ints:
        """Return the rows of the answers that are copies of one, itself included."""
        order, starts = self._by_root
        return order[starts[root] : starts[root + 1]]

    def rows_of(self, question: int) -> Ints:
        """Return the rows of the answers to a question."""
        order, starts = self._by_question
        return order[starts[question] : starts[question + 1]]

    def pairs_of(self, question: int) -> Ints:
        """Return the places in `pairs` of the answers to a question."""
        order, starts = self._pairs_by_question
        return order[starts[question] : starts[question + 1]]

    def original(self, row: int) -> str:
        """Return the text of the tables."""
        return self.originals[row] if row in self.originals else self.text(row)

    def text(self, row: int) -> str:
        """Return the text as it may be shown."""
        return self.shown[row].as_py() or ""

    def unmasked(self, row: int) -> Unmasked:
        """Return how offsets of the shown text move to the tables."""
        return Unmasked(self.text(row), self.original(row), self.anchors.get(row, ()))

    def machine(self, row: int) -> list[tuple[str, float, float]]:
        """Return topic_id, score and margin of the themes that the machine gave an answer, best first."""
        first, last = np.searchsorted(self.pairs.row, [row, row + 1])
        return [
            (
                self.topics[self.pairs.topic[at]]["topic_id"],
                float(self.pairs.score[at]),
                float(self.pairs.margin[at]),
            )
            for at in range(first, last)
        ]

    def mentions_of(self, row: int) -> list[Row]:
        """Return the mentions that the machine found in an answer, at their place in the tables."""
        first, last = np.searchsorted(self.mention_row, [row, row + 1])
        found: list[Row] = self.mentions.slice(first, last - first).to_pylist()
        return found


class Answers(Mapping[str, Answer]):
    """The answers of a corpus as a replay wants them, each made when it is first asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._made: dict[str, Answer] = {}

    def __contains__(self, answer_id: object) -> bool:
        return answer_id in self._corpus.row_of

    def __getitem__(self, answer_id: str) -> Answer:
        if answer_id not in self._made:
            self._made[answer_id] = self._make(answer_id)
        return self._made[answer_id]

    def _make(self, answer_id: str) -> Answer:
        corpus = self._corpus
        row = corpus.row_of[answer_id]
        question = corpus.questions[corpus.question[row]]
        return Answer(
            answer_id=answer_id,
            root=corpus.answer_ids[int(corpus.root[row])].as_py(),
            question_id=question["question_id"],
            questionnaire=question["questionnaire"],
            text=corpus.original(row),
            state=corpus.states[row].as_py(),
            themes=tuple(topic_id for topic_id, _, _ in corpus.machine(row)),
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._corpus.row_of)

    def __len__(self) -> int:
        return len(self._corpus.row_of)


def load(workspace: Workspace) -> Corpus:
    """Read the tables and the dataset of a workspace.

    Raises
    ------
    DoleancesError
        When it has no finished dataset, or one of other tables (E450).
    """
    folder = workspace.path / "dataset"
    if not (folder / "answers.parquet").is_file():
        raise errors.usage("E450", path=workspace.path)
    columns = ["answer_id", "question_id", "text", "state", "reason", "duplicate_of"]
    dataset = storage.read_table(folder / "answers.parquet", columns=columns)
    tables = workspace.read("answers", ["answer_id", "text", "state"])
    if not dataset["answer_id"].equals(tables["answer_id"]):
        raise errors.usage("E450", path=workspace.path)
    questions = tuple(
        workspace.read("questions").sort_by([("questionnaire", "ascending"), ("number", "ascending")]).to_pylist()
    )
    received = tuple(workspace.read("topics").to_pylist())
    topics = tuple(sorted(received, key=lambda row: str(row["topic_id"])))
    ids = _whole(dataset["answer_id"])
    asked = pc.index_in(
        _whole(dataset["question_id"]), pa.array([row["question_id"] for row in questions], pa.large_string())
    )
    original = pc.fill_null(pc.index_in(_whole(dataset["duplicate_of"]), value_set=ids), -1).to_numpy(
        zero_copy_only=False
    )
    own = np.arange(len(ids), dtype=np.int64)
    pending = _flags(pc.equal(tables["state"], "pending"))
    readable = _flags(
        pc.or_(
            pc.is_in(dataset["state"], pa.array(BASE_STATES)),
            pc.equal(pc.fill_null(dataset["reason"], ""), BY_REVIEWER),
        )
    )
    other = _flags(pc.not_equal(pc.fill_null(dataset["text"], ""), pc.fill_null(tables["text"], ""))) & pending
    originals = {int(row): tables["text"][int(row)].as_py() or "" for row in np.flatnonzero(other)}
    mentions, mention_row = _mentions(workspace, ids)
    return Corpus(
        answer_ids=ids,
        shown=_whole(dataset["text"]),
        question=asked.to_numpy(zero_copy_only=False).astype(np.int64),
        root=np.where(original < 0, own, original).astype(np.int64),
        pending=pending,
        readable=readable & pending,
        pairs=_pairs(workspace, [row["topic_id"] for row in topics]),
        states=_whole(tables["state"]),
        originals=originals,
        anchors=_anchors(workspace, ids, list(originals)),
        mentions=mentions,
        mention_row=mention_row,
        questions=questions,
        topics=topics,
        received=received,
        exemplars=_exemplars(workspace),
        organisations={row["organisation_id"]: row for row in workspace.read("organisations").to_pylist()},
    )


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.cast(pa.large_string()).combine_chunks()


def _flags(column: pa.ChunkedArray) -> Flags:
    return np.asarray(pc.fill_null(column, False).to_numpy(), dtype=np.bool_)


def _pairs(workspace: Workspace, topic_ids: list[str]) -> Pairs:
    known = pa.array(topic_ids, pa.string())
    rows, topics, scores, margins = [], [], [], []
    offset = 0
    for index in range(len(workspace.parts("answers"))):
        answers = workspace.read_part("answers", index, ["answer_id"])["answer_id"]
        segments = workspace.read_part("segments", index, ["segment_id", "answer_id"])
        given = workspace.read_part(
            "assignments", index, ["segment_id", "topic_id", "rank", "score", "margin", "source"]
        )
        given = given.filter(counted(given))
        inside = pc.index_in(given["segment_id"], value_set=segments["segment_id"].combine_chunks())
        of_answer = pc.index_in(segments["answer_id"], value_set=answers.combine_chunks())
        topic = pc.fill_null(pc.index_in(given["topic_id"], value_set=known), -1).to_numpy()
        kept = topic >= 0
        rows.append(of_answer.take(inside).to_numpy().astype(np.int64)[kept] + offset)
        topics.append(topic.astype(np.int64)[kept])
        scores.append(given["score"].to_numpy()[kept])
        margins.append(given["margin"].to_numpy()[kept])
        offset += len(answers)
    row, topic = _joined(rows, np.int64), _joined(topics, np.int64)
    score, margin = _joined(scores, np.float32), _joined(margins, np.float32)
    order = np.lexsort((-score, topic, row))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(row[order]) != 0) | (np.diff(topic[order]) != 0)
    order = order[first]
    order = order[np.lexsort((topic[order], -score[order], row[order]))]
    return Pairs(row[order], topic[order], score[order], margin[order])


def _joined(parts: list[Any], kind: Any) -> Any:
    return np.concatenate(parts).astype(kind) if parts else np.zeros(0, kind)


def _mentions(workspace: Workspace, ids: pa.Array) -> tuple[pa.Table, Ints]:
    columns = ["mention_id", "answer_id", "start", "end", "label", "organisation_id"]
    found = workspace.read("mentions", columns).combine_chunks()
    rows = pc.index_in(_whole(found["answer_id"]), value_set=ids).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.lexsort((found["start"].to_numpy(), rows))
    return found.take(pa.array(order)).combine_chunks(), rows[order]


def _anchors(workspace: Workspace, ids: pa.Array, rows: list[int]) -> dict[int, list[Anchor]]:
    wanted = ids.take(pa.array(rows, pa.int64())).cast(pa.string())
    columns = ["segment_id", "answer_id", "start", "end"]
    there: dict[str, tuple[int, int]] = {}
    for index in range(len(workspace.parts("segments"))):
        part = workspace.read_part("segments", index, columns)
        for one in part.filter(pc.is_in(part["answer_id"], wanted)).to_pylist():
            there[one["segment_id"]] = (one["start"], one["end"])
    row_of = dict(zip(wanted.to_pylist(), rows, strict=True))
    found: dict[int, list[Anchor]] = {}
    shown = storage.read_table(workspace.path / "dataset" / "segments.parquet", columns=columns)
    for one in shown.filter(pc.is_in(shown["answer_id"], wanted)).to_pylist():
        if one["segment_id"] in there:
            anchor = (one["start"], one["end"], *there[one["segment_id"]])
            found.setdefault(row_of[one["answer_id"]], []).append(anchor)
    return {row: sorted(anchors) for row, anchors in found.items()}


def _exemplars(workspace: Workspace) -> dict[str, list[Row]]:
    path = workspace.path / "dataset" / "exemplars.parquet"
    found: dict[str, list[Row]] = {}
    for row in storage.read_table(path).to_pylist() if path.is_file() else ():
        found.setdefault(row["topic_id"], []).append(row)
    return found
