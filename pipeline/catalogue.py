"""Where models are: those that ship, those of a workspace, or any path."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline import errors, storage
from pipeline.resources import resource

DEFAULT_MODEL: Final = "grand-debat-2019"


def locate(name: str, workspace: Path | None = None) -> Path:
    """Return the folder of a model: a shipped name, ``name/version`` in the workspace, or a path.

    Raises
    ------
    DoleancesError
        When there is none (E301).
    """
    candidates = [resource("models", name), storage.place(name)]
    if workspace is not None:
        candidates.insert(1, workspace / "models" / name)
    for folder in candidates:
        if (folder / "model.json").is_file():
            return folder.absolute() if storage.is_local(folder) else folder
    raise errors.usage("E301", name=name, known=", ".join(shipped()) or "(none)")


def shipped() -> list[str]:
    """Return the names of the models that ship with the package, of any kind."""
    folder = resource("models")
    return sorted(path.parent.name for path in folder.glob("*/model.json")) if folder.is_dir() else []


def available(workspace: Path) -> list[Path]:
    """Return the folders of the models that ship and of those of a workspace, in order."""
    return [resource("models", name) for name in shipped()] + sorted(
        path.parent for path in (workspace / "models").glob("*/*/model.json")
    )
