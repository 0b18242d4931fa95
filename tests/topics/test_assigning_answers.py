"""Whole answers get the themes that were learned, and segments those of their answer that they speak of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.learning.assigner import ReviewedAssigner
from pipeline.tables import LEARNED
from pipeline.topics.assigning_answers import WholeAnswer, assign_answers
from pipeline.topics.documents import Document
from pipeline.topics.subtopics import SubtopicAssigner
from pipeline.topics.theme_files import ThemeSet, Topic
from tests.learning.campaign import CORPUS, TOPICS, UNKNOWING, VECTORS, document, fit

LEARNED_THEMES: ReviewedAssigner = fit(CORPUS)


def topic(topic_id: str, parent_id: str | None = None) -> Topic:
    return Topic(topic_id, topic_id, "", (), (), 1, parent_id=parent_id)


THEMES = ThemeSet(None, "q", tuple(map(topic, TOPICS)), UNKNOWING)


def answer(*segments: tuple[str, ...]) -> WholeAnswer:
    words = tuple(word for segment in segments for word in segment)
    cuts = tuple(np.cumsum([len(segment) for segment in segments])[:-1].tolist())
    parts = tuple((place, f"s-{place}", document(segment)) for place, segment in enumerate(segments))
    return WholeAnswer(replace(document(words), cuts=cuts), parts)


def given(found: WholeAnswer, themes: ThemeSet = THEMES, minimum: float = 0.3) -> dict[str, list[str]]:
    rows = assign_answers(themes, LEARNED_THEMES, [found], VECTORS, minimum)
    by_segment: dict[str, list[str]] = {}
    for _, row in sorted(rows, key=lambda one: (one[0], one[1]["rank"])):
        by_segment.setdefault(row["segment_id"], []).append(row["topic_id"])
        assert row["source"] == LEARNED and 0 <= row["margin"] <= row["score"] <= 1
        assert row["rank"] == len(by_segment[row["segment_id"]])
    return by_segment


def test_each_segment_has_the_theme_of_its_answer_that_it_speaks_of() -> None:
    found = given(answer(("train", "gare", "rail"), ("impot", "taxe", "tva")))
    assert found == {"s-0": ["t-train"], "s-1": ["t-impot"]}


def test_two_themes_of_one_segment_stand_side_by_side_the_likelier_first() -> None:
    found = given(answer(("train", "gare", "rail", "impot", "taxe")))
    assert set(found["s-0"]) == {"t-train", "t-impot"}
    rows = [
        row for _, row in assign_answers(THEMES, LEARNED_THEMES, [answer(("train", "gare", "impot"))], VECTORS, 0.3)
    ]
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)


def test_every_theme_of_an_answer_is_in_a_segment_even_if_none_reaches_the_minimum() -> None:
    whole = answer(("train", "gare", "rail"), ("impot", "taxe", "tva"))
    expected = LEARNED_THEMES.predict([whole.document], VECTORS)[0]
    found = given(whole, minimum=1.0)
    assert {topic_id for ids in found.values() for topic_id in ids} == expected


def test_what_has_no_words_has_no_theme() -> None:
    empty = WholeAnswer(Document("…", (), (), ()), ((0, "s-0", Document("…", (), (), ())),))
    assert assign_answers(THEMES, LEARNED_THEMES, [empty], VECTORS, 0.3) == []
    assert assign_answers(THEMES, LEARNED_THEMES, [], VECTORS, 0.3) == []
    found = given(answer(("train", "gare", "rail"), ()))
    assert list(found) == ["s-0"]


def test_a_theme_that_is_divided_stands_as_its_nearest_sub_theme() -> None:
    parts = (topic("t-train-1", "t-train"), topic("t-train-2", "t-train"))
    toward = VECTORS.embed([("train",), ("gare",)])
    within = SubtopicAssigner(
        np.zeros(12, np.float32), (20 * toward).astype(np.float32), np.zeros(2, np.float32), (0, 0)
    )
    divided = replace(THEMES, subtopics=parts, subtopic_assigner=within)
    assert given(answer(("gare", "gare", "gare")), divided) == {"s-0": ["t-train-2"]}
    assert given(answer(("impot", "taxe", "tva")), divided)["s-0"][0] == "t-impot"
