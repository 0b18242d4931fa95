"""doccano: JSONL of a question, with the machine's mentions as entities and its themes as categories.

doccano knows of no predictions: what is loaded counts as labelled until a person approves it there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pipeline.export.corrected import (
    Corrected,
    Row,
    Skipped,
    WrongRow,
    distinct,
    names,
    rows_of,
    span_of,
    text_at,
)
from pipeline.export.source import Source
from pipeline.export.task_files import QuestionFiles, read_me
from pipeline.export.tasks import LABELS, Option, Span, Tasks, Themes, id_in
from pipeline.export.values import json_line

_COLOURS: Final = ("#1F77B4", "#D62728", "#2CA02C", "#9467BD", "#8C564B", "#E377C2", "#7F7F7F", "#17BECF")

_READ_ME: Final = """
Un fichier JSONL par question, pour un projet doccano de type « Intent Detection and Slot Filling » : `text`,
`entities` (organisations, personnes, lieux), `cats` (thèmes), et les identifiants `answer_id` et `question_id`.
Les catégories d’une question sont dans `…-categories.json`, les étiquettes des mentions dans `entities.json` (Labels,
Import labels). Dans un projet « Sequence Labeling », la colonne des étiquettes est `entities` ; dans un projet
« Text Classification », `cats`.

Les annotations sont celles de la machine : des propositions. doccano n’en sait rien : n’exportez que les documents
approuvés (« Export only approved documents »), car tout ce qui est dans le fichier rendu est tenu pour relu.

Pour rendre les corrections : `doleances import doccano FICHIER --workspace DOSSIER --author NOM`.
"""


def write(source: Source, folder: Path) -> None:
    """Write a JSONL file and the categories of each question, the labels of mentions, and LISEZ-MOI.md."""
    tasks, themes, written = Tasks(source), Themes(source), 0
    files = QuestionFiles(folder, ".jsonl")
    offered: dict[str, dict[str, Option]] = {}
    for task in tasks:
        options = offered.setdefault(task.question_id, {one.topic_id: one for one in themes.of(task.question_id)})
        for topic in task.topics:
            options.setdefault(topic["topic_id"], themes.option(topic))
        files.name(task.question_id)
        files.add(
            task.question_id,
            json_line(
                {
                    "text": task.text,
                    "entities": [[span.start, span.end, span.label] for span in task.spans],
                    "cats": [options[topic["topic_id"]].name for topic in task.topics],
                    "answer_id": task.answer_id,
                    "question_id": task.question_id,
                    "question": task.question,
                }
            ),
        )
        written += 1
    for question_id in files.close():
        labels = [one.name for one in offered[question_id].values()]
        _labels(folder / f"{files.name(question_id)}-categories.json", labels)
    _labels(folder / "entities.json", LABELS)
    read_me(folder, "Tâches pour doccano", _READ_ME, written, tasks.left_out)


def _labels(path: Path, labels: list[str] | tuple[str, ...]) -> None:
    content = [
        {"text": label, "background_color": _COLOURS[number % len(_COLOURS)], "text_color": "#ffffff"}
        for number, label in enumerate(labels)
    ]
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def corrected(path: Path) -> Iterator[Row]:
    """Return the rows of a JSONL file that doccano exported."""
    return rows_of(path, _row)


def _row(line: int, content: dict[str, Any]) -> Row:
    # doccano numbers its documents: what has no number was never in it, and nobody has looked at it.
    if "id" not in content:
        return Skipped(line, "not_reviewed")
    text, answer_id = text_at(content, "text"), text_at(content, "answer_id")
    themes = spans = None
    if "label" in content:
        # A project of one kind of label: what it did not ask about came through as it was, and says nothing.
        given = content["label"]
        if not isinstance(given, list):
            raise WrongRow("label is no list")
        if _holds_spans(given, content):
            spans = _spans(text, given)
        else:
            themes = names(given, "label")
    else:
        if "relations" not in content and "cats" in content:
            themes = names(content["cats"], "cats")
        if "entities" in content:
            spans = _spans(text, content["entities"])
    if themes is None and spans is None:
        raise WrongRow("neither label, nor cats, nor entities")
    if themes is not None:
        themes = tuple(dict.fromkeys(map(id_in, themes)))
    return Corrected(line, answer_id, text, themes, spans)


def _holds_spans(given: list[Any], content: dict[str, Any]) -> bool:
    if given:
        return not isinstance(given[0], str)
    # Without a label, by what is missing: doccano takes the column of labels away.
    if ("entities" in content) == ("cats" in content):
        raise WrongRow("label is empty, and nothing tells whether it is of themes or of mentions")
    return "cats" in content


def _spans(text: str, given: Any) -> tuple[Span, ...]:
    if not isinstance(given, list):
        raise WrongRow("the mentions are no list")
    found = []
    for one in given:
        if isinstance(one, dict):
            found.append(span_of(text, one.get("start_offset"), one.get("end_offset"), one.get("label")))
        elif isinstance(one, list) and len(one) == 3:
            found.append(span_of(text, *one))
        else:
            raise WrongRow("a mention is neither [start, end, label] nor an object")
    return distinct(found)
