"""Models on disk, of any kind: a folder with model.json, which holds the sum of every file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pipeline import errors
from pipeline.workspace import sha256_of

SCHEMA_VERSION: Final = 1
MANIFEST: Final = "model.json"


def seal(folder: Path, kind: str, content: Mapping[str, Any]) -> None:
    """Write model.json: what the model is, and the sum of every file that lies in its folder.

    Parameters
    ----------
    kind : str
        "topics", or "spacy" for a recogniser that spaCy trained.
    content : mapping
        name, version, created_from, figures.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    sums = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}
    whole = {"schema": SCHEMA_VERSION, "kind": kind, "files": sums, **content}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path, kind: str | None = None) -> dict[str, Any]:
    """Return model.json of a model after checking its schema version, its kind and the sum of every file.

    Raises
    ------
    DoleancesError
        E302 when a file is missing or changed, or the kind is another, E303 when the schema is newer.
    """
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        schema, files = int(content["schema"]), dict(content["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise errors.usage("E302", path=folder, detail=f"model.json: {error}") from None
    if schema > SCHEMA_VERSION:
        raise errors.usage("E303", path=folder, found=schema, expected=SCHEMA_VERSION)
    if kind is not None and content.get("kind") != kind:
        raise errors.usage("E302", path=folder, detail=f"a model of kind {content.get('kind')}, not {kind}")
    for name, expected in files.items():
        parts = Path(str(name)).parts
        if not parts or ".." in parts or Path(str(name)).is_absolute():
            raise errors.usage("E302", path=folder, detail=f"{name} is no file of this folder")
        path = folder.joinpath(*parts)
        if not path.is_file():
            raise errors.usage("E302", path=folder, detail=f"{name} is missing")
        if sha256_of(path) != expected:
            raise errors.usage("E302", path=folder, detail=f"{name} does not match its checksum")
    return dict(content)
