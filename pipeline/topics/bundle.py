"""A model on disk: a folder of arrays and JSON whose sums are checked before anything of it is used."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline import bundles, errors, storage
from pipeline.learning.files import FILES as LEARNED_FILES
from pipeline.topics.bundle_content import check_archive, check_themes, check_words
from pipeline.topics.model_files import checked_array
from pipeline.topics.theme_files import LEARNED, ThemeSet, read_sets, write_sets
from pipeline.topics.vectors import WordVectors

LEAST_SCHEMA: Final = 3


@dataclass(frozen=True)
class Bundle:
    """A topic model: word vectors and themes."""

    name: str
    version: str
    vectors: WordVectors
    sets: Mapping[str, ThemeSet]
    created_from: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """Name and version as tables cite them."""
        return f"{self.name}/{self.version}"

    def themes_for(self, question_id: str, questionnaire: str | None) -> ThemeSet | None:
        """Return the themes of a question, else those of its questionnaire, else None."""
        return self.sets.get(question_id) or self.sets.get(f"questionnaire:{questionnaire}")


def save(bundle: Bundle, folder: Path, card: str) -> None:
    """Write a model as a folder, whole or not at all; the same model gives the same bytes.

    Parameters
    ----------
    card : str
        The model card, in Markdown.
    """
    if not storage.is_local(folder):
        with tempfile.TemporaryDirectory() as scratch:
            save(bundle, Path(scratch) / folder.name, card)
            storage.remove_tree(folder)
            storage.publish(Path(scratch) / folder.name, folder, last="model.json")
        return
    temporary = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    vectors = bundle.vectors
    (temporary / "README.md").write_text(card, encoding="utf-8")
    (temporary / "vocabulary.txt").write_text("\n".join(vectors.vocabulary) + "\n", encoding="utf-8")
    np.save(temporary / "vectors.npy", vectors.matrix, allow_pickle=False)
    np.save(temporary / "frequencies.npy", vectors.frequencies, allow_pickle=False)
    write_sets(bundle.sets.values(), temporary)
    content = {
        "name": bundle.name,
        "version": bundle.version,
        "created_from": dict(bundle.created_from),
        "figures": dict(bundle.figures),
    }
    bundles.seal(temporary, "topics", content)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)


def load(folder: Path) -> Bundle:
    """Read a model, refusing what is not exactly as it was written.

    Raises
    ------
    DoleancesError
        When a file is missing, changed, or of another shape (E302), or the schema is newer (E303).
    """
    content = read_manifest(folder)
    try:
        return _read(folder, content)
    except Exception as error:  # numpy, json and zipfile each have their own for a damaged file
        detail = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
        raise errors.usage("E302", path=folder, detail=detail) from None


@lru_cache(maxsize=4)
def loaded(folder: str) -> Bundle:
    """Return a model, read once a process."""
    return load(storage.place(folder))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return model.json of a topic model after checking it (`pipeline.bundles.read_manifest`)."""
    content = bundles.read_manifest(folder, "topics")
    if int(content["schema"]) < LEAST_SCHEMA:
        detail = "its themes are of an earlier version of doleances: train it again with doleances models train"
        raise errors.usage("E302", path=folder, detail=detail)
    for name in ("vocabulary.txt", "vectors.npy", "frequencies.npy", "assigners.npz", "topics.json"):
        if name not in content["files"]:
            raise errors.usage("E302", path=folder, detail=f"{name} is not listed in model.json")
    return content


def _array(path: Path) -> Any:
    try:
        return np.load(storage.read_bytes(path), allow_pickle=False)
    except (ValueError, MemoryError, SyntaxError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} is no array: {error}") from None


def _words(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text(encoding="utf-8").split("\n")[:-1])
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not in UTF-8: {error}") from None


def _read(folder: Path, content: dict[str, Any]) -> Bundle:
    vocabulary = _words(folder / "vocabulary.txt")
    words = len(vocabulary)
    matrix = checked_array(_array(folder / "vectors.npy"), "vectors.npy", (words, None), np.float16)
    frequencies = checked_array(_array(folder / "frequencies.npy"), "frequencies.npy", (words,))
    check_words(vocabulary, frequencies)
    vectors = WordVectors(vocabulary, matrix, frequencies)
    check_archive("assigners.npz", storage.read_bytes(folder / "assigners.npz"))
    check_themes((folder / "topics.json").read_bytes())
    sets = read_sets(folder, vectors.n_dimensions)
    for key in (key for key, themes in sets.items() if themes.learned is not None):
        for name in LEARNED_FILES:
            if f"{LEARNED}/{key}/{name}" not in content["files"]:
                raise ValueError(f"{LEARNED}/{key}/{name} is not listed in model.json")
    return Bundle(
        str(content["name"]), str(content["version"]), vectors, sets, content["created_from"], content["figures"]
    )
