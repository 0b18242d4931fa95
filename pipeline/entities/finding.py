"""One partition of answers in, its mentions out."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import poison, tables
from pipeline.entities.corrected import Corrections
from pipeline.entities.finder import knowledge, recognise
from pipeline.entities.linker import register_id
from pipeline.entities.spans import Span
from pipeline.entities.speakers import CITIZEN, Answer, speaks_for


def find_mentions(
    answers: pa.Table,
    segments: pa.Table,
    contributions: pa.Table,
    register: str | None = None,
    spelt_out: Mapping[str, str] | None = None,
    trained: Path | None = None,
    corrected: Corrections | None = None,
) -> tuple[pa.Table, dict[str, str]]:
    """Return the mentions of the answers whose state is pending.

    Parameters
    ----------
    answers, segments, contributions : pyarrow.Table
        Rows of these tables, of the same partition.
    register : str, optional
        Path of a register, instead of the one that ships.
    spelt_out : mapping of str to str, optional
        The organisation id of each acronym that the corpus spells out.
    trained : path, optional
        Folder of a trained recogniser.
    corrected : Corrections, optional
        What people taught of names.

    Returns
    -------
    mentions : pyarrow.Table
        Rows of the table `mentions`, in the order of the answers; a text that cannot be analysed has none.
    failures : dict
        Why these texts have none, by answer_id.
    """
    pending = answers.filter(pc.equal(answers["state"], "pending"))
    encoded = pending["text"].combine_chunks().dictionary_encode()
    text_of: list[int] = encoded.indices.to_pylist()  # of each answer: every distinct text is read once
    texts: list[str] = encoded.dictionary.to_pylist()
    search = partial(recognise, register=register, spelt_out=spelt_out, trained=trained, corrected=corrected)
    found, failures = poison.analyse_each(search, texts)
    ids: list[str] = pending["answer_id"].to_pylist()
    forms: list[str] = pending["contribution_id"].to_pylist()
    spans_of = [found[text] or [] for text in text_of]
    speakers = _speakers(contributions, forms, [texts[text] for text in text_of], spans_of, register)
    places = _segments_by_answer(segments)
    rows: list[dict[str, Any]] = []
    for answer_id, form, spans in zip(ids, forms, spans_of, strict=True):
        for span in spans:
            rows.append(
                {
                    "mention_id": f"m{answer_id[1:]}-{span.start}-{span.end}-{span.label}",
                    "answer_id": answer_id,
                    "segment_id": _segment_at(places.get(answer_id, []), span.start),
                    "start": span.start,
                    "end": span.end,
                    "surface": span.surface,
                    "label": span.label,
                    "organisation_id": span.organisation_id,
                    "author_is_organisation": span.organisation_id is not None
                    and span.organisation_id == speakers.get(form),
                    "source": span.source,
                    "score": span.score,
                }
            )
    failed = {answer_id: failures[text] for answer_id, text in zip(ids, text_of, strict=True) if text in failures}
    return tables.from_rows("mentions", rows), failed


def _speakers(
    contributions: pa.Table, forms: list[str], texts: list[str], spans_of: list[list[Span]], register: str | None
) -> dict[str, str | None]:
    """Return the organisation that each form speaks for, by contribution_id; forms of citizens are left out."""
    authors = {
        row["contribution_id"]: (row["author_type"], row["title"])
        for row in contributions.select(["contribution_id", "author_type", "title"]).to_pylist()
        if row["author_type"] != CITIZEN
    }
    said: defaultdict[str, list[Answer]] = defaultdict(list)
    for form, text, spans in zip(forms, texts, spans_of, strict=True):
        if form in authors:
            said[form].append(Answer(text, [span for span in spans if span.label == "ORG"]))
    kinds = {register_id(key): one.kind for key, one in knowledge(register).matcher.register.organisations.items()}
    speakers = {}
    for form, answers in said.items():
        author_type, title = authors[form]
        titled: list[Span] = []
        if author_type is not None and title:
            titled = [span for span in recognise([title], register=register, use_model=False)[0] if span.label == "ORG"]
        speakers[form] = speaks_for(author_type, titled, answers, kinds)
    return speakers


def _segments_by_answer(segments: pa.Table) -> dict[str, list[tuple[int, int, str]]]:
    found: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
    columns = (segments[name].to_pylist() for name in ("answer_id", "start", "end", "segment_id"))
    for answer_id, start, end, segment_id in zip(*columns, strict=True):
        found[answer_id].append((start, end, segment_id))
    for places in found.values():
        places.sort()
    return dict(found)


def _segment_at(places: list[tuple[int, int, str]], offset: int) -> str | None:
    before = bisect_right(places, offset, key=lambda place: place[0])
    if before and offset < places[before - 1][1]:
        return places[before - 1][2]
    return None
