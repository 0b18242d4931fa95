"""Models on disk, of any kind: a folder with model.json, which holds the sum of every file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pipeline import errors
from pipeline.workspace import sha256_of

SCHEMA_VERSION: Final = 3
"""2: the classifiers of themes know a class that is none of them; 3: themes have sub-themes with a classifier."""
MANIFEST: Final = "model.json"
KINDS: Final = {"topics": "themes", "spacy": "organisations"}
"""Each kind of model, and what it finds."""
_NAME: Final = re.compile(r"[\w.-]+")


def checked_folder(output: Path, name: str) -> Path:
    """Return the folder that a model is to be written to, once it is known that nothing but a model is lost there.

    Raises
    ------
    DoleancesError
        E308 when the name could lead to another folder, E309 when something else than a model is there.
    """
    if not _NAME.fullmatch(name) or name in (".", ".."):
        raise errors.usage("E308", name=name)
    folder = output / name
    # Whoever saves a model removes what stands in its place.
    if (folder.exists() or folder.is_symlink()) and not (folder / MANIFEST).is_file():
        raise errors.usage("E309", path=folder)
    return folder


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
        E302 when model.json says too little, a file is missing or changed, or the kind is another, E303 when the
        schema is newer.
    """
    content = _content(folder)
    if kind is not None and content["kind"] != kind:
        raise errors.usage("E302", path=folder, detail=f"a model of kind {content['kind']}, not {kind}")
    _check_files(folder, content["files"])
    return content


def _content(folder: Path) -> dict[str, Any]:
    try:
        content = dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        content["files"] = dict(content["files"])
        schema = content["schema"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise errors.usage("E302", path=folder, detail=f"model.json: {type(error).__name__}: {error}") from None
    if type(schema) is not int:  # JSON has true, 1.5 and 1e999 too
        raise errors.usage("E302", path=folder, detail=f"model.json: schema {schema} is no version")
    if schema > SCHEMA_VERSION:  # before the rest, which a later version may have changed
        raise errors.usage("E303", path=folder, found=schema, expected=SCHEMA_VERSION)
    for key in ("kind", "name", "version"):
        if not isinstance(said := content.get(key), str) or not said.isprintable():
            raise errors.usage("E302", path=folder, detail=f"model.json does not say its {key}")
    for key in ("created_from", "figures"):
        if not isinstance(content.get(key), dict):
            raise errors.usage("E302", path=folder, detail=f"model.json does not say its {key}")
    if content["kind"] not in KINDS:
        raise errors.usage("E302", path=folder, detail=f"a model of kind {content['kind']}, which is not known")
    return content


def _check_files(folder: Path, files: Mapping[str, Any]) -> None:
    for name, expected in files.items():
        parts = Path(str(name)).parts
        if not parts or ".." in parts or Path(str(name)).is_absolute():
            raise errors.usage("E302", path=folder, detail=f"{name} is no file of this folder")
        path = folder.joinpath(*parts)
        if not path.is_file():
            raise errors.usage("E302", path=folder, detail=f"{name} is missing")
        if sha256_of(path) != expected:
            raise errors.usage("E302", path=folder, detail=f"{name} does not match its checksum")
