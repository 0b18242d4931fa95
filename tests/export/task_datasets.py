"""Datasets with themes and mentions, for the formats of annotation tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pipeline import dataset
from pipeline.config import Config
from pipeline.export import Source
from pipeline.export.corrected import Corrected
from pipeline.export.tasks import LABELS, Tasks
from pipeline.workspace import Workspace
from tests.export.plain_datasets import QUESTION, answers_of, dataset_of, lines, topic_of
from tests.workspaces import small

THEMES = [
    topic_of("t-1", "Santé & « soins » <b>"),
    topic_of("t-2", "Poste\u202e\n(bureaux) " + "très " * 40),
    topic_of("t-3", "Santé & « soins » <b>", parent_id="t-1"),
]
CONFIG = Config().with_values("execution", workers=1)


@st.composite
def annotated(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw answers with their themes and mentions: rows of answers, with `mentions` beside the columns."""
    found = []
    texts = st.lists(lines.filter(lambda text: text.strip()), min_size=1, max_size=4, unique=True)
    for row in answers_of(*draw(texts)):
        cuts = sorted(draw(st.sets(st.integers(0, len(row["text"])), max_size=6)))
        row["mentions"] = [
            {"start": start, "end": end, "label": draw(st.sampled_from(LABELS))}
            for start, end in list(pairwise(cuts))[::2]
            if row["text"][start:end].strip()
        ]
        chosen = draw(st.lists(st.sampled_from(THEMES), unique_by=lambda theme: theme["topic_id"]))
        row["topics"] = [
            {
                "topic_id": theme["topic_id"],
                "label": theme["label"],
                "score": 0.5,
                "theme_id": theme.get("parent_id") or theme["topic_id"],
                "theme_label": "",
            }
            for theme in chosen
        ]
        found.append(row)
    return found


def source_of(folder: Path, answers: list[dict[str, Any]]) -> Source:
    """Write a dataset of the answers."""
    mentions = [
        {"mention_id": f"m-{row['answer_id']}-{one['start']}", "answer_id": row["answer_id"], "surface": ""} | one
        for row in answers
        for one in row["mentions"]
    ]
    rows = [{key: value for key, value in row.items() if key != "mentions"} for row in answers]
    return dataset_of(folder, questions=[QUESTION], topics=THEMES, answers=rows, mentions=mentions)


def said(source: Source) -> list[tuple[str, str, set[str], list[tuple[int, int, str]]]]:
    """Return what a dataset says of its tasks: answer, text, themes, mentions."""
    return [
        (
            task.answer_id,
            task.text,
            {topic["topic_id"] for topic in task.topics},
            [(span.start, span.end, span.label) for span in task.spans],
        )
        for task in Tasks(source)
    ]


def read_back(rows: list[Any]) -> list[tuple[str, str, set[str], list[tuple[int, int, str]]]]:
    """Return what rows that came back say, in the same form."""
    assert all(isinstance(row, Corrected) for row in rows), rows
    return [
        (row.answer_id, row.text, set(row.themes), [(span.start, span.end, span.label) for span in row.spans])
        for row in rows
    ]


def finished(folder: Path) -> Workspace:
    """Return the small workspace of tests/workspaces.py with its dataset."""
    workspace = small(folder)
    dataset.run(workspace, CONFIG)
    return workspace


def source_in(workspace: Workspace) -> Source:
    """Return the dataset of a workspace."""
    return Source(workspace.path / "dataset", workspace.manifest)


def came_back(place: Path, corrected: Callable[[Path], Iterable[Any]], *rows: Any) -> list[Any]:
    """Return what `corrected` reads in a JSONL file of `rows`."""
    path = place / "back.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return list(corrected(path))


def empty(folder: Path) -> Path:
    """Return a new folder."""
    folder.mkdir(parents=True)
    return folder
