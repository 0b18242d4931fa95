"""A theme counts its sub-themes and stands before them."""

from __future__ import annotations

from collections import Counter

from pipeline.nesting import ids_of_row, nested, rolled_up


def row(topic_id: str, parent_id: str | None = None) -> dict[str, str | None]:
    return {"topic_id": topic_id, "parent_id": parent_id}


def test_a_theme_has_the_segments_of_its_sub_themes_beside_its_own() -> None:
    topics = [row("t-1"), row("t-1a", "t-1"), row("t-1b", "t-1"), row("t-2")]
    counts = Counter({"t-1": 1, "t-1a": 2, "t-1b": 4, "t-2": 8})
    assert rolled_up(counts, topics) == {"t-1": 7, "t-1a": 2, "t-1b": 4, "t-2": 8}
    assert counts["t-1"] == 1  # what was given stays


def test_each_theme_is_followed_by_its_sub_themes_and_none_is_lost() -> None:
    rows = [row("t-2a", "t-2"), row("t-1"), row("t-2"), row("t-9a", "t-9"), row("t-2b", "t-2")]
    assert [one["topic_id"] for one in nested(rows, ids_of_row)] == ["t-1", "t-2", "t-2a", "t-2b", "t-9a"]
