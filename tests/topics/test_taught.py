"""What people decided takes over where it is better, in the places that themes have after all decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from pipeline.learning.assigner import Reviewed
from pipeline.learning.lessons import Lessons, SettledTheme, lessons_from_json
from pipeline.topics.taught import LEAST_TAUGHT, learn, names_of
from pipeline.topics.theme_files import ThemeSet, Topic, read_sets, write_sets
from tests.learning.campaign import CORPUS, TOPICS, UNKNOWING, VECTORS, answers

DOCUMENTS = [one.document for one in CORPUS]
IDS = [f"a-{number}" for number in range(len(CORPUS))]
MADE = "t-made"


def topic(topic_id: str, parent_id: str | None = None) -> Topic:
    return Topic(topic_id, topic_id, "", TOPICS.get(topic_id, ())[:1], (1.0,), 1, parent_id=parent_id)


THEMES = ThemeSet(None, "q", tuple(map(topic, TOPICS)), UNKNOWING)
"""For its classifier all themes are as likely, so that none reaches the minimum."""


def lessons(reviewed: Sequence[Reviewed] = CORPUS, rename: Mapping[str, str] | None = None, **more: Any) -> Lessons:
    new = rename or {}
    given = {
        key: tuple(new.get(one, one) for one in sorted(r.theme_ids)) for key, r in zip(IDS, reviewed, strict=False)
    }
    return Lessons(answers={"q": given}, **more)


def learned(found: Lessons, themes: ThemeSet = THEMES) -> ThemeSet:
    return learn(themes, DOCUMENTS, IDS, found, {}, VECTORS, minimum_score=0.9)


def test_what_is_better_takes_over_and_is_read_again_as_it_was_written(tmp_path) -> None:
    found = learned(lessons())
    assert found.takeover is not None and found.takeover.takes_over and found.learned is not None
    assert found.takeover.n_reviewed == len(CORPUS)
    write_sets([found, replace(THEMES, question_id="q-2")], tmp_path)
    again = read_sets(tmp_path, VECTORS.n_dimensions)["q"]
    held = [one.document for one in answers(20, seed=3)]
    assert again.learned is not None and again.takeover == found.takeover
    assert again.learned.predict(held, VECTORS) == found.learned.predict(held, VECTORS)


def test_a_handful_of_reviews_teaches_nothing_and_what_was_learned_before_is_left_aside() -> None:
    before = learned(lessons())
    few = learned(lessons(CORPUS[:10]), before)
    assert few.learned is None and few.takeover is None and few.taught == ()
    assert learned(Lessons(), before) == few


def test_the_same_lessons_give_the_same_assigner_whatever_was_learned_before() -> None:
    first, second = learned(lessons()), learned(lessons(), learned(lessons(CORPUS[:60])))
    assert first.learned is not None and second.learned is not None
    assert first.learned.predict(DOCUMENTS, VECTORS) == second.learned.predict(DOCUMENTS, VECTORS)


def test_a_theme_that_people_made_is_learned_once_enough_answers_have_it() -> None:
    made = SettledTheme(MADE, "q", None, "Écoles", "", by_people=True, reviewed=True)
    found = learned(lessons(rename={"t-ecole": MADE}, themes=(made,)))
    assert [one.topic_id for one in found.taught] == [MADE]
    assert found.taught[0].label == "Écoles" and found.taught[0].status == "reviewed"
    assert found.learned is not None and MADE in found.learned.theme_ids
    few = [one for one in CORPUS if "t-ecole" not in one.theme_ids]
    few += [one for one in CORPUS if "t-ecole" in one.theme_ids][: LEAST_TAUGHT - 1]
    documents = [one.document for one in few]
    given = lessons(few, rename={"t-ecole": MADE}, themes=(made,))
    too_few = learn(THEMES, documents, IDS[: len(few)], given, {}, VECTORS, minimum_score=0.9)
    assert too_few.taught == () and too_few.learned is not None and MADE not in too_few.learned.theme_ids


def test_of_an_answer_whose_only_theme_cannot_be_given_nothing_is_learned() -> None:
    unknown = {"t-ecole": "t-somewhere-else"}
    found = learned(lessons(rename=unknown))
    assert found.learned is not None and found.takeover is not None
    assert found.takeover.n_reviewed == sum(one.theme_ids != {"t-ecole"} for one in CORPUS)
    assert not found.learned.allow_none


def test_a_theme_that_was_merged_away_is_given_no_more() -> None:
    found = learned(lessons(rename={"t-ecole": "t-impot"}, moves={"t-ecole": "t-impot"}))
    assert found.learned is not None and "t-ecole" not in found.learned.theme_ids


@pytest.mark.parametrize("gone", [{"t-train": None}, {"t-train": "t-impot"}])
def test_a_theme_whose_sub_themes_stand_is_still_given(gone: dict[str, str | None]) -> None:
    divided = ThemeSet(None, "q", THEMES.topics, UNKNOWING, (topic("t-train-1", "t-train"),))
    found = learned(lessons(rename={"t-train": "t-train-1"}, moves=gone), divided)
    assert found.learned is not None and "t-train" in found.learned.theme_ids


def test_lessons_are_read_as_they_were_written() -> None:
    made = SettledTheme(MADE, "q", "t-train", "Lignes", "de train", by_people=True)
    found = lessons(CORPUS[:5], themes=(made,), moves={"t-ecole": None})
    assert lessons_from_json(found.to_json()) == found
    with pytest.raises(ValueError):
        lessons_from_json(b"{}x")


def test_words_are_those_of_names_that_people_gave() -> None:
    themes = (
        SettledTheme("t-1", "q", None, "Petites lignes de train", "", reviewed=True),
        SettledTheme("t-2", "q", None, "Impôts", "ce que l’on paie", by_people=True, reviewed=True),
        SettledTheme("t-3", "q", None, "Machine", "Réponses où reviennent « machine »"),
    )
    found = names_of(Lessons(themes=themes))
    assert "train" in found["t-1"] and "payer" in found["t-2"] and "t-3" not in found
