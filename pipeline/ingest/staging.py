"""What the pass over the inputs leaves for the passes after it: forms and cells as they came, in chunks of one size.

Chunks are Arrow files, neither compressed nor synced one by one: they live for the length of a run.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.ipc

from pipeline import storage
from pipeline.lease import give_name
from pipeline.workspace import Workspace

FORMS: Final = pa.schema(
    [
        pa.field("file", pa.int32(), nullable=False),  # place of its file among the inputs
        pa.field("row", pa.int64(), nullable=False),
        pa.field("questionnaire", pa.string(), nullable=False),
        pa.field("reference", pa.string()),
        pa.field("title", pa.string()),
        pa.field("published_at", pa.timestamp("ms")),
        pa.field("author", pa.uint64(), nullable=False),  # 64 bits of its salted hash; 0: not known
        pa.field("author_type", pa.string()),
        pa.field("postcode", pa.string()),
        pa.field("trashed", pa.bool_(), nullable=False),
        pa.field("weight", pa.float64()),
        pa.field("key", pa.uint64(), nullable=False),  # of its reference, or of what it says
        pa.field("content", pa.uint64(), nullable=False),  # of what it says; 0 when nothing depends on it
    ]
)
CELLS: Final = pa.schema(
    [
        pa.field("form", pa.int32(), nullable=False),  # row of its form in the chunk
        pa.field("question", pa.int32(), nullable=False),  # place of its question among those met
        pa.field("occurrence", pa.int32(), nullable=False),  # from 1: cells of one form for the same question
        pa.field("text", pa.string()),
        pa.field("original", pa.string()),
        pa.field("certain", pa.bool_(), nullable=False),
    ]
)


def folder(workspace: Workspace) -> Path:
    """Return where ingest keeps what it has under way."""
    return workspace.staging / "ingest"


def path(workspace: Workspace, name: str, index: int) -> Path:
    """Return the path of a staged table, for example ``path(workspace, "cells", 0)``."""
    return folder(workspace) / f"{name}-{index:05d}.arrow"


def boot() -> str:
    """Return what stays the same until the machine starts anew."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def write(workspace: Workspace, name: str, index: int, content: pa.Table) -> None:
    """Write a staged table: the name is there only once the content is."""
    place = path(workspace, name, index)
    place.parent.mkdir(parents=True, exist_ok=True)
    with named_when_whole(place) as sink, pyarrow.ipc.new_file(sink, content.schema) as writer:
        writer.write_table(content)


@contextmanager
def named_when_whole(place: Path) -> Iterator[Any]:
    """Open a staged file for Arrow; it has its name once the block ends without an error."""
    temporary = place.with_suffix(f".{uuid.uuid4().hex}")
    with storage.arrow_sink(temporary) as sink:
        yield sink
    give_name(temporary, place)


def read(workspace: Workspace, name: str, index: int) -> pa.Table:
    """Read a staged table; its columns stay on disk until they are looked at."""
    with storage.arrow_source(path(workspace, name, index)) as source:
        return pyarrow.ipc.open_file(source).read_all()
