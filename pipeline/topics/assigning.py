"""Give the segments of every partition to the themes of their question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc

from pipeline import executor, tables
from pipeline.config import Config
from pipeline.stage import StageRun
from pipeline.topics import gathering, showing
from pipeline.topics.bundle import Bundle, loaded
from pipeline.topics.documents import document
from pipeline.topics.theme_files import ThemeSet
from pipeline.workspace import Workspace

MAXIMUM_RANK: Final = 3


def assign_all(
    stage: StageRun,
    config: Config,
    folders: dict[str, str],
    plan: dict[str, tuple[str, str]],
    progress: executor.Progress | None,
) -> Counter[str]:
    """Write the table `assignments` and return how many segments have each topic as their best.

    Parameters
    ----------
    folders : dict
        Folder of each model, by reference.
    plan : dict
        Reference of a model and key of a set of its themes, by question.
    """
    workspace = stage.workspace
    todo = [i for i in range(len(workspace.parts("segments"))) if not stage.partition_done(i)]
    minimum = config.topics.minimum_score, config.topics.minimum_score_across
    task = partial(_assign_partition, str(workspace.path), folders, plan, minimum)
    for _ in executor.map_items(task, todo, config.execution, progress):
        pass
    sums: Counter[str] = Counter()
    for i in range(len(workspace.parts("assignments"))):
        part = workspace.read_part("assignments", i, ["topic_id", "rank"])
        first = part.filter(pc.equal(part["rank"], 1))
        for row in pc.value_counts(first["topic_id"]).to_pylist():
            sums[row["values"]] += row["counts"]
    return sums


def _assign_partition(
    path: str, folders: dict[str, str], plan: dict[str, tuple[str, str]], minimum: tuple[float, float], index: int
) -> None:
    workspace = Workspace(path)
    by_question: dict[str, list[tuple[int, str, tuple[str, ...]]]] = {}
    quotes: list[showing.Candidate] = []
    for answer_id, question_id, text, segments in gathering.segments_by_answer(workspace, index):
        for segment_id, tokens in segments:
            terms = document(text, tokens).terms
            by_question.setdefault(question_id, []).append((len(quotes), segment_id, terms))
            start, end = (tokens[0][2], tokens[-1][3]) if tokens else (0, 0)
            quotes.append(showing.Candidate(question_id, segment_id, answer_id, start, end, text[start:end], terms))
    rows: list[tuple[int, dict[str, Any]]] = []
    for question_id in sorted(by_question.keys() & plan.keys()):
        name, key = plan[question_id]
        model = loaded(folders[name])
        themes = model.sets[key]
        least = max(minimum) if themes.question_id is None else minimum[0]
        rows.extend(assign(model, themes, by_question[question_id], least))
    rows.sort(key=lambda row: (row[0], row[1]["rank"]))
    best = [(row["topic_id"], quotes[place]) for place, row in rows if row["rank"] == 1]
    showing.keep_candidates(workspace, index, best)  # before the part that says that the partition is done
    workspace.write_part("assignments", index, tables.from_rows("assignments", [row for _, row in rows]))


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
