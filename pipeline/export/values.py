"""Values of the dataset as other files write them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

import numpy as np


def shortest(value: float) -> float:
    """Return the number with the fewest decimals that is this one in single precision: 0.9726, not 0.97259998…"""
    return float(str(np.float32(value)))


def with_short_numbers(value: Any) -> Any:
    """Return lists and dictionaries in which numbers of single precision have the fewest decimals."""
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, list):
        return [with_short_numbers(inner) for inner in value]
    if isinstance(value, dict):
        return {key: with_short_numbers(inner) for key, inner in value.items()}
    return value


def _dated(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=_dated, allow_nan=False)
_LINE_ENDS: Final = ("\u0085", "\u2028", "\u2029")


def json_line(value: Any) -> str:
    """Return JSON on what every reader takes for one line."""
    line = _ENCODER.encode(value)
    for end in _LINE_ENDS:
        if end in line:
            line = line.replace(end, f"\\u{ord(end):04x}")
    return line
