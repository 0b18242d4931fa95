"""Conditions and contradictions in the ledger; the numbers are worked by hand in tests/campaigns.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import conditions
from pipeline.ledger import CopiesCoverage, coverage
from tests.campaigns import campaign
from tests.workspaces import Builder, small


def test_answers_given_are_counted_by_whether_their_form_asked(tmp_path: Path) -> None:
    found = coverage(campaign(tmp_path))
    closed, conditional, free = found.questions
    assert (conditional.parent_number, conditional.shown_if) == (1, "Oui")
    assert conditional.routed == {"asked": 6, "not_asked": 2, "unknown": 1}  # form 10 gave no answer
    assert conditional.contradictions == found.contradictions == 2
    assert [(row.routed, row.contradictions) for row in (closed, free)] == [(None, 0), (None, 0)]


def test_contradictions_are_listed_with_the_answer_that_decided(tmp_path: Path) -> None:
    listed = coverage(campaign(tmp_path)).contradictions_listed
    assert [(row.reference, row.answer_id) for row in listed] == [
        ("4-6", "a-0000000000000006-2"),
        ("4-9", "a-0000000000000009-2"),
    ]
    assert {(row.question_id, row.parent_number, row.parent_answer) for row in listed} == {("q-2", 1, "Non")}


def test_only_the_first_contradictions_are_listed_and_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions, "CONTRADICTIONS_SHOWN", 1)
    found = coverage(campaign(tmp_path))
    assert ([row.reference for row in found.contradictions_listed], found.contradictions) == (["4-6"], 2)


def test_the_first_answer_to_the_parent_is_told_and_a_long_one_is_cut(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.question(2, "Si oui ?", depends_on="q-1", shown_if="Oui")
    build.question(3, "Si oui, encore ?", depends_on="q-9", shown_if="Oui")
    form = build.contribution(1)
    build.answer(form, "q-1", "", "empty")
    build.answer(form, "q-1", "non " * 100)
    build.answer(form, "q-1", "Oui")
    build.answer(form, "q-2", "Mais si", routed=False)
    build.answer(form, "q-3", "RAS", routed=False)
    first, second = coverage(build.write()).contradictions_listed
    assert first.parent_answer is not None
    assert first.parent_answer.startswith("non non") and len(first.parent_answer) == conditions.PARENT_LENGTH
    assert (second.parent_number, second.parent_answer) == (None, None)  # a parent that this workspace does not hold


def test_what_is_outside_the_sum_is_told_by_file_and_in_all(tmp_path: Path) -> None:
    found = coverage(campaign(tmp_path))
    first, second, third = found.files
    assert (first.source_file, first.contributions, first.layout, first.encoding) == (
        "a.csv",
        5,
        "official CSV",
        "utf-8",
    )
    assert (first.repaired, first.already_received, first.postcodes_unknown) == (4, 0, 0)
    assert (second.superseded_contributions, second.superseded, second.forgotten_contributions) == (1, 3, 1)
    assert (third.contributions, third.received, third.states) == (0, 0, {})
    assert (third.already_received_contributions, third.already_received) == (100, 3300)
    assert (found.already_received_contributions, found.already_received, found.repaired) == (102, 3306, 4)
    assert (found.postcodes_unknown, found.superseded, found.forgotten_contributions) == (1, 3, 1)
    assert found.received == sum(file.received for file in found.files) == 22


def test_copies_are_summed_up_and_not_claimed_where_nobody_looked_for_them(tmp_path: Path) -> None:
    assert coverage(campaign(tmp_path / "new")).copies == CopiesCoverage(2, 6, 1, 4)
    older = coverage(small(tmp_path / "old"))
    assert older.copies is None
    assert {file.layout for file in older.files} == {None} and older.already_received == 0
