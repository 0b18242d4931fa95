"""Figures of themes that are found afresh on a gold file: three invented themes that words alone tell apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config import TopicsConfig
from pipeline.errors import DoleancesError, ExitCode
from pipeline.evaluation import topics
from pipeline.evaluation.topics import FIGURES, Spread, TopicEvaluation, evaluate_topics
from tests.evaluation.consultations import write_gold

GOLD = Path(__file__).parents[1] / "data" / "gold_themes.jsonl"


@pytest.fixture(scope="module")
def result() -> TopicEvaluation:
    return evaluate_topics(GOLD, seeds=[0, 1])


def test_themes_that_words_tell_apart_are_found_and_named(result: TopicEvaluation) -> None:
    assert list(result.figures) == list(FIGURES)
    assert result.figures["AMI"].mean >= 0.9 and result.figures["ARI"].mean >= 0.9
    assert result.figures["labels"].mean == 1 and result.figures["several themes"].mean >= 0.6


def test_answers_are_counted_as_the_benchmark_counts_them(result: TopicEvaluation) -> None:
    (found,) = result.questions
    # 18 a theme and a copy; six with several; « Rien » has a theme and no word that means anything, twice; a theme of
    # one answer does not count.
    assert (found.answers, found.themes, found.several_answers, found.without_terms) == (55, 3, 6, 2)
    assert result.left_out == {"autre": "0 themes with 15 answers"}


def test_each_seed_has_its_figures_and_the_pairs_that_were_matched(result: TopicEvaluation) -> None:
    rows = result.questions[0].rows
    assert [(row["seed"], row["found"]) for row in rows] == [(0, 3), (1, 3)]
    pairs = {pair["theme"]: pair["shared"] for pair in rows[0]["pairs"]}
    assert pairs["Manque de médecins"] == ["médecin"] and len(pairs) == 3
    assert json.loads(json.dumps(result.to_dict()))["questions"][0]["rows"] == list(rows)
    assert f"AMI {result.figures['AMI']}" in str(result) and "left out: autre" in str(result)


def test_the_same_seed_gives_the_same_figures_whatever_was_found_before_it(result: TopicEvaluation) -> None:
    again = evaluate_topics(GOLD, seeds=[1])
    assert again.questions[0].rows[0] == result.questions[0].rows[1]
    assert again.figures["AMI"] == Spread(result.questions[0].rows[1]["AMI"], 0.0)


def test_the_number_of_themes_is_that_of_people_a_given_one_or_chosen() -> None:
    told: list[tuple[int, int]] = []
    given = evaluate_topics(
        GOLD, method="nmf", topics=2, seeds=[0, 1], progress=lambda done, total: told.append((done, total))
    )
    assert [row["found"] for row in given.questions[0].rows] == [2, 2] and given.figures["AMI"].mean < 0.9
    assert told == [(1, 2), (2, 2)]
    chosen = evaluate_topics(GOLD, method="nmf", topics="auto", seeds=[0])
    assert chosen.questions[0].rows[0]["found"] > 1 and chosen.topics == "auto"


def test_fewer_answers_a_theme_let_more_themes_count() -> None:
    found = evaluate_topics(GOLD, method="nmf", seeds=[0], least=1)
    assert found.questions[0].themes == 4 and found.left_out == {"autre": "1 theme with 1 answers"}


def test_a_segment_has_only_themes_that_a_run_would_give_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "TopicsConfig", lambda: TopicsConfig(minimum_score=1.0))
    assert evaluate_topics(GOLD, method="nmf", seeds=[0]).figures["several themes"].mean == 0


def test_a_gold_file_without_two_themes_in_a_question_is_told(tmp_path: Path) -> None:
    lines: list[dict[str, object]] = [
        {"question": "q", "text": f"la gare {i}", "themes": ["Trains"]} for i in range(20)
    ]
    path = write_gold(tmp_path, *lines)
    with pytest.raises(
        DoleancesError, match=r"E311 .*gold\.jsonl, lines 1 to 20: .*two themes that 15 answers"
    ) as caught:
        evaluate_topics(path)
    assert caught.value.exit_code == ExitCode.WRONG_USAGE


def test_more_themes_than_texts_are_told_and_not_a_traceback() -> None:
    with pytest.raises(DoleancesError, match=r"E312 .*question proximite: 54 different texts .*too few for 1000"):
        evaluate_topics(GOLD, topics=1000)


def test_a_model_that_is_not_there_is_told() -> None:
    with pytest.raises(DoleancesError, match="E301"):
        evaluate_topics(GOLD, model="nowhere")
