"""Gold lines as answers of a finished workspace: by answer_id, or by question and text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import storage
from pipeline.errors import one_line
from pipeline.evaluation.topic_gold import GoldLine
from pipeline.ingest.matching import normalise_wording
from pipeline.ingest.normalising import normalise_texts
from pipeline.workspace import Workspace

Key = tuple[str, bytes]
"""A question_id and a normalised text."""
Row = dict[str, Any]

_COLUMNS: Final = ["answer_id", "question_id", "text", "state", "topic_id", "topics"]
_SHOWN: Final = 60
_TITLE: Final = 2
"""Place of the title among the names of a question."""


@dataclass(frozen=True)
class LabelledAnswer:
    """A gold line with what the workspace says of its answer: all its themes or sub-themes, and the main one."""

    line: GoldLine
    answer_id: str
    question_id: str
    state: str
    topics: tuple[str, ...]
    main: str | None


@dataclass(frozen=True)
class NotFound:
    """A gold line that is no answer of the workspace, and why."""

    line: int
    reason: str


def find_answers(workspace: Workspace, lines: Sequence[GoldLine]) -> tuple[list[LabelledAnswer], list[NotFound]]:
    """Look for gold lines among the answers of a workspace whose dataset is there.

    A line with an ``answer_id`` is that answer. Others are looked for by their question and their text, as it was
    received or as the dataset shows it, whatever its case, accents and punctuation. Of several answers with the same
    text each line takes the next one; what one author sent again is a duplicate, which no theme is given to, and is
    passed over.

    Returns
    -------
    found : list of LabelledAnswer
        In the order of the lines, as `missing` is.
    missing : list of NotFound
    """
    questions = _Questions(workspace.read("questions").to_pylist(), lines)
    by_text = [line for line in lines if line.answer_id is None]
    texts = dict(
        zip((line.number for line in by_text), normalise_texts(_array(line.text for line in by_text)), strict=True)
    )
    keys: dict[int, Key] = {}
    reasons: dict[int, str] = {}
    for line in by_text:
        question_id, reason = questions.find(line)
        if question_id is None:
            reasons[line.number] = reason
        else:
            keys[line.number] = (question_id, texts[line.number])
    wanted = frozenset(keys.values())
    places = _received(workspace, wanted)
    named = {line.answer_id for line in lines if line.answer_id is not None}
    rows = _rows(workspace, named.union(*places.values()), wanted - places.keys(), places)
    of_key = {key: [rows[one] for one in ids if rows[one]["state"] != "duplicate"] for key, ids in places.items()}
    found: list[LabelledAnswer] = []
    missing: list[NotFound] = []
    taken: Counter[Key] = Counter()
    for line in lines:
        row: Row | None = None
        if line.answer_id is not None:
            row = rows.get(line.answer_id)
            reasons[line.number] = f"no answer {line.answer_id}"
        elif line.number in keys:
            key = keys[line.number]
            if choice := of_key.get(key, []):
                row = choice[taken[key] % len(choice)]
                taken[key] += 1
            reasons[line.number] = f"no answer to {key[0]} says « {one_line(line.text, _SHOWN)} »"
        if row is None:
            missing.append(NotFound(line.number, one_line(reasons[line.number])))
        else:
            topics = tuple(theme["topic_id"] for theme in row["topics"])
            found.append(
                LabelledAnswer(line, row["answer_id"], row["question_id"], row["state"], topics, row["topic_id"])
            )
    return found, missing


class _Questions:
    """Finds the question that a gold line means: by question_id, official_id, title or number."""

    def __init__(self, rows: Sequence[Row], lines: Iterable[GoldLine]) -> None:
        self._by_name: list[dict[str, set[str]]] = [defaultdict(set) for _ in range(4)]
        for row in rows:
            names = (row["question_id"], row["official_id"], normalise_wording(row["title"]), str(row["number"]))
            for known, name in zip(self._by_name, names, strict=True):
                if name:
                    known[name].add(row["question_id"])
        self._open = [row["question_id"] for row in rows if row["kind"] == "open"]
        # Where neither the workspace nor the gold file has two questions, what the question is called says nothing.
        asked = {line.question or line.question_text for line in lines if line.question or line.question_text}
        self._alone = self._open[0] if len(self._open) == 1 and len(asked) <= 1 else None

    def find(self, line: GoldLine) -> tuple[str | None, str]:
        """Return the question_id, or None and why there is none."""
        given = [name.strip() for name in (line.question, line.question_text) if name]
        for place, known in enumerate(self._by_name):
            for name in given:
                ids = known.get(normalise_wording(name) if place == _TITLE else name, set())
                if len(ids) == 1:
                    return next(iter(ids)), ""
                if ids:
                    return None, f"{len(ids)} questions are called « {one_line(name, _SHOWN)} »"
        if self._alone is not None:
            return self._alone, ""
        if not given:
            if len(self._open) == 1:
                return self._open[0], ""
            return None, f"it names no question, and the workspace has {len(self._open)} open ones"
        return None, f"no question is called « {one_line(given[0], _SHOWN)} »"


def _received(workspace: Workspace, wanted: Collection[Key]) -> dict[Key, list[str]]:
    """Return the answer_ids whose text, as it was received, is wanted."""
    found: dict[Key, list[str]] = {}
    for index in range(len(workspace.parts("answers")) if wanted else 0):
        part = workspace.read_part("answers", index, ["answer_id", "question_id", "text"])
        for key, answer_id in _keyed(part, wanted):
            found.setdefault(key, []).append(answer_id)
    return found


def _rows(
    workspace: Workspace, ids: Collection[str], masked: Collection[Key], places: dict[Key, list[str]]
) -> dict[str, Row]:
    """Return rows of dataset/answers: those of `ids`, and those whose shown text is in `masked`, added to `places`."""
    rows: dict[str, Row] = {}
    given = _array(sorted(ids))
    for batch in storage.parquet_file(workspace.path / "dataset" / "answers.parquet").iter_batches(columns=_COLUMNS):
        table = pa.Table.from_batches([batch])
        shown = list(_keyed(table, masked)) if masked else []
        for key, answer_id in shown:
            places.setdefault(key, []).append(answer_id)
        also = _array(answer_id for _, answer_id in shown)
        kept = pc.or_(pc.is_in(table["answer_id"], given), pc.is_in(table["answer_id"], also))
        rows |= {row["answer_id"]: row for row in table.filter(kept).to_pylist()}
    return rows


def _keyed(answers: pa.Table, wanted: Collection[Key]) -> Iterator[tuple[Key, str]]:
    """Yield the key and the id of the answers that are wanted, in order."""
    questions = _array(sorted({question_id for question_id, _ in wanted}))
    rows = answers.filter(pc.and_(pc.is_in(answers["question_id"], questions), pc.is_valid(answers["text"])))
    normalised = normalise_texts(rows["text"].combine_chunks())
    for question_id, text, answer_id in zip(
        rows["question_id"].to_pylist(), normalised, rows["answer_id"].to_pylist(), strict=True
    ):
        if (question_id, text) in wanted:
            yield (question_id, text), answer_id


def _array(values: Iterable[str]) -> pa.Array:
    return pa.array(list(values), pa.string())
