"""Names of variables and columns of cross-tabulations, in the language of a page."""

from __future__ import annotations

import pytest

from pipeline.crosstabs.variables import PERIOD, Column, Variable
from pipeline.report import crossed
from pipeline.report.languages import FRENCH, language

SPOKEN = language("en")


@pytest.mark.parametrize(
    ("title", "key", "expected"),
    [
        ("Semaine", "2019-02-04", "Week of 4 February 2019"),
        ("Mois", "2019-02-01", "February 2019"),
        ("Trimestre", "2019-04-01", "Quarter 2, 2019"),
        ("Année", "2019-01-01", "2019"),
    ],
)
def test_periods_of_a_cross_tabulation_are_named_in_english(title: str, key: str, expected: str) -> None:
    column = Column(key, "what it is called in French")
    variable = Variable(PERIOD, title, (column,))
    assert crossed.label_of(variable, column, SPOKEN) == expected
    assert crossed.label_of(variable, column, FRENCH) == column.label


def test_the_answers_of_a_closed_question_are_not_translated() -> None:
    column, none = Column("thèmes", "thèmes"), Column("", "Sans réponse", "missing")
    variable = Variable("q-1", "Thèmes", (column, none), questionnaire="x", number=1)
    assert crossed.title_of(variable, SPOKEN) == "Thèmes"
    assert [crossed.label_of(variable, one, SPOKEN) for one in (column, none)] == ["thèmes", "No answer"]
