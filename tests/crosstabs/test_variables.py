"""Modalities stand in the order of their scale, and periods are as long as what they divide asks for."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipeline.crosstabs.variables import begins, calendar_of, in_order, short


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["non", "oui"], ["oui", "non"]),
        (["ne se prononce pas", "non", "oui"], ["oui", "non", "ne se prononce pas"]),
        (
            ["pas du tout d’accord", "tout à fait d'accord", "plutôt d'accord"],
            ["tout à fait d'accord", "plutôt d'accord", "pas du tout d’accord"],
        ),
        (["non", "la pollution", "oui"], ["non", "la pollution", "oui"]),
        (["sans avis"], ["sans avis"]),
        ([], []),
    ],
)
def test_steps_of_a_known_scale_stand_in_its_order(keys: list[str], expected: list[str]) -> None:
    assert in_order(keys) == expected


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [
        (datetime(2019, 1, 22), datetime(2019, 1, 22), "week"),
        (datetime(2019, 1, 22), datetime(2019, 5, 21), "week"),
        (datetime(2019, 1, 22), datetime(2019, 5, 22), "month"),
        (datetime(2019, 1, 1), datetime(2020, 6, 30), "month"),
        (datetime(2019, 1, 1), datetime(2020, 7, 1), "quarter"),
        (datetime(2000, 1, 1), datetime(2019, 1, 1), "year"),
    ],
)
def test_periods_are_weeks_under_four_months_and_never_too_many(first: datetime, last: datetime, unit: str) -> None:
    assert calendar_of(first, last).unit == unit


def test_periods_have_french_names_and_begin_where_they_begin() -> None:
    day = datetime(2019, 3, 7, 10, 5)
    found = {}
    for last in (datetime(2019, 4, 1), datetime(2019, 9, 1), datetime(2021, 1, 1), datetime(2040, 1, 1)):
        calendar = calendar_of(datetime(2019, 3, 1), last)
        found[calendar.unit] = (calendar.name(begins(day, calendar)), begins(day, calendar).date().isoformat())
    assert found == {
        "week": ("Semaine du 4\u00a0mars 2019", "2019-03-04"),
        "month": ("Mars 2019", "2019-03-01"),
        "quarter": ("T1\u00a02019", "2019-01-01"),
        "year": ("2019", "2019-01-01"),
    }


def test_a_long_modality_is_cut_and_stands_on_one_line() -> None:
    assert short("a\n b") == "a b" and len(short("é" * 1000)) == 200
