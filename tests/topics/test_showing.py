"""Exemplars are segments of their theme, whatever the partitions, and lead to the words of an answer."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.config import Config
from pipeline.topics import bundle
from pipeline.topics.fitting import fit_themes
from pipeline.topics.showing import CANDIDATES, Candidate, exemplar_rows, keep_candidates, rows_of_question
from pipeline.topics.showing import topic_number_rows as number_rows
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import WordVectors, train_vectors
from pipeline.workspace import Workspace
from tests import corpus

Row = tuple[str, Candidate]


@pytest.fixture(scope="module")
def fitted() -> tuple[ThemeSet, WordVectors, list[Row]]:
    """Themes of 400 answers, and each answer as a segment of its theme or sub-theme."""
    documents, _ = corpus.documents(400)
    vectors = train_vectors([d.terms for d in documents], minimum_documents=2, n_dimensions=20)
    themes = fit_themes(documents, vectors, questionnaire="q", question_id="q-1", model="local/x", n_topics=3)
    assert themes is not None
    embedding = vectors.embed([d.terms for d in documents])
    labels = themes.assigner.probabilities(embedding).argmax(axis=1)
    parts = themes.subtopics_of(embedding, labels)
    rows = []
    for i, document in enumerate(documents):
        topic = themes.subtopics[parts[i]] if parts[i] >= 0 else themes.topics[labels[i]]
        row = Candidate("q-1", f"s-{i:04}", f"a-{i:04}", 0, len(document.text), document.text, document.terms)
        rows.append((topic.topic_id, row))
    return themes, vectors, rows


def test_every_theme_and_sub_theme_is_shown_by_its_own_segments(
    fitted: tuple[ThemeSet, WordVectors, list[Row]],
) -> None:
    themes, vectors, given = fitted
    assert themes.subtopics  # else the second level is not tested
    found = rows_of_question("q-1", themes, vectors, [(topic, *row) for topic, row in given])
    parent = {topic.topic_id: topic.parent_id for topic in themes.subtopics}
    of_segment = {row.segment_id: topic for topic, row in given}
    assert {row["topic_id"] for row in found} == {t.topic_id for t in (*themes.topics, *themes.subtopics)}
    for row in found:
        topic = of_segment[str(row["segment_id"])]
        assert row["topic_id"] in (topic, parent.get(topic))
        assert row["kind"] in ("central", "argued", "borderline") and row["quote"]
    assert len({row["exemplar_id"] for row in found}) == len(found)


def test_partitions_change_nothing(fitted: tuple[ThemeSet, WordVectors, list[Row]], tmp_path: Path) -> None:
    themes, vectors, given = fitted
    tables = []
    for name, cuts in (("one", [0, 400]), ("three", [0, 90, 200, 400])):
        workspace = Workspace(tmp_path / name)
        for index, (first, last) in enumerate(pairwise(cuts)):
            keep_candidates(workspace, index, given[first:last])
        made = bundle.Bundle("m", "1", vectors, {})
        bundle.save(made, tmp_path / "model", "")
        execution = Config().with_values("execution", workers=1).execution
        tables.append(exemplar_rows(workspace, {"q-1": themes}, str(tmp_path / "model"), execution))
    assert tables[0].num_rows and tables[0].equals(tables[1])


def test_a_sample_of_each_theme_is_kept_and_no_more(
    fitted: tuple[ThemeSet, WordVectors, list[Row]], tmp_path: Path
) -> None:
    many = [("t-1", fitted[2][0][1]._replace(segment_id=f"s-{i}")) for i in range(2 * CANDIDATES)]
    keep_candidates(Workspace(tmp_path), 0, [*many, ("t-2", fitted[2][1][1])])
    kept = pq.read_table(next(tmp_path.rglob("part-00000.parquet")), partitioning=None)["topic_id"].to_pylist()
    assert (kept.count("t-1"), kept.count("t-2")) == (CANDIDATES, 1)


def test_the_curve_is_a_row_a_number_and_marks_the_chosen_one(
    fitted: tuple[ThemeSet, WordVectors, list[Row]],
) -> None:
    themes = replace(fitted[0], curve=((3, 0.9), (4, 0.8)), sought=4)
    rows = number_rows({"q-1": themes}).to_pylist()
    assert [(row["topic_number_id"], row["n_topics"], row["chosen"]) for row in rows] == [
        ("q-1-3", 3, False),
        ("q-1-4", 4, True),
    ]
    assert number_rows({"q-1": fitted[0]}).num_rows == 0  # the number was given
