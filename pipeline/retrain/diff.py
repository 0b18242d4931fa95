"""What a retrain changed: themes, the themes of earlier answers, with what people wrote as evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

import pyarrow.compute as pc

from pipeline import storage
from pipeline.retrain import earlier
from pipeline.topics.bundle import Bundle
from pipeline.workspace import Workspace

EVENTS: Final = ("kept", "renamed", "split_from", "merged_into", "created", "retired")
VERBATIMS: Final = 3
MOVES: Final = 10
"""Moves of answers from theme to theme that are told of a question, at the most; their number tells of all."""
_READABLE: Final = ("assigned", "unassigned")
_LENGTHS: Final = (30, 400)
Rows = dict[str, dict[str, Any]]


def difference(
    workspace: Workspace, start: earlier.Start, parent: Bundle, model: Bundle, decided: Collection[str]
) -> dict[str, Any]:
    """Return what changed since `start`, as it is written to diff.json.

    Parameters
    ----------
    parent, model : Bundle
        The earlier model and the new one.
    decided : collection of str
        Answers whose themes people settled.
    """
    folder = earlier.folder_of(workspace, start.number)
    before = _by_id(storage.read_table(folder / earlier.ANSWERS).to_pylist(), "answer_id")
    after = _by_id(earlier.themes_of_answers(workspace).to_pylist(), "answer_id")
    old_topics = _by_id(storage.read_table(folder / earlier.TOPICS).to_pylist(), "topic_id")
    new_topics = _by_id(earlier.themes(workspace).to_pylist(), "topic_id")
    titles = {row["question_id"]: row["title"] for row in workspace.read("questions").to_pylist()}
    both = {key: row for key, row in before.items() if key in after and _readable(row) and _readable(after[key])}
    moved = {key for key, row in both.items() if row["theme_id"] != after[key]["theme_id"]}
    within = {key for key, row in both.items() if row["topic_id"] != after[key]["topic_id"]}
    known = {row["contribution_id"] for row in before.values()}
    touched = {key for key in decided if key in before and key in after and _themes(before[key]) != _themes(after[key])}
    gone = {
        topic.topic_id: topic for themes in model.sets.values() for topic in themes.gone if topic.topic_id in old_topics
    }
    questions = []
    by_question: dict[str, list[str]] = defaultdict(list)
    for key, row in both.items():
        by_question[row["question_id"]].append(key)
    events: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for event in _events(old_topics, new_topics, gone, model.reference):
        events[event["question_id"]].append(event)
    wanted: list[tuple[dict[str, Any], list[str]]] = []
    members = _members(after)
    for question_id in sorted({*by_question, *filter(None, events)}):
        moves = Counter((both[k]["theme_id"], after[k]["theme_id"]) for k in by_question[question_id] if k in moved)
        told = []
        for (source, target), n in sorted(moves.items(), key=lambda item: (-item[1], str(item[0])))[:MOVES]:
            keys = [
                k
                for k in by_question[question_id]
                if k in moved and (both[k]["theme_id"], after[k]["theme_id"]) == (source, target)
            ]
            move = {"from": _named(source, old_topics), "to": _named(target, new_topics), "answers": n}
            wanted.append((move, keys))
            told.append(move)
        for event in events[question_id]:
            if event["event"] != "kept":
                wanted.append((event, members.get(event["topic_id"]) or members.get(event["other"] or "", [])))
        questions.append(
            {
                "question_id": question_id,
                "title": titles.get(question_id, ""),
                "answers": len(by_question[question_id]),
                "changed": sum(key in moved for key in by_question[question_id]),
                "learned": _learned(model, question_id),
                "follows_people": any(_follows_people(one, question_id) for one in (parent, model)),
                "themes": events[question_id],
                "moves": told,
            }
        )
    _quote(workspace, wanted)
    counted = Counter(event["event"] for found in events.values() for event in found)
    return {
        "number": start.number,
        "parent": start.parent,
        "model": model.reference,
        "contributions": {
            "before": start.contributions,
            "new": len({row["contribution_id"] for row in after.values()} - known),
        },
        "answers": {"before": len(before), "new": len(after.keys() - before.keys())},
        "themes": {name: counted.get(name, 0) for name in EVENTS},
        "old_answers": len(both),
        "changed": len(moved),
        "changed_share": round(len(moved) / len(both), 4) if both else 0.0,
        "changed_subtopics": len(within),
        "decided": {"answers": sum(key in before and key in after for key in decided), "changed": len(touched)},
        "questions": questions,
    }


def _learned(model: Bundle, question_id: str) -> dict[str, Any] | None:
    themes = model.sets.get(question_id)
    if themes is None or themes.takeover is None:
        return None
    return asdict(themes.takeover) | {"takes_over": themes.takeover.takes_over}


def _follows_people(model: Bundle, question_id: str) -> bool:
    themes = model.sets.get(question_id)
    return themes is not None and themes.learned is not None


def _by_id(rows: Iterable[dict[str, Any]], name: str) -> Rows:
    return {row[name]: row for row in rows}


def _readable(row: Mapping[str, Any]) -> bool:
    return row["state"] in _READABLE


def _themes(row: Mapping[str, Any]) -> tuple[str, str | None, tuple[str, ...]]:
    return row["state"], row["topic_id"], tuple(sorted(row["topic_ids"]))


def _named(topic_id: str | None, topics: Rows) -> dict[str, Any]:
    return {"topic_id": topic_id, "label": topics[topic_id]["label"] if topic_id in topics else None}


def _events(old: Rows, new: Rows, gone: Mapping[str, Any], model: str) -> Iterable[dict[str, Any]]:
    """Yield what became of each theme and sub-theme, the new ones in their order, then those that are gone."""
    for topic_id, row in new.items():
        nothing: dict[str, Any] = {"event": "kept", "topic_id": None, "model": model}
        last = row["lineage"][-1] if row["lineage"] else nothing
        event = str(last["event"]) if last["model"] == model else "kept"
        if topic_id not in old and event == "kept":
            event = "created"  # themes of another model, which a question had none of before
        earlier_label = old[topic_id]["label"] if topic_id in old else None
        if topic_id in old and event == "created":
            event = "kept" if earlier_label == row["label"] else "renamed"
        other = str(last["topic_id"]) if event == last["event"] and last["topic_id"] else None
        yield _event(row, event, other, earlier_label, old, new)
    for topic_id, row in old.items():
        if topic_id not in new:
            last = gone[topic_id].lineage[-1] if topic_id in gone else {"event": "retired", "topic_id": None}
            merged = last["event"] == "merged_into"
            other = str(last["topic_id"]) if merged else None
            yield _event(row, "merged_into" if merged else "retired", other, row["label"], old, new)


def _event(
    row: Mapping[str, Any], event: str, other: str | None, earlier_label: str | None, old: Rows, new: Rows
) -> dict[str, Any]:
    topic_id = row["topic_id"]
    return {
        "topic_id": topic_id,
        "question_id": row["question_id"],
        "parent_id": row["parent_id"],
        "label": row["label"],
        "event": event,
        "other": other,
        "other_label": (new.get(other) or old.get(other) or {}).get("label") if other else None,
        "earlier_label": earlier_label,
        "segments_before": old[topic_id]["n_segments"] if topic_id in old else 0,
        "segments": new[topic_id]["n_segments"] if topic_id in new else 0,
    }


def _members(after: Rows) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, row in after.items():
        for topic_id in {row["topic_id"], row["theme_id"]}:
            if topic_id is not None:
                found[topic_id].append(key)
    return found


def _quote(workspace: Workspace, wanted: list[tuple[dict[str, Any], list[str]]]) -> None:
    """Add to each change what people wrote, as the dataset shows it: masked where this is."""
    answers = storage.read_table(workspace.path / "dataset" / "answers.parquet", columns=["answer_id", "text"])
    ids = {key for _, keys in wanted for key in keys}
    answers = answers.filter(pc.is_in(answers["answer_id"], value_set=_array(ids)))
    texts = dict(zip(answers["answer_id"].to_pylist(), answers["text"].to_pylist(), strict=True))
    for change, keys in wanted:
        chosen: dict[str, str] = {}
        fitting = sorted(keys, key=lambda key: (not _LENGTHS[0] <= len(texts.get(key) or "") <= _LENGTHS[1], key))
        for key in fitting:
            text = texts.get(key)
            if text and text not in chosen.values():
                chosen[key] = text
            if len(chosen) == VERBATIMS:
                break
        change["verbatims"] = [{"answer_id": key, "text": text} for key, text in chosen.items()]


def _array(values: Collection[str]) -> Any:
    import pyarrow as pa

    return pa.array(sorted(values), pa.string())
