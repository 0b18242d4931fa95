"""No cell is live, every cell reads as itself, and the mark before it is undone by one rule."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given

from pipeline.export.cells import MARK, escaped, escaped_cells, is_converted, is_live, unescaped
from tests.export.hostile import FORMULAS, texts

VISIBLE = re.compile(r"[\u200b\ufeff]")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_be_a_formula_starts_with_a_mark_that_trimming_does_not_take_away(text: str) -> None:
    cell = escaped(text)
    assert cell.strip().strip("'\" «»")[0] == MARK and cell.endswith(text)


def test_what_is_escaped_reads_as_itself() -> None:
    text = "-5 % d'impôts"
    assert escaped(text) != text
    assert VISIBLE.sub("", escaped(text)) == text


@pytest.mark.parametrize("text", ["moins d'impôts", "« Non »", "(a) = b", "1 + 1 = 2", "e-mail", "", " blanc"])
def test_an_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert escaped(text) == text


@given(texts)
def test_any_text_comes_back_and_no_cell_is_live(text: str) -> None:
    for for_excel in (False, True):
        cell = escaped(text, for_excel=for_excel)
        assert unescaped(cell) == text
        assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠")
        assert not is_live(cell.removeprefix(MARK)) or cell.startswith(MARK)


@given(texts)
def test_many_cells_at_once_are_escaped_as_one_is(text: str) -> None:
    for for_excel in (False, True):
        (cell,) = escaped_cells(pa.array([text]), for_excel=for_excel).to_pylist()
        assert cell == escaped(text, for_excel=for_excel)


def test_a_null_stays_null() -> None:
    assert escaped_cells(pa.array([None, "=1"])).to_pylist() == [None, f"{MARK}=1"]


@pytest.mark.parametrize("text", ["01", "4-1", "3/4", "10 %", "1e5", "3 mai", "mai 68", "1", "Vrai"])
def test_what_excel_would_convert_is_marked_for_excel_alone(text: str) -> None:
    assert is_converted(text)
    assert escaped(text) == text and escaped(text, for_excel=True) == MARK + text


@pytest.mark.parametrize("text", ["2A", "maire", "3 maisons", "décembre dernier", "vraiment", "4 ou 5"])
def test_what_excel_leaves_is_not_marked(text: str) -> None:
    assert escaped(text, for_excel=True) == text
