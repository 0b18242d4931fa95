"""Erase what a person sent, on request (RGPD, article 17): tables, dataset, report, exports, quotes in decisions.

What stays is a count, a date, and the key of the contribution, so that it is not read again from the same files. Those
files are not ours: the person who asked for the erasure is told that they still hold it.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

from pipeline import errors
from pipeline.config import Config
from pipeline.dataset.reviewed import TABLES as REVIEWED
from pipeline.forget.decisions import erase_from_decisions
from pipeline.forget.retrains import erase_from_retrains
from pipeline.forget.tables import erase_from_tables, find, gather
from pipeline.partition_cache import FOLDER as CACHE
from pipeline.poison import READERS, problems
from pipeline.stage import ORDER, files_intact, update_files
from pipeline.workspace import Workspace

__all__ = ["Forgotten", "forget", "settings_of"]

_COUNTER = re.compile(r"\d{1,7}")
_MADE_AGAIN = ("dataset", "report")


@dataclass(frozen=True)
class Forgotten:
    """What was erased: contributions and answers, lines of decisions that quoted them, and who else holds them.

    ``stages`` are to be made again by the caller, for they show the answers; ``files`` are the inputs that still hold
    the contribution.
    """

    contributions: int
    answers: int
    decisions: int
    stages: tuple[str, ...]
    files: tuple[str, ...]


def forget(workspace: Workspace, reference: str) -> Forgotten:
    """Erase the contributions with a reference from a workspace that is locked by the caller.

    Parameters
    ----------
    workspace : Workspace
        Where it is erased; afterwards, the stages of `Forgotten.stages` are to be run with ``force``.
    reference : str
        The reference of the contribution, or its contribution_id.

    Raises
    ------
    DoleancesError
        When no contribution has that reference (E115), or several have a bare number in common (E116).
    """
    pending = [entry for entry in workspace.manifest.get("forgotten", []) if not entry["done"]]
    found = find(workspace, reference)
    if not found.keys and not pending:
        raise errors.usage("E115", reference=reference, path=workspace.path)
    if len(found.keys) > 1 and _COUNTER.fullmatch(reference):
        # Each file may count from 1: these may be several people, and what is erased cannot be brought back.
        raise errors.usage("E116", reference=reference, ids=", ".join(f"c-{key}" for key in sorted(found.keys)))
    if found.keys:
        # Noted before anything is erased: a run that is killed half way is finished by the next `forget`.
        entry: dict[str, Any] = {"at": _now(), "keys": sorted(found.keys), "contributions": found.contributions}
        workspace.manifest.setdefault("forgotten", []).append(entry | {"answers": 0, "done": False})
        workspace.save_manifest()
        pending.append(workspace.manifest["forgotten"][-1])
    stages = tuple(name for name in _MADE_AGAIN if name in workspace.manifest["stages"])
    intact = {
        name
        for name in ORDER
        if (stage := workspace.manifest["stages"].get(name)) and files_intact(workspace, stage.get("files", {}))
    }
    answers = decisions = contributions = 0
    files: set[str] = set()
    for entry in pending:
        erased = gather(workspace, frozenset(entry["keys"]))
        decisions += erase_from_decisions(workspace, erased)
        erase_from_tables(workspace, erased.keys)
        entry["answers"] += len(erased.answers)
        answers += entry["answers"]
        contributions += entry["contributions"]
        files |= erased.files
        erase_from_retrains(workspace, erased.keys)
    # Nothing that shows answers may outlive them, even where it cannot be made again.
    workspace.clear("exports", "staging", CACHE, *stages, *REVIEWED)
    for name in ORDER:
        if name in intact and name not in _MADE_AGAIN:
            update_files(workspace, name)
    for name in READERS:  # the lines that told of an answer may quote it
        if "summary" in (stage := workspace.manifest["stages"].get(name, {})):
            stage["summary"]["problems"] = problems(workspace, name)
    for entry in pending:
        entry["done"] = True
    workspace.save_manifest()
    return Forgotten(contributions, answers, decisions, stages, tuple(sorted(files)))


def settings_of(workspace: Workspace) -> Config:
    """Return the settings that dataset and report were made with, so that what is made again is as it was."""
    stages = workspace.manifest["stages"]
    mask = stages.get("dataset", {}).get("parameters", {}).get("mask")
    shown = stages.get("report", {}).get("parameters", {})
    report = {name: shown.get(name) for name in ("verbatims", "language")}
    return Config().with_values("privacy", mask=mask).with_values("report", **report)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
