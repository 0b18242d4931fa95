"""The themes of answers before and after are compared as columns; what is told is what rows would tell."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.retrain.changes import Changes, Move

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("answer_id", "contribution_id", "question_id", "state", "topic_id", "theme_id")]
    + [("topic_ids", pa.list_(pa.string()))]
)
STATES = st.sampled_from(["assigned", "unassigned", "empty", "duplicate"])
THEMES = st.sampled_from([None, "t-1", "t-2", "t-3"])


def row(number: int, state: str, theme: str | None) -> dict[str, Any]:
    given = theme if state == "assigned" else None
    return {
        "answer_id": f"a-{number}",
        "contribution_id": f"c-{number // 2}",
        "question_id": f"q-{number % 2}",
        "state": state,
        "topic_id": given and f"{given}-{number % 3}",
        "theme_id": given,
        "topic_ids": [given] if given else [],
    }


ROWS = st.dictionaries(st.integers(0, 12), st.tuples(STATES, THEMES), max_size=12).map(
    lambda found: [row(number, *what) for number, what in found.items()]
)


@settings(deadline=None)
@given(ROWS, ROWS, st.sets(st.integers(0, 12).map("a-{}".format)))
def test_what_is_counted_is_what_rows_say(before: list[dict], after: list[dict], decided: set[str]) -> None:
    found = Changes(*(pa.Table.from_pylist(rows, schema=SCHEMA) for rows in (before, after)))
    old, new = ({one["answer_id"]: one for one in rows} for rows in (before, after))
    readable = [
        key for key in old if key in new and {old[key]["state"], new[key]["state"]} <= {"assigned", "unassigned"}
    ]
    moved = [key for key in readable if old[key]["theme_id"] != new[key]["theme_id"]]
    assert (found.n_before, found.n_new) == (len(old), len(new.keys() - old.keys()))
    contributions = [{one["contribution_id"] for one in rows} for rows in (before, after)]
    assert found.n_new_contributions == len(contributions[1] - contributions[0])
    assert found.n_answers == len(readable) and found.n_changed == len(moved)
    assert found.n_changed_subtopics == sum(old[key]["topic_id"] != new[key]["topic_id"] for key in readable)
    assert found.answers == Counter(old[key]["question_id"] for key in readable)
    assert found.changed == Counter(old[key]["question_id"] for key in moved)
    for question_id, moves in found.moves.items():
        for move in moves:
            keys = [
                key
                for key in moved
                if old[key]["question_id"] == question_id
                and (old[key]["theme_id"], new[key]["theme_id"]) == (move.source, move.target)
            ]
            assert sorted(found.moved(question_id, move)) == sorted(keys) and move.answers == len(keys)
        assert moves == sorted(moves, key=lambda one: (-one.answers, str((one.source, one.target))))
    assert sum(move.answers for moves in found.moves.values() for move in moves) == len(moved)
    both = [key for key in decided if key in old and key in new]
    assert found.decided(decided) == (
        len(both),
        sum(any(old[key][name] != new[key][name] for name in ("state", "topic_id", "topic_ids")) for key in both),
    )
    for topic_id in ("t-1", "t-2-0"):
        assert sorted(found.members(topic_id)) == sorted(
            key for key, one in new.items() if topic_id in (one["topic_id"], one["theme_id"])
        )


def test_no_theme_is_told_as_none() -> None:
    before, after = [row(0, "assigned", "t-1")], [row(0, "unassigned", None)]
    found = Changes(*(pa.Table.from_pylist(rows, schema=SCHEMA) for rows in (before, after)))
    assert found.moves["q-0"] == [Move("t-1", None, 1)]
    assert found.members(None) == []
