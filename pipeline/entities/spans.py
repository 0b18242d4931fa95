"""A named entity in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """A named entity: ``text[start:end] == surface``, end exclusive.

    ``organisation_id`` is None for what is not an organisation, ``score`` for what the model found (it gives none).
    """

    start: int
    end: int
    label: str
    surface: str
    organisation_id: str | None = None
    source: str = "model"
    score: float | None = None
