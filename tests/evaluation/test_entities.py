"""Figures on gold data: strict spans, borderline spans left out, an interval that can be had again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.entities.estimator import OrganisationRecogniser
from pipeline.entities.linker import local_id
from pipeline.entities.spans import Span
from pipeline.errors import DoleancesError
from pipeline.evaluation.baselines import StockRecogniser
from pipeline.evaluation.entities import evaluate_entities

DATA = Path(__file__).parents[1] / "data"


class Fixed:
    """A recogniser that says the same of every text."""

    def __init__(self, *spans: tuple[int, int]) -> None:
        self.spans = [Span(start, end, "ORG", "") for start, end in spans]

    def predict(self, texts: list[str]) -> list[list[Any]]:
        return [self.spans for _ in texts]


class Linked(Fixed):
    """The same, with an organisation for each span."""

    def __init__(self, *spans: tuple[int, int, str]) -> None:
        self.spans = [Span(start, end, "ORG", "", one, "register") for start, end, one in spans]


def write_gold(tmp_path: Path, *objects: object) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), encoding="utf-8")
    return path


def test_the_seed_contribution_reaches_the_promised_f1() -> None:
    assert evaluate_entities(DATA / "seed_organisations.jsonl", OrganisationRecogniser()).f1.value >= 0.97


def test_the_development_set_does_not_get_worse() -> None:
    result = evaluate_entities(DATA / "gold_organisations_dev.jsonl", OrganisationRecogniser())
    assert (result.answers, result.gold_spans) == (200, 93)
    assert result.f1.value >= 0.95
    assert result.f1.low <= result.f1.value <= result.f1.high


def test_only_exact_spans_count_and_borderline_ones_count_neither_way(tmp_path: Path) -> None:
    gold = {"text": "abcdefghij", "spans": [[0, 2, "ORG"], [4, 6, "ORG"]], "borderline": [[7, 9]]}
    result = evaluate_entities(write_gold(tmp_path, gold), Fixed((0, 2), (4, 7), (8, 10)))
    assert (result.gold_spans, result.predicted_spans, result.correct_spans) == (2, 2, 1)
    assert result.precision.value == result.recall.value == result.f1.value == 0.5


def test_the_interval_is_the_same_every_time_and_depends_on_the_seed(tmp_path: Path) -> None:
    rows = [{"text": "abcd", "spans": [[0, 2, "ORG"]] if i % 3 else [], "borderline": []} for i in range(30)]
    path = write_gold(tmp_path, *rows)
    first, again, other = (evaluate_entities(path, Fixed((0, 2)), seed=seed).to_dict() for seed in (0, 0, 1))
    assert first == again
    assert other["f1"]["value"] == first["f1"]["value"]
    json.dumps(first)


def test_nothing_to_find_and_nothing_found_gives_zeros_not_an_error(tmp_path: Path) -> None:
    assert evaluate_entities(write_gold(tmp_path, {"text": "rien", "spans": []}), Fixed()).f1.value == 0


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"spans": []}',
        '{"text": "abc"}',
        '{"text": "abc", "spans": [[0, 4, "ORG"]]}',
        '{"text": "abc", "spans": [[2, 1, "ORG"]]}',
        '{"text": "abc", "spans": [[-1, 2, "ORG"]]}',
        '{"text": "abc", "spans": ["x"]}',
        '{"text": "abc", "spans": [], "borderline": [[0]]}',
        '{"text": "abc", "spans": [[0, 1, "ORG", 3]]}',
        r'{"text": "abc \ud83d", "spans": []}',
        r'{"text": "abc", "spans": [[0, 1, "ORG", "o-\ud83d"]]}',
    ],
)
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f'{{"text": "abc", "spans": []}}\n\n{line}\n', encoding="utf-8")
    with pytest.raises(DoleancesError, match=r"E306 .*gold\.jsonl, line 3"):
        evaluate_entities(path, Fixed())


def test_a_missing_or_empty_gold_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoleancesError, match="E101"):
        evaluate_entities(tmp_path / "none.jsonl", Fixed())
    with pytest.raises(DoleancesError, match="E306"):
        evaluate_entities(write_gold(tmp_path), Fixed())


def test_every_mistake_is_told_with_its_kind(tmp_path: Path) -> None:
    text = "abc DEF Ghi jkl mno pqr"
    gold = {"text": text, "spans": [[0, 3, "ORG"], [4, 7, "ORG"], [8, 15, "ORG"]], "borderline": [[16, 19]]}
    result = evaluate_entities(write_gold(tmp_path, gold), Fixed((8, 11), (16, 19), (20, 23)))
    assert [(mistake.kind, mistake.surface) for mistake in result.mistakes] == [
        ("missed, in lower case", "abc"),
        ("missed, an acronym", "DEF"),
        ("other boundaries", "Ghi jkl"),
        ("spurious, from the model", "pqr"),
    ]
    assert result.mistakes_by_kind["other boundaries"] == 1
    assert result.mistakes[0].answer == 1


def test_linking_counts_the_right_spans_whose_organisation_is_marked(tmp_path: Path) -> None:
    gold = {"text": "abcdefghij", "spans": [[0, 2, "ORG", "o-a"], [4, 6, "ORG", "o-b"], [7, 9, "ORG"]]}
    result = evaluate_entities(write_gold(tmp_path, gold), Linked((0, 2, "o-a"), (4, 6, "o-c"), (7, 9, "o-d")))
    assert (result.linked_spans, result.linking) == (2, 0.5)
    assert [mistake.kind for mistake in result.mistakes] == ["other organisation than o-b"]
    assert evaluate_entities(write_gold(tmp_path, {"text": "a", "spans": []}), Fixed()).linking is None


def test_an_organisation_the_register_does_not_have_is_linked_right_by_any_id_of_the_corpus(
    tmp_path: Path,
) -> None:
    gold = {"text": "abcdefghij", "spans": [[0, 2, "ORG", "o-x"], [4, 6, "ORG", "o-x"]]}
    result = evaluate_entities(write_gold(tmp_path, gold), Linked((0, 2, local_id("ab")), (4, 6, "o-xerox")))
    assert (result.linked_spans, result.linking) == (2, 0.5)
    assert [mistake.surface for mistake in result.mistakes] == ["ef"]


@pytest.mark.parametrize("name", ["gold_organisations_dev", "gold_organisations_dev2", "seed_organisations"])
def test_right_spans_lead_to_the_organisation_that_was_marked(name: str) -> None:
    result = evaluate_entities(DATA / f"{name}.jsonl", OrganisationRecogniser())
    assert result.linking is not None and result.linking >= 0.99 and result.linked_spans == result.correct_spans


def test_organisations_are_found_in_answers_that_nothing_was_tuned_on() -> None:
    result = evaluate_entities(DATA / "gold_organisations_test.jsonl", OrganisationRecogniser())
    assert result.precision.value >= 0.95 and result.f1.value >= 0.93
    assert result.linking is not None and result.linking >= 0.97


@pytest.mark.slow
def test_the_stock_model_finds_less_than_the_register() -> None:
    result = evaluate_entities(DATA / "gold_organisations_dev.jsonl", StockRecogniser())
    assert 0.1 < result.f1.value < 0.7
