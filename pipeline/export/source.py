"""What every format is written from: the files of a labelled dataset, read in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.dataset.schemas import FILES

BATCH: Final = 10_000
"""Rows that are read at once."""


@dataclass(frozen=True)
class Source:
    """A labelled dataset on this disk.

    Parameters
    ----------
    folder : Path
        Folder with the Parquet files of `pipeline.dataset.schemas.FILES`, and README.md.
    manifest : mapping
        The manifest of the workspace that it was made in.
    masked : bool
        Whether personal data is masked in it.
    """

    folder: Path
    manifest: Mapping[str, Any] = field(default_factory=dict)
    masked: bool = True

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a whole file: for the small ones (topics, questions, organisations, exemplars)."""
        return pq.read_table(self.folder / f"{name}.parquet", columns=columns, partitioning=None)

    def count(self, name: str) -> int:
        """Return the number of rows of a file."""
        return int(pq.read_metadata(self.folder / f"{name}.parquet").num_rows)

    def rows(self, name: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield the rows of a file, in order, as dictionaries."""
        for batch in self.batches(name, columns):
            yield from batch.to_pylist()

    def batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield a file in batches of at most BATCH rows, in order."""
        with pq.ParquetFile(self.folder / f"{name}.parquet") as file:
            yield from file.iter_batches(batch_size=BATCH, columns=columns)

    def with_parts(self, columns: Sequence[str] | None = None) -> Iterator[tuple[dict[str, Any], list[Any], list[Any]]]:
        """Yield each answer with its segments and its mentions, both in the order of the text.

        Answers, segments and mentions stand in one order of answers, so no file is ever held whole.
        """
        segments, mentions = self.by_answer("segments"), self.by_answer("mentions")
        for answer in self.rows("answers", columns):
            answer_id = answer["answer_id"]
            yield answer, segments.of(answer_id), mentions.of(answer_id)
        segments.check_taken()
        mentions.check_taken()

    def by_answer(self, name: str, columns: Sequence[str] | None = None) -> ByAnswer:
        """Return the rows of segments or mentions, to be taken answer by answer in the order of answers."""
        return ByAnswer(self.rows(name, columns))


class ByAnswer:
    """Rows of answer after answer, in one pass over a file."""

    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, answer_id: str) -> list[dict[str, Any]]:
        """Return the rows of the next answer, in the order of the text."""
        found = []
        while self._next is not None and self._next["answer_id"] == answer_id:
            found.append(self._next)
            self._next = next(self._rows, None)
        return sorted(found, key=lambda row: (row["start"], row["end"]))

    def check_taken(self) -> None:
        """Raise where rows are left after the last answer: the files are not in one order, and rows would be lost.

        Raises
        ------
        ValueError
            With the first answer whose rows were not taken.
        """
        if self._next is not None:
            raise ValueError(f"the rows of {self._next['answer_id']} are not in the order of answers")


NAMES: Final = tuple(FILES)
"""Names of the files of a dataset."""
