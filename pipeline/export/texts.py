"""The answers that a corpus is made of: those in some states that have a text."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


def with_text(batch: pa.RecordBatch, states: Sequence[str]) -> pa.RecordBatch:
    """Return the rows of a batch of answers that are in one of `states` and have a text."""
    return batch.filter(pc.and_(pc.is_in(batch["state"], pa.array(states)), pc.is_valid(batch["text"])))
