"""A log that others write to is read as it stands."""

from __future__ import annotations

import json

from pipeline.review.decisions import FILE
from pipeline.review.web.following import Follower, News
from pipeline.workspace import Workspace


def _line(key: str) -> str:
    target = {"kind": "topic", "id": "t-1"}
    return json.dumps({"decision_id": key, "at": "2026-01-01", "author": "A", "action": "validate", "target": target})


def _ids(news: News | None) -> list[str]:
    assert news is not None
    return [one.decision_id for one in news.decisions]


def test_only_what_is_new_is_told(workspace: Workspace) -> None:
    path, follower = workspace.path / FILE, Follower(workspace)
    assert follower.news() is None
    path.write_text(_line("a") + "\n", encoding="utf-8")
    assert _ids(follower.news()) == ["a"]
    assert follower.news() is None
    with path.open("a", encoding="utf-8") as file:
        file.write(_line("b") + "\n" + _line("a") + "\n")
    news = follower.news()
    assert _ids(news) == ["b"] and news is not None and not news.whole


def test_a_line_that_is_under_way_counts_when_it_is_whole(workspace: Workspace) -> None:
    path, follower = workspace.path / FILE, Follower(workspace)
    path.write_text(_line("a") + "\n" + _line("b")[:20], encoding="utf-8")
    assert _ids(follower.news()) == ["a"]
    assert [one.code for one in follower.problems] == ["E423"]
    path.write_text(_line("a") + "\n" + _line("b") + "\n", encoding="utf-8")
    assert _ids(follower.news()) == ["a", "b"]
    assert follower.problems == ()


def test_a_log_that_was_edited_or_removed_is_read_anew(workspace: Workspace) -> None:
    path, follower = workspace.path / FILE, Follower(workspace)
    path.write_text(_line("a") + "\n" + _line("b") + "\n", encoding="utf-8")
    follower.news()
    path.write_text(_line("b") + "\n" + _line("c") + "\n" + _line("d") + "\n", encoding="utf-8")
    news = follower.news()
    assert news is not None and news.whole and _ids(news) == ["b", "c", "d"]
    path.unlink()
    news = follower.news()
    assert news is not None and news.whole and news.decisions == ()
    assert follower.news() is None
