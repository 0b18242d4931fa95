"""The dataset stage: tables → the labelled dataset, one partition at a time, then one file of each kind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

import pipeline
from pipeline import executor, ledger, storage
from pipeline.config import Config
from pipeline.dataset import reviewed
from pipeline.dataset.card import dataset_card, theme_facts
from pipeline.dataset.copies import write_copied
from pipeline.dataset.names import first_names, is_full_name, name_words, normalised, public_figures
from pipeline.dataset.partitions import (
    PARTITIONED,
    copied_path,
    is_whole,
    make_partition,
    names_path,
    read_people,
    settled_path,
    staged,
)
from pipeline.dataset.people import People
from pipeline.dataset.schemas import FILES
from pipeline.dataset.writers import write_streaming
from pipeline.language.model import versions
from pipeline.nesting import rolled_up
from pipeline.partition_cache import PartitionCache
from pipeline.privacy import hide
from pipeline.resources import resource
from pipeline.review.parameters import review_parameters
from pipeline.stage import Stage, Summary, stage_run
from pipeline.tables import REVIEWER, STATES
from pipeline.workspace import Workspace, sha256_of, write_bytes

STAGE: Final = Stage(
    "dataset",
    reads=("ingest", "tokenise", "entities", "topics"),
    writes=(*reviewed.TABLES, "outcomes", "dataset"),
    revision=7,
)

FOUND_HERE: Final = ("local/", REVIEWER)  # models whose themes were found in the answers of this workspace
SEEDS: Final = (
    ("stop_words", "uninformative.txt"),
    ("stop_words", "french.txt"),
    ("public_figures.txt",),
    ("first_names.txt",),
    ("surnames.txt",),
)


def run(
    workspace: Workspace, config: Config, *, force: bool = False, progress: executor.Progress | None = None
) -> Summary:
    """Settle the state of every answer, write the table `outcomes` and the folder WORKSPACE/dataset."""
    settings = {
        "mask": config.privacy.mask,
        "public_figures": config.privacy.public_figures,
        "seeds": {parts[-1]: sha256_of(resource("seeds", *parts)) for parts in SEEDS},
        "versions": versions() | {"doleances": pipeline.__version__, "pyarrow": pa.__version__},
    }
    parameters = settings | review_parameters(workspace)
    with stage_run(STAGE, workspace, parameters, force=force) as stage:
        if not stage.skipped:
            settled = reviewed.prepare(workspace, config.entities.register_path, stage.summary, settled_path(workspace))
            if config.privacy.mask:
                _write_names(workspace, keep_public=config.privacy.public_figures == "keep")
                write_copied(workspace, read_people(workspace), copied_path(workspace))
            partitions = range(len(workspace.parts("answers")))
            todo = [index for index in partitions if not is_whole(workspace, index)]
            program = json.dumps([STAGE.revision, settings], sort_keys=True)
            task = partial(make_partition, str(workspace.path), config.privacy.mask, program, force)
            keys = set(executor.map_items(task, todo, config.execution, progress))
            if len(todo) == len(partitions):  # else an earlier run used others, which nobody noted
                PartitionCache(workspace.path, STAGE.name).prune(keys)
            reviewed.finish(workspace, settled)
            _write_files(workspace, len(partitions), config.privacy.mask)
            covered = ledger.coverage(workspace, settled=True)
            from pipeline.evaluation.review_figures import review_figures  # its numeric libraries are slow to load

            looked_at = review_figures(workspace)
            told = stage.summary.problems
            told += [str(one) for one in looked_at.problems if str(one) not in told]
            card = dataset_card(
                workspace.manifest,
                covered,
                masked=config.privacy.mask,
                themes=theme_facts(workspace),
                reviewed=looked_at,
            )
            write_bytes(card.encode("utf-8"), workspace.path / "dataset" / "README.md", workspace.path)
            stage.summary.counts = {"received": covered.received} | _counts(covered.states)
    return stage.summary


def _counts(states: dict[str, int]) -> dict[str, int]:
    return {state: states.get(state, 0) for state in STATES}


def _write_names(workspace: Workspace, *, keep_public: bool) -> None:
    """Gather what one partition cannot know of names: which words are ordinary, and the private names of the run.

    Duplicates and answers to closed questions are not read by the recogniser: names found elsewhere are masked there.
    """
    surfaces: Counter[str] = Counter()
    for index in range(len(workspace.parts("mentions"))):
        mentions = workspace.read_part("mentions", index, ["label", "surface"])
        surfaces.update(mentions.filter(pc.equal(mentions["label"], "PER"))["surface"].to_pylist())
    names = [surface for surface in surfaces if is_full_name(surface)]
    ordinary = _ordinary(workspace, {word.lower() for name in names for word in name_words(name)})
    people = People(public_figures(), first_names(), ordinary)
    seen = {normalised(name) for name in names if people.is_private_name(name)}
    content = json.dumps(
        {"keep_public": keep_public, "ordinary": sorted(ordinary), "seen": sorted(seen)}, ensure_ascii=False
    )
    write_bytes(content.encode("utf-8"), names_path(workspace), workspace.path)


def _ordinary(workspace: Workspace, words: set[str]) -> frozenset[str]:
    """Return those of `words` that are written without a capital too: often, and not just once in a while."""
    wanted = pa.array(sorted(words), pa.string())
    lower: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for path in workspace.parts("segments") if words else []:
        tokens = storage.parquet_file(path).read(columns=["tokens.list.element.text"])["tokens"].combine_chunks()
        text = pc.struct_field(pc.list_flatten(tokens), "text")
        text = text.filter(pc.is_in(pc.utf8_lower(text), wanted))
        for row in pc.value_counts(text).to_pylist():
            form = row["values"].lower()
            (lower if form == row["values"] else other)[form] += row["counts"]
    return frozenset(word for word, count in lower.items() if count >= 3 and 5 * count >= other[word])


def _write_files(workspace: Workspace, partitions: int, masked: bool) -> None:
    folder = workspace.path / "dataset"
    for name, schema in FILES.items():
        if name in PARTITIONED:
            parts = _staged_parts(workspace, name, partitions)
        elif name == "exemplars":
            moves = reviewed.read_settled(settled_path(workspace)).moves
            segments = _staged_parts(workspace, "segments", partitions)
            parts = iter([shown_exemplars(workspace.read(name), segments, moves)])
        elif name == "topics":
            topics = workspace.read("reviewed_topics")
            parts = iter([counted_topics(topics, _staged_parts(workspace, "segments", partitions))])
        elif name == "organisations":
            found = workspace.read("reviewed_organisations")
            parts = iter([_masked_lists(found) if masked else found])
        else:
            parts = iter([workspace.read(name)])
        write_streaming(parts, schema, folder / f"{name}.parquet", workspace.path)


def counted_topics(topics: pa.Table, segments: Iterable[pa.Table]) -> pa.Table:
    """Return the themes with the number of segments of the dataset that have them or one of their sub-themes.

    Themes of a shipped model that no segment has are left out: they were not found in this consultation.
    """
    counts: Counter[str] = Counter()
    for part in segments:
        for row in pc.value_counts(part["topic_id"].drop_null()).to_pylist():
            counts[row["values"]] += row["counts"]
    given = topics.to_pylist()
    whole = rolled_up(counts, given)
    rows = [row | {"n_segments": whole[row["topic_id"]]} for row in given]
    kept = [row for row in rows if row["n_segments"] or row["model"].startswith(FOUND_HERE)]
    return pa.Table.from_pylist(kept, schema=topics.schema)


def shown_exemplars(
    exemplars: pa.Table, segments: Iterable[pa.Table], moves: Mapping[str, str | None] | None = None
) -> pa.Table:
    """Return the exemplars as the segments of the dataset show them: masked, with the offsets of the masked text.

    Left out are those whose segment no longer has the theme: its answer says nothing, is in another language, or was
    given to another theme by a person.

    Parameters
    ----------
    moves : mapping, optional
        What became of themes that people merged or retired.
    """
    wanted = exemplars["segment_id"].combine_chunks()
    found: dict[str, dict[str, Any]] = {}
    themes: dict[str, set[str]] = {}
    for part in segments:
        here = part.filter(pc.and_(pc.is_in(part["segment_id"], wanted), pc.is_valid(part["topic_id"])))
        columns = ["segment_id", "start", "end", "text", "topic_id", "theme_id"]
        for row in here.select(columns).to_pylist():
            found[row["segment_id"]] = {"start": row["start"], "end": row["end"], "quote": row["text"]}
            themes[row["segment_id"]] = {row["topic_id"], row["theme_id"]}
    rows = []
    for row in exemplars.to_pylist():
        topic_id = (moves or {}).get(row["topic_id"], row["topic_id"])
        if topic_id in themes.get(row["segment_id"], ()):
            rows.append(row | {"topic_id": topic_id} | found[row["segment_id"]])
    return pa.Table.from_pylist(rows, schema=exemplars.schema)


def _staged_parts(workspace: Workspace, name: str, partitions: int) -> Iterator[pa.Table]:
    for index in range(partitions):
        yield storage.read_table(staged(workspace, name, index), partitioning=None)


def _masked_lists(organisations: pa.Table) -> pa.Table:
    # Names that were found in the texts could hold an e-mail or an address.
    rows = organisations.to_pylist()
    for row in rows:
        row["name"] = hide(row["name"]).text
        row["aliases"] = [hide(alias).text for alias in row["aliases"]]
    return pa.Table.from_pylist(rows, schema=organisations.schema)
