"""What themes are crossed with: closed questions, who answered, where and when, and the columns of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from pipeline import vocabulary
from pipeline.typography import FIRM, MONTHS, date

AUTHOR_TYPE: Final = "author_type"
REGION: Final = "region"
DEPARTEMENT: Final = "departement"
PERIOD: Final = "period"

MOST_COLUMNS: Final = 12
"""Modalities of a variable that are columns; with more, one of them is for the least frequent together."""

MOST_PERIODS: Final = 18
"""Weeks, months or quarters that are told apart: four months have 18 weeks at the most."""

NO_ANSWER: Final = "Sans réponse"
NO_DATE: Final = "Non daté"
NOWHERE: Final = "Hors région ou non renseignée"

_LABEL: Final = 200  # characters of a modality that are shown
_SCALES: Final = (
    ("oui", "plutôt oui", "plutôt non", "non"),
    ("tout à fait d'accord", "plutôt d'accord", "plutôt pas d'accord", "pas du tout d'accord"),
    ("tout à fait", "plutôt", "plutôt pas", "pas du tout"),
    ("très satisfait", "plutôt satisfait", "plutôt pas satisfait", "pas du tout satisfait"),
    ("toujours", "souvent", "parfois", "rarement", "jamais"),
)
_ABSTENTIONS: Final = ("sans avis", "je ne sais pas", "ne sait pas", "ne se prononce pas", "sans opinion")


@dataclass(frozen=True)
class Column:
    """A modality: `kind` says whether it is one, the rest of them together, or answers of which nothing is known."""

    key: str
    label: str
    kind: Literal["value", "others", "missing"] = "value"


@dataclass(frozen=True)
class Variable:
    """What themes are crossed with.

    Parameters
    ----------
    key : str
        A question_id, or one of AUTHOR_TYPE, REGION, DEPARTEMENT and PERIOD.
    title : str
        Its name for analysts: the wording of a question.
    columns : sequence of Column
        Its modalities in their order, then the others together, then answers of which nothing is known.
    exclusive : bool
        Whether an answer has one modality at the most; else it may have several (questions « à choix »).
    questionnaire, number : str or None, int or None
        Where a closed question stands.
    """

    key: str
    title: str
    columns: tuple[Column, ...] = field(repr=False)
    exclusive: bool = True
    questionnaire: str | None = None
    number: int | None = None

    @property
    def is_question(self) -> bool:
        """Whether this is a closed question."""
        return self.questionnaire is not None


def in_order(keys: Sequence[str]) -> list[str]:
    """Return modalities, given the most frequent first, in the order of the scale that they are steps of, if any.

    Questionnaires do not tell the order of their modalities: « Oui » stands before « Non », and abstentions last,
    because they do on forms.

    >>> in_order(["non", "sans avis", "oui"])
    ['oui', 'non', 'sans avis']
    """
    steps = [key for key in keys if key not in _ABSTENTIONS]
    for scale in _SCALES:
        if steps and all(_straight(key) in scale for key in steps):
            ordered = sorted(steps, key=lambda key: scale.index(_straight(key)))
            return [*ordered, *(key for key in keys if key in _ABSTENTIONS)]
    return list(keys)


def _straight(key: str) -> str:
    return key.replace("’", "'")


def short(label: str) -> str:
    """Return a modality as it is shown, on one line and not longer than a heading can be."""
    plain = " ".join(label.split())
    return plain if len(plain) <= _LABEL else plain[: _LABEL - 1] + "…"


@dataclass(frozen=True)
class Calendar:
    """Periods of one length.

    Parameters
    ----------
    unit : str
        A unit of `date_trunc`: week, month, quarter or year.
    title : str
        The name of the variable.
    name : callable
        Names the period that begins on a day.
    """

    unit: str
    title: str
    name: Callable[[datetime], str]


_CALENDARS: Final = (
    Calendar("week", "Semaine", lambda day: f"Semaine du {date(day)}"),
    Calendar("month", "Mois", lambda day: f"{MONTHS[day.month - 1]} {day.year}".capitalize()),
    Calendar("quarter", "Trimestre", lambda day: f"T{(day.month + 2) // 3}{FIRM}{day.year}"),
    Calendar("year", "Année", lambda day: str(day.year)),
)


def calendar_of(first: datetime, last: datetime) -> Calendar:
    """Return weeks for a period of less than four months, else months, or longer periods where there are too many."""
    week, month, quarter, year = _CALENDARS
    months = 12 * (last.year - first.year) + last.month - first.month
    if months < 4 or (months == 4 and last.day < first.day):
        return week
    if months < MOST_PERIODS:
        return month
    return quarter if months < 3 * MOST_PERIODS - 2 else year


def begins(day: datetime, calendar: Calendar) -> datetime:
    """Return when the period begins that a moment is in."""
    start = day.replace(hour=0, minute=0, second=0, microsecond=0)
    if calendar.unit == "week":
        return start - timedelta(days=start.weekday())
    month = {"month": day.month, "quarter": 3 * ((day.month - 1) // 3) + 1, "year": 1}[calendar.unit]
    return start.replace(day=1, month=month)


TITLES: Final = {AUTHOR_TYPE: "Type d’auteur", REGION: "Région", DEPARTEMENT: "Département"}
UNKNOWN: Final = {AUTHOR_TYPE: vocabulary.UNKNOWN, REGION: NOWHERE, DEPARTEMENT: vocabulary.UNKNOWN, PERIOD: NO_DATE}
"""What a column of answers is called of which a variable is not known."""
