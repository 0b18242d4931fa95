"""What a retrain changed: themes, the themes of earlier answers, with what people wrote as evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

import pyarrow.compute as pc

from pipeline import storage
from pipeline.retrain import earlier
from pipeline.retrain.changes import Changes
from pipeline.topics.bundle import Bundle
from pipeline.workspace import Workspace

EVENTS: Final = ("kept", "renamed", "split_from", "merged_into", "created", "retired")
VERBATIMS: Final = 3
MOVES: Final = 10
"""Moves of answers from theme to theme that are told of a question, at the most; their number tells of all."""
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
    changes = Changes(storage.read_table(folder / earlier.ANSWERS), earlier.themes_of_answers(workspace))
    old_topics = _by_id(storage.read_table(folder / earlier.TOPICS).to_pylist(), "topic_id")
    new_topics = _by_id(earlier.themes(workspace).to_pylist(), "topic_id")
    titles = {row["question_id"]: row["title"] for row in workspace.read("questions").to_pylist()}
    gone = {
        topic.topic_id: topic for themes in model.sets.values() for topic in themes.gone if topic.topic_id in old_topics
    }
    events: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for event in _events(old_topics, new_topics, gone, model.reference):
        events[event["question_id"]].append(event)
    questions = []
    wanted: list[tuple[dict[str, Any], list[str]]] = []
    for question_id in sorted({*changes.answers, *filter(None, events)}):
        told = []
        for one in changes.moves.get(question_id, [])[:MOVES]:
            source, target = _named(one.source, old_topics), _named(one.target, new_topics)
            told.append({"from": source, "to": target, "answers": one.answers})
            wanted.append((told[-1], changes.moved(question_id, one)))
        for event in events[question_id]:
            if event["event"] != "kept":
                wanted.append((event, changes.members(event["topic_id"]) or changes.members(event["other"])))
        questions.append(
            {
                "question_id": question_id,
                "title": titles.get(question_id, ""),
                "answers": changes.answers[question_id],
                "changed": changes.changed[question_id],
                "learned": _learned(model, question_id),
                "follows_people": any(_follows_people(one, question_id) for one in (parent, model)),
                "themes": events[question_id],
                "moves": told,
            }
        )
    _quote(workspace, wanted)
    counted = Counter(event["event"] for found in events.values() for event in found)
    n_decided, n_touched = changes.decided(decided)
    return {
        "number": start.number,
        "parent": start.parent,
        "model": model.reference,
        "contributions": {"before": start.contributions, "new": changes.n_new_contributions},
        "answers": {"before": changes.n_before, "new": changes.n_new},
        "themes": {name: counted.get(name, 0) for name in EVENTS},
        "old_answers": changes.n_answers,
        "changed": changes.n_changed,
        "changed_share": round(changes.n_changed / changes.n_answers, 4) if changes.n_answers else 0.0,
        "changed_subtopics": changes.n_changed_subtopics,
        "decided": {"answers": n_decided, "changed": n_touched},
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
