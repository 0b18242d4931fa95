"""Counts gathered partition by partition are those of all texts at once, and give the same vectors."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import api
from pipeline.config import Config
from pipeline.topics import counting, gathering
from pipeline.topics.vectors import choose_vocabulary, from_counts, train_vectors
from pipeline.workspace import Workspace
from tests import corpus, forms


@pytest.fixture(scope="module")
def tokenised(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A tokenised workspace of eleven partitions, in which texts come again from one partition to the next."""
    folder = tmp_path_factory.mktemp("tokenised")
    filled = corpus.forms(100)
    forms.write_csv(folder / "forms.csv", filled + filled[:10])
    settings = Config.model_validate({"ingest": {"partition_size": 10}, "execution": {"workers": 1}})
    workspace = Workspace(folder / "workspace")
    with workspace.lock():
        for stage in ("ingest", "tokenise"):
            api.run_stage(stage, workspace, settings, [folder / "forms.csv"])
        gathering.gather(workspace, settings.execution)
    return workspace


@pytest.mark.parametrize("workers", [1, 2])
def test_vectors_from_partitions_are_those_from_all_texts(tokenised: Workspace, workers: int) -> None:
    execution = Config.model_validate({"execution": {"workers": workers}}).execution
    assert len(tokenised.parts("segments")) > 8, "more than one group of partitions is added up"
    every = [
        terms for index in range(len(tokenised.parts("segments"))) for terms in gathering.terms_of(tokenised, index)
    ]
    texts = [terms for terms in dict.fromkeys(every) if len(terms) > 1]
    assert len(texts) < len(every)
    expected = train_vectors(texts, minimum_documents=3, n_dimensions=8)

    jobs = counting.distinct_texts(tokenised, execution)
    assert sum(len(hashes) for _, hashes in jobs) == len(texts)
    vocabulary = choose_vocabulary(counting.texts_by_word(tokenised, jobs, execution), 3)
    near = counting.near_each_other(tokenised, jobs, vocabulary, 10, execution)
    found = from_counts(vocabulary, near.occurrences, near.pairs, n_dimensions=8)
    assert found.vocabulary == expected.vocabulary
    assert np.array_equal(found.matrix, expected.matrix)
    assert np.array_equal(found.frequencies, expected.frequencies)


def test_answers_are_counted_by_question(tokenised: Workspace) -> None:
    execution = Config.model_validate({"execution": {"workers": 1}}).execution
    counts = counting.answers_by_question(tokenised, execution)
    assert counts.total() == sum(
        len(gathering.questions_of(tokenised, index)) for index in range(len(tokenised.parts("segments")))
    )
    assert len(counts) == 2
