"""Rows of segments and mentions are taken answer by answer, and none is lost in silence."""

from __future__ import annotations

import pytest

from pipeline.export.source import ByAnswer


def row(answer_id: str, start: int) -> dict[str, object]:
    return {"answer_id": answer_id, "start": start, "end": start + 1}


def test_each_answer_gets_its_rows_in_the_order_of_the_text() -> None:
    rows = ByAnswer(iter([row("a-1", 5), row("a-1", 2), row("a-3", 0)]))
    assert [[found["start"] for found in rows.of(name)] for name in ("a-1", "a-2", "a-3")] == [[2, 5], [], [0]]
    rows.check_taken()


def test_rows_in_another_order_than_the_answers_are_told() -> None:
    rows = ByAnswer(iter([row("a-2", 0), row("a-1", 0)]))
    assert [len(rows.of(name)) for name in ("a-1", "a-2")] == [0, 1]
    with pytest.raises(ValueError, match="a-1 are not in the order"):
        rows.check_taken()
