"""The settings of the run that a workspace is from, so that what is made again is made as it was."""

from __future__ import annotations

from typing import Any

from pipeline.config import Config, IngestConfig, TopicsConfig
from pipeline.workspace import Workspace


def settings_as_before(workspace: Workspace, given: Config | None = None) -> Config:
    """Return the settings that the stages of a workspace were run with, as far as the manifest tells them.

    It does not tell which register of one's own, or which recogniser, there was: those need a doleances.toml.

    Parameters
    ----------
    given : Config, optional
        Where work is spread as it says; nothing else of it counts.
    """
    found = given or Config()
    stages = workspace.manifest["stages"]
    noted: dict[str, dict[str, Any]] = {name: stages.get(name, {}).get("parameters", {}) for name in stages}
    found = found.with_values("ingest", **_of(IngestConfig, noted.get("ingest", {})))
    # Of a codebook its sum is noted, not its path; its themes are in the model that a retrain goes on from.
    topics = {name: value for name, value in noted.get("topics", {}).items() if name != "codebook"}
    found = found.with_values("topics", **_of(TopicsConfig, topics))
    dataset, report = noted.get("dataset", {}), noted.get("report", {})
    found = found.with_values("privacy", mask=dataset.get("mask"), public_figures=dataset.get("public_figures"))
    return found.with_values("report", verbatims=report.get("verbatims"), language=report.get("language"))


def _of(section: type[Any], noted: dict[str, Any]) -> dict[str, Any]:
    names = {field.alias or name: name for name, field in section.model_fields.items()}
    return {alias: noted[name] for alias, name in names.items() if noted.get(name) is not None}
