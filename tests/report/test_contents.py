"""The names of pages: whatever a question is called, its page stands in the folder of pages, under its own name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.report.contents import file_name

HOSTILE_IDS = [
    "../../etc/passwd",
    "q-1/../q-2",
    "..",
    ".",
    "",
    "q-1\x00",
    "C:\\x",
    "q-1.html",
    "Q-1",
    "q-é",
    "-",
    "q" * 300,
]


@given(st.text())
@example("../index")
@example("q-1\n")
def test_a_page_never_leaves_its_folder(question_id: str) -> None:
    name = file_name(question_id)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}\.html", name)
    for kind in (PurePosixPath, PureWindowsPath):
        path = kind(name)
        assert path.parts == (name,) and not path.is_absolute()


@given(st.lists(st.text() | st.sampled_from(HOSTILE_IDS), unique=True, max_size=20))
def test_no_two_questions_share_a_page_on_any_disk(question_ids: list[str]) -> None:
    names = [file_name(question_id).lower() for question_id in question_ids]
    assert len(set(names)) == len(question_ids)


@pytest.mark.parametrize("question_id", ["q-169", "q-1", "q-x0123456789abcdef"])
def test_the_id_of_a_question_is_the_name_of_its_page(question_id: str) -> None:
    assert file_name(question_id) == f"{question_id}.html"
