"""Long and odd texts: the time grows with their length, not with its square. Without that, each takes minutes here."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from pipeline.entities.finder import knowledge
from pipeline.entities.merge import merge
from pipeline.entities.misspellings import Misspellings
from pipeline.entities.pairs import find_pairs
from pipeline.entities.spans import Span
from pipeline.entities.speakers import Answer, speaks_for

KNOWN = knowledge()
MANY = 60_000


def _misspelt_names() -> None:
    assert len(KNOWN.matcher.find("misson locale " * MANY)) == MANY


def _one_long_word() -> None:
    assert Misspellings(["mission locale"]).mend("a" * 500_000) is None


def _spaces_in_brackets() -> None:
    assert find_pairs("ABC(" + " " * MANY) == []


def _speaker(end: str = "") -> None:
    unit = "Pour la CAF, notre association est là. "
    spans = [Span(i * len(unit) + 8, i * len(unit) + 11, "ORG", "CAF", "o-caf") for i in range(MANY)]
    answers = [Answer(unit * MANY + end, spans)]
    assert speaks_for("Association", [], answers, {"o-caf": "entreprise"}) is None


def _speaker_in_a_text_that_folding_shortens() -> None:
    _speaker("œ \U0001f600")


def _names_of_the_model_before_names_of_the_register() -> None:
    unit = "et la Fédération Nationale Machin avec la CAF. "
    starts = range(6, 6 + MANY * len(unit), len(unit))
    by_model = [Span(start, start + 27, "ORG", "Fédération Nationale Machin") for start in starts]
    assert len(merge(unit * MANY, KNOWN, by_model)) == 2 * MANY


def _marks_inside_a_name_of_the_model() -> None:
    text = "la Fédération" + "!" * 10 * MANY + "a b"
    assert merge(text, KNOWN, [Span(0, len(text), "ORG", text)]) == []


@pytest.mark.parametrize(
    "read",
    [
        _misspelt_names,
        _one_long_word,
        _spaces_in_brackets,
        _speaker,
        _speaker_in_a_text_that_folding_shortens,
        _names_of_the_model_before_names_of_the_register,
        _marks_inside_a_name_of_the_model,
    ],
)
def test_a_long_text_is_read_in_some_seconds(read: Callable[[], None]) -> None:
    KNOWN.matcher.find("misson locale")  # reads the French word forms, once
    began = time.process_time()
    read()
    assert time.process_time() - began < 15


def test_a_long_word_is_not_tried_letter_by_letter() -> None:
    assert KNOWN.matcher.find("AbcDE" * 20_000) == []  # of each of its letters left out, a copy: no memory holds that
