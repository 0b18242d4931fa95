"""What the last retrain changed, as its diff.json tells it: for the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.workspace import Workspace, sha256_of

_DONE: Final = "retrains"


@dataclass(frozen=True)
class Retrain:
    """What the last retrain changed: of each question by its id, and all that diff.json holds."""

    found: Mapping[str, Any]
    questions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def changes(self, question_id: str) -> list[Mapping[str, Any]]:
        """Return the themes of a question that are not as they were."""
        themes = self.questions.get(question_id, {}).get("themes", ())
        return [theme for theme in themes if theme["event"] != "kept"]

    def learned(self, question_id: str) -> Mapping[str, Any] | None:
        """Return what the answers to a question that people reviewed taught, None where it is not used."""
        found: Mapping[str, Any] | None = self.questions.get(question_id, {}).get("learned")
        return found if found is not None and found["takes_over"] else None

    def moves(self, question_id: str) -> list[Mapping[str, Any]]:
        """Return how many answers went from which theme to which."""
        return list(self.questions.get(question_id, {}).get("moves", ()))


def last_retrain(workspace: Workspace) -> Retrain | None:
    """Return what the last retrain changed, None where there was none or its model is not used."""
    path = _path(workspace)
    if path is None:
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    return Retrain(found, {question["question_id"]: question for question in found["questions"]})


def retrains_sum(workspace: Workspace) -> str | None:
    """Return the SHA-256 of what the last retrain changed, None where there is nothing to show."""
    path = _path(workspace)
    return None if path is None else sha256_of(path)


def _path(workspace: Workspace) -> Path | None:
    done = workspace.manifest.get(_DONE) or []
    if not done or done[-1]["model"] != workspace.manifest.get("model"):
        return None
    path = workspace.path / _DONE / f"{int(done[-1]['number']):04d}" / "diff.json"
    return path if path.is_file() else None
