"""The themes of answers before and after a retrain, side by side: as columns, for there may be millions of answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.figures import BASE_STATES


@dataclass(frozen=True)
class Move:
    """How many answers to a question went from one theme to another, None for no theme."""

    source: str | None
    target: str | None
    answers: int


class Changes:
    """What became of the themes of answers.

    Parameters
    ----------
    before, after : pyarrow.Table
        `earlier.themes_of_answers` of both times.
    """

    def __init__(self, before: pa.Table, after: pa.Table) -> None:
        self._after = after
        place = pc.index_in(before["answer_id"], value_set=_whole(after["answer_id"]))
        self._old = before.filter(pc.is_valid(place))
        self._new = after.take(place.drop_null())
        readable = pc.and_(_readable(self._old), _readable(self._new))
        old, new = self._old.filter(readable), self._new.filter(readable)
        self.n_before = before.num_rows
        self.n_new = int(pc.sum(_missing(after["answer_id"], before["answer_id"])).as_py() or 0)
        forms = pc.unique(after["contribution_id"])
        self.n_new_contributions = int(pc.sum(_missing(forms, pc.unique(before["contribution_id"]))).as_py() or 0)
        self.n_answers = old.num_rows
        self.answers = _counted(old["question_id"])
        columns = [old["question_id"], old["answer_id"], old["theme_id"], new["theme_id"]]
        names = ["question_id", "answer_id", "source", "target"]
        moved = pa.table(columns, names=names).filter(_differ(old["theme_id"], new["theme_id"]))
        self._moved = moved
        self.n_changed = moved.num_rows
        self.n_changed_subtopics = int(pc.sum(_differ(old["topic_id"], new["topic_id"])).as_py() or 0)
        self.changed = _counted(moved["question_id"])
        self.moves: dict[str, list[Move]] = defaultdict(list)
        grouped = moved.group_by(["question_id", "source", "target"]).aggregate([("answer_id", "count")])
        for row in grouped.to_pylist():
            self.moves[row["question_id"]].append(Move(row["source"], row["target"], row["answer_id_count"]))
        for found in self.moves.values():
            found.sort(key=lambda move: (-move.answers, str((move.source, move.target))))

    def moved(self, question_id: str, move: Move) -> list[str]:
        """Return the answers that went that way."""
        rows = self._moved.filter(pc.equal(self._moved["question_id"], question_id))
        for name, value in (("source", move.source), ("target", move.target)):
            rows = rows.filter(pc.is_null(rows[name]) if value is None else pc.equal(rows[name], value))
        found: list[str] = rows["answer_id"].to_pylist()
        return found

    def members(self, topic_id: str | None) -> list[str]:
        """Return the answers that have a theme or sub-theme first now."""
        if topic_id is None:
            return []
        first, theme = (pc.equal(pc.fill_null(self._after[name], ""), topic_id) for name in ("topic_id", "theme_id"))
        found: list[str] = self._after.filter(pc.or_(first, theme))["answer_id"].to_pylist()
        return found

    def decided(self, answer_ids: Collection[str]) -> tuple[int, int]:
        """Return how many of some answers were there before and are now, and how many have other themes."""
        mine = pc.is_in(self._old["answer_id"], value_set=pa.array(sorted(answer_ids), pa.string()))
        pairs = zip(self._old.filter(mine).to_pylist(), self._new.filter(mine).to_pylist(), strict=True)
        found = [_themes(old) != _themes(new) for old, new in pairs]
        return len(found), sum(found)


def _themes(row: dict[str, Any]) -> tuple[str, str | None, tuple[str, ...]]:
    return row["state"], row["topic_id"], tuple(sorted(row["topic_ids"]))


def _readable(rows: pa.Table) -> pa.ChunkedArray:
    return pc.is_in(rows["state"], value_set=pa.array(BASE_STATES))


def _differ(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.not_equal(pc.fill_null(one, ""), pc.fill_null(other, ""))


def _missing(values: Any, known: Any) -> Any:
    return pc.is_null(pc.index_in(values, value_set=_whole(known)))


def _counted(values: pa.ChunkedArray) -> Counter[str]:
    return Counter({row["values"]: row["counts"] for row in pc.value_counts(values).to_pylist()})


def _whole(values: Any) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
