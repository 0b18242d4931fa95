"""What cross-tabulations call their variables and columns, in the language of a page."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pipeline.crosstabs.variables import PERIOD, Column, Variable
from pipeline.report.languages import Language

_PERIODS: Final = {
    "Semaine": lambda day, language: language.say("Semaine du %(day)s", day=language.date(day)),
    "Mois": lambda day, language: language.month(day).capitalize(),
    "Trimestre": lambda day, language: language.say("T%(n)s %(year)s", n=(day.month + 2) // 3, year=day.year),
}


def title_of(variable: Variable, language: Language) -> str:
    """Return the title of a variable; the wording of a question is not ours to translate."""
    return variable.title if variable.is_question else language.translate(variable.title)


def label_of(variable: Variable, column: Column, language: Language) -> str:
    """Return the label of a column: what people answered as it came, the rest in the language."""
    if is_received(variable, column):
        return column.label
    if column.kind == "value" and language.quoted is not None:
        name = _PERIODS.get(variable.title)
        day = datetime.fromisoformat(column.key)
        return str(day.year) if name is None else name(day, language)
    return language.translate(column.label)


def is_received(variable: Variable, column: Column) -> bool:
    """Say whether a label is what people answered, or a place, and not ours."""
    return column.kind == "value" and variable.key != PERIOD
