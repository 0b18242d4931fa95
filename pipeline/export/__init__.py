"""Export: the labelled dataset → the files that other tools open. `FORMATS` names them; each has a file of its own."""

from pipeline.export.formats import FORMATS, Format
from pipeline.export.source import Source

__all__ = ["FORMATS", "Format", "Source"]
