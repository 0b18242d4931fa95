"""Re-check a finished workspace: files, schemas, ids and what they point at, states, counts, quotes, figures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import errors, poison, storage, tables
from pipeline.nesting import rolled_up
from pipeline.stage import ORDER
from pipeline.verify_report import report_lines
from pipeline.workspace import Workspace, sha256_of


def verify(workspace: Workspace) -> list[str]:
    """Return what does not hold, a line each; an empty list when everything does.

    Raises
    ------
    DoleancesError
        When the folder is no workspace (E203).
    """
    if not workspace.exists:
        raise errors.usage("E203", path=workspace.path)
    damaged = list(_files(workspace))
    if damaged:
        return damaged  # what follows reads those files
    return [
        *_schemas(workspace),
        *_references(workspace),
        *_relatives(workspace),
        *_states(workspace),
        *_sources(workspace),
        *_originals(workspace),
        *_copies(workspace),
        *_table_quotes(workspace),
        *_dataset_quotes(workspace),
        *_dataset_states(workspace),
        *_dataset_topics(workspace),
        *_exemplars(workspace),
        *report_lines(workspace),
    ]


def _files(workspace: Workspace) -> Iterator[str]:
    for name in ORDER:
        entry = workspace.manifest["stages"].get(name)
        if not entry or entry["status"] != "done":
            yield f"stage {name} has not finished"
            continue
        for relative, expected in entry["files"].items():
            path = workspace.path / relative
            if not path.is_file():
                yield f"{relative} is missing"
            elif sha256_of(path) != expected["sha256"]:
                yield f"{relative} does not match its checksum in the manifest"
    yield from _local_model(workspace)


def _local_model(workspace: Workspace) -> Iterator[str]:
    reference = str(workspace.manifest.get("model") or "")
    if not reference.startswith("local/"):
        return  # a shipped model is no part of the workspace: `doleances models verify` checks it
    folder = workspace.path / "models" / reference
    try:
        files = {
            str(name): str(value) for name, value in json.loads((folder / "model.json").read_bytes())["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield f"models/{reference}/model.json is missing or cannot be read"
        return
    for name, expected in sorted(files.items()):
        path = PurePath(name)
        if ".." in path.parts or path.is_absolute() or not (folder / path).is_file():
            yield f"models/{reference}/{name} is missing"
        elif sha256_of(folder / path) != expected:
            yield f"models/{reference}/{name} does not match its checksum in model.json"


def _schemas(workspace: Workspace) -> Iterator[str]:
    for table, schema in tables.SCHEMAS.items():
        for path in workspace.parts(table):
            if not storage.parquet_file(path).schema_arrow.equals(schema):
                yield f"{path.relative_to(workspace.path)}: columns are not those of the table {table}"
        key = schema.names[0]
        ids = workspace.read(table, [key])[key]
        if len(pc.unique(ids)) != len(ids) and not table.endswith("assignments"):
            yield f"table {table}: some {key} stand there twice"


def _references(workspace: Workspace) -> Iterator[str]:
    for prefix in ("", "reviewed_"):
        topics = workspace.read(f"{prefix}topics", ["topic_id"])["topic_id"]
        organisations = workspace.read(f"{prefix}organisations", ["organisation_id"])["organisation_id"]
        for index in range(len(workspace.parts("answers"))):
            segments = workspace.read_part("segments", index, ["segment_id"])["segment_id"]
            assignments = workspace.read_part(f"{prefix}assignments", index, ["segment_id", "topic_id"])
            mentions = workspace.read_part(f"{prefix}mentions", index, ["organisation_id"])
            for column, known, what in (
                (assignments["segment_id"], segments, "assignments: segment"),
                (assignments["topic_id"], topics, "assignments: theme"),
                (mentions["organisation_id"], organisations, "mentions: organisation"),
            ):
                unknown = column.filter(pc.invert(pc.is_in(column, known))).drop_null()
                for identifier in pc.unique(unknown).to_pylist():
                    yield f"partition {index}: {prefix}{what} {identifier} does not exist"


def _relatives(workspace: Workspace) -> Iterator[str]:
    for table, columns, what in (
        ("organisations", ("parent_id", "successor_id"), "organisation"),
        ("topics", ("parent_id",), "theme"),
        ("reviewed_topics", ("parent_id",), "theme"),
    ):
        rows = workspace.read(table)
        for column in columns:
            if column not in rows.column_names:
                continue  # a table of an older version, which `_schemas` tells of
            unknown = pc.invert(pc.is_in(rows[column], rows[tables.SCHEMAS[table].names[0]]))
            for identifier in pc.unique(rows[column].filter(unknown).drop_null()).to_pylist():
                yield f"{table}: {column} {identifier}: this {what} does not exist"


def _states(workspace: Workspace) -> Iterator[str]:
    for index in range(len(workspace.parts("answers"))):
        answers = workspace.read_part("answers", index, ["answer_id", "contribution_id", "question_id"])
        outcomes = workspace.read_part("outcomes", index)
        if not answers["answer_id"].equals(outcomes["answer_id"]):
            yield f"partition {index}: outcomes are not those of the answers, one each"
        failed = pa.array(sorted(poison.rejected_by(workspace, index)), pa.string())
        kept = outcomes.filter(
            pc.and_(pc.is_in(outcomes["answer_id"], failed), pc.not_equal(outcomes["state"], "rejected"))
        )
        for answer_id in kept["answer_id"].to_pylist():
            yield f"outcomes: {answer_id} stands in the table rejected, and its state is another"
        unknown = set(pc.unique(outcomes["state"]).to_pylist()) - set(tables.STATES)
        if unknown:
            yield f"partition {index}: unknown states {', '.join(sorted(unknown))}"


def _sources(workspace: Workspace) -> Iterator[str]:
    received: Counter[str] = Counter()
    old = workspace.read("superseded", ["superseded_id", "contribution_id"])
    current = pa.array([False] * old.num_rows, pa.bool_())
    for index in range(len(workspace.parts("contributions"))):
        forms = workspace.read_part("contributions", index, ["contribution_id", "source_file"])
        received.update({row["values"]: row["counts"] for row in pc.value_counts(forms["source_file"]).to_pylist()})
        current = pc.or_(current, pc.is_in(old["contribution_id"], forms["contribution_id"]))
    for row in old.filter(pc.invert(current)).to_pylist():
        yield f"superseded: {row['superseded_id']} is of contribution {row['contribution_id']}, which does not exist"
    if not workspace.parts("files"):
        return  # an older workspace
    files = workspace.read("files", ["source_file", "contributions"])
    told = dict(zip(files["source_file"].to_pylist(), files["contributions"].to_pylist(), strict=True))
    for name in sorted(told.keys() | received.keys()):
        if told.get(name) != received[name]:
            yield f"files: {name} has {received[name]} contributions, and the table says {told.get(name, 'nothing')}"


def _originals(workspace: Workspace) -> Iterator[str]:
    for index in range(len(workspace.parts("answers"))):
        answers = workspace.read_part("answers", index, ["answer_id", "text", "original"])
        same = answers.filter(pc.equal(answers["original"], answers["text"]))
        for answer_id in same["answer_id"].to_pylist():
            yield f"answers: {answer_id} has an original that is no other than its text"


def _copies(workspace: Workspace) -> Iterator[str]:
    groups = workspace.read("copy_groups", ["copy_group_id", "answer_id", "n_answers"]).to_pylist()
    first = pa.array([row["answer_id"] for row in groups], pa.string())
    members: Counter[str] = Counter()
    group_of: dict[str, str | None] = {}
    for index in range(len(workspace.parts("answers"))):
        answers = workspace.read_part("answers", index, ["answer_id", "copy_group_id"])
        for row in pc.value_counts(answers["copy_group_id"].drop_null()).to_pylist():
            members[row["values"]] += row["counts"]
        for row in answers.filter(pc.is_in(answers["answer_id"], first)).to_pylist():
            group_of[row["answer_id"]] = row["copy_group_id"]
    for row in groups:
        group_id, answer_id = row["copy_group_id"], row["answer_id"]
        if answer_id not in group_of:
            yield f"copy_groups: answer {answer_id} of group {group_id} does not exist"
        elif group_of[answer_id] != group_id:
            yield f"copy_groups: answer {answer_id} is the first of group {group_id}, and not in it"
        if members[group_id] != row["n_answers"]:
            yield f"copy_groups: {group_id} has {members[group_id]} answers, and the table says {row['n_answers']}"
    for group_id in sorted(members.keys() - {row["copy_group_id"] for row in groups}):
        yield f"answers: group of copies {group_id} does not exist"


def _table_quotes(workspace: Workspace) -> Iterator[str]:
    for index in range(len(workspace.parts("answers"))):
        answers = workspace.read_part("answers", index, ["answer_id", "text"])
        texts = dict(zip(answers["answer_id"].to_pylist(), answers["text"].to_pylist(), strict=True))
        segments = workspace.read_part("segments", index, ["segment_id", "answer_id", "start", "end", "tokens"])
        for row in segments.to_pylist():
            text = texts.get(row["answer_id"])
            if text is None or not 0 <= row["start"] < row["end"] <= len(text):
                yield f"segment {row['segment_id']} lies outside its answer"
            elif any(text[token["start"] : token["end"]] != token["text"] for token in row["tokens"]):
                yield f"segment {row['segment_id']}: a token is not the text at its offsets"
        for table in ("mentions", "reviewed_mentions"):
            yield from _mention_quotes(workspace.read_part(table, index), texts, "tables")


def _dataset_quotes(workspace: Workspace) -> Iterator[str]:
    folder = workspace.path / "dataset"
    answers = storage.read_table(folder / "answers.parquet", columns=["answer_id", "text"])
    texts = dict(zip(answers["answer_id"].to_pylist(), answers["text"].to_pylist(), strict=True))
    if len(texts) != workspace.count("answers"):
        yield "dataset/answers.parquet does not hold each row of answers once"
    columns = ["segment_id", "answer_id", "start", "end", "text"]
    for batch in storage.parquet_file(folder / "segments.parquet").iter_batches(columns=columns):
        for row in batch.to_pylist():
            text = texts.get(row["answer_id"]) or ""
            if text[row["start"] : row["end"]] != row["text"]:
                yield f"dataset: segment {row['segment_id']} is not the text at its offsets"
    yield from _mention_quotes(storage.read_table(folder / "mentions.parquet"), texts, "dataset")


def _exemplars(workspace: Workspace) -> Iterator[str]:
    topics = {
        layer: set(workspace.read(table, ["topic_id"])["topic_id"].to_pylist())
        for layer, table in (("tables", "topics"), ("dataset", "reviewed_topics"))
    }
    shown = {
        "tables": workspace.read("exemplars").to_pylist(),
        "dataset": storage.read_table(workspace.path / "dataset" / "exemplars.parquet").to_pylist(),
    }
    wanted = pa.array(sorted({row["answer_id"] for rows in shown.values() for row in rows}), pa.string())
    told = storage.read_table(workspace.path / "dataset" / "answers.parquet", columns=["answer_id", "text"])
    texts: dict[str, dict[str, str | None]] = {"tables": {}, "dataset": _texts(told, wanted)}
    for index in range(len(workspace.parts("answers"))):
        texts["tables"] |= _texts(workspace.read_part("answers", index, ["answer_id", "text"]), wanted)
    for layer, rows in shown.items():
        for row in rows:
            text = texts[layer].get(row["answer_id"]) or ""
            if text[row["start"] : row["end"]] != row["quote"] or not row["quote"]:
                yield f"{layer}: exemplar {row['exemplar_id']} is not the text at its offsets"
            if row["topic_id"] not in topics[layer]:
                yield f"{layer}: exemplar {row['exemplar_id']} is of theme {row['topic_id']}, which does not exist"


def _texts(answers: pa.Table, wanted: pa.Array) -> dict[str, str | None]:
    found = answers.filter(pc.is_in(answers["answer_id"], wanted))
    return dict(zip(found["answer_id"].to_pylist(), found["text"].to_pylist(), strict=True))


def _dataset_states(workspace: Workspace) -> Iterator[str]:
    columns = ["answer_id", "state", "reason"]
    told = storage.read_table(workspace.path / "dataset" / "answers.parquet", columns=columns)
    settled = workspace.read("outcomes", columns)
    if not told.cast(settled.schema).equals(settled):
        yield "dataset/answers.parquet: states or reasons are not those of the table outcomes"


def _dataset_topics(workspace: Workspace) -> Iterator[str]:
    folder = workspace.path / "dataset"
    counts: Counter[str] = Counter()
    for batch in storage.parquet_file(folder / "segments.parquet").iter_batches(columns=["topic_id"]):
        for row in pc.value_counts(batch["topic_id"].drop_null()).to_pylist():
            counts[row["values"]] += row["counts"]
    topics = storage.read_table(folder / "topics.parquet", columns=["topic_id", "parent_id", "n_segments"]).to_pylist()
    told = {row["topic_id"]: row["n_segments"] for row in topics}
    counts = rolled_up(counts, topics)
    for topic_id in sorted(counts.keys() | told.keys()):
        if told.get(topic_id) != counts[topic_id]:
            yield (
                f"dataset: theme {topic_id} has {counts[topic_id]} segments, "
                f"and topics.parquet says {told.get(topic_id, 'nothing')}"
            )


def _mention_quotes(mentions: pa.Table, texts: dict[str, str | None], layer: str) -> Iterator[str]:
    for row in mentions.select(["mention_id", "answer_id", "start", "end", "surface"]).to_pylist():
        text = texts.get(row["answer_id"]) or ""
        if text[row["start"] : row["end"]] != row["surface"]:
            yield f"{layer}: mention {row['mention_id']} is not the text at its offsets"
