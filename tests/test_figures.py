"""The figures of themes: each coordinated text once, ranks that change, weights, what people decided."""

from __future__ import annotations

import pytest

from pipeline import dataset
from pipeline.config import Config
from pipeline.figures import Counts, dataset_connection
from pipeline.theme_figures import QuestionThemes, Theme, question_themes
from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.report.consultations import rich
from tests.report.datasets import answer, dataset_of, segment, themes

CONFIG = Config().with_values("execution", workers=1)


def of(workspace: Workspace) -> dict[str, QuestionThemes]:
    dataset.run(workspace, CONFIG)
    with dataset_connection(workspace.path / "dataset") as connection:
        return question_themes(connection)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> dict[str, QuestionThemes]:
    return of(campaign(tmp_path_factory.mktemp("campaign")))


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> QuestionThemes:
    return of(rich(tmp_path_factory.mktemp("rich")))["q-1"]


def by_id(found: QuestionThemes) -> dict[str, Theme]:
    return {theme.topic_id: theme for theme in found.themes}


def test_a_coordinated_text_counts_once_by_the_answer_that_was_its_first(copied: dict[str, QuestionThemes]) -> None:
    found = copied["q-2"]
    assert {key: theme.once for key, theme in by_id(found).items()} == {
        "t-rail": Counts(1, 1, 1, asked=1),  # form 1 is the first of the four
        "t-bus": Counts(3, 3, 3, asked=1, not_asked=1),
        "t-bike": Counts(2, 2, 2, asked=1, not_asked=1),
    }
    assert found.base == Counts(8, 9, 7, 6, 2)


def test_copies_that_are_not_coordinated_count_as_ever(copied: dict[str, QuestionThemes]) -> None:
    found = copied["q-3"]
    assert by_id(found)["t-tax"].once == by_id(found)["t-tax"].counts == Counts(2, 2, 1)
    assert by_id(found)["t-tax"].rise == {"respondents": 0, "contributions": 0, "unique_texts": 0}


def test_a_theme_rises_by_the_ranks_it_gains_on_each_denominator(copied: dict[str, QuestionThemes]) -> None:
    assert {key: theme.rise for key, theme in by_id(copied["q-2"]).items()} == {
        # 3, 3, 2 respondents: rail and bus are both first, bike is third.
        "t-rail": {"respondents": -2, "contributions": -2, "unique_texts": -1},
        "t-bus": {"respondents": 0, "contributions": 1, "unique_texts": 0},
        "t-bike": {"respondents": 1, "contributions": 1, "unique_texts": 0},
    }


def test_sub_themes_are_ranked_among_those_of_their_theme() -> None:
    topics = [
        {"topic_id": key, "label": key, "parent_id": parent, "definition": "", "status": "proposed"}
        for key, parent in (("t-a", None), ("t-a1", "t-a"), ("t-a2", "t-a"), ("t-b", None))
    ]
    given = ["t-a1", "t-a1", "t-a1", "t-a2", "t-a2", "t-b", "t-b", "t-b", "t-b"]
    rows = [
        answer(n, topics=themes((key, key[:3])), copy_group_id="g-1" if key == "t-a1" else None)
        for n, key in enumerate(given)
    ]
    groups = [{"copy_group_id": "g-1", "question_id": "q-1", "answer_id": "a-000", "coordinated": True}]
    found = question_themes(dataset_of(answers=rows, topics=topics, copy_groups=groups))["q-1"]
    assert [theme.topic_id for theme in found.themes] == ["t-a", "t-a1", "t-a2", "t-b"]
    assert [theme.rise["contributions"] for theme in found.themes] == [-1, -1, 1, 1]
    assert [theme.once.contributions for theme in found.themes] == [3, 1, 2, 4]


def test_weights_of_contributions_are_added_once_each(weighed: QuestionThemes) -> None:
    assert weighed.weight == 7.5  # of the seven that have one
    assert {key: theme.weight for key, theme in by_id(weighed).items()} == {
        "t-move": 4.5,  # form 1, which has both sub-themes, once
        "t-rail": 3.0,
        "t-road": 1.5,
        "t-care": 1.0,
        "t-tax": 1.0,  # form 8 has no weight
    }


def test_a_contribution_with_two_answers_weighs_once() -> None:
    topics = [{"topic_id": "t-a", "label": "A", "definition": "", "status": "proposed"}]
    more = {"contribution_id": "c", "weight": 2.0, "topics": themes(("t-a", "t-a"))}
    rows = [answer(1, **more), answer(2, **more), answer(3, weight=2.0, topics=themes(("t-a", "t-a")))]
    found = question_themes(dataset_of(answers=rows, topics=topics))["q-1"]
    assert (found.weight, found.themes[0].weight) == (4.0, 4.0)


def test_without_weights_there_is_none(copied: dict[str, QuestionThemes]) -> None:
    assert {found.weight for found in copied.values()} == {None}
    assert {theme.weight for found in copied.values() for theme in found.themes} == {None}


def test_answers_of_which_a_person_decided_are_counted_in_the_theme_and_the_one_above(weighed: QuestionThemes) -> None:
    assert {key: (theme.reviewed, theme.answers) for key, theme in by_id(weighed).items()} == {
        "t-move": (1, 4),
        "t-rail": (1, 2),
        "t-road": (0, 2),
        "t-care": (1, 1),
        "t-tax": (0, 2),
    }


def test_an_answer_with_two_reviewed_passages_is_reviewed_once() -> None:
    topics = [{"topic_id": "t-a", "label": "A", "definition": "", "status": "proposed"}]
    given = [[theme | {"source": source} for theme in themes(("t-a", "t-a"))] for source in ("reviewer", "model")]
    rows = [answer(1, topics=given[0] * 2), answer(2, topics=given[1])]
    segments = [segment(1, 0, source="reviewer"), segment(1, 1, source="reviewer"), segment(2, 0, source="model")]
    (theme,) = question_themes(dataset_of(answers=rows, topics=topics, segments=segments))["q-1"].themes
    assert (theme.reviewed, theme.answers) == (1, 2)
