"""Shipped lists: what is a comment and what is a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import resources


def test_a_comment_goes_from_the_hash_to_the_end_of_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "pipeline")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "list.txt").write_text(
        "# head\n\nun deux # trois\n  quatre#cinq\n   # six\n", encoding="utf-8"
    )
    assert resources.lines("seeds", "list.txt") == ["un deux", "quatre"]
    assert resources.word_list("seeds", "list.txt") == {"un", "deux", "quatre"}


@pytest.mark.parametrize("name", ["french.txt", "people.txt"])
def test_the_shipped_lists_of_words_hold_words_in_lower_case(name: str) -> None:
    words = resources.word_list("seeds", "stop_words", name)
    assert len(words) > 100
    assert all(word == word.lower() and "#" not in word for word in words)
