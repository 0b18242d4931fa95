"""Themes by département: what is shown is right, and small counts are neither shown nor given away."""

from __future__ import annotations

import random

import duckdb

from pipeline.crosstabs.suppression import LEAST
from pipeline.report.places import where
from pipeline.report.theme_places import LEAST_BASE, LEAST_TOLD, MAPPED, theme_places
from tests.report.datasets import answer, dataset_of, themes

NAMES = [("t-a", "Trains"), ("t-b", "Routes")]


def dataset(departements: int = 8, each: int = 60, rare: float = 0.02) -> duckdb.DuckDBPyConnection:
    """Return answers of which half are about trains, few about roads, and one département has hardly any."""
    chance = random.Random(7)
    rows = []
    for number in range(departements * each + 4):
        code = f"{1 + number // each:02d}"
        found = [pair for pair, often in ((("t-a1", "t-a"), 0.5), (("t-b", "t-b"), rare)) if chance.random() < often]
        state = "assigned" if found else "unassigned"
        rows.append(answer(number, state=state, topics=themes(*found), departement=code))
    return dataset_of(answers=rows)


def test_counts_and_shares_are_those_of_the_answers() -> None:
    connection = dataset()
    found = theme_places(connection, "q-1", NAMES)
    trains = found.themes[0]
    for code, share in trains.shares.items():
        has = "list_contains(list_transform(topics, lambda t: t.theme_id), 't-a')"
        ((n, base),) = connection.execute(
            f"SELECT count(*) FILTER (WHERE {has}), count(*) FROM answers WHERE departement = ?", [code]
        ).fetchall()
        assert (trains.cells[code], found.bases[code], share) == (n, base, n / base)
    assert len(trains.shares) >= LEAST_TOLD


def test_small_cells_are_marked_and_a_theme_of_nothing_else_is_not_drawn() -> None:
    found = theme_places(dataset(), "q-1", NAMES)
    assert [theme.theme_id for theme in found.themes] == ["t-a"]
    shown = [cell for theme in found.themes for cell in theme.cells.values() if isinstance(cell, int)]
    assert shown and min(shown) >= LEAST
    assert all(code in found.bases for code in found.codes)


def test_departements_of_few_answers_have_no_cell() -> None:
    found = theme_places(dataset(), "q-1", NAMES)
    assert "08" in found.themes[0].cells and LEAST_BASE > 4
    assert "09" not in found.themes[0].cells  # its four answers stand with no others, and are hidden


def test_the_map_hides_the_base_that_the_table_holds_back() -> None:
    for seed in range(3):
        connection = dataset(each=26 + seed, rare=0.2)
        found = where(connection, "q-1", themes=NAMES)
        for code, n in found.places.counts.items():
            assert n is None or isinstance(found.themes.bases.get(code, 0), int)


def test_the_reader_can_choose_among_the_most_frequent_themes_alone() -> None:
    many = [(f"t-{place:02d}", f"Thème {place}") for place in range(MAPPED + 3)]
    pairs = themes(*((theme_id, theme_id) for theme_id, _ in many))
    rows = [answer(n, topics=pairs, departement=f"{1 + n % 6:02d}") for n in range(180)]
    found = theme_places(dataset_of(answers=rows), "q-1", many)
    assert [theme.theme_id for theme in found.themes] == [theme_id for theme_id, _ in many[:MAPPED]]


def test_a_question_without_places_or_themes_has_none() -> None:
    assert theme_places(dataset_of(), "q-1", NAMES).themes == ()
    assert theme_places(dataset(), "q-1", []).codes == []
