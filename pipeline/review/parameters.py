"""What people decided and audited, as parameters of the stages that read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pipeline.review import decisions
from pipeline.workspace import Workspace, sha256_of

AUDITS: Final = "audits"
"""The folder of audits in a workspace."""


def review_parameters(workspace: Workspace) -> dict[str, Any]:
    """Return the sums of the audits and of the log of decisions, each null where there is none."""
    log = workspace.path / decisions.FILE
    return {
        "audits": {path.name: sha256_of(path) for path in audit_files(workspace)} or None,
        "decisions": sha256_of(log) if log.is_file() else None,
    }


def audit_files(workspace: Workspace) -> list[Path]:
    """Return the files of audits, in order of their names."""
    return sorted(path for path in (workspace.path / AUDITS).glob("*.json") if path.is_file())
