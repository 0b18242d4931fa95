"""Where the tables of a run live: partitions, atomic writes, the lock and the manifest."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import json
import os
import platform
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import errors, storage, tables
from pipeline.lease import Lease, check, give_name, holding

LAYOUT_VERSION: Final = 1


class Workspace:
    """A folder that holds the tables, decisions, dataset, report and manifest of one consultation.

    Parameters
    ----------
    path : Path
        The folder. It need not exist.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = storage.place(path)  # absolute: workers may run in another folder
        self._manifest: dict[str, Any] | None = None

    # -- places ---------------------------------------------------------------------------------------------------

    @property
    def manifest_path(self) -> Path:
        return self.path / "manifest.json"

    @property
    def staging(self) -> Path:
        """Files of a stage that is under way; nothing reads them once it has finished."""
        return self.path / "staging"

    @property
    def exists(self) -> bool:
        return self.manifest_path.is_file()

    def table_folder(self, table: str) -> Path:
        if table not in tables.SCHEMAS:
            raise KeyError(table)
        return self.path / "tables" / table

    def part_path(self, table: str, index: int) -> Path:
        return self.table_folder(table) / f"part-{index:05d}.parquet"

    def rejected_path(self, stage: str, index: int) -> Path:
        """Return the part of the table `rejected` for what a stage after ingest could not analyse in a partition."""
        return self.table_folder("rejected") / f"part-{stage}-{index:05d}.parquet"

    def rejected_parts(self, stage: str) -> list[Path]:
        """Return the parts of the table `rejected` that a stage has written, in order; ingest's have no name."""
        pattern = "part-[0-9]*.parquet" if stage == "ingest" else f"part-{stage}-*.parquet"
        return sorted(self.table_folder("rejected").glob(pattern))

    # -- reading --------------------------------------------------------------------------------------------------

    def parts(self, table: str) -> list[Path]:
        """Return the partitions of `table` in order."""
        return sorted(self.table_folder(table).glob("part-*.parquet"))

    def read_part(self, table: str, index: int, columns: list[str] | None = None) -> pa.Table:
        """Read one partition of `table`."""
        return storage.read_table(self.part_path(table, index), columns=columns, partitioning=None)

    def read(self, table: str, columns: list[str] | None = None) -> pa.Table:
        """Read all partitions of `table`, in order; a table that was not written yet has no rows."""
        found = [storage.read_table(path, columns=columns, partitioning=None) for path in self.parts(table)]
        if not found:
            empty = tables.empty(table)
            return empty.select(columns) if columns is not None else empty
        return pa.concat_tables(found)

    def count(self, table: str) -> int:
        """Return the number of rows of `table`."""
        return sum(storage.parquet_file(path).metadata.num_rows for path in self.parts(table))

    def pandas(self, table: str, columns: list[str] | None = None) -> Any:
        """Read `table` as a pandas DataFrame."""
        return self.read(table, columns).to_pandas()

    # -- writing --------------------------------------------------------------------------------------------------

    def write_part(self, table: str, index: int, content: pa.Table) -> None:
        """Write one partition of `table` whole or not at all.

        Raises
        ------
        DoleancesError
            When the columns are not those of the schema (E206), or the disk is full (E205).
        """
        schema = tables.SCHEMAS[table]
        try:
            if not content.schema.equals(schema):
                content = content.select(schema.names).cast(schema)
            write_parquet(content, self.part_path(table, index), self.path)
        except MemoryError:
            raise  # Arrow's is an ArrowException too
        except (KeyError, ValueError, pa.ArrowException) as error:
            raise errors.failure("E206", table=table, detail=error) from error

    def clear(self, *names: str) -> None:
        """Remove tables or other parts of the workspace, by name, each whole or not at all."""
        for name in names:
            place = self.table_folder(name) if name in tables.SCHEMAS else self.path / name
            if not storage.is_local(place):
                storage.remove_tree(place)  # what marks a partition as whole is in the table that is cleared first
            elif place.exists():
                gone = self.path / "tmp" / uuid.uuid4().hex
                gone.parent.mkdir(parents=True, exist_ok=True)
                place.rename(gone)
                shutil.rmtree(gone) if gone.is_dir() else gone.unlink()

    # -- the manifest ---------------------------------------------------------------------------------------------

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest as a dictionary; change it, then call `save_manifest`."""
        if self._manifest is None:
            self._manifest = self._load_manifest()
        return self._manifest

    def _load_manifest(self) -> dict[str, Any]:
        if not self.exists:
            return {"layout": LAYOUT_VERSION, "inputs": [], "stages": {}}
        try:
            content = json.loads(self.manifest_path.read_text(encoding="utf-8"))
            layout = content["layout"]
            content["stages"].items()
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise errors.failure("E207", path=self.manifest_path, detail=error) from None
        if layout != LAYOUT_VERSION:
            raise errors.failure("E212", path=self.path, found=layout, expected=LAYOUT_VERSION)
        return dict(content)

    def save_manifest(self) -> None:
        text = json.dumps(self.manifest, ensure_ascii=False, indent=2) + "\n"
        try:
            content = text.encode("utf-8")
        except UnicodeEncodeError:  # the name of an input is not UTF-8
            content = (json.dumps(self.manifest, indent=2) + "\n").encode("ascii")
        write_bytes(content, self.manifest_path, self.path)

    # -- the lock -------------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace for this process; a second process is told so (E201)."""
        if not storage.is_local(self.path):
            with self._remote_lock():
                yield
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle = (self.path / ".lock").open("a+", encoding="ascii")
        except OSError as error:
            raise errors.usage("E208", path=self.path, detail=error.strerror) from None
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                handle.seek(0)
                pid = handle.read().partition(" ")[0] or "?"
                raise errors.failure("E201", path=self.path, pid=pid) from None
            shutil.rmtree(self.path / "tmp", ignore_errors=True)  # first: it may be what fills the disk
            mark = f"{os.getpid()} {uuid.uuid4().hex}"
            try:
                handle.truncate(0)
                os.write(handle.fileno(), mark.encode("ascii"))  # not through a buffer, which is written at close
            except OSError as error:
                raise _not_written(error, self.path) from None
            self._manifest = None  # another process may have changed it before the lock was ours
            try:
                with holding(Lease(Path(handle.name), mark)):
                    yield
            finally:
                handle.truncate(0)

    @contextmanager
    def _remote_lock(self) -> Iterator[None]:
        # A place that is no disk has no locks: the mark of the run that holds it stays until that run ends.
        path = self.path / ".lock"
        found = path.read_text(encoding="ascii") if path.is_file() else ""
        if found:
            raise errors.failure("E223", path=self.path, lock=path, holder=found.partition(" ")[0])
        mark = f"{platform.node() or '?'}:{os.getpid()} {uuid.uuid4().hex}"
        path.write_text(mark, encoding="ascii")
        self._manifest = None
        try:
            with holding(Lease(path, mark)):
                yield
        finally:
            path.write_text("", encoding="ascii")


