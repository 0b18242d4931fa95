"""Ingest: files as people have them → contributions, questions, answers, and what could not be read.

Layouts are recognised by content (`layouts`), questions by official id or wording (`matching`). Each cell received
gives exactly one row of ``answers``, in exactly one state.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline import errors, storage, tables
from pipeline.config import Config
from pipeline.executor import Progress, kept_pool
from pipeline.ingest import questionnaires
from pipeline.ingest.archives import expand
from pipeline.ingest.authors import settle_salt
from pipeline.ingest.collecting import Collected, Collector, collected_before
from pipeline.ingest.discovery import Found, InputFile, as_utf8, discover
from pipeline.ingest.joining import check_still_there, joined, left_out
from pipeline.ingest.layouts import Source, recognise
from pipeline.ingest.matching import QuestionIndex
from pipeline.ingest.reading import Context
from pipeline.ingest.records import Batch, Message, Record
from pipeline.ingest.settling import Settled, settle
from pipeline.stage import Stage, Summary, stage_run
from pipeline.tables import INGEST_STATES
from pipeline.workspace import Workspace, sha256_of

__all__ = ["STAGE", "run"]

_WORTH_A_POOL = 1 << 25
"""Bytes of input above which worker processes are started while it is read."""

_SUMMED = (
    *("contributions", "already_received_contributions", "already_received", "superseded_contributions", "superseded"),
    *("forgotten_contributions", "repaired", "postcodes_unknown"),
)
_SAID = (
    ("N106", "contradictions"),
    ("N109", "already_received_contributions"),
    ("N110", "superseded_contributions"),
    ("N112", "postcodes_unknown"),
    ("N113", "coordinated"),
    ("N114", "forgotten_contributions"),
)

STAGE = Stage(
    name="ingest",
    reads=(),
    writes=("contributions", "questions", "rejected", "files", "superseded", "copy_groups", "answers"),
    revision=4,
)


def run(
    workspace: Workspace,
    config: Config,
    paths: Iterable[Path | str],
    *,
    force: bool = False,
    add: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Read files into the tables contributions, questions, rejected, files, superseded, copy_groups and answers.

    Parameters
    ----------
    workspace : Workspace
        Where the tables go; partition i holds the i-th ``config.ingest.partition_size`` contributions.
    config : Config
        Its sections ingest, privacy and execution are read.
    paths : iterable of path
        Files, or folders that are read recursively.
    force : bool
        Read again what is up to date.
    add : bool
        Let the files join those that the workspace was made from; else they take their place.
    progress : callable, optional
        Told of finished partitions.

    Returns
    -------
    Summary
        ``counts`` has files, contributions, answers, rejected, and the number of answers in each state.

    Raises
    ------
    DoleancesError
        When no path is given (E113), nothing at all can be read (E112; its ``details`` say why, a line a file), or
        files are to join others that are not to be found any more (E114). The workspace is then as it was.
    """
    given = [Path(path) for path in paths]
    if not given:
        raise errors.usage("E113")
    if add:
        given = joined(workspace, given)
    index = QuestionIndex(questionnaires.shipped())
    context = Context(index, config.ingest, _scratch(workspace))
    try:
        return _run(workspace, config, given, context, force=force, add=add, progress=progress)
    finally:
        shutil.rmtree(context.scratch, ignore_errors=True)


def _scratch(workspace: Workspace) -> Path:
    """Return where archives are unpacked: in the workspace, or on this disk where the workspace is on none."""
    if storage.is_local(workspace.path):
        return workspace.path / "tmp" / "ingest"
    name = hashlib.sha256(str(workspace.path).encode("utf-8")).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"doleances-{name}"


def _run(
    workspace: Workspace,
    config: Config,
    given: list[Path],
    context: Context,
    *,
    force: bool,
    add: bool,
    progress: Progress | None,
) -> Summary:
    found = discover(given, workspace.path)
    found.files, refused = expand(found.files, context.scratch / "archives", config.ingest.archive_limit)
    found.problems += refused
    recognised = [(file, recognise(file, context)) for file in found.files]
    sources = [source for _, source in recognised if isinstance(source, Source)]
    unread = found.problems + [(file, message) for file, message in recognised if isinstance(message, Message)]
    if not any(_holds_a_form(source, context) for source in sources):
        raise _nothing(given, unread, sources, context)
    if add:
        check_still_there(workspace, sources)
    replaced = left_out(workspace, sources)
    with stage_run(STAGE, workspace, _parameters(workspace, config, found, sources, unread), force=force) as stage:
        if stage.skipped:
            return stage.summary
        workspace.manifest["inputs"] = [_input(workspace, source) for source in sources]
        workspace.manifest["given"] = [str(path.absolute()) for path in given]
        workspace.save_manifest()
        large = sum(source.inspection.size for source in sources) >= _WORTH_A_POOL
        with kept_pool(config.execution, settle.__module__) if large else nullcontext():
            collected = collected_before(workspace)
            if collected is None:
                workspace.clear("staging/ingest")
                salt = settle_salt(workspace, config.privacy.salt, sources[0].inspection.sha256)
                collector = Collector(workspace, context, config.ingest, salt, alone=len(sources) == 1)
                collected = _collect(collector, sources, found, unread)
            settled = settle(workspace, collected, config, forgotten_keys(workspace), progress)
        _summarise(stage.summary, collected, settled)
        if replaced is not None:
            stage.summary.notes.append(replaced)
    return stage.summary


