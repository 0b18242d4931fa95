"""A workspace to review, and somebody who does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.workspace import Workspace
from tests.review.web.consultation import Client, build


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("review") / "workspace").path


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(finished, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def client(workspace: Workspace) -> Iterator[Client]:
    found = Client(workspace)
    yield found
    found.close()
