"""The formats of `doleances export`, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, cast

from pipeline.export.source import Source

Write = Callable[[Source, Path], None]
"""Writes the files of a format into an empty folder of this disk."""


@dataclass(frozen=True)
class Format:
    """A format: what it is, for whom, and the module of `pipeline.export` whose function `write` makes its files.

    Parameters
    ----------
    name : str
        As on the command line.
    module : str
        Loaded when the format is asked for, for some need libraries that are slow to load.
    purpose : str
        One line for ``doleances export --help``.
    """

    name: str
    module: str
    purpose: str

    def write(self, source: Source, folder: Path) -> None:
        """Write the files of the format into an empty folder."""
        cast(Write, import_module(f"pipeline.export.{self.module}").write)(source, folder)


FORMATS: Final = {
    one.name: one
    for one in (
        Format("parquet", "parquet_files", "the files of the dataset as they are, for pandas, DuckDB, R arrow"),
        Format("huggingface", "huggingface", "a folder that datasets.load_dataset reads, with its card"),
        Format("csv", "csv_files", "CSV for a French Excel, and CSV for pandas"),
        Format("xlsx", "xlsx_file", "a workbook for analysts: themes, answers, organisations, cross-tabulations"),
        Format("jsonl", "jsonl", "one answer a line, with its segments, themes and mentions"),
        Format("spacy", "spacy_docs", "DocBin files for spacy train: entities and textcat labels"),
        Format("prodigy", "prodigy", "tasks for Prodigy, with the machine's labels as predictions"),
        Format("label-studio", "label_studio", "tasks for Label Studio, with the machine's labels as predictions"),
        Format("doccano", "doccano", "JSONL for doccano, with the machine's labels"),
        Format("iramuteq", "iramuteq", "a corpus for IRaMuTeQ, with variables"),
        Format("quanteda", "quanteda", "CSV that quanteda and other R packages read as a corpus"),
        Format("codebook", "codebook_files", "themes with definitions, words and examples, as CSV and Markdown"),
    )
}
