"""Tables as they are shown: columns in order, shares of their base, and nothing told of what is hidden."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.crosstabs import Column, Crosstab, Crosstabs, Variable, worth_showing
from pipeline.crosstabs.counting import Counted, Theme
from pipeline.crosstabs.layouts import Layout
from pipeline.crosstabs.results import crosstab
from pipeline.crosstabs.suppression import HELD, LEAST, SMALL
from tests.crosstabs.datasets import CLOSED, Form, answers_of, connected


def counted_of(themes: list[list[int]], without: list[int]) -> tuple[Counted, Layout]:
    """Return the counts of answers of one theme or none, and the layout of a variable with a column a number."""
    rows = [*themes, without, [sum(column) for column in zip(*themes, without, strict=True)]]
    found = tuple(Theme(f"t-{place}", f"Thème {place}", sum(row)) for place, row in enumerate(themes))
    cells = {code: list(column) for code, column in enumerate(zip(*rows, strict=True), 1)}
    counted = Counted("q-1", sum(rows[-1]), sum(without), found, cells)
    variable = Variable("q-10", "D’accord ?", tuple(Column(f"m-{code}", f"M {code}") for code in cells))
    return counted, Layout(variable, tuple((code,) for code in cells))


def table_of(themes: list[list[int]], without: list[int]) -> Crosstab:
    found = crosstab(*counted_of(themes, without))
    assert found is not None
    return found


def test_a_table_has_counts_shares_and_residuals() -> None:
    table = table_of([[30, 60, 3], [40, 40, 40]], [130, 100, 7])
    assert table.base == 450 and [cell.count for cell in table.bases] == [200, 200, 50]
    first, second = table.rows
    assert (first.label, first.total) == ("Thème 0", 93)
    assert [cell.count for cell in first.cells] == [None, 60, None]
    assert [cell.mark for cell in first.cells] == [HELD, None, SMALL]
    assert [cell.share for cell in second.cells] == [0.2, 0.2, 0.8]
    # 120 · 50 / 450 = 13.33 expected; 26.67 / sqrt(13.33 · 0.7333 · 0.8889)
    assert round(second.cells[2].residual or 0, 2) == 9.05
    assert table.strongest is second and table.effect == second.test.effect  # type: ignore[union-attr]


def test_tables_that_differ_in_hidden_cells_alone_are_shown_alike() -> None:
    one = table_of([[1, 3, 60, 80, 40], [40, 40, 40, 40, 40]], [100, 98, 100, 100, 100])
    two = table_of([[3, 1, 60, 80, 40], [40, 40, 40, 40, 40]], [98, 100, 100, 100, 100])
    assert one == two and one.rows[0].test is not None
    assert [cell.mark for cell in one.rows[0].cells[:2]] == [SMALL, SMALL]


THEMES: tuple[tuple[str, ...], ...] = (("t-1",), ("t-1", "t-2"), ("t-2",), ())

numbers = st.one_of(st.integers(0, 12), st.integers(0, 400))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=2, max_size=4))
def test_nothing_is_told_of_hidden_cells(rows: list[list[int]]) -> None:
    table = crosstab(*counted_of(rows[:-1], rows[-1]))
    if table is None:
        return
    for row in table.rows:
        assert row.total is None or row.total >= LEAST
        assert row.total is not None or row.test is None
        for cell, base in zip(row.cells, table.bases, strict=True):
            assert (cell.count is None) == (cell.mark is not None)
            if cell.count is None:
                assert cell.share is None and cell.residual is None
            if base.count is None:
                assert cell.share is None and cell.residual is None


def test_forms_without_the_closed_answer_are_a_column_of_their_own() -> None:
    forms = [Form(themes, text) for themes in THEMES for text in ["Oui"] * 8 + ["Non"] * 6 + [None] * 5]
    with connected(*answers_of([*forms, Form(None, "Non")])) as connection:
        question = Crosstabs(connection).question("q-1")
    assert question is not None and (question.base, question.without_theme) == (76, 19)
    (table,) = [table for table in question.tables if table.variable.key == CLOSED[0]]
    assert [column.label for column in table.columns] == ["Oui", "Non", "Sans réponse"]
    assert [cell.count for cell in table.bases] == [32, 24, 20]
    assert [[cell.count for cell in row.cells] for row in table.rows] == [[16, 12, 10]] * 2
    with connected(*answers_of([form for form in forms if form.closed])) as connection:
        question = Crosstabs(connection).question("q-1")
    assert question is not None
    (table,) = [table for table in question.tables if table.variable.key == CLOSED[0]]
    assert [column.label for column in table.columns] == ["Oui", "Non"]  # nobody left it out


def test_a_form_with_several_answers_counts_in_each_of_their_columns() -> None:
    said = ["Air|Eau", "Air|Eau", "Eau", None]
    forms = [Form(themes, choice=text) for themes in THEMES for text in said for _ in range(6)]
    with connected(*answers_of(forms)) as connection:
        question = Crosstabs(connection).question("q-1")
    assert question is not None
    (table,) = [table for table in question.tables if table.variable.key == CLOSED[1]]
    assert not table.variable.exclusive and [column.label for column in table.columns] == ["Eau", "Air", "Sans réponse"]
    assert [cell.count for cell in table.bases] == [72, 48, 24] and table.base == 96
    assert [[cell.count for cell in row.cells] for row in table.rows] == [[36, 24, 12]] * 2


def test_a_variable_of_many_values_has_twelve_columns_and_what_is_not_known_apart() -> None:
    forms = [Form(("t-1",), departement=f"{code:02d}") for code in range(1, 21) for _ in range(5 + code)]
    with connected(*answers_of([*forms, *[Form((), departement=None)] * 6])) as connection:
        question = Crosstabs(connection).question("q-1")
    assert question is not None
    (table,) = [table for table in question.tables if table.variable.key == "departement"]
    labels = [column.label for column in table.columns]
    assert labels[:2] == ["20", "19"] and labels[11:] == ["Toutes les autres valeurs", "Non renseigné"]
    assert sum(cell.count or 0 for cell in table.bases) == len(forms) + 6


def test_tables_worth_showing_first_are_those_of_the_largest_effect() -> None:
    none = table_of([[50, 50], [50, 50]], [50, 50])
    some = table_of([[60, 40], [50, 50]], [40, 60])
    much = table_of([[90, 10], [10, 90]], [50, 50])
    little_evidence = table_of([[12, 8], [8, 12]], [10, 10])
    tables = [none, some, much, little_evidence]
    assert worth_showing(tables) == [much]
    larger = table_of([[600, 400], [500, 500]], [400, 600])
    assert worth_showing([*tables, larger]) == [much, larger] and worth_showing([larger, much], 1) == [much]


def test_a_question_without_themes_has_no_tables() -> None:
    with connected(*answers_of([Form((), "Oui")] * 20)) as connection:
        tables = Crosstabs(connection)
        assert list(tables.questions()) == [] and tables.question("q-1") is None and tables.question("q-9") is None