def _holds_a_form(source: Source, context: Context) -> bool:
    """Say whether something can be read from a file: a form, or an export that holds none."""
    context = replace(context, probing=True)
    first = next(
        (found for found in source.read(context) if isinstance(found, Record | Batch) or found.code[0] == "E"), None
    )
    return (
        first is None
        or isinstance(first, Record | Batch)
        or any(isinstance(item, Record | Batch) for item in source.read(context))
    )


def _nothing(
    given: list[Path], unread: list[tuple[InputFile, Message]], sources: list[Source], context: Context
) -> errors.DoleancesError:
    lines = [message.about(file.shown) for file, message in unread]
    for source in sources:
        lines += [found.about(source.file.shown) for found in source.read(context) if isinstance(found, Message)]
    error = errors.usage("E112", paths=", ".join(str(path) for path in given))
    error.details = tuple(lines)
    return error


def _parameters(
    workspace: Workspace, config: Config, found: Found, sources: list[Source], unread: list[tuple[InputFile, Message]]
) -> dict[str, Any]:
    return {
        **config.ingest.model_dump(mode="json"),
        "forgotten": sorted(forgotten_keys(workspace)),
        "salt": hashlib.sha256(config.privacy.salt.encode()).hexdigest() if config.privacy.salt else None,
        "inputs": [[source.file.label, source.layout.name, source.inspection.sha256] for source in sources],
        "unread": [message.about(file.label) for file, message in unread],
        "questionnaires": {path.name: sha256_of(path) for path in questionnaires.files()},
    }


def forgotten_keys(workspace: Workspace) -> frozenset[int]:
    """Return the keys of the contributions that were erased on request (`doleances forget`)."""
    found = workspace.manifest.get("forgotten", [])
    return frozenset(int(key, 16) for entry in found for key in entry["keys"])


def _input(workspace: Workspace, source: Source) -> dict[str, Any]:
    path = source.file.path.resolve()
    if path.is_relative_to(_scratch(workspace)):  # unpacked from an archive: what stays is the archive
        path = Path(source.file.shown).absolute()
    return {
        "name": source.file.label,
        "path": as_utf8(str(path)),
        "layout": source.layout.name,
        "bytes": source.inspection.size,
        "sha256": source.inspection.sha256,
    }


def _collect(
    collector: Collector, sources: list[Source], found: Found, unread: list[tuple[InputFile, Message]]
) -> Collected:
    for file, message in unread:
        collector.reject(file, message)
    for file, message in found.notices:
        collector.notice(file, message)
    for source in sources:
        collector.read(source)
    return collector.finish()


def _summarise(summary: Summary, collected: Collected, settled: Settled) -> None:
    counts, files = settled.counts, settled.files
    total = {name: sum(row[name] for row in files) for name in tables.SCHEMAS["files"].names if name in _SUMMED}
    layouts = Counter(row["layout"] for row in files if row["read"])
    summary.counts |= {
        "files": layouts.total(),
        "contributions": total["contributions"],
        "answers": sum(counts[state] for state in INGEST_STATES),
        "unreadable": len(collected.rejected),
        **{state: counts[state] for state in INGEST_STATES},
        "contradictions": counts["contradictions"],
        **{name: total[name] for name in _SUMMED[1:]},
        "copy_groups": counts["copy_groups"],
        "coordinated": counts["coordinated"],
    }
    shown = ", ".join(f"{number} {name}" for name, number in layouts.items())
    summary.notes.append(str(errors.problem("N105", layouts=shown)))
    summary.notes += collected.notices
    names = [row["source_file"] for row in files]
    summary.notes += [str(errors.problem("N111", one=names[one], other=names[other])) for one, other in settled.unlike]
    if settled.apart:
        summary.notes.append(str(errors.problem("N116", count=settled.apart)))
    for code, name in _SAID:
        if summary.counts[name]:
            summary.notes.append(str(errors.problem(code, count=summary.counts[name])))
    summary.problems += collected.problems
