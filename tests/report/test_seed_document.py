"""The seed document alone, when no theme of the shipped model may fit: the reason is the right one, on the page too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq

from pipeline import dataset, entities, ingest, report, tokenise, topics
from pipeline.config import Config
from pipeline.resources import resource
from pipeline.verify import verify
from pipeline.workspace import Workspace
from tests.report.pages import read


def test_a_question_with_themes_that_do_not_fit_is_not_said_to_have_none(tmp_path: Path) -> None:
    source = next(resource("seeds", "contributions").glob("*.txt"))
    shutil.copy(source, tmp_path)
    config = Config().with_values("execution", workers=1).with_values("topics", minimum_score=1.0)
    workspace = Workspace(tmp_path / "workspace")
    ingest.run(workspace, config, [tmp_path / source.name])
    for stage in (tokenise, entities, topics, dataset, report):
        stage.run(workspace, config)
    assert verify(workspace) == []
    reasons = workspace.read("outcomes").filter(workspace.read("outcomes")["reason"].is_valid())["reason"].to_pylist()
    assert "no_theme_fits" in reasons
    assert "too_few_answers" not in reasons
    assert pq.read_metadata(workspace.path / "dataset" / "topics.parquet").num_rows == 0
    pages = read(workspace.path)
    open_questions = [page for page in pages.all().values() if "· ouverte" in page.text]
    assert len(open_questions) > 3
    assert all("Aucun thème ne convient assez bien à ces réponses." in page.text for page in open_questions)
    assert "aucun modèle n’en a pour cette question" not in pages.whole
