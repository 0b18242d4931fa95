"""Texts to segments with their tokens, as Arrow columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, Final

import numpy as np
import pyarrow as pa

from pipeline import tables
from pipeline.language.forms import Ints
from pipeline.language.tagger import PARTS_OF_SPEECH
from pipeline.language.text import batches
from pipeline.language.tokens import Tokens, analyser
from pipeline.tokenise.clauses import LONG, Word, clause_starts
from pipeline.tokenise.segmentation import outside_brackets, segments_of

_SEGMENTS: Final = pa.schema([tables.SCHEMAS["segments"].field(name) for name in ("start", "end", "tokens")])
_TOKENS: Final = tables.SCHEMAS["segments"].field("tokens").type
_PARTS: Final = pa.array(PARTS_OF_SPEECH, pa.string())


def analyse(texts: Sequence[str]) -> tuple[list[int], pa.Table]:
    """Segment and tokenise texts.

    Returns
    -------
    counts : list of int
        Number of segments of each text.
    segments : pyarrow.Table
        Columns start, end and tokens, a row a segment, text after text.
    """
    counts: list[int] = []
    parts = [_table([], [], [0], _columns(analyser().analyse([])))]
    for batch in batches(texts):
        tokens = analyser().analyse(batch)
        starts: list[int] = []
        ends: list[int] = []
        for number, text in enumerate(batch):
            found = _cut(text, tokens, number)
            counts.append(len(found))
            starts.extend(start for start, _ in found)
            ends.extend(end for _, end in found)
        parts.append(_table(starts, ends, _token_bounds(tokens, counts[-len(batch) :], starts), _columns(tokens)))
    return counts, pa.concat_tables(parts)


def _cut(text: str, tokens: Tokens, number: int) -> list[tuple[int, int]]:
    """Return the segments of one text, none of which starts inside a token."""
    segments = segments_of(text)
    if not segments:
        return []
    first, last = int(tokens.bounds[number]), int(tokens.bounds[number + 1])
    if len(segments) == 1 and last - first <= LONG:
        return segments
    starts = tokens.start[first:last]
    cuts = [start for start, _ in segments[1:]]
    for start, end in segments:
        a, b = np.searchsorted(starts, (start, end))
        if b - a >= LONG:
            cuts.extend(clause_starts(_words(tokens, first + int(a), first + int(b))))
    wanted = np.unique(np.array([segments[0][0], *outside_brackets(text, sorted(cuts))], dtype=np.int64))
    nearest = np.minimum(np.searchsorted(starts, wanted), len(starts) - 1)
    kept: list[int] = wanted[starts[nearest] == wanted].tolist()
    found = []
    for place, following in zip(kept, [*kept[1:], None], strict=True):
        after = len(starts) if following is None else int(np.searchsorted(starts, following))
        found.append((place, int(tokens.end[first + after - 1])))
    return found


def _words(tokens: Tokens, first: int, last: int) -> list[Word]:
    return [
        Word(tokens.forms[form].read.lower(), PARTS_OF_SPEECH[part], start)
        for form, part, start in zip(
            tokens.form[first:last].tolist(),
            tokens.part_of_speech[first:last].tolist(),
            tokens.start[first:last].tolist(),
            strict=True,
        )
    ]


def _token_bounds(tokens: Tokens, counts: list[int], starts: list[int]) -> list[int]:
    """Return where the tokens of each segment start, and where the last ones end."""
    # Places in one text that holds them all: the tokens of text n are moved after those of the texts before it.
    shift = int(max(tokens.start.max(initial=0), max(starts, default=0))) + 1
    of_token = np.repeat(np.arange(len(counts)), np.diff(tokens.bounds)) * shift + tokens.start
    of_segment = np.repeat(np.arange(len(counts)), counts) * shift + np.array(starts, dtype=np.int64)
    return [*np.searchsorted(of_token, of_segment).tolist(), len(of_token)]


def _columns(tokens: Tokens) -> pa.StructArray:
    return pa.StructArray.from_arrays(
        [
            _spelled(tokens.form, lambda number: tokens.forms[number].surface),
            pa.array(tokens.start, pa.int32()),
            pa.array(tokens.end, pa.int32()),
            _spelled(tokens.lemma, lambda number: tokens.lemmas[number]),
            _PARTS.take(pa.array(tokens.part_of_speech)),
        ],
        fields=list(_TOKENS.value_type),
    )


def _spelled(numbers: Ints, name: Callable[[int], str]) -> pa.Array:
    distinct, places = np.unique(numbers, return_inverse=True)
    return pa.array([name(number) for number in distinct.tolist()], pa.string()).take(pa.array(places))


def _table(starts: list[int], ends: list[int], bounds: list[int], tokens: pa.StructArray) -> pa.Table:
    lists = pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), tokens, type=_TOKENS)
    schema = tables.SCHEMAS["segments"]
    return pa.table(
        {"start": starts, "end": ends, "tokens": lists},
        schema=pa.schema([schema.field(n) for n in ("start", "end", "tokens")]),
    )


def segment_texts(texts: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Return the segments of each text as plain rows: start, end, tokens (text, start, end, lemma, pos)."""
    counts, segments = analyse(texts)
    rows = segments.to_pylist()
    return [rows[after - count : after] for count, after in zip(counts, accumulate(counts), strict=True)]
