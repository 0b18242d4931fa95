"""The few facts of a question, and which are left out."""

from __future__ import annotations

from datetime import datetime

from pipeline.figures import Counts, Organisation
from pipeline.report.copies import CoordinatedText
from pipeline.report.essentials import UNSTABLE, Essentials, essentials
from pipeline.theme_figures import QuestionThemes, Theme


def theme(topic_id: str, n: int, rise: int = 0, stability: float | None = 0.9, parent_id: str | None = None) -> Theme:
    counts = Counts(n, n, n)
    rises = {"respondents": 5, "contributions": rise, "unique_texts": -5}
    return Theme(topic_id, parent_id, topic_id, "", (), "proposed", counts, stability=stability, rise=rises)


def text(group: str) -> CoordinatedText:
    day = datetime(2019, 2, 3)
    return CoordinatedText(group, "a-1", "q-1", 4, 3, 1, day, day, (), "Un texte", None, 8)


def test_the_three_most_frequent_themes_are_named_and_no_sub_theme() -> None:
    themes = (theme("t-1", 9), theme("t-11", 8, parent_id="t-1"), theme("t-2", 5), theme("t-3", 4), theme("t-4", 1))
    found = essentials(QuestionThemes("q-1", themes=themes), [], [])
    assert [one.topic_id for one in found.leading] == ["t-1", "t-2", "t-3"]


def test_the_theme_that_copies_move_most_is_told_up_or_down() -> None:
    themes = (theme("t-1", 9, 1), theme("t-2", 5, -2), theme("t-3", 4, 2), theme("t-31", 4, 7, parent_id="t-3"))
    moved = essentials(QuestionThemes("q-1", themes=themes), [text("g-1"), text("g-2")], [])
    assert moved.moved is themes[1] and moved.coordinated == text("g-1")
    assert essentials(QuestionThemes("q-1", themes=(theme("t-1", 9), theme("t-2", 5))), [], []).moved is None


def test_themes_that_samples_do_not_find_again_are_told() -> None:
    themes = (
        theme("t-1", 9, stability=UNSTABLE),
        theme("t-2", 5, stability=UNSTABLE - 0.01),
        theme("t-3", 4, stability=None),
    )
    assert essentials(QuestionThemes("q-1", themes=themes), [], []).unstable == (themes[1],)


def test_answers_without_a_theme_are_told_with_why() -> None:
    fits, few = Counts(2, 3, 1), Counts(7, 7, 7)
    assert essentials(QuestionThemes("q-1", no_theme_fits=fits, too_few_answers=few), [], []).without_theme == fits
    assert essentials(QuestionThemes("q-1", too_few_answers=few), [], []).without_theme == few


def test_the_organisation_named_most_is_told() -> None:
    named = [Organisation(f"o-{n}", f"Nom {n}", None, 3, Counts(), ()) for n in (1, 2)]
    assert essentials(QuestionThemes("q-1"), [], named).organisation is named[0]


def test_where_there_is_nothing_nothing_is_told() -> None:
    assert essentials(QuestionThemes("q-1"), [], []) == Essentials()
