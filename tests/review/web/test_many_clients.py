"""Several people at once on one server that is killed: nothing that was acknowledged is missing."""

from __future__ import annotations

import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from pipeline.review import decisions as log
from pipeline.review.decisions import FILE, Decision, Target
from pipeline.review.web.site import Site
from pipeline.workspace import Workspace
from tests.review.web.consultation import answer_id
from tests.review.web.running import Running, Visitor, running

THEMES = ("t-health", "t-care", "t-post", "t-hospital")


def _work(server: Running, number: int, count: int, enough: Event, after: int) -> list[tuple[str, str]]:
    """Decide until the server is gone; return what was acknowledged: decision_id and answer."""
    visitor, done = Visitor(server, f"Personne {number}"), []
    for step in range(count):
        answer = answer_id(1 + (number + step) % 10)
        fields = {"reponse": answer, "avant": "", "theme": THEMES[step % 4], "dit": "themes", "file": ""}
        try:
            where = visitor.post("/decider", fields)
        except (OSError, http.client.HTTPException):
            return done
        done.append((re.search(r"fait=(d-[0-9a-f]+)", where)[1], answer))  # type: ignore[index]
        if len(done) == after:
            enough.set()
    return done


def _run(workspace: Workspace, each: int, kill_after: int | None) -> list[tuple[str, str]]:
    enough = Event()
    with running(workspace.path) as server, ThreadPoolExecutor(8) as pool:
        after = kill_after or each
        tasks = [pool.submit(_work, server, number, each, enough, after) for number in range(8)]
        if kill_after is not None:
            while not enough.wait(0.05) and not any(task.done() for task in tasks):
                pass
            server.process.kill()
        return [one for task in tasks for one in task.result()]


def _check(workspace: Workspace, acknowledged: list[tuple[str, str]]) -> None:
    found = log.read(workspace)
    assert found.problems == () or [one.code for one in found.problems] == ["E423"]
    where = {one.decision_id: one.target.answer_id for one in found.decisions}
    assert len(set(acknowledged)) == len(acknowledged)
    assert [one for one in acknowledged if where.get(one[0]) != one[1]] == []
    # What comes after has a line of its own, and all of it is read again.
    target = Target(kind="topic", id="t-care")
    last = Decision(decision_id="d-last", at=log.now(), author="Zoé", action="note", target=target)
    log.append(workspace, [last])
    assert "d-last" in Site(workspace).state.by_id


def test_nothing_acknowledged_is_missing_after_a_kill(workspace: Workspace) -> None:
    acknowledged = _run(workspace, each=1_000, kill_after=8)
    assert len(acknowledged) >= 8
    _check(workspace, acknowledged)


@pytest.mark.slow
def test_eight_clients_write_two_thousand_decisions(workspace: Workspace) -> None:
    killed = _run(workspace, each=1_000, kill_after=125)
    _check(workspace, killed)
    rest = max(2_000 - len(killed), 800) // 8
    acknowledged = killed + _run(workspace, each=rest, kill_after=None)
    assert len(acknowledged) >= 2_000 - 8
    _check(workspace, acknowledged)
    lines = (workspace.path / FILE).read_bytes().splitlines()
    assert len(lines) >= len(acknowledged)
