"""One partition of the tables in, one partition of the dataset out: join, pick the themes, mask, move the offsets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dataset.lemmas import terms_of
from pipeline.dataset.people import People
from pipeline.dataset.schemas import ANSWERS, MENTIONS, SEGMENTS
from pipeline.privacy import WITHHELD, Masked, hide, without_emails
from pipeline.tables import REVIEWER, counted

Row = dict[str, Any]

_OF_THEME: Final = ("topic_id", "score", "margin", "source")


@dataclass(frozen=True)
class Names:
    """What ids are called, for the whole workspace, and the theme that each theme or sub-theme belongs to."""

    questions: Mapping[str, str]
    topics: Mapping[str, str]
    themes: Mapping[str, str]
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


def label(
    part: Partition, names: Names, people: People | None, copied: Mapping[str, tuple[str, str]] | None = None
) -> dict[str, pa.Table]:
    """Return the rows of answers, segments and mentions of the dataset.

    Parameters
    ----------
    part : Partition
        The tables, `outcomes` included.
    names : Names
        Wordings of questions, labels of themes, names of organisations.
    people : People or None
        How private persons are told; None leaves every text as it was received.
    copied : mapping, optional
        Text and masked text, by answer_id, of the answers that duplicates are copies of.
    """
    states = dict(zip(part.outcomes["answer_id"].to_pylist(), part.outcomes["state"].to_pylist(), strict=True))
    segments = _segments(part, states)
    further = _further(part, segments)
    mentions = part.mentions.to_pylist()
    segments_of = by_answer(segments)
    mentions_of = by_answer(mentions)
    if people is None:
        texts = {key: Masked(text) for key, text in _received(part.answers)}
    else:
        texts = masked_texts(part.answers, segments_of, mentions_of, people, copied or {})
    given = by_answer([*segments, *further])
    answers = _answers(part, names, texts, given, mentions_of, masked=people is not None)
    for segment, terms in zip(segments, terms_of(part.segments, texts), strict=True):
        segment["terms"] = terms
        masked = texts[segment["answer_id"]]
        segment["start"], segment["end"] = masked.shift(segment["start"], segment["end"])
        segment["text"] = masked.text[segment["start"] : segment["end"]]
        named = _named(segment["topic_id"], names)
        segment |= {"topic_label": named.pop("label")} | named
    for mention in mentions:
        masked = texts[mention["answer_id"]]
        mention["start"], mention["end"] = masked.shift(mention["start"], mention["end"])
        mention["surface"] = masked.text[mention["start"] : mention["end"]]
    return {
        "answers": answers,
        "segments": pa.Table.from_pylist(segments, schema=SEGMENTS),
        "mentions": pa.Table.from_pylist(mentions, schema=MENTIONS),
    }


def themes_of(segments: Iterable[Row], theme_of: Mapping[str, str]) -> tuple[list[Row], str | None]:
    """Return the themes of an answer, best score first, and the one that the longest part of it is about.

    The longest part is about a theme, and about that of its sub-themes which most of this part is about. Equal lengths
    go to the better score, equal scores to the smaller id.

    Parameters
    ----------
    segments : iterable of rows
        Its segments, with ``topic_id``, ``score``, ``source``, ``start`` and ``end``.
    theme_of : mapping
        The theme that each theme or sub-theme is, or is part of.
    """
    scores: dict[str, float] = {}
    lengths: dict[str, int] = {}
    sources: dict[str, str | None] = {}
    for segment in segments:
        topic_id = segment["topic_id"]
        if topic_id is not None:
            if sources.get(topic_id) != REVIEWER:
                sources[topic_id] = segment.get("source")
            scores[topic_id] = max(segment["score"], scores.get(topic_id, 0.0))
            lengths[topic_id] = lengths.get(topic_id, 0) + segment["end"] - segment["start"]
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    themes = [{"topic_id": key, "score": score, "source": sources[key]} for key, score in ranked]
    whole: dict[str, int] = {}
    for key, length in lengths.items():
        whole[theme_of[key]] = whole.get(theme_of[key], 0) + length

    def rank(key: str) -> tuple[int, float, str, int, float, str]:
        theme = theme_of[key]
        best = max(score for other, score in scores.items() if theme_of[other] == theme)
        return -whole[theme], -best, theme, -lengths[key], -scores[key], key

    return themes, min(scores, key=rank, default=None)


def _segments(part: Partition, states: Mapping[str, str]) -> list[Row]:
    best = part.assignments.filter(pc.equal(part.assignments["rank"], 1))
    # Beside the first of what all of the answer was given stand others that it has, and not the next best.
    second = pc.and_not(pc.equal(part.assignments["rank"], 2), counted(part.assignments))
    following = part.assignments.filter(second)
    rows: list[Row] = part.segments.select(["segment_id", "answer_id", "start", "end", "language"]).to_pylist()
    themes = {row["segment_id"]: row for row in best.select(["segment_id", *_OF_THEME]).to_pylist()}
    after = dict(zip(following["segment_id"].to_pylist(), following["topic_id"].to_pylist(), strict=True))
    for row in rows:
        theme = themes.get(row["segment_id"]) if states[row["answer_id"]] == "assigned" else None
        for name in _OF_THEME:
            row[name] = theme[name] if theme else None
        row["next_topic_id"] = after.get(row["segment_id"]) if theme else None
    return rows


def _further(part: Partition, segments: Iterable[Row]) -> list[Row]:
    """Return the themes that count beside the first of a segment, as segments of no length."""
    chosen = pc.and_(counted(part.assignments), pc.greater(part.assignments["rank"], 1))
    given = part.assignments.filter(chosen).select(["segment_id", *_OF_THEME]).to_pylist()
    if not given:
        return []
    places = {row["segment_id"]: row for row in segments if row["topic_id"] is not None}
    return [place | theme | {"end": place["start"]} for theme in given if (place := places.get(theme["segment_id"]))]


def by_answer(rows: list[Row]) -> dict[str, list[Row]]:
    """Return rows of segments or mentions by answer_id, each list in the order of the text."""
    ordered = sorted(rows, key=itemgetter("answer_id", "start", "end"))
    return {answer_id: list(group) for answer_id, group in groupby(ordered, key=itemgetter("answer_id"))}


def masked_texts(
    answers: pa.Table,
    segments_of: Mapping[str, list[Row]],
    mentions_of: Mapping[str, list[Row]],
    people: People,
    copied: Mapping[str, tuple[str, str]] | None = None,
) -> dict[str, Masked]:
    """Return the masked text of every answer that has a text.

    Parameters
    ----------
    answers : pyarrow.Table
        Rows of `answers`.
    segments_of, mentions_of : mapping
        Their segments and mentions, by answer_id and in order.
    people : People
        How private persons are told.
    copied : mapping, optional
        As for `label`: a duplicate that says the very same takes the masked text of what it copies.
    """
    states = dict(zip(answers["answer_id"].to_pylist(), answers["state"].to_pylist(), strict=True))
    originals = (
        dict(zip(answers["answer_id"].to_pylist(), answers["duplicate_of"].to_pylist(), strict=True)) if copied else {}
    )
    texts = {}
    for answer_id, text in _received(answers):
        segments = segments_of.get(answer_id, [])
        same, masked = (copied or {}).get(originals.get(answer_id) or "", (None, ""))
        if states[answer_id] in WITHHELD:
            texts[answer_id] = Masked(WITHHELD[states[answer_id]])
        elif segments:
            private = people.in_read_text(text, mentions_of.get(answer_id, []))
            bounds = sorted({segment[side] for segment in segments for side in ("start", "end")})
            texts[answer_id] = hide(text, private, bounds)
        elif same == text:
            texts[answer_id] = Masked(masked)
        else:
            texts[answer_id] = hide(text, people.in_unread_text(text))
    return texts


def _received(answers: pa.Table) -> Iterator[tuple[str, str]]:
    for answer_id, text in zip(answers["answer_id"].to_pylist(), answers["text"].to_pylist(), strict=True):
        if text:
            yield answer_id, text


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
        found, main = themes_of(segments_of.get(answer_id, ()), names.themes)
        themes.append([theme | _named(theme["topic_id"], names) for theme in found])
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
        "topic_label": [_named(main, names)["label"] for main in mains],
        **{name: [_named(main, names)[name] for main in mains] for name in ("theme_id", "theme_label")},
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
        "routed": part.answers["routed"],
        "region": forms["region"],
        "copy_group_id": part.answers["copy_group_id"],
    }
    return pa.table(columns, schema=ANSWERS)


def _named(topic_id: str | None, names: Names) -> dict[str, str | None]:
    """Return the label of a theme or sub-theme, and the theme that it is or is part of."""
    if topic_id is None:
        return dict.fromkeys(("label", "theme_id", "theme_label"))
    theme_id = names.themes[topic_id]
    return {"label": names.topics[topic_id], "theme_id": theme_id, "theme_label": names.topics[theme_id]}


def _plain(ids: Sequence[str], received: Sequence[str | None], texts: Mapping[str, Masked]) -> list[str | None]:
    return [texts[key].text if key in texts else text for key, text in zip(ids, received, strict=True)]
