"""Make an earlier version of the model of a workspace the current one again; nothing is removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline import bundles, errors
from pipeline.retrain import earlier
from pipeline.stage import Summary, stale_stages
from pipeline.topics import anchoring, bundle
from pipeline.workspace import Workspace


def rollback(workspace: Workspace, name: str | None, run_stage: Callable[[str], Summary]) -> tuple[str, list[Summary]]:
    """Go back to a model of a workspace that the caller has locked; tables, dataset and report follow.

    Parameters
    ----------
    name : str or None
        Name and version; None for the one that the current model was made from.
    run_stage : callable
        Runs a stage by its name.

    Raises
    ------
    DoleancesError
        E442 when there is no finished run, E443 when the current model has no parent, E440 or E302 when the model is
        not there or damaged.
    """
    current = workspace.manifest.get("model")
    if current is None or "entities" in stale_stages(workspace):
        raise errors.usage("E442", path=workspace.path)
    wanted = name or parent_of(workspace, current)
    if wanted is None:
        raise errors.usage("E443", name=current)
    bundle.load(anchoring.folder_of(workspace, wanted))  # all of it is whole, before anything changes
    under_way = workspace.manifest.pop(earlier.UNDER_WAY, None)
    if under_way is not None:  # it began from what is left now; its contributions are there
        workspace.clear(f"{earlier.FOLDER}/{earlier.folder_of(workspace, int(under_way)).name}")
    anchoring.hold_on(workspace, "use", wanted)
    workspace.save_manifest()
    return wanted, [run_stage(stage) for stage in ("topics", "dataset", "report")]


def parent_of(workspace: Workspace, reference: str) -> str | None:
    """Return the model that another was made from, None where it has none."""
    content: dict[str, Any] = bundles.read_manifest(anchoring.folder_of(workspace, reference))
    parent = content["created_from"].get("parent")
    return str(parent) if parent else None
