"""The entities stage: one partition of answers in, one partition of mentions out; then the organisations named."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import executor, language, poison, tables
from pipeline.config import Config
from pipeline.entities.finder import recognise
from pipeline.entities.linker import register_id
from pipeline.entities.register import load_register, register_files
from pipeline.entities.register_rows import Organisation
from pipeline.stage import Stage, Summary, stage_run
from pipeline.workspace import Workspace

STAGE: Final = Stage("entities", reads=("tokenise",), writes=("organisations", "mentions"), revision=2)


def run(
    workspace: Workspace, config: Config, *, force: bool = False, progress: executor.Progress | None = None
) -> Summary:
    """Find the named entities of every open answer; write the tables `mentions` and `organisations`."""
    given = config.entities.register_path
    register = str(Path(given).absolute()) if given is not None else None
    files = register_files(register)
    parameters = {"register": files.sums(), "versions": language.versions()}
    with stage_run(STAGE, workspace, parameters, force=force) as stage:
        if not stage.skipped:
            loaded = load_register(files)  # a register that cannot stand is told of before any work
            parts = range(len(workspace.parts("answers")))
            todo = [i for i in parts if not stage.partition_done(i)]
            task = partial(_partition, str(workspace.path), register)
            done = len(parts) - len(todo)
            for _ in executor.map_items(task, todo, config.execution, progress, already=done):
                pass
            stage.summary.problems = poison.problems(workspace, STAGE.name)
            surfaces = _surfaces(workspace)
            known = {register_id(entry.organisation_id): entry for entry in loaded.organisations.values()}
            rows = [_organisation(found, surfaces[found], known.get(found)) for found in sorted(surfaces)]
            workspace.write_part("organisations", 0, tables.from_rows("organisations", rows))
            stage.summary.counts = {
                "mentions": workspace.count("mentions"),
                "organisation_mentions": sum(count.total() for count in surfaces.values()),
                "organisations": len(rows),
            }
    return stage.summary


def _partition(path: str, register: str | None, index: int) -> executor.Amount:
    workspace = Workspace(path)
    answers = workspace.read_part("answers", index, ["answer_id", "text", "state"])
    answers = poison.without_rejected(workspace, index, answers, before=STAGE.name)
    segments = workspace.read_part("segments", index, ["segment_id", "answer_id", "start", "end"])
    mentions, failures = _find_mentions(answers, segments, register)
    poison.write_rejected(workspace, STAGE.name, index, failures)
    workspace.write_part("mentions", index, mentions)
    return executor.Amount(pc.sum(pc.equal(answers["state"], "pending")).as_py() or 0, "answers")


def find_mentions(answers: pa.Table, segments: pa.Table, register: str | None = None) -> pa.Table:
    """Return the mentions of the answers whose state is pending.

    Parameters
    ----------
    answers, segments : pyarrow.Table
        Rows of these tables, of the same partition.
    register : str, optional
        Path of a register, instead of the one that ships.

    Returns
    -------
    pyarrow.Table
        Rows of the table `mentions`, in the order of the answers; a text that cannot be analysed has none.
    """
    return _find_mentions(answers, segments, register)[0]


def _find_mentions(answers: pa.Table, segments: pa.Table, register: str | None) -> tuple[pa.Table, dict[str, str]]:
    """Return the mentions, and why answers have none that could not be analysed, by answer_id."""
    pending = answers.filter(pc.equal(answers["state"], "pending"))
    encoded = pending["text"].combine_chunks().dictionary_encode()
    text_of: list[int] = encoded.indices.to_pylist()  # of each answer: every distinct text is read once
    found, failures = poison.analyse_each(partial(recognise, register=register), encoded.dictionary.to_pylist())
    ids: list[str] = pending["answer_id"].to_pylist()
    places = _segments_by_answer(segments)
    rows: list[dict[str, Any]] = []
    for answer_id, text in zip(ids, text_of, strict=True):
        for span in found[text] or ():
            rows.append(
                {
                    "mention_id": f"m{answer_id[1:]}-{span.start}-{span.end}-{span.label}",
                    "answer_id": answer_id,
                    "segment_id": _segment_at(places.get(answer_id, []), span.start),
                    "start": span.start,
                    "end": span.end,
                    "surface": span.surface,
                    "label": span.label,
                    "organisation_id": span.organisation_id,
                    "source": span.source,
                    "score": span.score,
                }
            )
    failed = {answer_id: failures[text] for answer_id, text in zip(ids, text_of, strict=True) if text in failures}
    return tables.from_rows("mentions", rows), failed


def _segments_by_answer(segments: pa.Table) -> dict[str, list[tuple[int, int, str]]]:
    found: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
    columns = (segments[name].to_pylist() for name in ("answer_id", "start", "end", "segment_id"))
    for answer_id, start, end, segment_id in zip(*columns, strict=True):
        found[answer_id].append((start, end, segment_id))
    for places in found.values():
        places.sort()
    return dict(found)


def _segment_at(places: list[tuple[int, int, str]], offset: int) -> str | None:
    before = bisect_right(places, offset, key=lambda place: place[0])
    if before and offset < places[before - 1][1]:
        return places[before - 1][2]
    return None


def _surfaces(workspace: Workspace) -> dict[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for index in range(len(workspace.parts("mentions"))):
        part = workspace.read_part("mentions", index, ["organisation_id", "surface"])
        named = part.filter(pc.is_valid(part["organisation_id"]))
        for identifier, surface in zip(named["organisation_id"].to_pylist(), named["surface"].to_pylist(), strict=True):
            found[identifier][surface] += 1
    return dict(found)


def _organisation(identifier: str, surfaces: Counter[str], entry: Organisation | None) -> dict[str, Any]:
    row: dict[str, Any] = {"organisation_id": identifier, "n_mentions": surfaces.total()}
    if entry is not None:
        aliases = [written for written in (*entry.aliases, *entry.cased) if written not in (entry.name, entry.acronym)]
        return row | {
            "name": entry.name,
            "acronym": entry.acronym,
            "aliases": list(dict.fromkeys(aliases)),
            "kind": entry.kind,
            "siren": entry.siren,
            "wikidata": entry.wikidata,
        }
    # The register does not know it: its most frequent spelling is its name.
    name = min(surfaces, key=lambda surface: (-surfaces[surface], surface))
    return row | {"name": name, "aliases": sorted(surface for surface in surfaces if surface != name)}
