"""One partition of the dataset: taken from the cache, or made of the tables and kept there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import poison, storage
from pipeline.dataset import reviewed
from pipeline.dataset.copies import read_copied
from pipeline.dataset.labelling import Names, Partition, label
from pipeline.dataset.names import first_names, public_figures
from pipeline.dataset.outcomes import questions_with_themes, settle, word_lists
from pipeline.dataset.partition_keys import partition_key
from pipeline.dataset.people import People
from pipeline.partition_cache import PartitionCache
from pipeline.privacy import hide
from pipeline.workspace import Workspace, write_parquet

PARTITIONED: Final = ("segments", "mentions", "answers")
"""Files of the dataset that are made a partition at a time, into the staging folder first."""
_TABLES: Final = ("reviewed_assignments", "reviewed_mentions", "outcomes")
_STAGE: Final = "dataset"


def staged(workspace: Workspace, name: str, index: int) -> Path:
    """Return where a partition of a file of the dataset is written."""
    return workspace.staging / _STAGE / name / f"part-{index:05d}.parquet"


def is_whole(workspace: Workspace, index: int) -> bool:
    """Say whether all of a partition is there."""
    # All of them: a run can be killed while staging is removed, which takes the files in any order.
    paths = [workspace.part_path("outcomes", index), *(staged(workspace, name, index) for name in PARTITIONED)]
    return all(path.is_file() for path in paths)


def settled_path(workspace: Workspace) -> Path:
    """Return where partitions read what people decided."""
    return workspace.staging / _STAGE / "settled.json"


def names_path(workspace: Workspace) -> Path:
    """Return where partitions read what is known of names in the whole workspace."""
    return workspace.staging / _STAGE / "names.json"


def copied_path(workspace: Workspace) -> Path:
    """Return where partitions read the masked texts that copies are of."""
    return workspace.staging / _STAGE / "copied.parquet"


def read_people(workspace: Workspace) -> People:
    """Return how private persons are told, from `names_path`."""
    found = json.loads(names_path(workspace).read_text(encoding="utf-8"))
    ordinary, seen = frozenset(found["ordinary"]), frozenset(found["seen"])
    return People(public_figures(), first_names(), ordinary, seen, keep_public=found["keep_public"])


def make_partition(path: str, masked: bool, program: str, fresh: bool, index: int) -> str:
    """Write a partition of the reviewed tables, of `outcomes` and of the dataset; return the key it is kept under.

    Parameters
    ----------
    program : str
        Settings, versions and word lists that results depend on.
    fresh : bool
        Take nothing that is kept.
    """
    workspace, cache = Workspace(path), PartitionCache(Workspace(path).path, _STAGE, fresh)
    topics = workspace.read("reviewed_topics", ["topic_id", "question_id", "questionnaire", "parent_id", "label"])
    questions = workspace.read("questions", ["question_id", "questionnaire", "title"])
    organisations = workspace.read("organisations", ["organisation_id", "name"])
    answers = workspace.read_part("answers", index)
    settled = reviewed.read_settled(settled_path(workspace))
    with_themes = questions_with_themes(questions, topics)
    failed = poison.rejected_by(workspace, index)
    organisation_names = _mapping(organisations, "organisation_id", "name") | dict(settled.organisations)
    people = read_people(workspace) if masked else None
    copied = read_copied(answers, copied_path(workspace)) if masked else {}
    key = partition_key(
        workspace, index, program, settled, topics, with_themes, organisation_names, people, copied, failed
    )
    tables = {f"{name}.parquet": workspace.part_path(name, index) for name in _TABLES}
    files = {f"{name}.parquet": staged(workspace, name, index) for name in PARTITIONED}
    if cache.take(key, files) and cache.take(key, tables):
        _take_copies(workspace, answers, staged(workspace, "answers", index))
        return key
    segments = workspace.read_part("segments", index)
    assignments, mentions, decided = reviewed.review_partition(workspace, index, settled)
    outcomes = settle(answers, segments, assignments, with_themes, word_lists(), failed, decided)
    names = Names(
        questions=_mapping(questions, "question_id", "title"),
        topics=_mapping(topics, "topic_id", "label"),
        themes={row["topic_id"]: row["parent_id"] or row["topic_id"] for row in topics.to_pylist()},
        organisations={key: hide(name).text if masked else name for key, name in organisation_names.items()},
    )
    part = Partition(
        contributions=workspace.read_part("contributions", index),
        answers=_withheld(answers, failed),
        segments=poison.without_rejected(workspace, index, segments),
        mentions=poison.without_rejected(workspace, index, mentions),
        assignments=assignments,
        outcomes=outcomes,
    )
    labelled = label(part, names, people, copied)
    workspace.write_part("outcomes", index, outcomes)
    for name in PARTITIONED:
        write_parquet(labelled[name], staged(workspace, name, index), workspace.path)
    cache.keep(key, tables | files)
    return key


def _take_copies(workspace: Workspace, answers: pa.Table, place: Path) -> None:
    """Say of which copies answers are now: others may have sent the same text since."""
    kept = storage.read_table(place, partitioning=None)
    column = kept.schema.get_field_index("copy_group_id")
    now = answers["copy_group_id"]
    if not kept["copy_group_id"].equals(now):
        write_parquet(kept.set_column(column, kept.schema.field(column), now), place, workspace.path)


def _withheld(answers: pa.Table, failed: Mapping[str, str]) -> pa.Table:
    # Nobody has looked for names in a text that could not be analysed, so it is not shown.
    lost = pc.is_in(answers["answer_id"], pa.array(sorted(failed), pa.string()))
    place = answers.schema.get_field_index("state")
    return answers.set_column(place, answers.schema.field(place), pc.if_else(lost, "rejected", answers["state"]))


def _mapping(table: pa.Table, key: str, value: str) -> dict[str, str]:
    return dict(zip(table[key].to_pylist(), table[value].to_pylist(), strict=True))
