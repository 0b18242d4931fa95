"""Correspondence analysis: the published figures of Greenacre's smokers, and what holds of any table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from pipeline.textometry.correspondence import Correspondence, correspondence

# Greenacre, Theory and Applications of Correspondence Analysis, 1984, table 3.1: senior and junior managers, senior and
# junior employees, secretaries; who smoke nothing, a little, more, much.
SMOKE = np.asarray([[4, 2, 3, 2], [4, 3, 7, 4], [25, 10, 12, 4], [18, 24, 33, 13], [10, 6, 7, 2]])


@pytest.fixture(scope="module")
def smoke() -> Correspondence:
    return correspondence(SMOKE)


def thousandths(values: np.ndarray) -> list[int]:
    return np.rint(1000 * values).astype(int).tolist()


def test_inertias_of_the_smokers(smoke: Correspondence) -> None:
    # summary(ca(smoke)) of R ca (Nenadić and Greenacre, Journal of Statistical Software 20 (3), 2007).
    assert smoke.eigenvalues == pytest.approx([0.074759, 0.010017, 0.000414], abs=5e-7)
    assert smoke.inertia == pytest.approx(0.085190, abs=5e-7)
    assert 100 * smoke.shares == pytest.approx([87.756, 11.759, 0.485], abs=5e-4)
    assert smoke.rows.masses == pytest.approx([0.056995, 0.093264, 0.264249, 0.455959, 0.129534], abs=5e-7)
    assert smoke.rows.inertias == pytest.approx([0.002673, 0.011881, 0.038314, 0.026269, 0.006053], abs=5e-7)
    assert smoke.columns.inertias == pytest.approx([0.049186, 0.007059, 0.012610, 0.016335], abs=5e-7)


def test_points_of_the_smokers(smoke: Correspondence) -> None:
    # The same summary, in thousandths: coordinate, COR and CTR of two axes, then the quality. Both axes are turned.
    rows, columns = smoke.rows, smoke.columns
    assert thousandths(-rows.coordinates[:, 0]) == [-66, 259, -381, 233, -201]
    assert thousandths(-rows.coordinates[:, 1]) == [-194, -243, -11, 58, 79]
    assert thousandths(rows.cosines[:, 0]) == [92, 526, 999, 942, 865]
    assert thousandths(rows.cosines[:, 1]) == [800, 465, 1, 58, 133]
    assert thousandths(rows.contributions[:, 0]) == [3, 84, 512, 331, 70]
    assert thousandths(rows.contributions[:, 1]) == [214, 551, 3, 152, 81]
    assert thousandths(rows.quality()) == [893, 991, 1000, 1000, 999]
    assert thousandths(-columns.coordinates[:, 0]) == [-393, 99, 196, 294]
    assert thousandths(-columns.coordinates[:, 1]) == [-30, 141, 7, -198]
    assert thousandths(columns.cosines[:, 0]) == [994, 327, 982, 684]
    assert thousandths(columns.contributions[:, 0]) == [654, 31, 166, 150]
    assert thousandths(columns.contributions[:, 1]) == [29, 463, 2, 506]
    assert thousandths(columns.quality()) == [1000, 984, 983, 995]


TABLES = st.tuples(st.integers(1, 7), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 30), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


@settings(deadline=None, max_examples=40)
@given(TABLES)
def test_what_holds_of_any_table(rows: list[list[int]]) -> None:
    table = np.asarray(rows)
    found = correspondence(table)
    assert found.n_axes <= max(min(len(found.rows.kept), len(found.columns.kept)) - 1, 0)
    assert found.eigenvalues.sum() == pytest.approx(found.inertia, abs=1e-12)
    assert (np.diff(found.eigenvalues) <= 0).all()
    if found.degrees_of_freedom:
        used = table[np.ix_(found.rows.kept, found.columns.kept)]
        expected = chi2_contingency(used, correction=False)
        assert found.chi_square == pytest.approx(expected.statistic, abs=1e-9)
        assert found.degrees_of_freedom == expected.dof
    if found.n_axes:
        assert found.shares.sum() == pytest.approx(1)
    for points, length in ((found.rows, table.shape[0]), (found.columns, table.shape[1])):
        assert sorted((*points.kept, *points.dropped)) == list(range(length))
        assert points.inertias.sum() == pytest.approx(found.inertia, abs=1e-12)
        assert points.contributions.sum(axis=0) == pytest.approx(np.ones(found.n_axes))
        assert points.masses @ points.coordinates == pytest.approx(np.zeros(found.n_axes), abs=1e-9)
        assert points.masses @ points.coordinates**2 == pytest.approx(found.eigenvalues)
        away = points.inertias > 1e-9
        assert points.cosines.sum(axis=1)[away] == pytest.approx(np.ones(away.sum()))
        assert np.isfinite(points.cosines).all()


@settings(deadline=None, max_examples=40)
@given(TABLES)
def test_distances_are_those_of_chi_square(rows: list[list[int]]) -> None:
    table = np.asarray(rows, dtype=float)
    found = correspondence(table)
    if len(found.rows.kept) < 2:
        return
    used = table[np.ix_(found.rows.kept, found.columns.kept)]
    profiles = used / used.sum(axis=1, keepdims=True)
    first, second = profiles[0], profiles[-1]
    expected = ((first - second) ** 2 / found.columns.masses).sum()
    here = found.rows.coordinates
    assert ((here[0] - here[-1]) ** 2).sum() == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.permutations(range(5)))
def test_signs_do_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    turned = correspondence(SMOKE[order])
    assert turned.rows.coordinates == pytest.approx(correspondence(SMOKE).rows.coordinates[order], abs=1e-9)


def test_the_farthest_column_of_each_axis_is_on_the_positive_side(smoke: Correspondence) -> None:
    for axis in range(smoke.n_axes):
        farthest = np.abs(smoke.columns.contributions[:, axis]).argmax()
        assert smoke.columns.coordinates[farthest, axis] > 0


def test_of_two_columns_that_are_as_far_out_the_first_is_on_the_positive_side() -> None:
    for table in ([[9, 1], [1, 9]], [[1, 9], [9, 1]], [[7, 0], [0, 7]]):
        assert correspondence(np.asarray(table)).columns.coordinates[:, 0].tolist()[0] > 0


def test_empty_rows_and_columns_are_dropped_and_told() -> None:
    table = np.zeros((7, 6), dtype=int)
    table[np.ix_([0, 2, 3, 4, 6], [1, 2, 3, 5])] = SMOKE
    found = correspondence(table)
    assert found.rows.dropped == (1, 5)
    assert found.columns.dropped == (0, 4)
    assert found.rows.kept == (0, 2, 3, 4, 6)
    assert found.rows.coordinates == pytest.approx(correspondence(SMOKE).rows.coordinates)


@pytest.mark.parametrize(
    "table", [np.zeros((0, 0)), np.zeros((0, 3)), np.zeros((3, 0)), np.zeros((2, 2)), [[5], [7]], [[5, 7]], [[3]]]
)
def test_tables_without_rows_to_compare_have_no_axis(table: np.ndarray) -> None:
    found = correspondence(np.asarray(table))
    assert (found.n_axes, found.inertia, found.degrees_of_freedom) == (0, pytest.approx(0), 0)
    assert found.rows.coordinates.shape == (len(found.rows.kept), 0)


def test_rows_that_are_alike_have_no_axis() -> None:
    found = correspondence(np.outer([1, 2, 30_000], [7, 1, 9_000]))
    assert found.n_axes == 0
    assert found.rows.quality().tolist() == [0, 0, 0]


def test_two_columns_make_one_axis() -> None:
    found = correspondence(np.asarray([[10, 2], [3, 9], [4, 4]]))
    assert found.n_axes == 1
    assert found.columns.quality() == pytest.approx([1, 1])


def test_fewer_axes_are_the_first_of_all(smoke: Correspondence) -> None:
    found = correspondence(SMOKE, n_axes=2)
    assert found.shares == pytest.approx(smoke.shares[:2])
    assert found.rows.cosines == pytest.approx(smoke.rows.cosines[:, :2])
    assert found.columns.coordinates.shape == (4, 2)


@pytest.mark.parametrize("table", [[[1, -1]], [[1, np.nan]], [[1, np.inf]], [1, 2]])
def test_what_is_no_table_of_counts_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="table of counts"):
        correspondence(np.asarray(table))
