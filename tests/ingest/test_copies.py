"""Exact copies after normalisation."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.copies import find_copies


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 2)), max_size=60))
def test_copies_are_those_that_a_plain_search_finds(answers):
    question, text, author = (
        (np.array(column, dtype=np.uint64) for column in zip(*answers, strict=True))
        if (answers)
        else (np.empty(0, dtype=np.uint64),) * 3
    )
    first, again = find_copies(question, text, author)
    for place, (asked, words, who) in enumerate(answers):
        same = [other for other in range(place) if answers[other][:2] == (asked, words)]
        assert first[place] == (same[0] if same else place)
        assert again[place] == (who != 0 and any(answers[other][2] == who for other in same))
