"""What a reader is given: the first bytes of a file to recognise it by, and what the run knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.config import ColumnsConfig
from pipeline.ingest.encodings import Inspection
from pipeline.ingest.matching import QuestionIndex


@dataclass(frozen=True)
class Sample:
    """The beginning of a file: its first bytes, and the same as text ("" where they are not text)."""

    path: Path
    start: bytes
    head: str
    inspection: Inspection


@dataclass(frozen=True)
class Context:
    """What a run knows when it reads: the questions, the columns that were named, and a folder for scratch files.

    ``probing``: only the first forms of a file are wanted, so that nothing need be read ahead.
    """

    index: QuestionIndex
    columns: ColumnsConfig
    scratch: Path
    probing: bool = False
