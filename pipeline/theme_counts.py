"""A theme that is divided counts what its sub-themes count: one place for the rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any


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
