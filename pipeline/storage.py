"""Where a workspace lies: a folder of this machine, or any place that fsspec reaches (``s3://…``, ``memory://…``).

A place is a `pathlib.Path`, or an object of universal_pathlib that answers to the same calls. What differs between the
two is here: reading Parquet, folders that libraries want on a disk, and names that are given at the end.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq

from pipeline import errors

# pathlib takes the second slash out of « s3://bucket ».
_URL: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/{1,3}(?P<rest>.*)", re.DOTALL)


def place(path: Path | str) -> Path:
    """Return where `path` leads: an absolute path here, or a place that fsspec reaches.

    Raises
    ------
    DoleancesError
        When universal_pathlib or what the scheme needs is not installed (E224).
    """
    match = _URL.fullmatch(str(path))
    if match is None or Path(path).exists():
        return Path(path).absolute() if isinstance(path, str | Path) else path
    if match["scheme"].lower() == "file":
        return Path("/" + unquote(match["rest"]))
    try:
        from upath import UPath

        found = UPath(f"{match['scheme']}://{match['rest']}")
        _ = found.fs
    except (ImportError, ValueError) as error:
        raise errors.usage("E224", path=path, detail=str(error)) from None
    return cast(Path, found)


def is_local(path: Path) -> bool:
    """Say whether `path` is on a disk of this machine."""
    return isinstance(path, Path)


def read_table(path: Path, **options: Any) -> pa.Table:
    """Read a Parquet file, or a folder of them, as `pyarrow.parquet.read_table` does."""
    if is_local(path):
        return pq.read_table(path, **options)
    remote = cast(Any, path)
    return pq.read_table(remote.path, filesystem=remote.fs, **options)


def parquet_file(path: Path) -> pq.ParquetFile:
    """Open a Parquet file, to read parts of it or what it says of itself."""
    if is_local(path):
        return pq.ParquetFile(path)
    remote = cast(Any, path)
    return pq.ParquetFile(remote.path, filesystem=remote.fs)


def parquet_dataset(paths: Sequence[Path], schema: pa.Schema) -> pyarrow.dataset.Dataset:
    """Return the rows of Parquet files, none of which is read before it is asked for; no files have no rows."""
    if all(is_local(path) for path in paths):
        return pyarrow.dataset.dataset([str(path) for path in paths], schema, format="parquet")
    remote = [cast(Any, path) for path in paths]
    return pyarrow.dataset.dataset([path.path for path in remote], schema, format="parquet", filesystem=remote[0].fs)


def remove_tree(path: Path) -> None:
    """Remove a folder and what is in it; nothing happens where it is not there."""
    if is_local(path):
        shutil.rmtree(path, ignore_errors=True)
    elif path.exists():
        remote = cast(Any, path)
        remote.fs.rm(remote.path, recursive=True)


def move(temporary: Path, path: Path) -> None:
    """Give a file, or a folder of this disk, another name, in place of what has it."""
    if is_local(temporary):
        temporary.replace(path)
    else:
        remote = cast(Any, temporary)
        remote.fs.mv(remote.path, cast(Any, path).path)


@contextmanager
def arrow_sink(path: Path) -> Iterator[Any]:
    """Open a file for Arrow to write to."""
    if is_local(path):
        with pa.OSFile(str(path), "wb") as sink:
            yield sink
    else:
        with path.open("wb") as file, pa.PythonFile(file, mode="w") as sink:
            yield sink


@contextmanager
def arrow_source(path: Path) -> Iterator[Any]:
    """Open a file for Arrow to read: its columns stay on disk until they are looked at, where there is a disk."""
    if is_local(path):
        with pa.memory_map(str(path)) as source:
            yield source
    else:
        yield pa.BufferReader(path.read_bytes())


@contextmanager
def on_disk(folder: Path) -> Iterator[Path]:
    """Give a folder of this disk that holds the files of `folder`: itself, or a copy for the block."""
    if is_local(folder):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="doleances-") as scratch:
        if folder.is_dir():
            for file in sorted(folder.iterdir()):
                if file.is_file():
                    (Path(scratch) / file.name).write_bytes(file.read_bytes())
        yield Path(scratch)


def publish(folder: Path, target: Path, last: str) -> None:
    """Copy the files of a local folder to a place that is none, the one that marks it as whole at the end."""
    for file in sorted(folder.iterdir(), key=lambda file: (file.name == last, file.name)):
        (target / file.name).write_bytes(file.read_bytes())


def read_given(path: Path | str) -> bytes:
    """Return the content of a file of this disk that a person named.

    Raises
    ------
    DoleancesError
        E101 when it is not there, E111 when it cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise errors.usage("E101", path=path) from None
    except OSError as error:
        raise errors.usage("E111", path=path, detail=error.strerror) from None


def read_bytes(path: Path) -> io.BytesIO:
    """Return the content of a file, to read from."""
    return io.BytesIO(path.read_bytes())
