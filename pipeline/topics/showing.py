"""The table `exemplars`: choose the segments that show each theme of each question (`evidence`).

A sample of the segments of each theme is enough to choose from: it is drawn by a hash of their ids, so it does not
depend on how the answers were cut into partitions.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from pipeline import executor, storage, tables
from pipeline.config import ExecutionConfig
from pipeline.topics.bundle import loaded
from pipeline.topics.documents import Document
from pipeline.topics.evidence import exemplars
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import WordVectors
from pipeline.workspace import Workspace, write_parquet

CANDIDATES: Final = 300
"""Segments of a theme, or sub-theme, among which the exemplars are chosen."""

_SCHEMA: Final = pa.schema(
    [
        ("topic_id", pa.string()),
        ("question_id", pa.string()),
        ("segment_id", pa.string()),
        ("answer_id", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("quote", pa.string()),
        ("terms", pa.list_(pa.string())),
    ]
)


class Candidate(NamedTuple):
    """A segment as it may be shown; ``quote`` is ``text[start:end]`` of its answer."""

    question_id: str
    segment_id: str
    answer_id: str
    start: int
    end: int
    quote: str
    terms: tuple[str, ...]


def keep_candidates(workspace: Workspace, index: int, best: Iterable[tuple[str, Candidate]]) -> None:
    """Write a sample of the segments of a partition, with the topic_id of each, to the staging folder."""
    rows = [(topic_id, *candidate) for topic_id, candidate in best]
    kept = _sample(rows)
    columns = dict(zip(_SCHEMA.names, zip(*kept, strict=True), strict=True)) if kept else {}
    table = pa.table(columns, schema=_SCHEMA) if kept else _SCHEMA.empty_table()
    write_parquet(table, candidates_path(workspace, index), workspace.path)


def _sample(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return at most CANDIDATES rows of each topic and question, those whose segment has the smallest hash."""
    grouped: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        grouped.setdefault(row[:2], []).append(row)
    return [row for key in sorted(grouped) for row in heapq.nsmallest(CANDIDATES, grouped[key], key=_hash)]


def _hash(row: tuple[Any, ...]) -> bytes:
    return hashlib.blake2b(str(row[2]).encode("utf-8"), digest_size=8).digest()


def exemplar_rows(
    workspace: Workspace, chosen: dict[str, ThemeSet], folder: str, execution: ExecutionConfig
) -> pa.Table:
    """Return the rows of the table `exemplars`, by question, theme and kind.

    Parameters
    ----------
    chosen : dict
        The themes of each question.
    folder : str
        Folder of the model whose word vectors are used.
    """
    choose = partial(_of_question, str(workspace.path), folder)
    rows: list[dict[str, object]] = []
    for found in executor.map_items(choose, sorted(chosen.items()), execution):
        rows += found
    return tables.from_rows("exemplars", rows)


def _of_question(path: str, folder: str, item: tuple[str, ThemeSet]) -> list[dict[str, object]]:
    question_id, themes = item
    table = storage.read_table(
        candidates_path(Workspace(path), 0).parent, schema=_SCHEMA, filters=[("question_id", "=", question_id)]
    )
    candidates = _sample(list(zip(*(column.to_pylist() for column in table.columns), strict=True)))
    return rows_of_question(question_id, themes, loaded(folder).vectors, candidates)


def rows_of_question(
    question_id: str, themes: ThemeSet, vectors: WordVectors, candidates: Sequence[tuple[Any, ...]]
) -> list[dict[str, object]]:
    """Return the exemplars of the themes and sub-themes of a question among `candidates`, rows of the staged table."""
    topics: dict[str, int] = {topic.topic_id: i for i, topic in enumerate(themes.topics)}
    parts = {topic.topic_id: i for i, topic in enumerate(themes.subtopics)}
    candidates = sorted((row for row in candidates if row[0] in topics or row[0] in parts), key=lambda row: str(row[2]))
    documents = [Document(str(row[6]), tuple(row[7]), (), ()) for row in candidates]
    embedding = vectors.embed([document.terms for document in documents])
    part = np.asarray([parts.get(str(row[0]), -1) for row in candidates], dtype=np.int64)
    theme = np.asarray(
        [topics[str(themes.subtopics[parts[row[0]]].parent_id) if row[0] in parts else row[0]] for row in candidates],
        dtype=np.int64,
    )
    rows: list[dict[str, object]] = []

    def show(names: Sequence[Topic], labels: Any, probabilities: Any) -> None:
        for topic, found in zip(names, exemplars(documents, embedding, labels, probabilities), strict=True):
            for one in found:
                _, _, segment_id, answer_id, start, end, quote, _ = candidates[one.index]
                content = f"{topic.topic_id}\0{segment_id}".encode()
                rows.append(
                    {
                        "exemplar_id": "x-" + hashlib.blake2b(content, digest_size=8).hexdigest(),
                        "topic_id": topic.topic_id,
                        "question_id": question_id,
                        "kind": one.kind,
                        "answer_id": answer_id,
                        "segment_id": segment_id,
                        "start": start,
                        "end": end,
                        "quote": quote,
                    }
                )

    show(themes.topics, theme, themes.assigner.probabilities(embedding))
    if themes.subtopics and themes.subtopic_assigner is not None:
        show(themes.subtopics, part, themes.subtopic_assigner.shares(embedding, theme))
    return rows


def topic_number_rows(fitted: dict[str, ThemeSet]) -> pa.Table:
    """Return the rows of the table `topic_numbers`: the curve by which the number of themes of a question was chosen.

    Parameters
    ----------
    fitted : dict
        The themes that were found in the answers of this workspace, by question.
    """
    rows: list[dict[str, object]] = [
        {
            "topic_number_id": f"{question_id}-{n_topics}",
            "question_id": question_id,
            "n_topics": n_topics,
            "stability": stability,
            "chosen": n_topics == themes.sought,
        }
        for question_id, themes in sorted(fitted.items())
        for n_topics, stability in themes.curve
    ]
    return tables.from_rows("topic_numbers", rows)


def candidates_path(workspace: Workspace, index: int) -> Path:
    """Return where `keep_candidates` writes."""
    return workspace.staging / "topics" / "candidates" / f"part-{index:05d}.parquet"
