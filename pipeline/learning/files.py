"""What was learned from decisions as files: arrays in one .npz, words and ids in reviewed.json.

Sums are the business of the model that the folder is part of (`pipeline.bundles`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline import storage
from pipeline.learning.assigner import ReviewedAssigner
from pipeline.learning.features import Expectation, Features
from pipeline.topics.assigner import Assigner
from pipeline.topics.bundle_content import check_archive
from pipeline.topics.model_files import checked_array, write_json

ARRAYS: Final = "reviewed.npz"
WORDS: Final = "reviewed.json"
FILES: Final = (ARRAYS, WORDS)


def write_reviewed(assigner: ReviewedAssigner, folder: Path) -> None:
    """Write ARRAYS and WORDS in `folder`; the same assigner gives the same bytes."""
    features, expectation = assigner.features, assigner.expectation
    arrays = {
        "word_weights": features.word_weights,
        "character_weights": features.character_weights,
        "component": features.component,
        "names": expectation.names,
        "columns": expectation.columns,
        "current_component": expectation.assigner.component,
        "current_coefficients": expectation.assigner.coefficients,
        "current_intercepts": expectation.assigner.intercepts,
        "coefficients": assigner.coefficients,
        "intercepts": assigner.intercepts,
    }
    with (folder / ARRAYS).open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's own keyword allow_pickle is not among these
    content = {
        "theme_ids": list(assigner.theme_ids),
        "words": list(features.words),
        "characters": list(features.characters),
        "rule": list(assigner.rule),
        "allow_none": assigner.allow_none,
        "n_reviewed": assigner.n_reviewed,
    }
    write_json(folder / WORDS, content)


def read_reviewed(folder: Path, n_dimensions: int) -> ReviewedAssigner:
    """Read what `write_reviewed` wrote.

    Parameters
    ----------
    folder : Path
    n_dimensions : int
        Of the word vectors of the model.

    Raises
    ------
    ValueError, KeyError, TypeError, OSError
        When an array has another shape or type, or something is missing or no number.
    """
    content = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    theme_ids, words, characters = (_words(content[name], name) for name in ("theme_ids", "words", "characters"))
    rule = _rule(content["rule"])
    allow_none, n_reviewed = content["allow_none"], content["n_reviewed"]
    if type(allow_none) is not bool or type(n_reviewed) is not int or n_reviewed < 0:
        raise ValueError("allow_none must be true or false, n_reviewed a count")
    if not theme_ids:
        raise ValueError("there is no theme")
    n, d, n_features = len(theme_ids), n_dimensions, len(words) + len(characters) + n_dimensions
    shapes: dict[str, tuple[int | None, ...]] = {
        "word_weights": (len(words),),
        "character_weights": (len(characters),),
        "component": (d,),
        "names": (n, d),
        "current_component": (d,),
        "current_coefficients": (None, d),
        "current_intercepts": (None,),
        "coefficients": (n, n_features),
        "intercepts": (n,),
    }
    check_archive(ARRAYS, storage.read_bytes(folder / ARRAYS))
    with np.load(storage.read_bytes(folder / ARRAYS), allow_pickle=False) as arrays:
        found = {name: checked_array(arrays[name], name, shape) for name, shape in shapes.items()}
        columns = checked_array(arrays["columns"], "columns", (n,), np.int64)
    current = Assigner(*(found[f"current_{name}"] for name in ("component", "coefficients", "intercepts")))
    if len(current.coefficients) != current.n_topics:
        raise ValueError("current_coefficients and current_intercepts are not of one length")
    if columns.min() < -1 or columns.max() >= current.n_topics:
        raise ValueError(f"columns holds places that are not among {current.n_topics} topics")
    features = Features(words, found["word_weights"], characters, found["character_weights"], found["component"])
    expectation = Expectation(found["names"], current, columns)
    learned = found["coefficients"], found["intercepts"]
    return ReviewedAssigner(theme_ids, features, expectation, rule, *learned, allow_none, n_reviewed)


def _words(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError(f"{name} must be a list of texts")
    if len(set(value)) < len(value):
        raise ValueError(f"{name} holds one text twice")
    return tuple(value)


def _rule(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2 or not all(type(part) in (int, float) for part in value):
        raise ValueError("rule must be two numbers")
    if not np.isfinite(value).all():
        raise ValueError("rule holds values that are not numbers")
    return float(value[0]), float(value[1])
