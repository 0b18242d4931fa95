"""Themes and their sub-themes: one place for how they count and in what order they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")


def rolled_up(counts: Mapping[str, int], topics: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return how many segments each theme and sub-theme has.

    Parameters
    ----------
    counts : mapping
        Segments by the topic_id that they were given.
    topics : iterable of mappings
        Rows with topic_id and parent_id; a theme has the segments of its sub-themes beside its own.
    """
    whole = Counter(counts)
    for topic in topics:
        if topic["parent_id"] is not None:
            whole[topic["parent_id"]] += counts.get(topic["topic_id"], 0)
    return whole


def nested(items: Sequence[Item], ids: Callable[[Item], tuple[str, str | None]]) -> list[Item]:
    """Return themes in their order, each followed by its sub-themes; one whose theme is not there stands as a theme.

    Parameters
    ----------
    items : sequence
        Themes and sub-themes.
    ids : callable
        Gives the topic_id and parent_id of one.
    """
    known = {ids(item)[0] for item in items}
    parts: dict[str, list[Item]] = {}
    roots = []
    for item in items:
        _, parent_id = ids(item)
        if parent_id in known:
            parts.setdefault(str(parent_id), []).append(item)
        else:
            roots.append(item)
    return [item for root in roots for item in (root, *parts.get(ids(root)[0], ()))]


def ids_of_row(row: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return topic_id and parent_id of a row of `topics`."""
    return row["topic_id"], row["parent_id"]
