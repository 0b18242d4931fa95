"""Run a format: from the labelled dataset of a workspace to a folder that is there whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

import pipeline
from pipeline import errors, storage
from pipeline.export import targets
from pipeline.export.formats import FORMATS
from pipeline.export.layers import source_of
from pipeline.export.source import NAMES, Source
from pipeline.privacy import KINDS, WITHHELD
from pipeline.stage import stale_stages
from pipeline.workspace import Workspace, sha256_of

EXPORTS: Final = "exports"
_MASK: Final = re.compile("|".join(map(re.escape, KINDS)))


def export(workspace: Workspace, format: str, output: Path | str | None = None, *, masked: bool = True) -> Path:
    """Write the labelled dataset of a workspace in another format, and return the folder.

    Parameters
    ----------
    workspace : Workspace
        A finished workspace; the caller holds its lock where other processes may work on it.
    format : str
        One of `FORMATS`.
    output : path, optional
        The folder to write; by default WORKSPACE/exports/FORMAT. An earlier export to the same format is replaced.
    masked : bool
        Whether personal data is masked, whatever the dataset of the workspace was made with.

    Raises
    ------
    DoleancesError
        When the format is unknown (E401) or needs what is not installed (E407), the dataset is not up to date (E402),
        something else stands in the folder (E403, E404), it cannot be written (E405) or the disk is full (E205).
    """
    chosen = FORMATS.get(format)
    if chosen is None:
        raise errors.usage("E401", name=format, known=", ".join(FORMATS))
    _check_finished(workspace)
    target = _target(workspace, format, output)
    with _plain_failures(target, format):
        targets.check(target, format)
        with source_of(workspace, masked=masked) as source:
            said = {
                "doleances": pipeline.__version__,
                "format": format,
                "masked": masked,
                "dataset": {
                    name: sha256_of(source.folder / name) for name in (*(f"{n}.parquet" for n in NAMES), "README.md")
                },
            }
            with targets.replacing(target, said, _scratch(workspace, target, output)) as folder:
                chosen.write(source, folder)
    return target


def revealed(workspace: Workspace) -> str:
    """Return what an export without masks would show, in words: counts of what is masked or withheld now.

    Raises
    ------
    DoleancesError
        When the dataset is not up to date (E402).
    """
    _check_finished(workspace)
    everything = "names, e-mails, phone numbers, addresses and account numbers of private persons"
    with source_of(workspace, masked=True) as source:
        masks, withheld = _masks(source)
    if not masks and not withheld:
        return f"{everything}, as they were received (none was found)"
    counted = ", ".join(f"{count:,} × {mask}" for mask, count in masks.most_common())
    texts = f"; {withheld:,} texts that were moderated or could not be read" if withheld else ""
    return f"{everything}, as they were received: {counted or 'none found'}{texts}"


def _masks(source: Source) -> tuple[Counter[str], int]:
    masks: Counter[str] = Counter()
    withheld = 0
    with pq.ParquetFile(source.folder / "answers.parquet") as file:
        for batch in file.iter_batches(columns=["text"]):
            texts = batch.column(0).drop_null()
            for text in texts.filter(pc.match_substring(texts, "[")).to_pylist():
                if text in WITHHELD.values():
                    withheld += 1
                else:
                    masks.update(_MASK.findall(text))
    return masks, withheld


def _check_finished(workspace: Workspace) -> None:
    stale = [name for name in stale_stages(workspace) if name != "report"]
    if stale:
        raise errors.usage("E402", path=workspace.path, needs=stale[0])


def _target(workspace: Workspace, format: str, output: Path | str | None) -> Path:
    if output is None:
        return workspace.path / EXPORTS / format
    target = storage.place(output)
    # What a link leads to is replaced, not the link; links in a circle lead nowhere.
    return Path(os.path.realpath(target)) if storage.is_local(target) else target


def _scratch(workspace: Workspace, target: Path, output: Path | str | None) -> Path:
    """Return the folder for what is being written: what a kill leaves in WORKSPACE/tmp the next command removes."""
    if not storage.is_local(target):
        return Path(tempfile.gettempdir())
    return workspace.path / "tmp" if output is None else target.parent


@contextmanager
def _plain_failures(target: Path, format: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("pipeline"):
            raise
        raise errors.usage("E407", name=format, package=error.name) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.failure("E205", path=target) from None
        raise errors.usage("E405", path=target, detail=_reason(error)) from None


def _reason(error: OSError) -> Any:
    return error.strerror or error
