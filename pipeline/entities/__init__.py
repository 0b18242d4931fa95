"""Entities: answers → mentions and organisations. The register of organisations wins over spaCy's model."""

from pipeline.entities.finder import recognise
from pipeline.entities.spans import Span
from pipeline.entities.stage import STAGE, run

__all__ = ["STAGE", "Span", "recognise", "run"]
