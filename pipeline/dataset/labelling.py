"""One partition of the tables in, one partition of the dataset out: join, pick the themes, mask, move the offsets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset.people import People
from pipeline.dataset.privacy import Masked, hide, without_emails
from pipeline.dataset.schemas import ANSWERS, MENTIONS, SEGMENTS

Row = dict[str, Any]


@dataclass(frozen=True)
class Names:
    """What ids are called, for the whole workspace."""

    questions: Mapping[str, str]
    topics: Mapping[str, str]
    organisations: Mapping[str, str]


@dataclass(frozen=True)
class Partition:
    """The same partition of each table."""

    contributions: pa.Table
    answers: pa.Table
    segments: pa.Table
    mentions: pa.Table
    assignments: pa.Table
    outcomes: pa.Table


def label(part: Partition, names: Names, people: People | None) -> dict[str, pa.Table]:
    """Return the rows of answers, segments and mentions of the dataset.

    Parameters
    ----------
    part : Partition
        The tables, `outcomes` included.
    names : Names
        Wordings of questions, labels of themes, names of organisations.
    people : People or None
        How private persons are told; None leaves every text as it was received.
    """
    states = dict(zip(part.outcomes["answer_id"].to_pylist(), part.outcomes["state"].to_pylist(), strict=True))
    segments = _segments(part, states)
    mentions = part.mentions.to_pylist()
    segments_of = _by_answer(segments)
    mentions_of = _by_answer(mentions)
    texts = _texts(part.answers, segments_of, mentions_of, people)
    answers = _answers(part, names, texts, segments_of, mentions_of, masked=people is not None)
    for segment in segments:
        masked = texts[segment["answer_id"]]
        segment["start"], segment["end"] = masked.shift(segment["start"], segment["end"])
        segment["text"] = masked.text[segment["start"] : segment["end"]]
        segment["topic_label"] = names.topics[segment["topic_id"]] if segment["topic_id"] is not None else None
    for mention in mentions:
        masked = texts[mention["answer_id"]]
        mention["start"], mention["end"] = masked.shift(mention["start"], mention["end"])
        mention["surface"] = masked.text[mention["start"] : mention["end"]]
    return {
        "answers": answers,
        "segments": pa.Table.from_pylist(segments, schema=SEGMENTS),
        "mentions": pa.Table.from_pylist(mentions, schema=MENTIONS),
    }


def themes_of(segments: Iterable[Row]) -> tuple[list[Row], str | None]:
    """Return the themes of an answer, best score first, and the one that the longest part of it is about.

    Equal lengths go to the better score, equal scores to the smaller id.
    """
    scores: dict[str, float] = {}
    lengths: dict[str, int] = {}
    for segment in segments:
        topic_id = segment["topic_id"]
        if topic_id is not None:
            scores[topic_id] = max(segment["score"], scores.get(topic_id, 0.0))
            lengths[topic_id] = lengths.get(topic_id, 0) + segment["end"] - segment["start"]
    themes = [{"topic_id": key, "score": score} for key, score in sorted(scores.items(), key=lambda t: (-t[1], t[0]))]
    main = min(scores, key=lambda key: (-lengths[key], -scores[key], key), default=None)
    return themes, main


def _segments(part: Partition, states: Mapping[str, str]) -> list[Row]:
    best = part.assignments.filter(pc.equal(part.assignments["rank"], 1))
    rows: list[Row] = part.segments.select(["segment_id", "answer_id", "start", "end", "language"]).to_pylist()
    themes = {row["segment_id"]: row for row in best.select(["segment_id", "topic_id", "score", "margin"]).to_pylist()}
    for row in rows:
        theme = themes.get(row["segment_id"]) if states[row["answer_id"]] == "assigned" else None
        for name in ("topic_id", "score", "margin"):
            row[name] = theme[name] if theme else None
    return rows


def _by_answer(rows: list[Row]) -> dict[str, list[Row]]:
    ordered = sorted(rows, key=itemgetter("answer_id", "start", "end"))
    return {answer_id: list(group) for answer_id, group in groupby(ordered, key=itemgetter("answer_id"))}


def _texts(
    answers: pa.Table,
    segments_of: Mapping[str, list[Row]],
    mentions_of: Mapping[str, list[Row]],
    people: People | None,
) -> dict[str, Masked]:
    texts = {}
    for answer_id, text in zip(answers["answer_id"].to_pylist(), answers["text"].to_pylist(), strict=True):
        if not text:
            continue
        if people is None:
            texts[answer_id] = Masked(text)
            continue
        segments = segments_of.get(answer_id, [])
        if segments:
            private = people.in_read_text(text, mentions_of.get(answer_id, []))
        else:
            private = people.in_unread_text(text)
        texts[answer_id] = hide(text, private, sorted({s[side] for s in segments for side in ("start", "end")}))
    return texts


def _answers(
    part: Partition,
    names: Names,
    texts: Mapping[str, Masked],
    segments_of: Mapping[str, list[Row]],
    mentions_of: Mapping[str, list[Row]],
    *,
    masked: bool,
) -> pa.Table:
    ids: list[str] = part.answers["answer_id"].to_pylist()
    themes: list[list[Row]] = []
    mains: list[str | None] = []
    organisations: list[list[Row]] = []
    for answer_id in ids:
        found, main = themes_of(segments_of.get(answer_id, ()))
        themes.append([theme | {"label": names.topics[theme["topic_id"]]} for theme in found])
        mains.append(main)
        named = dict.fromkeys(m["organisation_id"] for m in mentions_of.get(answer_id, ()) if m["organisation_id"])
        organisations.append([{"organisation_id": key, "name": names.organisations[key]} for key in named])
    forms = part.contributions.take(pc.index_in(part.answers["contribution_id"], part.contributions["contribution_id"]))
    references = forms["reference"].to_pylist()
    columns: dict[str, Any] = {
        "answer_id": ids,
        "contribution_id": part.answers["contribution_id"],
        "question_id": part.answers["question_id"],
        "question": [names.questions[key] for key in part.answers["question_id"].to_pylist()],
        "text": _plain(ids, part.answers["text"].to_pylist(), texts),
        "state": part.outcomes["state"],
        "topic_id": mains,
        "topic_label": [names.topics[main] if main is not None else None for main in mains],
        "topics": themes,
        "organisations": organisations,
        "departement": forms["departement"],
        "author_type": forms["author_type"],
        "published_at": forms["published_at"],
        "reference": [without_emails(reference) for reference in references] if masked else references,
        "author_id": forms["author_id"],
        "duplicate_of": part.answers["duplicate_of"],
        "reason": part.outcomes["reason"],
        "weight": forms["weight"],
    }
    return pa.table(columns, schema=ANSWERS)


def _plain(ids: Sequence[str], received: Sequence[str | None], texts: Mapping[str, Masked]) -> list[str | None]:
    return [texts[key].text if key in texts else text for key, text in zip(ids, received, strict=True)]
