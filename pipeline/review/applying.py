"""What people settled, carried out on one partition of the tables; the tables of the machine stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa

from pipeline import tables
from pipeline.entities.folding import fold
from pipeline.entities.linker import local_id
from pipeline.review.answers import Verdict
from pipeline.review.mentions import MentionEdit, ReviewedMentions
from pipeline.tables import REVIEWER

Row = dict[str, Any]


def reviewed_assignments(
    assignments: pa.Table,
    segments: pa.Table,
    answers: pa.Table,
    verdicts: Mapping[str, Sequence[Verdict]],
    moves: Mapping[str, str | None],
    parts: Mapping[str, Mapping[str, str]],
) -> pa.Table:
    """Return the assignments of a partition with what people decided in the place of what the machine did.

    A theme that a person gave has source "reviewer", score and margin 1; every theme of a verdict is there, in the
    segment that the machine would have given to it or else in the longest one. Segments of which nobody spoke keep
    their themes, moved to where people moved these.

    Parameters
    ----------
    assignments, segments, answers : pyarrow.Table
        The same partition of the three tables.
    verdicts : mapping
        By the answer that others are copies of.
    moves, parts : mapping
        As in `themes.ReviewedThemes`.
    """
    if not verdicts and not moves and not parts:
        return assignments
    roots = _roots(answers)
    texts = dict(zip(answers["answer_id"].to_pylist(), answers["text"].to_pylist(), strict=True))
    rows_of: dict[str, list[Row]] = {}
    for row in assignments.to_pylist():
        rows_of.setdefault(row["segment_id"], []).append(row)
    made: list[Row] = []
    places = segments.select(["answer_id", "segment_id", "start", "end"]).to_pylist()
    for answer_id, group in groupby(places, key=itemgetter("answer_id")):
        inside = list(group)
        root = roots[answer_id]
        found = {one["segment_id"]: rows_of.get(one["segment_id"], []) for one in inside}
        found = {key: _moved(rows, root, moves, parts) for key, rows in found.items()}
        for verdict in verdicts.get(root, ()):
            chosen = _spoken_of(verdict, inside, texts[answer_id])
            if chosen:
                found |= _given(verdict.topic_ids, chosen, found)
        for segment in inside:
            made += found[segment["segment_id"]]
    return tables.from_rows("reviewed_assignments", made)


def settled_states(answers: pa.Table, verdicts: Mapping[str, Sequence[Verdict]]) -> dict[str, str]:
    """Return what people settled of whole answers: "assigned", "unassigned" or "uninformative", by answer_id."""
    found = {}
    for answer_id, root in _roots(answers).items():
        whole = [one for one in verdicts.get(root, ()) if one.whole]
        if whole:
            last = whole[-1]
            found[answer_id] = "uninformative" if last.uninformative else "assigned" if last.topic_ids else "unassigned"
    return found


def reviewed_mentions(
    mentions: pa.Table, segments: pa.Table, answers: pa.Table, reviewed: ReviewedMentions
) -> pa.Table:
    """Return the mentions of a partition as people corrected them; what they touched has source "reviewer"."""
    if not reviewed.edits and not reviewed.aliases:
        return mentions
    rows: list[Row] = mentions.to_pylist()
    for row in rows:
        linked = reviewed.aliases.get(fold(row["surface"])) if row["organisation_id"] is None else None
        if linked is not None:
            row |= {"organisation_id": linked, "label": "ORG", "source": REVIEWER}
    roots = _roots(answers)
    texts = dict(zip(answers["answer_id"].to_pylist(), answers["text"].to_pylist(), strict=True))
    decided = {key: reviewed.edits[root] for key, root in roots.items() if root in reviewed.edits}
    if not decided:
        return pa.Table.from_pylist(rows, schema=mentions.schema)
    places: dict[str, list[Row]] = {}
    for segment in segments.select(["answer_id", "segment_id", "start", "end"]).to_pylist():
        places.setdefault(segment["answer_id"], []).append(segment)
    kept = [row for row in rows if row["answer_id"] not in decided]
    before: dict[str, list[Row]] = {}
    for row in rows:
        before.setdefault(row["answer_id"], []).append(row)
    for answer_id, edits in decided.items():
        here = before.get(answer_id, [])
        for edit in edits:
            if edit.text == texts[answer_id]:
                here = _edited(answer_id, here, edit, places.get(answer_id, []), reviewed.aliases)
        kept += here
    order = {key: number for number, key in enumerate(roots)}
    kept.sort(key=lambda row: (order[row["answer_id"]], row["start"], row["end"], row["mention_id"]))
    return pa.Table.from_pylist(kept, schema=mentions.schema)


def _roots(answers: pa.Table) -> dict[str, str]:
    ids = zip(answers["answer_id"].to_pylist(), answers["duplicate_of"].to_pylist(), strict=True)
    return {answer_id: original or answer_id for answer_id, original in ids}


def _moved(
    rows: Sequence[Row], root: str, moves: Mapping[str, str | None], parts: Mapping[str, Mapping[str, str]]
) -> list[Row]:
    """Return the rows of a segment with the themes that theirs became: retired ones go, what became one is one."""
    ids = [parts.get(root, {}).get(row["topic_id"]) or moves.get(row["topic_id"], row["topic_id"]) for row in rows]
    if all(new == row["topic_id"] for new, row in zip(ids, rows, strict=True)):
        return list(rows)
    scores: dict[str, float] = {}
    for new, row in zip(ids, rows, strict=True):
        if new is not None:
            scores[new] = min(1.0, scores.get(new, 0.0) + row["score"])
    after = rows[-1]["score"] - rows[-1]["margin"]  # what the first theme that is not told of has
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    following = [*(score for _, score in ranked[1:]), after][: len(ranked)]
    return [
        rows[0] | {"topic_id": new, "rank": rank, "score": round(score, 4), "margin": round(max(score - then, 0.0), 4)}
        for rank, ((new, score), then) in enumerate(zip(ranked, following, strict=True), start=1)
    ]


def _spoken_of(verdict: Verdict, segments: Sequence[Row], text: str) -> list[Row]:
    """Return the segments that a verdict speaks of: for a part, those that share most with it."""
    if verdict.start is None or verdict.end is None:
        return list(segments)
    if verdict.text != text:  # a copy that is not the same character for character
        return []
    found = []
    for segment in segments:
        shared = min(segment["end"], verdict.end) - max(segment["start"], verdict.start)
        if 2 * shared > min(segment["end"] - segment["start"], verdict.end - verdict.start):
            found.append(segment)
    return found


def _given(wanted: Sequence[str], segments: Sequence[Row], found: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    places: dict[str, list[str]] = {segment["segment_id"]: [] for segment in segments}
    for segment_id, topics in places.items():
        best = next((row["topic_id"] for row in found[segment_id] if row["topic_id"] in wanted), None)
        if best is not None:
            topics.append(best)
    held = {topic for topics in places.values() for topic in topics}
    longest = sorted(segments, key=lambda one: (one["start"] - one["end"], one["start"]))
    for topic_id in wanted:
        if topic_id not in held:
            free = next((one for one in longest if not places[one["segment_id"]]), longest[0])
            places[free["segment_id"]].append(topic_id)
    return {
        segment_id: [
            {
                "segment_id": segment_id,
                "topic_id": topic_id,
                "rank": rank,
                "score": 1.0,
                "margin": 1.0,
                "source": REVIEWER,
            }
            for rank, topic_id in enumerate(topics, start=1)
        ]
        for segment_id, topics in places.items()
    }


def _edited(
    answer_id: str, rows: Iterable[Row], edit: MentionEdit, segments: Sequence[Row], aliases: Mapping[str, str]
) -> list[Row]:
    """Return the mentions of an answer after an edit: what it replaces, and what overlaps it, goes."""
    kept, old = [], None
    for row in rows:
        if (row["start"], row["end"]) == (edit.start, edit.end):
            old = row
        elif edit.label is None or row["end"] <= edit.new_start or edit.new_end <= row["start"]:
            kept.append(row)
    if edit.label is None:
        return kept
    surface = edit.text[edit.new_start : edit.new_end]
    same = old is not None and (edit.new_start, edit.new_end) == (edit.start, edit.end)
    linked = edit.organisation_id
    if linked is None:
        linked = old["organisation_id"] if same and old is not None else aliases.get(fold(surface))
    if linked is None and edit.label == "ORG":
        linked = local_id(surface)
    inside = next((one for one in segments if one["start"] <= edit.new_start < one["end"]), None)
    made = {
        "mention_id": f"m{answer_id[1:]}-{edit.new_start}-{edit.new_end}-{edit.label}",
        "answer_id": answer_id,
        "segment_id": inside["segment_id"] if inside else None,
        "start": edit.new_start,
        "end": edit.new_end,
        "surface": surface,
        "label": edit.label,
        "organisation_id": (linked or None) if edit.label == "ORG" else None,
        "author_is_organisation": bool(old and old["author_is_organisation"]),
        "source": REVIEWER,
        "score": 1.0,
    }
    return [*kept, made]
