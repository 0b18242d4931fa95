"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# One thread for numeric libraries, as in the workers: two cores are shared by everything.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


@pytest.fixture(scope="session")
def tokenised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace of 300 synthetic forms on four planted themes, read, tokenised and searched for entities."""
    from pipeline import entities, ingest, tokenise
    from pipeline.config import Config
    from pipeline.workspace import Workspace
    from tests import corpus, forms

    folder = tmp_path_factory.mktemp("tokenised")
    source = forms.write_csv(folder / "in" / "organisation.csv", corpus.forms(300))
    config = Config().with_values("execution", workers=1).with_values("ingest", partition_size=100)
    workspace = Workspace(folder / "workspace")
    ingest.run(workspace, config, [source])
    tokenise.run(workspace, config)
    entities.run(workspace, config)  # the topics stage keeps the people it finds out of the names of themes
    return workspace.path


@pytest.fixture(scope="session")
def tiny_model(tokenised: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a topic model trained on those forms, as `doleances models train` trains one."""
    from pipeline.config import Config
    from pipeline.topics.training import train_model
    from pipeline.workspace import Workspace

    output = tmp_path_factory.mktemp("models")
    config = Config().with_values("execution", workers=1).with_values("topics", minimum_answers=100, topics=None)
    train_model(Workspace(tokenised), config, "tiny", "1", output)
    return output / "tiny"
