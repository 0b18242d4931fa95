"""The layouts that can be read, in the order in which they are tried. To add one, add a reader to LAYOUTS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.ingest import (
    decidim,
    iramuteq,
    official_csv,
    official_json,
    plain_csv,
    plain_jsonl,
    plain_parquet,
    plain_xlsx,
    text_form,
)
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, inspect, open_text
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Batch, Message, Record

HEAD: Final = 1 << 16
"""How many characters of a file a layout is recognised from."""

Read = Callable[[InputFile, Inspection, Context], Iterator[Record | Batch | Message]]


@dataclass(frozen=True)
class Layout:
    """A layout of input files.

    ``recognises(sample, context)`` says from the beginning of a file whether it has this layout; ``read`` yields its
    forms in order, in bounded memory, and a `Message` for each thing that it cannot read.
    """

    name: str
    recognises: Callable[[Sample, Context], bool]
    read: Read


LAYOUTS: Final = (
    Layout("JSON objects", plain_jsonl.recognises, plain_jsonl.read),
    Layout("official JSON", official_json.recognises, official_json.read),
    Layout("IRaMuTeQ corpus", iramuteq.recognises, iramuteq.read),
    Layout("Decidim proposals", decidim.recognises, decidim.read),
    Layout("official CSV", official_csv.recognises, official_csv.read),
    Layout("text form", text_form.recognises, text_form.read),
    Layout("Parquet", plain_parquet.recognises, plain_parquet.read),
    Layout("XLSX", plain_xlsx.recognises, plain_xlsx.read),
    Layout("table", plain_csv.recognises, plain_csv.read),  # the last: any text in columns is one
)


@dataclass(frozen=True)
class Source:
    """A file whose layout is known."""

    file: InputFile
    inspection: Inspection
    layout: Layout

    def read(self, context: Context) -> Iterator[Record | Batch | Message]:
        """Yield the forms of the file; a file that cannot be read any further ends with a `Message`."""
        try:
            yield from self.layout.read(self.file, self.inspection, context)
        except OSError as error:
            yield Message("E111", None, {"detail": error.strerror or error})


def recognise(file: InputFile, context: Context) -> Source | Message:
    """Say which layout a file has, by its content; or why it cannot be read."""
    try:
        inspection = inspect(file.path)
        if inspection.size == 0:
            return Message("E108")
        with file.path.open("rb") as content:
            start = content.read(HEAD)
        head = ""
        if not inspection.binary:
            with open_text(file.path, inspection.encoding) as text:
                head = text.read(HEAD)
    except UnicodeError:
        return Message("E103")
    except OSError as error:
        return Message("E111", None, {"detail": error.strerror or error})
    if not inspection.binary and not head.strip():
        return Message("E108")
    sample = Sample(file.path, start, head, inspection)
    for layout in LAYOUTS:
        if layout.recognises(sample, context):
            return Source(file, inspection, layout)
    if inspection.binary:
        return Message("E103")
    return Message("E104", None, {"first_line": _measures(head.lstrip().splitlines()[0])})


def _measures(line: str) -> str:
    """Describe a line without a word of it: messages are kept and printed, and the line may name a person."""
    columns = 1 + max(line.count(separator) for separator in ",;\t")
    return f"{len(line)} characters, {columns} columns"
