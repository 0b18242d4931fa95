"""Groups are numbered by size, and tiny ones go to their neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.topics.merging import merge_tiny, renumber


def whole(n: int) -> np.ndarray:
    return np.zeros(n, dtype=np.int64)


def test_tiny_themes_go_to_the_nearest_and_the_largest_comes_first() -> None:
    labels = np.repeat([0, 1, 2, 3], [30, 3, 40, 2])
    space = np.repeat([[0.0], [1.0], [9.0], [8.0]], [30, 3, 40, 2], axis=0)
    assert np.array_equal(merge_tiny(labels, space, least=5), np.repeat([1, 1, 0, 0], [30, 3, 40, 2]))


def test_tiny_themes_that_make_a_large_one_together_are_kept() -> None:
    labels = np.repeat([0, 1, 2], [30, 3, 3])
    space = np.repeat([[0.0], [90.0], [91.0]], [30, 3, 3], axis=0)
    assert np.bincount(merge_tiny(labels, space, least=5)).tolist() == [30, 6]


def test_of_equally_near_themes_the_first_takes_in_and_the_last_goes() -> None:
    labels = np.asarray([0, 0, 0, 1, 1, 1, 2, 3])
    space = np.asarray([[0.0]] * 3 + [[4.0]] * 3 + [[2.0], [2.0]])
    assert merge_tiny(labels, space, least=2).tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    assert merge_tiny(labels, space, least=3).tolist() == [0, 0, 0, 1, 1, 1, 0, 0]


def test_a_theme_is_tiny_under_a_tenth_of_the_mean_one() -> None:
    labels = np.repeat([0, 1, 2], [220, 90, 9])
    space = labels[:, None].astype(float)
    assert np.bincount(merge_tiny(labels, space)).tolist() == [220, 99]  # the mean theme has 106
    assert np.bincount(merge_tiny(labels[220:], space[220:])).tolist() == [90, 9]


def test_nothing_is_merged_where_there_is_one_theme_or_none() -> None:
    assert merge_tiny(whole(2), np.zeros((2, 1)), least=5).tolist() == [0, 0]
    assert merge_tiny(np.asarray([-1, -1]), np.zeros((2, 1)), least=5).tolist() == [-1, -1]
    assert merge_tiny(whole(0), np.zeros((0, 3)), least=5).tolist() == []
    assert merge_tiny(np.asarray([-1, 0, 1, 1]), np.zeros((4, 1)), least=2).tolist() == [-1, 0, 0, 0]


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="3 labels for 4 texts"):
        merge_tiny(whole(3), np.zeros((4, 2)))


def test_numbers_follow_size_then_the_first_document_and_none_stays_none() -> None:
    assert renumber(np.asarray([7, 7, 2, -1, 2, 5, 5, 5])).tolist() == [1, 1, 2, -1, 2, 0, 0, 0]
    assert renumber(np.asarray([], dtype=np.int64)).tolist() == []
