"""The topics stage: themes of each question, and the themes of each segment."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from pipeline import catalogue, errors
from pipeline.config import Config, TopicsConfig
from pipeline.executor import Progress
from pipeline.partition_cache import PartitionCache
from pipeline.resources import resource
from pipeline.stage import Stage, Summary, stage_run
from pipeline.topics.anchoring import KEY, anchor_of
from pipeline.workspace import Workspace, sha256_of

STAGE: Final = Stage(
    "topics",
    reads=("ingest", "tokenise", "entities"),
    writes=("topics", "exemplars", "topic_numbers", "assignments"),  # the last says which partitions are done
    revision=3,
)


def check(workspace: Workspace, config: Config) -> Path:
    """Return the folder of the model, once it and the codebook can be used: told of before any work.

    Raises
    ------
    DoleancesError
        When no such model is there, or the codebook cannot be read.
    """
    settings = config.topics
    if settings.codebook is not None:
        from pipeline.topics.coding import load_codebook

        load_codebook(settings.codebook)
    return catalogue.locate(settings.model if _is_named(settings) else catalogue.DEFAULT_MODEL, workspace.path)


def _is_named(settings: TopicsConfig) -> bool:
    return settings.model not in ("auto", "none")


def run(workspace: Workspace, config: Config, *, force: bool = False, progress: Progress | None = None) -> Summary:
    """Find or take the themes of every open question, and give each segment to the themes it speaks of."""
    settings = config.topics
    folder = check(workspace, config)
    named = _is_named(settings)
    # The sum of the model and not its path: a run must not depend on where the model lies.
    model_used = {"model": "named" if named else settings.model, "model_sum": sha256_of(folder / "model.json")}
    results_depend_on: dict[str, Any] = {
        "stop_words": sha256_of(resource("seeds", "stop_words", "french.txt")),
        "versions": {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "umap-learn", "numba")},
    }
    if settings.codebook is not None:
        results_depend_on["codebook"] = sha256_of(Path(settings.codebook))
    anchor = anchor_of(workspace, settings)
    if anchor is not None:
        results_depend_on["retrained"] = anchor.parameters
        results_depend_on["codebook"] = anchor.codebook  # the same whether it is named again or not
    parameters = settings.model_dump() | model_used | results_depend_on
    with stage_run(STAGE, workspace, parameters, force=force) as stage:
        if not stage.skipped:
            from pipeline.topics.finding import find_themes  # its numeric libraries are slow to load
            from pipeline.topics.partition_keys import Memory, program

            memory = Memory(PartitionCache(workspace.path, STAGE.name, fresh=force), program(STAGE.revision))
            find_themes(stage, config, folder, progress, anchor, memory)
            if anchor is None and KEY in workspace.manifest:
                held = workspace.manifest[KEY]["parent"]
                stage.summary.notes.append(str(errors.problem("N440", name=held)))
    return stage.summary
