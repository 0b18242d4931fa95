"""Copies over all partitions, question by question: the first of each text, near copies, and the groups they make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from pipeline import storage, tables
from pipeline.config import ExecutionConfig, IngestConfig
from pipeline.executor import map_items
from pipeline.ingest import near_copies, staging
from pipeline.ingest.copies import Integers, find_copies
from pipeline.ingest.identifiers import answer_ids, hexadecimal
from pipeline.ingest.marking import QuestionTraits
from pipeline.workspace import Workspace

COPIES: Final = pa.schema(
    [("cell", pa.int32()), ("duplicate_of", pa.string()), ("again", pa.bool_()), ("copy_group_id", pa.string())]
)
_ANSWERS_AT_ONCE: Final = 250_000
"""Answers that are in memory together, unless one question has more."""


def find(
    workspace: Workspace,
    questions: tuple[QuestionTraits, ...],
    partitions: int,
    config: IngestConfig,
    execution: ExecutionConfig,
) -> int:
    """Stage, for each batch of questions, a file of `COPIES` with one record batch a partition, and its groups.

    Returns the number of batches of questions.
    """
    sizes = np.zeros(len(questions), np.int64)
    for index in range(partitions):
        asked = staging.read(workspace, "keys", index)["question"].to_numpy()
        sizes += np.bincount(asked, minlength=len(questions))
    batches = list(_batches(sizes))
    todo = [
        number
        for number in range(len(batches))
        if not all(staging.path(workspace, name, number).is_file() for name in ("groups", "copies"))
    ]
    task = partial(_find, str(workspace.path), questions, partitions, config, batches)
    for _ in map_items(task, todo, execution, unit="batch of questions"):
        pass
    return len(batches)


def _batches(sizes: Integers) -> Iterator[list[int]]:
    waiting: list[int] = []
    total = 0
    for question in np.flatnonzero(sizes).tolist():
        if waiting and total + sizes[question] > _ANSWERS_AT_ONCE:
            yield waiting
            waiting, total = [], 0
        waiting.append(question)
        total += int(sizes[question])
    if waiting:
        yield waiting


def _find(
    path: str,
    questions: tuple[QuestionTraits, ...],
    partitions: int,
    config: IngestConfig,
    batches: list[list[int]],
    number: int,
) -> None:
    workspace = Workspace(path)
    wanted = pa.array(batches[number], pa.int32())
    parts, places = [], []
    for index in range(partitions):
        part = staging.read(workspace, "keys", index)
        chosen = pc.is_in(part["question"], wanted)
        parts.append(part.filter(chosen))
        places.append(np.flatnonzero(chosen.to_numpy()))
    sizes = [part.num_rows for part in parts]
    keys = pa.concat_tables(parts).combine_chunks()
    del parts
    column = {name: keys[name].to_numpy() for name in ("question", "occurrence", "contribution", "author", "text")}
    first, again = find_copies(column["question"], column["text"], column["author"])
    group = first.copy()
    for question in batches[number] if config.near_copies else ():
        _group_near(workspace, question, places, column["question"], first, group)
    ids = _ids(column, questions)
    rows = _groups(keys, column, group, ids, questions, config)
    _write_copies(workspace, number, sizes, keys["cell"].to_numpy(), first, again, group, ids)
    staging.write(workspace, "groups", number, rows)  # last: it marks the batch as whole


def _group_near(
    workspace: Workspace,
    question: int,
    places: list[Integers],
    asked: npt.NDArray[np.int32],
    first: Integers,
    group: Integers,
) -> None:
    """Give the answers to one question the first answer of their group of near copies.

    `places` holds for each partition the rows of its keys that are here, in order.
    """
    rows, signatures = [], []
    start = 0
    for index, here in enumerate(places):
        part = staging.read(workspace, "signatures", index)
        part = part.filter(pc.equal(part["question"], question))
        row = start + np.searchsorted(here, part["row"].to_numpy())
        lead = first[row] == row  # each text once
        rows.append(row[lead])
        signature = part["signature"].combine_chunks()
        content = np.frombuffer(signature.buffers()[1] or b"", np.uint16).reshape(-1, near_copies.PERMUTATIONS)
        signatures.append(content[signature.offset : signature.offset + len(signature)][lead])
        start += len(here)
    row = np.concatenate(rows)
    if len(row) < 2:
        return
    found = near_copies.group(np.concatenate(signatures))
    group[row] = row[found]
    mine = asked == question
    group[mine] = group[first[mine]]


def _ids(column: dict[str, npt.NDArray[Any]], questions: tuple[QuestionTraits, ...]) -> pa.Array:
    suffixes = pa.array([found.suffix for found in questions], pa.string()).take(pa.array(column["question"]))
    return answer_ids(pa.array(hexadecimal(column["contribution"]), pa.string()), suffixes, column["occurrence"])


def _write_copies(
    workspace: Workspace,
    number: int,
    sizes: list[int],
    cells: npt.NDArray[np.int32],
    first: Integers,
    again: npt.NDArray[np.bool_],
    group: Integers,
    ids: pa.Array,
) -> None:
    large = np.bincount(group, minlength=len(group)) > 1
    place = staging.path(workspace, "copies", number)
    start = 0
    with staging.named_when_whole(place) as sink, pyarrow.ipc.new_file(sink, COPIES) as writer:
        for size in sizes:
            rows = start + np.flatnonzero(large[group[start : start + size]])
            originals = ids.take(pa.array(first[rows]))
            copied = pa.array(first[rows] != rows)
            groups = pc.binary_replace_slice(ids.take(pa.array(group[rows])), 0, 1, "g")
            writer.write_batch(
                pa.record_batch(
                    [
                        pa.array(cells[rows]),
                        pc.if_else(copied, originals, pa.scalar(None, pa.string())),
                        pa.array(again[rows]),
                        groups,
                    ],
                    schema=COPIES,
                )
            )
            start += size


def copies_of(workspace: Workspace, batches: int, index: int) -> pa.Table:
    """Return the copies among the cells of one partition."""
    found = []
    for number in range(batches):
        with storage.arrow_source(staging.path(workspace, "copies", number)) as source:
            found.append(pyarrow.ipc.open_file(source).get_batch(index))
    return pa.Table.from_batches(found, COPIES)


def _groups(
    keys: pa.Table,
    column: dict[str, npt.NDArray[Any]],
    group: Integers,
    ids: pa.Array,
    questions: tuple[QuestionTraits, ...],
    config: IngestConfig,
) -> pa.Table:
    """Return the rows of ``copy_groups``: groups of two answers or more, by their first answer."""
    large = np.flatnonzero((np.bincount(group, minlength=len(group)) > 1)[group])
    schema = tables.SCHEMAS["copy_groups"]
    if not len(large):
        return schema.empty_table()
    members = pa.table(
        {
            "group": group[large],
            "contribution": column["contribution"][large],
            "respondent": np.where(column["author"] != 0, column["author"], column["contribution"])[large],
            "text": column["text"][large],
            "published_at": keys["published_at"].take(pa.array(large)),
            "author_type": keys["author_type"].take(pa.array(large)),
        }
    )
    totals = (
        members.group_by("group", use_threads=False)
        .aggregate(
            [
                ([], "count_all"),
                ("contribution", "count_distinct"),
                ("respondent", "count_distinct"),
                ("text", "count_distinct"),
                ("published_at", "min"),
                ("published_at", "max"),
            ]
        )
        .sort_by("group")
    )
    places = totals["group"].to_numpy()
    words = keys["words"].to_numpy()[places]
    respondents = totals["respondent_count_distinct"].to_numpy()
    # A short text near a long one is no campaign: authors count where their own text is long enough.
    long = members.filter(pa.array(keys["words"].to_numpy()[large] >= config.coordinated_words))
    counted = long.group_by("group", use_threads=False).aggregate([("respondent", "count_distinct")])
    authors = np.zeros(len(group), np.int64)
    authors[counted["group"].to_numpy()] = counted["respondent_count_distinct"].to_numpy()
    answers = ids.take(pa.array(places))
    return pa.table(
        {
            "copy_group_id": pc.binary_replace_slice(answers, 0, 1, "g"),
            "question_id": [f"q-{questions[place].suffix}" for place in column["question"][places].tolist()],
            "answer_id": answers,
            "n_answers": totals["count_all"],
            "n_contributions": totals["contribution_count_distinct"],
            "n_respondents": respondents,
            "n_texts": totals["text_count_distinct"],
            "n_words": words.astype(np.int64),
            "first_published_at": totals["published_at_min"],
            "last_published_at": totals["published_at_max"],
            "author_types": _author_types(members, places),
            "coordinated": authors[places] >= config.coordinated_authors,
        },
        schema=schema,
    )


def _author_types(members: pa.Table, groups: Integers) -> pa.Array:
    """Return, for each group in order, its kinds of author with their contributions, most frequent first."""
    counted = members.group_by(["group", "author_type"], use_threads=False).aggregate(
        [("contribution", "count_distinct")]
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in counted.to_pylist():
        entry = {"author_type": row["author_type"], "n_contributions": row["contribution_count_distinct"]}
        found.setdefault(row["group"], []).append(entry)
    for entries in found.values():
        entries.sort(key=lambda entry: (-entry["n_contributions"], entry["author_type"] or ""))
    kind = tables.SCHEMAS["copy_groups"].field("author_types").type
    return pa.array([found[group] for group in groups.tolist()], kind)


def write_table(workspace: Workspace, batches: int) -> dict[str, int]:
    """Write the table ``copy_groups``; return how many groups there are, and how many are coordinated."""
    found = [staging.read(workspace, "groups", number) for number in range(batches)]
    content = pa.concat_tables(found) if found else tables.empty("copy_groups")
    workspace.write_part("copy_groups", 0, content)
    return {"copy_groups": content.num_rows, "coordinated": pc.sum(content["coordinated"]).as_py() or 0}
