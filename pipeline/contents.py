"""What partitions hold, as hashes: a stage does again only those whose contents changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import pyarrow as pa

from pipeline.workspace import Workspace


def content_of(workspace: Workspace, index: int, columns: Mapping[str, Sequence[str]], *more: object) -> str:
    """Return the SHA-256 of some columns of a partition, by table, and of what else results depend on."""
    digest = hashlib.sha256(repr(more).encode("utf-8", "surrogatepass"))
    for table, names in columns.items():
        rows = workspace.read_part(table, index, list(names)).select(list(names)).combine_chunks()
        sink = _Hashed(digest)
        with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), rows.schema) as stream:
            stream.write_table(rows)
    return digest.hexdigest()


class _Hashed:
    """A file to write to that keeps nothing but the hash."""

    closed = False

    def __init__(self, digest: hashlib._Hash) -> None:
        self._digest = digest
        self._place = 0

    def write(self, content: bytes) -> int:
        """Take some bytes."""
        self._digest.update(content)
        self._place += len(content)
        return len(content)

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._place

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing: others write after."""
