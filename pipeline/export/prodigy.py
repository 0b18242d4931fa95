"""Prodigy: tasks as JSONL, with the machine's mentions as spans and its themes as the options that are ticked."""

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
from pipeline.export.task_files import read_me
from pipeline.export.tasks import Task, Tasks, Themes
from pipeline.export.values import json_line

FILE: Final = "tasks.jsonl"
_SPANS_ONLY: Final = frozenset(("ner", "ner_manual", "spans", "spans_manual"))
_THEMES_ONLY: Final = frozenset(("choice",))
_SKIPPED: Final = {"reject": "rejected", "ignore": "ignored"}

_READ_ME: Final = f"""
`{FILE}` : une réponse par ligne, avec `text`, `spans` (organisations, personnes, lieux), `options` (les thèmes de la
question), `accept` (les thèmes que la machine propose, déjà cochés) et `meta` (`answer_id`, question).

Les annotations sont celles de la machine : des propositions, à accepter ou à corriger. L’interface `choice` (avec
`"choice_style": "multiple"`) montre les thèmes, `ner_manual` les mentions, `blocks` les deux. Une ligne exportée par
`prodigy db-out` est relue ainsi : ce que son interface a montré est décidé, le reste ne change pas.

Pour rendre les corrections : `doleances import prodigy FICHIER --workspace DOSSIER --author NOM`. Les tâches refusées
ou ignorées sont comptées et laissées de côté.
"""


def write(source: Source, folder: Path) -> None:
    """Write tasks.jsonl and LISEZ-MOI.md."""
    tasks, themes, written = Tasks(source), Themes(source), 0
    options: dict[str, tuple[frozenset[str], str]] = {}
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        for task in tasks:
            if task.question_id not in options:
                offered = themes.of(task.question_id)
                listed = [{"id": one.topic_id, "text": one.name} for one in offered]
                options[task.question_id] = (
                    frozenset(one.topic_id for one in offered),
                    json.dumps(listed, ensure_ascii=False),
                )
            file.write(_line(task, themes, *options[task.question_id]))
            written += 1
    read_me(folder, "Tâches pour Prodigy", _READ_ME, written, tasks.left_out)


def _line(task: Task, themes: Themes, offered: frozenset[str], options: str) -> str:
    more = [themes.option(topic) for topic in task.topics if topic["topic_id"] not in offered]
    if more:
        listed = json.loads(options) + [{"id": one.topic_id, "text": one.name} for one in more]
        options = json.dumps(listed, ensure_ascii=False)
    line = json_line(
        {
            "text": task.text,
            "spans": [{"start": span.start, "end": span.end, "label": span.label} for span in task.spans],
            "accept": [topic["topic_id"] for topic in task.topics],
            "meta": {"answer_id": task.answer_id, "question_id": task.question_id, "question": task.question},
        }
    )
    # The options are the same for all answers to a question, and most of what is written.
    return f'{line[:-1]}, "options": {options}}}\n'


def corrected(path: Path) -> Iterator[Row]:
    """Return the rows of a file that `prodigy db-out` wrote."""
    return rows_of(path, _row)


def _row(line: int, content: dict[str, Any]) -> Row:
    answer = content.get("answer")
    if answer is None:
        return Skipped(line, "not_reviewed")
    if answer in ("reject", "ignore"):
        return Skipped(line, _SKIPPED[answer])
    if answer != "accept":
        raise WrongRow(f"unknown answer « {answer} » (accept, reject or ignore)")
    text, view = text_at(content, "text"), content.get("_view_id")
    themes = spans = None
    if view not in _SPANS_ONLY and (view in _THEMES_ONLY or "accept" in content):
        themes = names(content.get("accept", []), "accept")
    if view not in _THEMES_ONLY and (view in _SPANS_ONLY or "spans" in content):
        found = content.get("spans", [])
        if not isinstance(found, list) or not all(isinstance(span, dict) for span in found):
            raise WrongRow("spans is no list of objects")
        spans = distinct(span_of(text, span.get("start"), span.get("end"), span.get("label")) for span in found)
    if themes is None and spans is None:
        raise WrongRow("neither accept nor spans")
    stamp = json.dumps([content.get("_timestamp"), content.get("_session_id")], default=str)
    return Corrected(line, text_at(content, "meta", "answer_id"), text, themes, spans, stamp)
