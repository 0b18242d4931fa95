"""Parquet: the files of the dataset as they are, byte for byte, with their card."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.export.source import NAMES, Source


def write(source: Source, folder: Path) -> None:
    """Copy the files of the dataset and README.md."""
    for name in (*(f"{name}.parquet" for name in NAMES), "README.md"):
        shutil.copyfile(source.folder / name, folder / name)
