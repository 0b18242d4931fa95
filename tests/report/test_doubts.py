"""What a person should read first: close margins, themes that are hard to tell apart, answers without a theme."""

from __future__ import annotations

from pipeline.report.doubts import CLOSE, SHOWN, Doubts, Overlap, doubts
from tests.report.datasets import answer, dataset_of, segment, themes

TOPICS = [
    {"topic_id": "t-a", "label": "A"},
    {"topic_id": "t-b", "label": "B"},
    {"topic_id": "t-b1", "label": "B1", "parent_id": "t-b"},
    {"topic_id": "t-b2", "label": "B2", "parent_id": "t-b"},
    {"topic_id": "t-c", "label": "C"},
]


def test_the_smallest_margins_come_first_one_for_an_answer_and_no_copy() -> None:
    rows = [answer(1), answer(2), answer(3, duplicate_of="a-001"), answer(4), answer(5, "q-2")]
    segments = [
        segment(1, 0, margin=0.05, next_topic_id="t-b1"),
        segment(1, 1, margin=0.02, next_topic_id="t-b"),
        segment(2, 0, margin=0.01, next_topic_id=None),
        segment(3, 0, margin=0.0, next_topic_id="t-b"),
        segment(4, 0, margin=CLOSE, next_topic_id="t-b"),
        segment(4, 1, topic_id=None, margin=0.0),
        segment(5, 0, margin=0.0, next_topic_id="t-b"),
    ]
    found = doubts(dataset_of(answers=rows, segments=segments, topics=TOPICS), "q-1")
    assert (found.segments, found.close) == (5, 4)
    told = [(row.answer_id, row.quote, row.theme_id, row.next_theme_id) for row in found.doubtful]
    assert told == [("a-002", "Passage 2.0", "t-a", None), ("a-001", "Passage 1.1", "t-a", "t-b")]
    assert found.doubtful[1].reference == "4-1" and round(found.doubtful[1].margin, 3) == 0.02


def test_two_sub_themes_of_one_theme_are_no_doubt_about_the_theme() -> None:
    rows = [answer(1)]
    segments = [segment(1, topic_id="t-b1", theme_id="t-b", margin=0.01, next_topic_id="t-b2")]
    found = doubts(dataset_of(answers=rows, segments=segments, topics=TOPICS), "q-1")
    assert found.doubtful == () and found.overlaps == ()


def test_themes_overlap_by_the_segments_between_them_in_either_direction() -> None:
    rows = [answer(number, topics=themes(("t-a", "t-a"))) for number in range(1, 6)]
    segments = [
        segment(1, 0, margin=0.01, next_topic_id="t-b2"),
        segment(1, 1, topic_id="t-b1", theme_id="t-b", margin=0.9, next_topic_id="t-a"),
        segment(2, topic_id="t-b", margin=0.01, next_topic_id="t-a"),
        segment(3, topic_id="t-c", margin=0.01, next_topic_id="t-a"),
        segment(4, topic_id="t-c", margin=0.5, next_topic_id="t-b"),
        segment(5, topic_id="t-c", margin=0.01, next_topic_id=None),
    ]
    found = doubts(dataset_of(answers=rows, segments=segments, topics=TOPICS), "q-1")
    assert found.overlaps == (Overlap("t-a", "t-b", 2, 1), Overlap("t-a", "t-c", 1, 0))


def test_the_next_theme_is_named_though_no_answer_has_it() -> None:
    segments = [segment(1, margin=0.01, next_topic_id="t-b2")]
    found = doubts(dataset_of(answers=[answer(1)], segments=segments, topics=TOPICS), "q-1")
    assert found.labels == {"t-b": "B"}


def test_answers_without_a_theme_are_a_sample_that_is_the_same_every_time() -> None:
    rows = [answer(number, state="unassigned", text=f"Mot {number} " + "long " * 200) for number in range(50)]
    rows.append(answer(50, state="unassigned", duplicate_of="a-001"))
    found = doubts(dataset_of(answers=rows), "q-1").unassigned
    assert len(found) == SHOWN and "a-050" not in [row.answer_id for row in found]
    assert [row.answer_id for row in found] != [row["answer_id"] for row in rows[:SHOWN]]
    assert doubts(dataset_of(answers=rows[::-1]), "q-1").unassigned == found
    assert all(len(row.quote) <= 302 and row.quote.endswith(" …") for row in found)


def test_words_of_answers_without_a_theme_are_counted_once_an_answer() -> None:
    rows = [answer(1, state="unassigned"), answer(2, state="unassigned"), answer(3)]
    segments = [
        segment(1, 0, None, terms=["gare", "gare", "train"]),
        segment(1, 1, None, terms=["gare", "bus"]),
        segment(2, 0, None, terms=["gare", "train"]),
        segment(3, 0, terms=["bus", "bus"]),
    ]
    assert doubts(dataset_of(answers=rows, segments=segments), "q-1").words == (("gare", 2), ("train", 2))


def test_a_question_that_nobody_answered_has_no_doubts() -> None:
    assert doubts(dataset_of(), "q-1") == Doubts()
