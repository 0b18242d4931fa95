"""What is counted is what a naive count says: form by form, modality by modality."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import datetime

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.crosstabs.counting import Counted, Counting
from pipeline.crosstabs.layouts import Layout
from pipeline.crosstabs.variables import AUTHOR_TYPE, MOST_COLUMNS, PERIOD
from tests.crosstabs.datasets import CLOSED, Form, answers_of, connected, questions

HOSTILE = (
    "=1+1",
    "<script>alert('x')</script>",
    "'; DROP TABLE answers; --",
    "\U0001f600",
    "sans réponse",
    "\u202eoui",
)
MODALITIES = ("Oui", "oui ", "OUI", "Non", "non\u00a0plus", "Non  plus", *HOSTILE)
DAYS = [datetime(2019, 1, 22), datetime(2019, 1, 27, 23), datetime(2019, 2, 4), datetime(2019, 3, 18, 12)]

closed = st.none() | st.sampled_from(MODALITIES)
choices = st.none() | st.lists(st.sampled_from(("A", "a", "B", "C", "", " ", *HOSTILE)), max_size=3).map("|".join)
some_themes = st.lists(st.sampled_from(("t-1", "t-2", "t-3")), unique=True, max_size=3).map(tuple)
a_form = st.builds(
    Form,
    themes=st.none() | some_themes,
    closed=closed,
    choice=choices,
    author_type=st.sampled_from([None, "Citoyen", "Élu"]),
    region=st.sampled_from([None, "Bretagne", "Corse"]),
    published_at=st.none() | st.sampled_from(DAYS),
)


def key_of(part: str) -> str:
    return unicodedata.normalize("NFC", " ".join(part.split()).lower())


def parts_of(text: str | None) -> list[str]:
    return [] if text is None else [part for part in dict.fromkeys(text.split("|")) if key_of(part)]


def naive(forms: list[Form], values: list[set[str]]) -> dict[tuple[str, str], int]:
    """Count forms by row (theme, « without », « base ») and value, with pandas."""
    readable = [(form, value) for form, value in zip(forms, values, strict=True) if form.themes is not None]
    rows = [
        (row, column) for form, value in readable for row in (*(form.themes or ["without"]), "base") for column in value
    ]
    return pd.DataFrame(rows, columns=["row", "column"]).value_counts().to_dict()


def counted_as(counted: Counted, layout: Layout) -> dict[tuple[str, str], int]:
    margins = counted.margins(layout)
    names = [*(theme.theme_id for theme in counted.themes), "without", "base"]
    columns = [column.kind if column.kind != "value" else column.key for column in layout.variable.columns]
    cells = [*margins.themes, margins.without, margins.base]
    return {(names[i], columns[j]): n for i, row in enumerate(cells) for j, n in enumerate(row) if n}


@settings(max_examples=12, deadline=None)
@given(st.lists(a_form, min_size=1, max_size=40))
def test_closed_answers_are_counted_as_pandas_counts_them(forms: list[Form]) -> None:
    with connected(*answers_of(forms)) as connection:
        counting = Counting(connection)
        found = list(counting.counts())
    readable = [form for form in forms if form.themes is not None]
    assert [one.base for one in found] == ([len(readable)] if readable else [])
    layouts = {layout.variable.key: layout for layout in counting.layouts}
    for question_id, name in zip(CLOSED, ("closed", "choice"), strict=True):
        said = Counter(key_of(part) for form in readable for part in parts_of(getattr(form, name)))
        frequent = sorted((key for key in said if said[key] >= 5), key=lambda key: (-said[key], key))
        kept = frequent if len(frequent) == len(said) <= MOST_COLUMNS else frequent[: MOST_COLUMNS - 1]
        if 2 * sum(said[key] for key in kept) < max(1, said.total()):
            assert question_id not in layouts
            continue
        keys = [[key_of(part) for part in parts_of(getattr(form, name))] for form in forms]
        values = [{key if key in kept else "others" for key in found} or {"missing"} for found in keys]
        assert counted_as(found[0], layouts[question_id]) == naive(forms, values)
        several = any(len((getattr(form, name) or "").split("|")) > 1 for form in readable)
        assert layouts[question_id].variable.exclusive != several


@settings(max_examples=6, deadline=None)
@given(st.lists(a_form, min_size=1, max_size=40))
@example([Form(("t-1",), published_at=day) for day in DAYS])
def test_people_and_periods_are_counted_as_pandas_counts_them(forms: list[Form]) -> None:
    with connected(*answers_of(forms)) as connection:
        counting = Counting(connection)
        found = list(counting.counts())
    readable = [form for form in forms if form.themes is not None]
    layouts = {layout.variable.key: layout for layout in counting.layouts}
    if not readable:
        return
    frequent = {kind for kind, n in Counter(form.author_type for form in readable).items() if n >= 5}
    authors = [
        {"missing" if form.author_type is None else form.author_type if form.author_type in frequent else "others"}
        for form in forms
    ]
    assert counted_as(found[0], layouts[AUTHOR_TYPE]) == naive(forms, authors)
    if PERIOD in layouts:  # all days are within four months
        days = [form.published_at for form in forms]
        weeks = [
            {str(day.to_period("W").start_time.date()) if day == day else "missing"} for day in pd.to_datetime(days)
        ]
        assert counted_as(found[0], layouts[PERIOD]) == naive(forms, weeks)
        assert layouts[PERIOD].variable.title == "Semaine"


def test_one_question_is_counted_alone_as_with_all() -> None:
    forms = [Form(("t-1",) if place % 3 else (), "Oui" if place % 2 else "Non") for place in range(30)]
    more = [row | {"question_id": "q-2", "answer_id": row["answer_id"] + "-2"} for row in answers_of(forms)[::3]]
    asked = [*questions(), questions()[0] | {"question_id": "q-2", "number": 2}]
    assert len(asked) == 4
    with connected(*answers_of(forms), *more) as connection:
        counting = Counting(connection)
        every = {one.question_id: one for one in counting.counts()}
        assert sorted(every) == ["q-1", "q-2"]
        assert list(counting.counts("q-2")) == [every["q-2"]]
        assert list(counting.counts("q-9")) == []


def test_the_first_of_two_answers_to_a_closed_question_counts() -> None:
    forms = [Form(("t-1",), "Oui") for _ in range(6)] + [Form((), "Non") for _ in range(6)]
    again = [
        row | {"answer_id": row["answer_id"] + "-2", "text": "Non"}
        for row in answers_of(forms)
        if row["question_id"] == CLOSED[0]
    ]
    with connected(*again, *answers_of(forms)) as connection:
        counting = Counting(connection)
        (counted,) = counting.counts()
    (layout,) = [one for one in counting.layouts if one.variable.is_question]
    assert layout.variable.exclusive
    assert counted_as(counted, layout)["t-1", "oui"] == counted_as(counted, layout)["base", "non"] == 6


def test_what_is_answered_to_a_closed_question_in_free_text_or_by_few_is_not_named() -> None:
    forms = [Form((), f"identifiant {place}", "A" if place else "Madame Untel") for place in range(20)]
    with connected(*answers_of(forms)) as connection:
        variables = [layout.variable for layout in Counting(connection).layouts if layout.variable.is_question]
    assert [variable.key for variable in variables] == [CLOSED[1]]
    assert [column.label for column in variables[0].columns] == ["A", "Toutes les autres réponses", "Sans réponse"]
