"""What every stage shares: when it is up to date, what it resumes from, and what it says at its end."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from pipeline import errors
from pipeline.tables import SCHEMAS
from pipeline.workspace import Workspace, sha256_of


@dataclass(frozen=True)
class Stage:
    """The declaration of a stage.

    Parameters
    ----------
    name : str
        Its name, which is also its command.
    reads : tuple of str
        The stages whose results it reads.
    writes : tuple of str
        Tables, or folders of the workspace, that are its own. The last one marks a partition as whole.
    revision : int
        Raised when the same inputs would give other results than before.
    """

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    revision: int = 1


SHARED: Final = "rejected"
"""A table to which every stage may write parts of its own; a stage need not declare it."""

ORDER: Final = ("ingest", "tokenise", "entities", "topics", "dataset", "report")


@dataclass
class Summary:
    """What a stage did.

    ``counts`` holds numbers by name, ``notes`` what a person should know (decisions taken, guesses), ``problems`` the
    plain lines about what could not be read.
    """

    stage: str
    skipped: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


def fingerprint(stage: Stage, workspace: Workspace, parameters: dict[str, Any]) -> str:
    """Return what the results of `stage` depend on, as a hash.

    `parameters` are the settings, versions and file hashes that the stage reads beside the tables of other stages.

    Raises
    ------
    DoleancesError
        When a stage that it reads has not finished, or is older than what it reads itself (E202).
    """
    stale = stale_stages(workspace)
    for name in stage.reads:
        if name in stale:
            raise errors.usage("E202", stage=stage.name, needs=name, path=workspace.path)
    upstream = {name: workspace.manifest["stages"][name]["fingerprint"] for name in stage.reads}
    content = json.dumps([stage.name, stage.revision, parameters, upstream], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


class StageRun:
    """One run of a stage on a workspace: `begin` says what is left to do, `finish` closes it."""

    def __init__(self, stage: Stage, workspace: Workspace, key: str, summary: Summary) -> None:
        self.stage = stage
        self.key = key  # the fingerprint of what the results depend on
        self.workspace = workspace
        self.summary = summary

    @property
    def skipped(self) -> bool:
        return self.summary.skipped

    def partition_done(self, index: int) -> bool:
        """Say whether the partition is whole: every table of the stage has it (the last is written last)."""
        return self.workspace.part_path(self.stage.writes[-1], index).is_file()


Contents = Callable[[], list[str]]
"""Returns, for each partition, the hash of all that its results depend on beside the parameters of the stage."""


@contextmanager
def stage_run(
    stage: Stage,
    workspace: Workspace,
    parameters: dict[str, Any],
    *,
    force: bool = False,
    contents: Contents | None = None,
    in_contents: Collection[str] = (),
) -> Iterator[StageRun]:
    """Run the body of a stage unless its results are there already.

    The body checks ``run.skipped`` first. When an earlier run of the same inputs was cut short, what it finished is
    kept and the body goes on from there; when inputs or settings differ, what the stage wrote before is removed, but
    for the partitions whose `contents` are what they were: contributions that join others leave these as they are.
    `in_contents` names parameters of which contents hold what matters to each partition.
    """
    key = fingerprint(stage, workspace, parameters)
    entry = workspace.manifest["stages"].get(stage.name)
    same = bool(entry) and entry["fingerprint"] == key and not force
    if same and entry["status"] == "done" and files_intact(workspace, entry["files"]):
        workspace.clear(f"staging/{stage.name}")
        yield StageRun(stage, workspace, key, Summary(skipped=True, **entry["summary"]))
        return
    if not same or entry["status"] == "done":
        now = contents() if contents is not None else []
        _clear(workspace, stage, _unchanged(stage, entry, parameters, now, in_contents) if not force else set())
        noted = {"contents": now} if contents is not None else {}
    else:
        noted = {"contents": entry["contents"]} if "contents" in entry else {}
    workspace.manifest["stages"][stage.name] = noted | {
        "revision": stage.revision,
        "fingerprint": key,
        "status": "running",
        "parameters": parameters,
        "upstream": {name: workspace.manifest["stages"][name]["fingerprint"] for name in stage.reads},
        "started": _now(),
    }
    workspace.save_manifest()
    run = StageRun(stage, workspace, key, Summary(stage.name))
    clock = time.perf_counter()
    yield run
    run.summary.seconds = round(time.perf_counter() - clock, 3)
    summary = asdict(run.summary)
    del summary["skipped"]
    workspace.manifest["stages"][stage.name] |= {
        "status": "done",
        "finished": _now(),
        "summary": summary,
        "files": file_sums(workspace, stage),
    }
    workspace.save_manifest()
    workspace.clear(f"staging/{stage.name}")  # last: a run that is killed before still finds all of it


def _unchanged(
    stage: Stage,
    entry: dict[str, Any] | None,
    parameters: dict[str, Any],
    now: list[str],
    in_contents: Collection[str],
) -> set[int]:
    """Return the partitions that an earlier run made of the same contents, with the same settings and program."""
    if not entry or entry.get("revision") != stage.revision:
        return set()
    before, after = (
        {key: value for key, value in found.items() if key not in in_contents}
        for found in (entry["parameters"], parameters)
    )
    if before != after:
        return set()
    return {index for index, (old, new) in enumerate(zip(entry.get("contents", ()), now, strict=False)) if old == new}


def _clear(workspace: Workspace, stage: Stage, kept: set[int]) -> None:
    # The last table marks a partition as whole, so it goes first: what a kill leaves is never taken for whole.
    for name in (*reversed(stage.writes), SHARED, f"staging/{stage.name}"):
        if name == SHARED:
            for path in workspace.rejected_parts(stage.name):
                if not kept or int(path.stem.rpartition("-")[2]) not in kept:
                    path.unlink()
        elif kept and name in SCHEMAS:
            names = {workspace.part_path(name, index).name for index in kept}
            for path in workspace.parts(name):
                if path.name not in names:
                    path.unlink()
        else:
            workspace.clear(name)


def update_files(workspace: Workspace, name: str) -> None:
    """Note the files of a stage in the manifest as they now are, for rows were erased from them on request."""
    entry = workspace.manifest["stages"][name]
    entry["files"] = {
        relative: {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for relative in entry["files"]
        if (path := workspace.path / relative).is_file()
    }


def file_sums(workspace: Workspace, stage: Stage) -> dict[str, dict[str, Any]]:
    """Return size and SHA-256 of every file that the stage wrote, by path relative to the workspace."""
    found = workspace.rejected_parts(stage.name)
    for name in stage.writes:
        if name != SHARED:
            place = workspace.path / "tables" / name
            if not place.exists():
                place = workspace.path / name
            found += sorted(place.rglob("*")) if place.is_dir() else [place]
    return {
        path.relative_to(workspace.path).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in found
        if path.is_file()
    }


def files_intact(workspace: Workspace, files: dict[str, dict[str, Any]]) -> bool:
    """Say whether every file is there with its size (`doleances verify` checks the sums)."""
    for relative, entry in files.items():
        path = workspace.path / relative
        if not path.is_file() or path.stat().st_size != entry["bytes"]:
            return False
    return True


def stale_stages(workspace: Workspace) -> list[str]:
    """Return the stages, in order, whose results are missing, cut short, damaged, or older than what they read."""
    stages = workspace.manifest["stages"]
    stale: list[str] = []
    for name in ORDER:
        entry = stages.get(name)
        whole = entry and entry["status"] == "done" and files_intact(workspace, entry["files"])
        fresh = whole and all(
            up not in stale and stages[up]["fingerprint"] == key for up, key in entry["upstream"].items()
        )
        if not fresh:
            stale.append(name)
    return stale


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
