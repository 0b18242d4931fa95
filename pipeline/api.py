"""What a program calls: run everything on a workspace, open one, load a model."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import errors
from pipeline.config import Config
from pipeline.executor import Progress, kept_cluster, kept_pool
from pipeline.stage import ORDER, Summary
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.retrain import Retrained
    from pipeline.topics.bundle import Bundle

Watch = Callable[[str], Progress | None]
"""Told the name of each stage before it starts; returns what is told of its partitions."""


def run(
    paths: Iterable[Path | str] | Path | str,
    workspace: Path | str = "workspace",
    config: Config | None = None,
    *,
    force: bool = False,
    add: bool = False,
    watch: Watch | None = None,
) -> list[Summary]:
    """Run all the stages on files or folders; what is up to date is not done again.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, or folders that are read recursively.
    workspace : path
        Where tables, dataset and report go.
    config : Config, optional
        Settings; the defaults when None.
    force : bool
        Do everything again.
    add : bool
        Let the files join those that the workspace was made from; else they take their place.
    watch : callable, optional
        Told of each stage.

    Returns
    -------
    list of Summary
        One a stage, in order.

    Raises
    ------
    DoleancesError
        When nothing can be read, the workspace is in use, or a stage fails.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    place = Workspace(workspace)
    settings = config or Config()
    with place.lock(), kept_cluster(settings.execution):
        with _told_plainly("topics"):
            import_module("pipeline.topics.stage").check(place, settings)  # its turn comes after hours of others
        return [run_stage(name, place, settings, given, force=force, add=add, watch=watch) for name in ORDER]


def retrain(
    paths: Iterable[Path | str] | Path | str,
    workspace: Path | str = "workspace",
    config: Config | None = None,
    *,
    gold: Path | None = None,
    accept: bool = False,
    dry_run: bool = False,
    watch: Watch | None = None,
) -> Retrained:
    """Let new contributions join a finished workspace, and make a new version of its model that takes them in.

    Parameters
    ----------
    paths : path or iterable of paths
        Files or folders of new contributions.
    workspace : path
        A workspace that `run` has made.
    config : Config, optional
        Settings; the defaults when None.
    gold : path, optional
        Answers with themes by people, on which the model is measured before and after.
    accept : bool
        Let the new model become the current one even where its figures are lower.
    dry_run : bool
        Say what would change, and change nothing: the work is done in a copy.
    watch : callable, optional
        Told of each stage.

    Raises
    ------
    DoleancesError
        What `pipeline.retrain.retrain` raises; E203 when there is no workspace.
    """
    from pipeline.retrain import retrain as take_in
    from pipeline.retrain import scratch_copy

    given = [paths] if isinstance(paths, str | Path) else list(paths)
    place, settings = Workspace(workspace), config or Config()
    if not place.exists:
        raise errors.usage("E203", path=workspace)
    with place.lock(), kept_cluster(settings.execution), scratch_copy(place) if dry_run else nullcontext(place) as used:

        def stage(name: str, inputs: Iterable[Path | str] = (), *, add: bool = False) -> Summary:
            return run_stage(name, used, settings, inputs, add=add, watch=watch)

        return take_in(used, settings, given, stage, gold=gold, accept=accept)


def run_stage(
    name: str,
    workspace: Workspace,
    config: Config,
    paths: Iterable[Path | str] = (),
    *,
    force: bool = False,
    add: bool = False,
    watch: Watch | None = None,
) -> Summary:
    """Run one stage on a workspace that is locked by the caller; `paths` and `add` are for ingest alone.

    Raises
    ------
    DoleancesError
        What the stage raises; anything else it raises becomes E204.
    """
    progress = watch(name) if watch is not None else None
    with _told_plainly(name), kept_cluster(config.execution), kept_pool(config.execution):
        room = import_module(f"pipeline.{name}")  # a stage loads its libraries when it has its turn
        if name == "ingest":
            summary = room.run(workspace, config, paths, force=force, add=add, progress=progress)
        else:
            summary = room.run(workspace, config, force=force, progress=progress)
    assert isinstance(summary, Summary)
    return summary


@contextmanager
def _told_plainly(stage: str) -> Iterator[None]:
    try:
        yield
    except errors.DoleancesError:
        raise
    except MemoryError:
        raise errors.failure("E204", stage=stage, detail="out of memory") from None
    except Exception as error:
        if isinstance(error, OSError) and _is_disk_full(error):
            raise errors.failure("E205", path=error.filename or "the workspace") from None
        raise errors.failure("E204", stage=stage, detail=f"{type(error).__name__}: {error}") from error


def _is_disk_full(error: OSError) -> bool:
    # numpy tells of an array that did not fit by its numbers alone: « 2073300 requested and 108480 written ».
    return error.errno in (errno.ENOSPC, errno.EDQUOT) or bool(re.search(r"\d requested and \d+ written", str(error)))


class OpenWorkspace:
    """A finished workspace for reading: each table is a pandas DataFrame, by attribute or by `table`."""

    def __init__(self, path: Path | str) -> None:
        self._workspace = Workspace(path)
        if not self._workspace.exists:
            raise errors.usage("E203", path=path)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table as a DataFrame, for example ``table("answers")``."""
        frame: pd.DataFrame = self._workspace.pandas(name)
        return frame

    def __getattr__(self, name: str) -> pd.DataFrame:
        from pipeline.tables import SCHEMAS

        if name not in SCHEMAS:
            raise AttributeError(name)
        return self.table(name)

    @property
    def manifest(self) -> dict[str, Any]:
        """Inputs, versions, parameters, stages with their times and counts."""
        return self._workspace.manifest


def open_workspace(path: Path | str = "workspace") -> OpenWorkspace:
    """Open a workspace that `run` has made.

    Raises
    ------
    DoleancesError
        When the folder is no workspace (E203).
    """
    return OpenWorkspace(path)


def load_model(name_or_path: str | Path) -> Bundle:
    """Load a topic model: a shipped name such as "grand-debat-2019", or the path of a folder.

    Raises
    ------
    DoleancesError
        When there is none (E301), or it is not as it was written (E302, E303).
    """
    from pipeline import catalogue
    from pipeline.topics import bundle

    return bundle.load(catalogue.locate(str(name_or_path)))
