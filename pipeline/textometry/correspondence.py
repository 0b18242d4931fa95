"""Correspondence analysis of a table of counts (« analyse factorielle des correspondances », Benzécri 1973).

A singular value decomposition of what each cell has beyond chance, as Greenacre puts it (Correspondence Analysis in
Practice, 3rd edition, 2017, appendix A): rows and columns as points whose distances are those of chi-square.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.linalg import svd

Floats = npt.NDArray[np.float64]
Table = npt.NDArray[np.integer[Any]] | npt.NDArray[np.floating[Any]]

_ROUNDING: Final = 1e-12
"""Singular values, and distances, up to this are zero but for rounding."""
_EQUAL: Final = 1e-9
"""Coordinates that differ less, relatively, are equal where a sign is settled."""


@dataclass(frozen=True, eq=False)
class Points:
    """The rows of a table, or its columns, as points.

    Parameters
    ----------
    kept : tuple of int, length n_points
        Which row or column of the table each point is.
    dropped : tuple of int
        Rows or columns that count nothing and have no point.
    masses : ndarray, shape (n_points,)
        Share of each in the whole table.
    inertias : ndarray, shape (n_points,)
        Inertia of each; their sum is that of the table.
    coordinates : ndarray, shape (n_points, n_axes)
        Principal coordinates.
    contributions : ndarray, shape (n_points, n_axes)
        Share of each in the inertia of an axis (CTR); the sum of an axis is 1.
    cosines : ndarray, shape (n_points, n_axes)
        Share of each axis in the inertia of a point (cos², COR); the sum of a point over all axes is 1, and over the
        axes that are drawn its quality (QLT). 0 for a point at the centre.
    """

    kept: tuple[int, ...]
    dropped: tuple[int, ...]
    masses: Floats
    inertias: Floats
    coordinates: Floats
    contributions: Floats
    cosines: Floats

    def quality(self, n_axes: int = 2) -> Floats:
        """Return how well each point is shown by the first axes, 0 to 1."""
        return np.asarray(self.cosines[:, :n_axes].sum(axis=1))


@dataclass(frozen=True, eq=False)
class Correspondence:
    """A correspondence analysis.

    Parameters
    ----------
    total : float
        Sum of the table.
    inertia : float
        Inertia of the table: its chi-square by its sum.
    eigenvalues : ndarray, shape (n_axes,)
        Inertia of each axis, the greatest first; an axis without any is left out.
    shares : ndarray, shape (n_axes,)
        Share of each axis in the inertia of the table.
    rows, columns : Points
    """

    total: float
    inertia: float
    eigenvalues: Floats
    shares: Floats
    rows: Points
    columns: Points

    @property
    def n_axes(self) -> int:
        return len(self.eigenvalues)

    @property
    def chi_square(self) -> float:
        """Chi-square of independence of the table."""
        return self.total * self.inertia

    @property
    def degrees_of_freedom(self) -> int:
        return max(len(self.rows.kept) - 1, 0) * max(len(self.columns.kept) - 1, 0)


def correspondence(table: Table, n_axes: int | None = None) -> Correspondence:
    """Analyse a table of counts, words by themes for example.

    Parameters
    ----------
    table : array of numbers from 0 on, shape (n_rows, n_columns)
        Rows and columns that sum to 0 are dropped, and told.
    n_axes : int, optional
        How many axes are kept at most; all when None. Shares and cosines are of the whole inertia either way.

    Returns
    -------
    Correspondence
        Without any axis where rows are all alike, as a single row or column is. On each axis the column that is
        farthest out is on the positive side, of equals the first one.

    Raises
    ------
    ValueError
        When the table is not one of finite numbers from 0 on.
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("a table of counts has rows, columns, and numbers from 0 on")
    of_rows, of_columns = counts.sum(axis=1), counts.sum(axis=0)
    used = counts[np.ix_(of_rows > 0, of_columns > 0)]
    total = float(used.sum())
    shares = used / total if used.size else used
    row_masses, column_masses = shares.sum(axis=1), shares.sum(axis=0)
    expected = np.outer(row_masses, column_masses)
    beyond = (shares - expected) / np.sqrt(expected)
    left, values, right = _decompose(beyond)
    kept = slice(0, n_axes)
    eigenvalues, inertia = values**2, float((beyond**2).sum())
    return Correspondence(
        total,
        inertia,
        eigenvalues[kept],
        (eigenvalues / inertia if len(eigenvalues) else eigenvalues)[kept],
        _points(of_rows > 0, row_masses, beyond, left[:, kept], values[kept]),
        _points(of_columns > 0, column_masses, beyond.T, right[:, kept], values[kept]),
    )


def _decompose(beyond: Floats) -> tuple[Floats, Floats, Floats]:
    """Return left vectors, singular values and right vectors of the axes that have any inertia, with settled signs."""
    if not beyond.size:
        return np.zeros((beyond.shape[0], 0)), np.zeros(0), np.zeros((beyond.shape[1], 0))
    left, values, right = svd(beyond, full_matrices=False)
    real = values > _ROUNDING
    left, values, right = left[:, real], values[real], right[real].T
    size = np.abs(right)
    farthest = (size >= size.max(axis=0) * (1 - _EQUAL)).argmax(axis=0)
    signs = np.sign(right[farthest, np.arange(len(values))])
    return left * signs, values, right * signs


def _points(present: npt.NDArray[np.bool_], masses: Floats, beyond: Floats, vectors: Floats, values: Floats) -> Points:
    inertias = (beyond**2).sum(axis=1)
    coordinates = vectors * values / np.sqrt(masses)[:, None]
    distances = (inertias / masses)[:, None]
    squares = coordinates**2
    away = np.broadcast_to(distances > _ROUNDING**2, squares.shape)
    return Points(
        tuple(np.flatnonzero(present).tolist()),
        tuple(np.flatnonzero(~present).tolist()),
        masses,
        inertias,
        coordinates,
        vectors**2,
        np.divide(squares, distances, out=np.zeros_like(squares), where=away),
    )
