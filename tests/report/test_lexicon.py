"""The words of a question: one segment of each distinct text, rare words left out, themes in their order."""

from __future__ import annotations

import numpy as np

from pipeline.report.lexicon import RAREST, lexicon
from tests.report.datasets import answer, dataset_of, segment


def test_words_are_counted_by_segment_and_by_theme() -> None:
    answers = [answer(n) for n in range(1, 6)] + [answer(6, duplicate_of="a-001"), answer(7, "q-2")]
    segments = [
        segment(1, terms=["train", "train", "gare"]),
        segment(2, terms=["train", "gare"]),
        segment(3, topic_id="t-b", terms=["gare", "route"]),
        segment(4, topic_id=None, terms=["train"]),
        segment(5, terms=[]),
        segment(6, terms=["train"]),
        segment(7, terms=["train"]),
    ]
    found = lexicon(dataset_of(answers=answers, segments=segments), "q-1", ["t-b", "t-a"])
    assert found.answer_ids == ["a-001", "a-002", "a-003", "a-004"]
    assert found.themes.tolist() == [1, 1, 0, -1]
    assert found.words == ["gare", "train"]  # « route » is in fewer than RAREST segments
    assert found.counts.toarray().tolist() == [[1, 2], [1, 1], [1, 0], [0, 1]]
    assert found.by_theme.tolist() == [[1, 2], [0, 2]]
    assert found.sizes.tolist() == [1, 2]


def test_a_question_of_rare_words_or_of_none_has_no_words() -> None:
    rare = [segment(n, terms=[f"mot{n}"]) for n in range(RAREST)]
    found = lexicon(dataset_of(answers=[answer(n) for n in range(RAREST)], segments=rare), "q-1", ["t-a"])
    assert found.words == [] and found.by_theme.shape == (0, 1) and len(found.answer_ids) == RAREST
    none = lexicon(dataset_of(), "q-1", [])
    assert none.answer_ids == [] and np.array_equal(none.sizes, [])
