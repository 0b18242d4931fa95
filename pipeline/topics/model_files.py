"""Arrays and JSON of models: what is read is checked, what is written is the same for the same content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np


def checked_array(array: Any, name: str, shape: tuple[int | None, ...], kind: Any = np.float32) -> Any:
    """Return `array` if it holds finite numbers of one kind in the expected shape (None: any length).

    Raises
    ------
    ValueError
        When it does not.
    """
    if array.dtype != kind:
        raise ValueError(f"{name} holds {array.dtype}, not {np.dtype(kind)}")
    if len(array.shape) != len(shape) or any(b not in (None, a) for a, b in zip(array.shape, shape, strict=True)):
        raise ValueError(f"{name} has shape {array.shape}, not {shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds values that are not numbers")
    return array


def write_json(path: Path, content: object) -> None:
    """Write JSON that reads well and is the same for the same content."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
