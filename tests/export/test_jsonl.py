"""JSONL: one answer a line, whole."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.export import jsonl
from tests.export.hostile import AWKWARD, source_of, texts, theme, topic


def lines(path: Path) -> list[dict[str, object]]:
    """Read a file as the strictest and the loosest readers do."""
    content = path.read_bytes().decode("utf-8")
    assert content.splitlines() == content.split("\n")[:-1]
    return [json.loads(line) for line in content.splitlines()]


@settings(max_examples=30, deadline=None)
@given(st.lists(texts, max_size=5))
@example(list(AWKWARD))
def test_any_texts_come_back(received: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "out"
        folder.mkdir()
        jsonl.write(source_of(Path(scratch) / "in", [{"text": text, "reason": text} for text in received]), folder)
        found = lines(folder / "answers.jsonl")
        assert [row["text"] for row in found] == [row["reason"] for row in found] == received


def test_an_answer_has_its_segments_themes_and_mentions_with_short_numbers(tmp_path: Path) -> None:
    segment = {"segment_id": "s-1", "answer_id": "a-1", "start": 0, "end": 3, "text": "tex", "language": "fr"}
    mention = {"mention_id": "m-1", "answer_id": "a-1", "segment_id": "s-1", "start": 0, "end": 3, "surface": "tex"}
    source = source_of(
        tmp_path / "in",
        [{}, {"topics": [theme("t-1", "Médecins")], "weight": float("inf")}],
        segments=[segment | {"score": 0.9726, "margin": None}],
        mentions=[mention | {"label": "ORG", "author_is_organisation": False, "source": "model", "score": None}],
        topics=[topic("t-1", "Médecins", term_scores=[0.9726])],
    )
    (tmp_path / "out").mkdir()
    jsonl.write(source, tmp_path / "out")
    first, second = lines(tmp_path / "out" / "answers.jsonl")
    assert first["segments"] == first["mentions"] == first["topics"] == []
    assert first["published_at"] == "2019-03-07T10:05:00"
    assert second["topics"] == [theme("t-1", "Médecins")] and second["weight"] is None
    (found,) = second["segments"]  # type: ignore[misc]
    assert found["score"] == 0.9726 and found["margin"] is None and "answer_id" not in found
    assert [row["mention_id"] for row in second["mentions"]] == ["m-1"]  # type: ignore[attr-defined]
    (row,) = lines(tmp_path / "out" / "topics.jsonl")
    assert row["term_scores"] == [0.9726] and row["label"] == "Médecins"
