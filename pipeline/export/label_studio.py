"""Label Studio: tasks of a question as JSON, the machine's labels as predictions, and the labelling configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from pipeline.export.corrected import (
    Corrected,
    Row,
    Skipped,
    Wrong,
    WrongRow,
    distinct,
    lines_of,
    names,
    span_of,
    text_at,
)
from pipeline.export.source import Source
from pipeline.export.task_files import QuestionFiles, read_me
from pipeline.export.tasks import LABELS, Option, Span, Task, Tasks, Themes, id_in
from pipeline.export.values import json_line

_BETWEEN: Final = re.compile(r"[\s,]*")
_END: Final = re.compile(r"\]\s*")

_READ_ME: Final = """
Par question, deux fichiers pour un projet Label Studio : `….xml`, la configuration (Labeling interface, Code), et
`….json`, les tâches (Import). Les thèmes sont des choix (`themes`), les organisations, personnes et lieux des
étiquettes (`mentions`) ; les identifiants sont dans `data` (`answer_id`, `question_id`).

Les annotations sont celles de la machine : des prédictions (`predictions`), que chaque personne accepte ou corrige.
L’absence d’un choix ou d’une étiquette dans une annotation veut dire qu’il n’y en a pas : gardez les deux dans la
configuration.

Pour rendre les corrections, exportez en « JSON » (et non « JSON-MIN ») :
`doleances import label-studio FICHIER --workspace DOSSIER --author NOM`. Les tâches passées (« Skip ») sont comptées et
laissées de côté.
"""


def write(source: Source, folder: Path) -> None:
    """Write the tasks and the configuration of each question, and LISEZ-MOI.md."""
    tasks, themes, written = Tasks(source), Themes(source), 0
    files = QuestionFiles(folder, ".json", "[\n", ",\n", "\n]\n")
    offered: dict[str, dict[str, Option]] = {}
    model = str(source.manifest.get("model") or "doleances")
    for task in tasks:
        options = offered.setdefault(task.question_id, {one.topic_id: one for one in themes.of(task.question_id)})
        for topic in task.topics:
            options.setdefault(topic["topic_id"], themes.option(topic))
        files.name(task.question_id)
        files.add(task.question_id, json_line(_task(task, options, model)))
        written += 1
    for question_id in files.close():
        xml = config([one.name for one in offered[question_id].values()])
        (folder / f"{files.name(question_id)}.xml").write_text(xml, encoding="utf-8")
    read_me(folder, "Tâches pour Label Studio", _READ_ME, written, tasks.left_out)


def config(themes: list[str]) -> str:
    """Return the labelling configuration of a question, from the names of its themes."""
    labels = "\n".join(f"    <Label value={quoteattr(label)}/>" for label in LABELS)
    lines = [
        "<View>",
        '  <Header value="$question"/>',
        f'  <Labels name="mentions" toName="text">\n{labels}\n  </Labels>',
        '  <Text name="text" value="$text" valueType="text" granularity="word"/>',
    ]
    if themes:
        choices = "\n".join(f"    <Choice value={quoteattr(name)}/>" for name in themes)
        lines.append(f'  <Choices name="themes" toName="text" choice="multiple">\n{choices}\n  </Choices>')
    return "\n".join([*lines, "</View>"]) + "\n"


def _task(task: Task, options: dict[str, Option], model: str) -> dict[str, Any]:
    result: list[dict[str, Any]] = []
    if task.topics:
        chosen = [options[topic["topic_id"]].name for topic in task.topics]
        result.append(_region("themes", "choices", "themes", {"choices": chosen}))
    for number, span in enumerate(task.spans):
        value = {"start": span.start, "end": span.end, "text": task.text[span.start : span.end]}
        result.append(_region(f"mention-{number}", "labels", "mentions", value | {"labels": [span.label]}))
    score = round(max((topic["score"] for topic in task.topics), default=0.0), 4)
    return {
        "data": {
            "text": task.text,
            "question": task.question,
            "answer_id": task.answer_id,
            "question_id": task.question_id,
        },
        "predictions": [{"model_version": model, "score": score, "result": result}],
    }


def _region(region_id: str, kind: str, control: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": region_id, "from_name": control, "to_name": "text", "type": kind, "value": value}


def corrected(path: Path) -> Iterator[Row]:
    """Yield the annotations of a file that Label Studio exported as JSON; several people may have done one task."""
    for line, content in _tasks(path):
        if isinstance(content, Wrong):
            yield content
            continue
        try:
            yield from _annotations(line, content)
        except WrongRow as error:
            yield Wrong(line, str(error))


def _tasks(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield each task of a JSON array with the line that it starts on; after one that is broken, the next line's."""
    try:
        content = b"".join(lines_of(path)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield (
            error.object[: error.start].count(b"\n") + 1,
            Wrong(error.object[: error.start].count(b"\n") + 1, "not UTF-8"),
        )
        return
    decoder = json.JSONDecoder()
    line, counted = 1, 0
    place = _skip(content, 0)
    if content[place : place + 1] == "[":
        place = _skip(content, place + 1)
    before = content[content.rfind("\n", 0, place) + 1 : place]
    next_task = re.compile(rf"^{before if before.isspace() else ''},?\{{", re.MULTILINE)
    while place < len(content) and not _END.fullmatch(content, place):
        line, counted = line + content.count("\n", counted, place), place
        try:
            task, place = decoder.raw_decode(content, place)
            yield line, task if isinstance(task, dict) else Wrong(line, "not a JSON object")
        except (ValueError, RecursionError) as error:
            yield line, Wrong(line, f"not JSON ({error})")
            end = content.find("\n", place)
            following = next_task.search(content, end + 1) if end >= 0 else None
            place = following.end() - 1 if following else len(content)
        place = _skip(content, place)


def _skip(content: str, place: int) -> int:
    found = _BETWEEN.match(content, place)
    return found.end() if found else place


def _annotations(line: int, content: dict[str, Any]) -> Iterator[Row]:
    if "data" not in content:
        raise WrongRow("no data: export the project as JSON, not JSON-MIN")
    text, answer_id = text_at(content, "data", "text"), text_at(content, "data", "answer_id")
    annotations = content.get("annotations", [])
    if not isinstance(annotations, list) or not all(isinstance(one, dict) for one in annotations):
        raise WrongRow("annotations is no list of objects")
    if not annotations:
        yield Skipped(line, "not_reviewed")
    # Of one person, the last word: the others were replaced.
    last = {_person(one): one for one in sorted(annotations, key=lambda one: str(one.get("updated_at") or ""))}
    for person, annotation in last.items():
        if annotation.get("was_cancelled"):
            yield Skipped(line, "ignored")
            continue
        try:
            themes, spans = _result(text, annotation.get("result"))
        except WrongRow as error:
            yield Wrong(line, str(error))
            continue
        stamp = json.dumps([annotation.get("id"), annotation.get("updated_at")], default=str)
        several = person if len(last) > 1 else ""
        yield Corrected(line, answer_id, text, themes, spans, stamp, several)


def _person(annotation: dict[str, Any]) -> str:
    person = annotation.get("completed_by")
    if isinstance(person, dict):
        person = person.get("email") or person.get("id")
    return "" if person is None else str(person)


def _result(text: str, result: Any) -> tuple[tuple[str, ...], tuple[Span, ...]]:
    if not isinstance(result, list) or not all(isinstance(one, dict) for one in result):
        raise WrongRow("the result of an annotation is no list of objects")
    themes: list[str] = []
    spans: list[Span] = []
    for one in result:
        value = one.get("value")
        if not isinstance(value, dict):
            continue  # a relation between regions has none
        if one.get("type") == "choices":
            themes += map(id_in, names(value.get("choices"), "choices"))
        elif one.get("type") == "labels":
            labels = names(value.get("labels"), "labels")
            if len(labels) != 1:
                raise WrongRow(f"a mention has {len(labels)} labels")
            start, end = _place(text, value)
            spans.append(span_of(text, start, end, labels[0]))
    return tuple(dict.fromkeys(themes)), distinct(spans)


def _place(text: str, value: dict[str, Any]) -> tuple[Any, Any]:
    """Return the offsets of a region in characters of the text.

    Some versions count UTF-16 units, or a Windows line break as one character; the words of the region tell.
    """
    start, end, quote = value.get("start"), value.get("end"), value.get("text")
    if type(start) is not int or type(end) is not int or not isinstance(quote, str):
        return start, end
    for lengths in (_one, _utf16, _line_breaks):
        found = _counted(text, start, lengths), _counted(text, end, lengths)
        if None not in found and _same(text[found[0] : found[1]], quote):
            return found
    raise WrongRow(f"mention {start}–{end} reads « {text[start:end]} » in the text, not « {quote} »")


def _one(text: str, place: int) -> int:
    return 1


def _utf16(text: str, place: int) -> int:
    return 2 if ord(text[place]) > 0xFFFF else 1


def _line_breaks(text: str, place: int) -> int:
    return 0 if text[place : place + 2] == "\r\n" else 1


def _counted(text: str, offset: int, length: Any) -> int | None:
    """Return how many characters of the text come before an offset that counts otherwise."""
    if length is _one:
        return offset
    passed = 0
    for place in range(len(text)):
        if passed >= offset:
            return place if passed == offset else None
        passed += length(text, place)
    return len(text) if passed == offset else None


def _same(found: str, quote: str) -> bool:
    return _on_lines(found) == _on_lines(quote)


def _on_lines(text: str) -> str:
    return text.replace("\\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
