"""The terms of each segment of the dataset: the lemmas of its words that can tell a theme, without those masked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.language.terms import term_of
from pipeline.privacy import Masked, Private

_BETWEEN: Final = "\x1f"


def terms_of(segments: pa.Table, texts: Mapping[str, Masked]) -> list[list[str]]:
    """Return the terms of each segment in the order of its text; a word of which anything is masked gives none.

    Parameters
    ----------
    segments : pyarrow.Table
        Rows of `segments`, with ``answer_id`` and ``tokens``.
    texts : mapping
        The masked text of each answer, with the spans that are masked, in offsets of the text as received.
    """
    tokens = segments["tokens"].combine_chunks()
    flat = tokens.flatten()
    forms = pc.struct_field(flat, "text")
    lemmas = pc.coalesce(pc.struct_field(flat, "lemma"), forms)
    words = pc.binary_join_element_wise(forms, lemmas, _BETWEEN).dictionary_encode()
    terms = [term_of(*word.split(_BETWEEN)) for word in words.dictionary.to_pylist()]
    places = words.indices.to_pylist()
    starts, ends = (pc.struct_field(flat, side).to_pylist() for side in ("start", "end"))
    bounds = pc.cumulative_sum(pc.list_value_length(tokens)).to_pylist()
    found = []
    for answer_id, (first, last) in zip(segments["answer_id"].to_pylist(), pairwise([0, *bounds]), strict=True):
        masked = texts.get(answer_id)
        hidden = masked.spans if masked is not None else ()
        kept = (i for i in range(first, last) if not hidden or not _is_hidden(hidden, starts[i], ends[i]))
        found.append([term for i in kept if (term := terms[places[i]]) is not None])
    return found


def _is_hidden(spans: Sequence[Private], start: int, end: int) -> bool:
    before = bisect_right(spans, start, key=lambda span: span.end)  # masks that end before the word
    return before < len(spans) and spans[before].start < end
