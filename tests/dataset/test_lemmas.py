"""The terms of segments: what tells a theme, in order, and nothing of what is masked."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tables
from pipeline.dataset.lemmas import terms_of
from pipeline.privacy import NAME, Masked, Private, mask
from tests.workspaces import token


def segments(answer_id: str, text: str, *cuts: int) -> pa.Table:
    """Return the segments of a text of words between single blanks, each token with its place in the text."""
    words, place = [], 0
    for word in text.split(" "):
        words.append(token(word, place, "NOUN"))
        place += len(word) + 1
    bounds = [0, *cuts, len(words)]
    rows = [
        {
            "segment_id": f"s-{answer_id}-{first}",
            "answer_id": answer_id,
            "start": 0,
            "end": len(text),
            "tokens": words[first:last],
            "language": "fr",
        }
        for first, last in pairwise(bounds)
    ]
    return pa.Table.from_pylist(rows, schema=tables.SCHEMAS["segments"])


def test_terms_are_lemmas_in_the_order_of_the_text_without_stop_words() -> None:
    text = "le train de Lyon est le train"
    assert terms_of(segments("a", text), {"a": Masked(text)}) == [["train", "lyon", "train"]]


def test_each_segment_has_its_own() -> None:
    text = "trains vélos cars"
    assert terms_of(segments("a", text, 1, 1), {"a": Masked(text)}) == [["trains"], [], ["vélos", "cars"]]


@given(st.sets(st.integers(0, 4)))
def test_no_word_that_is_masked_in_part_or_whole_is_a_term(hidden: set[int]) -> None:
    words = ["dupont", "martin", "hôpital", "mairie", "gare"]
    text = " ".join(words)
    spans = []
    for place in sorted(hidden):
        start = text.index(words[place])
        spans.append(Private(start + 1, start + len(words[place]), NAME))
    masked = mask(text, spans)
    expected = [word for place, word in enumerate(words) if place not in hidden]
    assert terms_of(segments("a", text), {"a": masked}) == [expected]
