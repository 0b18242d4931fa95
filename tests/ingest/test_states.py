"""What ingest says of one answer: empty, closed, trashed, rejected, pending; and whether its question was asked."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.routing import routed
from pipeline.ingest.states import CODES, are_empty, is_empty, states


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "\n\t\u00a0",
        "None",
        "none",
        "NULL",
        " null ",
        "...",
        "?!",
        "-",
        "--- / ---",
        "« »",
        "\u200b",
        "…",
    ],
)
def test_nothing_none_null_blanks_and_punctuation_are_empty(text):
    assert is_empty(text)


@pytest.mark.parametrize(
    "text", ["RAS", "0", "nonexistent", "nulle", "Nulles parts", "👍", "5 €", "a", "é", "None of it"]
)
def test_what_says_anything_at_all_is_not_empty(text):
    assert not is_empty(text)


def state(text, kind, *, trashed, unread):
    flags = [np.array([flag]) for flag in (kind == "open", trashed, not unread)]
    return CODES[states(pa.array([text], pa.string()), *flags)[0]]


def test_states_follow_the_order_of_precedence():
    assert state("", "open", trashed=True, unread=True) == "rejected"
    assert state("", "closed", trashed=True, unread=False) == "trashed"
    assert state("None", "closed", trashed=False, unread=False) == "empty"
    assert state("Oui", "closed", trashed=False, unread=False) == "closed"
    assert state("A|B", "choice", trashed=False, unread=False) == "closed"
    assert state("Oui", "open", trashed=False, unread=False) == "pending"


@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=6))))
def test_a_column_of_cells_is_as_empty_as_each_of_them(texts):
    assert are_empty(pa.array(texts, pa.string())).tolist() == [is_empty(text) for text in texts]


@pytest.mark.parametrize(
    ("shown_if", "parent", "expected"),
    [
        ("Oui", "Oui", True),
        ("Oui", " oui. ", True),
        ("Oui", "Non", False),
        ("Non", "NON", True),
        ("Non", "Oui", False),
        ("Oui", None, None),
        ("Oui", "Je ne sais pas", None),
        (None, "Oui", None),
    ],
)
def test_a_question_is_routed_by_its_parents_answer(shown_if, parent, expected):
    assert routed(shown_if, parent) is expected
