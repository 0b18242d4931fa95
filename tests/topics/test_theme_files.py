"""Sets of themes on disk: everything that was written is read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.topics.assigner import Assigner
from pipeline.topics.subtopics import SubtopicAssigner
from pipeline.topics.theme_files import ThemeSet, Topic, read_sets, write_sets


def test_every_field_of_a_set_is_read_again(tmp_path: Path) -> None:
    event = {"event": "merged_into", "topic_id": "t-1", "model": "m/1"}
    topic = Topic("t-1", "Gare", "Le train", ("gare",), (3.5,), 12, (event,), ("école",), "t-0", "reviewed", 0.75)
    parent, lost = replace(topic, topic_id="t-0", parent_id=None), replace(topic, topic_id="t-9", stability=None)
    assigner = Assigner(np.ones(3, np.float32), np.ones((1, 3), np.float32), np.ones(1, np.float32))
    within = SubtopicAssigner(assigner.component, np.full((1, 3), 2, np.float32), np.ones(1, np.float32), (0,))
    written = ThemeSet("organisation", "q-1", (parent,), assigner, (topic,), within, ((4, 0.8), (5, 0.7)), (lost,), 4)
    write_sets([written], tmp_path)
    read = read_sets(tmp_path, 3)["q-1"]
    assert replace(read, assigner=assigner, subtopic_assigner=within) == written
    assert read.subtopic_assigner is not None and read.subtopic_assigner.parent_of == (0,)
    assert read.subtopic_assigner.coefficients.tolist() == within.coefficients.tolist()
    assert read.assigner.coefficients.tolist() == assigner.coefficients.tolist()
