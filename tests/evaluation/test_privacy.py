"""Figures of masking: what counts as hidden and as right, and what the test set must not fall below."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.errors import DoleancesError
from pipeline.evaluation.privacy import Case, Masker, evaluate_privacy, load_cases, masker
from pipeline.privacy import EMAIL, NAME, Private

CASES = Path(__file__).parents[1] / "data" / "privacy_cases.jsonl"


def fixed(*spans: Private) -> Masker:
    return lambda texts: [list(spans) for _ in texts]


def case(text: str, *spans: tuple[int, int, str]) -> Case:
    return Case(text, "planted", "test", spans)


def test_a_span_is_hidden_when_none_of_its_letters_can_be_read() -> None:
    cases = [case("chez Jean Petit !", (5, 15, "name"))]
    assert evaluate_privacy(cases, fixed(Private(5, 9, NAME), Private(10, 15, NAME))).recall.value == 1
    assert evaluate_privacy(cases, fixed(Private(5, 14, NAME))).recall.value == 0


def test_a_mask_is_right_over_a_span_of_its_kind_that_is_at_least_half_of_it() -> None:
    cases = [case("chez Jean Petit toujours", (5, 15, "name"))]
    assert evaluate_privacy(cases, fixed(Private(5, 24, NAME))).precision.value == 1
    assert evaluate_privacy(cases, fixed(Private(5, 15, EMAIL))).precision.value == 0
    assert evaluate_privacy([case("a" * 21, (0, 10, "name"))], fixed(Private(0, 21, NAME))).precision.value == 0


def test_a_public_figure_is_private_only_for_an_analyst_who_masks_them() -> None:
    cases = [case("Macron ment", (0, 6, "public"))]
    kept = evaluate_privacy(cases, fixed())
    assert (kept.gold_spans, kept.public_kept, kept.untouched_traps) == (0, 1.0, 1.0)
    assert evaluate_privacy(cases, fixed(), keep_public=False).recall.value == 0


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"text": "a", "group": "x", "split": "dev", "spans": [[0, 2, "name"]]}', '{"text": "a"}'],
)
def test_a_case_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({"text": "a", "group": "x", "split": "dev", "spans": []}) + "\n" + line + "\n")
    with pytest.raises(DoleancesError, match="2"):
        load_cases(path)


def test_the_cases_are_half_planted_and_half_traps_in_each_split() -> None:
    for split in ("dev", "test"):
        cases = load_cases(CASES, split)
        planted = sum(one.group == "planted" for one in cases)
        assert len(cases) >= 170 and 0.4 <= planted / len(cases) <= 0.6
        assert len({one.text for one in cases}) == len(cases)


@pytest.mark.parametrize(
    ("read", "keep", "recall", "precision"),
    [(True, True, 0.98, 0.95), (False, True, 0.96, 0.93), (True, False, 0.96, 0.94), (False, False, 0.94, 0.92)],
)
def test_the_figures_of_the_test_set_do_not_fall(read: bool, keep: bool, recall: float, precision: float) -> None:
    found = evaluate_privacy(load_cases(CASES, "test"), masker(read=read, keep_public=keep), keep_public=keep)
    assert found.recall.value >= recall
    assert found.precision.value >= precision
    if keep:
        assert found.public_kept == 1.0
        assert all(row["recall"].value >= 0.9 for row in found.by_kind.values())


def test_the_figures_are_the_same_every_time() -> None:
    def emails(texts: Sequence[str]) -> list[Sequence[Private]]:
        return masker(read=False)(texts)

    cases = load_cases(CASES, "dev")[:40]
    first, again = (evaluate_privacy(cases, emails).to_dict() for _ in range(2))
    assert first == again
    json.dumps(first)
