"""Give the segments of every partition to the themes of their question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc

from pipeline import executor, storage, tables
from pipeline.config import Config
from pipeline.stage import StageRun
from pipeline.topics import gathering, showing
from pipeline.topics.assigning_answers import WholeAnswer, assign_answers
from pipeline.topics.bundle import Bundle, loaded
from pipeline.topics.documents import Document, document
from pipeline.topics.partition_keys import Memory, assignments_key, documents_key, signature
from pipeline.topics.theme_files import ThemeSet
from pipeline.workspace import Workspace, sha256_of

MAXIMUM_RANK: Final = 3


def assign_all(
    stage: StageRun,
    config: Config,
    folders: dict[str, str],
    plan: dict[str, tuple[str, str]],
    progress: executor.Progress | None,
    memory: Memory,
) -> Counter[str]:
    """Write the table `assignments` and return how many segments have each topic as their best.

    Parameters
    ----------
    folders : dict
        Folder of each model, by reference.
    plan : dict
        Reference of a model and key of a set of its themes, by question.
    memory : Memory
        Where those of an earlier run are kept.
    """
    workspace = stage.workspace
    partitions = range(len(workspace.parts("segments")))
    todo = [i for i in partitions if not stage.partition_done(i)]
    minimum = config.topics.minimum_score, config.topics.minimum_score_across
    task = partial(_take_or_assign, str(workspace.path), folders, plan, minimum, memory, _signatures(folders, plan))
    keys = {key for found in executor.map_items(task, todo, config.execution, progress) for key in found}
    if len(todo) == len(partitions):  # else an earlier run used others, which nobody noted
        memory.cache.prune(keys)
    sums: Counter[str] = Counter()
    for i in range(len(workspace.parts("assignments"))):
        part = workspace.read_part("assignments", i, ["topic_id", "rank"])
        first = part.filter(pc.equal(part["rank"], 1))
        for row in pc.value_counts(first["topic_id"]).to_pylist():
            sums[row["values"]] += row["counts"]
    return sums


def _signatures(folders: dict[str, str], plan: dict[str, tuple[str, str]]) -> dict[str, str]:
    used = {name for name, _ in plan.values()}
    models = {name: sha256_of(storage.place(folders[name]) / "vectors.npy") for name in used}
    found = {}
    for question_id, (name, key) in plan.items():
        found[question_id] = models[name] + signature(loaded(folders[name]).sets[key])
    return found


def _take_or_assign(
    path: str,
    folders: dict[str, str],
    plan: dict[str, tuple[str, str]],
    minimum: tuple[float, float],
    memory: Memory,
    signatures: dict[str, str],
    index: int,
) -> tuple[str, ...]:
    """Write the assignments of a partition, and return the keys under which what was made of it is kept."""
    workspace = Workspace(path)
    documents = documents_key(workspace, index, memory.program)
    key = assignments_key(documents, signatures, minimum)
    candidates = {"candidates.parquet": showing.candidates_path(workspace, index)}
    assignments = {"assignments.parquet": workspace.part_path("assignments", index)}
    # Before the part that says that the partition is done.
    if not (memory.cache.take(key, candidates) and memory.cache.take(key, assignments)):
        _assign_partition(workspace, folders, plan, minimum, index)
        memory.cache.keep(key, candidates | assignments)
    return documents, key


def _assign_partition(
    workspace: Workspace,
    folders: dict[str, str],
    plan: dict[str, tuple[str, str]],
    minimum: tuple[float, float],
    index: int,
) -> None:
    sets = {question_id: loaded(folders[name]).sets[key] for question_id, (name, key) in plan.items()}
    learned = {question_id for question_id, themes in sets.items() if themes.learned is not None}
    people = gathering.people_of(workspace, index) if learned else {}
    by_question: dict[str, list[tuple[int, str, tuple[str, ...]]]] = {}
    whole: dict[str, list[WholeAnswer]] = {}
    quotes: list[showing.Candidate] = []
    for answer_id, question_id, text, segments in gathering.segments_by_answer(workspace, index):
        if question_id in learned:
            answer = _whole_answer(text, segments, people.get(answer_id, []), len(quotes))
            whole.setdefault(question_id, []).append(answer)
        for segment_id, tokens in segments:
            terms = document(text, tokens).terms
            if question_id not in learned:
                by_question.setdefault(question_id, []).append((len(quotes), segment_id, terms))
            start, end = (tokens[0][2], tokens[-1][3]) if tokens else (0, 0)
            quotes.append(showing.Candidate(question_id, segment_id, answer_id, start, end, text[start:end], terms))
    rows: list[tuple[int, dict[str, Any]]] = []
    for question_id in sorted(by_question.keys() & plan.keys()):
        themes = sets[question_id]
        least = max(minimum) if themes.question_id is None else minimum[0]
        rows.extend(assign(loaded(folders[plan[question_id][0]]), themes, by_question[question_id], least))
    for question_id in sorted(whole):
        themes, vectors = sets[question_id], loaded(folders[plan[question_id][0]]).vectors
        if themes.learned is not None:
            rows.extend(assign_answers(themes, themes.learned, whole[question_id], vectors, minimum[0]))
    rows.sort(key=lambda row: (row[0], row[1]["rank"]))
    best = [(row["topic_id"], quotes[place]) for place, row in rows if row["rank"] == 1]
    showing.keep_candidates(workspace, index, best)  # before the part that says that the partition is done
    workspace.write_part("assignments", index, tables.from_rows("assignments", [row for _, row in rows]))


def _whole_answer(
    text: str, segments: Sequence[gathering.Segment], people: Sequence[tuple[int, int]], first: int
) -> WholeAnswer:
    parts = []
    for number, segment in enumerate(segments):
        segment_id, tokens = segment
        read = text[tokens[0][2] : tokens[-1][3]] if tokens else ""
        terms = gathering.whole_answer(text, [segment], people).terms
        parts.append((first + number, segment_id, Document(read, terms, (), ())))
    return WholeAnswer(gathering.whole_answer(text, segments, people), tuple(parts))


def assign(
    model: Bundle, themes: ThemeSet, segments: Sequence[tuple[int, str, tuple[str, ...]]], minimum_score: float
) -> list[tuple[int, dict[str, Any]]]:
    """Give segments to themes.

    Parameters
    ----------
    segments : sequence of (place, segment_id, terms)
        Segments of one question; `place` is returned with each row, to sort by.
    minimum_score : float
        Probability under which a theme does not count.

    Returns
    -------
    list of (place, row)
        Rows of the table `assignments`, at most MAXIMUM_RANK a segment, best first. A theme that is divided stands
        there as the one sub-theme of it that is nearest; score and margin are those of the theme.
    """
    embedding = model.vectors.embed([terms for _, _, terms in segments])
    probabilities = themes.assigner.probabilities(embedding)
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, : MAXIMUM_RANK + 1]
    parts = [themes.subtopics_of(embedding, order[:, rank]) for rank in range(min(MAXIMUM_RANK, order.shape[1]))]
    best = np.take_along_axis(probabilities, order, axis=1)
    following = np.hstack([best[:, 1:], np.zeros((len(best), 1), dtype=np.float32)])
    rows: list[tuple[int, dict[str, Any]]] = []
    rows_of = zip(segments, order, np.stack(parts, axis=1), best, following, strict=True)
    for (place, segment_id, _), topics, within, scores, nexts in rows_of:
        for rank in range(len(within)):
            if scores[rank] < minimum_score or scores[rank] <= 0:
                break
            whole = themes.topics[topics[rank]]
            row = {
                "segment_id": segment_id,
                "topic_id": (themes.subtopics[within[rank]] if within[rank] >= 0 else whole).topic_id,
                "rank": rank + 1,
                "score": round(float(scores[rank]), 4),
                "margin": round(float(scores[rank] - nexts[rank]), 4),
                "source": "model",
            }
            rows.append((place, row))
    return rows
