"""What all tests share."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main

# One thread for numeric libraries, as in the workers: two cores are shared by everything.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# A process builds its commands once; one that runs many tests would build all of them anew for each.
typer.main.get_command = cache(typer.main.get_command)


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk() -> Iterator[None]:
    """Wait for no disk: what is written need not outlast this machine. What dies in tests is a process of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        patch.setattr(os, "sync", lambda: None)
        yield


def made_once(name: str, make: Callable[[Path], None], factory: pytest.TempPathFactory) -> Path:
    """Return a folder that one of the processes that run the tests makes, and all of them read."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-once"
    shared.mkdir(exist_ok=True)
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / f"{name}.whole").exists():
            make(shared / name)
            (shared / f"{name}.whole").touch()
    return shared / name


@pytest.fixture(scope="session")
def tokenised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace of 300 synthetic forms on four planted themes, read, tokenised and searched for entities."""
    return made_once("tokenised", _tokenise, tmp_path_factory) / "workspace"


def _tokenise(folder: Path) -> None:
    from pipeline import entities, ingest, tokenise
    from pipeline.config import Config
    from pipeline.workspace import Workspace
    from tests import corpus, forms

    source = forms.write_csv(folder / "in" / "organisation.csv", corpus.forms(300))
    config = Config().with_values("execution", workers=1).with_values("ingest", partition_size=100)
    workspace = Workspace(folder / "workspace")
    ingest.run(workspace, config, [source])
    tokenise.run(workspace, config)
    entities.run(workspace, config)  # the topics stage keeps the people it finds out of the names of themes


@pytest.fixture(scope="session")
def tiny_model(tokenised: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a topic model trained on those forms, as `doleances models train` trains one."""
    return made_once("models", lambda folder: _train(tokenised, folder), tmp_path_factory) / "tiny"


def _train(tokenised: Path, folder: Path) -> None:
    from pipeline.config import Config
    from pipeline.topics.training import train_model
    from pipeline.workspace import Workspace

    config = Config().with_values("execution", workers=1).with_values("topics", minimum_answers=100, topics=None)
    train_model(Workspace(tokenised), config, "tiny", "1", folder)