@contextmanager
def durable_file(path: Path, root: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its name only when it is whole: temporary name under `root`/tmp, fsync, rename.

    Raises
    ------
    DoleancesError
        When the disk is full (E205) or the place cannot be written (E208).
    """
    if not storage.is_local(path):
        check()
        path.parent.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()
        yield content
        path.write_bytes(content.getvalue())  # an object is there whole or not at all
        return
    # Two attempts at one part may be under way, on machines where they have the same pid.
    temporary = root / "tmp" / f"{uuid.uuid4().hex}-{path.name}"
    try:
        temporary.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        give_name(temporary, path)
    except OSError as error:
        raise _not_written(error, path) from None
    finally:
        with suppress(OSError):  # gone already, or never made
            temporary.unlink()


def _not_written(error: OSError, path: Path) -> errors.DoleancesError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return errors.failure("E205", path=path)
    return errors.failure("E208", path=path, detail=error.strerror or error)


def write_bytes(content: bytes, path: Path, root: Path) -> None:
    """Write a file whole or not at all, as `durable_file` does."""
    with durable_file(path, root) as file:
        file.write(content)


def write_parquet(content: pa.Table, path: Path, root: Path, row_group_size: int = 65_536) -> None:
    """Write an Arrow table as Parquet (zstd), whole or not at all; the same rows give the same bytes."""
    sink = pa.BufferOutputStream()
    content = content.combine_chunks()
    # What hardly repeats (a column's own ids, texts) has nothing to gain from a dictionary, and it takes time.
    columns = [name for name in content.schema.names[1:] if name not in ("text", "tokens", "original")]
    pq.write_table(content, sink, compression="zstd", row_group_size=row_group_size, use_dictionary=columns)
    write_bytes(sink.getvalue().to_pybytes(), path, root)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
