"""Stability: planted numbers of groups are found, people's rule decides where it says nothing, sizes and seeds hold."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score

from pipeline.topics.stability import (
    STEPS,
    Curve,
    _agreement,
    candidates,
    choose,
    recovered,
    stability_curve,
    topic_stability,
)


@pytest.fixture(autouse=True)
def no_warning() -> object:
    """A warning of a library would stand on the terminal of somebody who cannot act on it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def blobs(n_rows: int, n_groups: int, noise: float = 0.1) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Return groups on a circle in 5 dimensions: none is nearer to a further one than another is."""
    chance = np.random.default_rng(0)
    angles = 2 * np.pi * np.arange(n_groups) / n_groups
    centres = np.zeros((n_groups, 5))
    centres[:, 0], centres[:, 1] = np.cos(angles), np.sin(angles)
    groups = np.arange(n_rows) % n_groups
    return (centres[groups] + chance.normal(size=(n_rows, 5)) * noise).astype(np.float32), groups


def curve(means: dict[int, float]) -> Curve:
    return Curve(tuple(means), np.asarray(list(means.values()))[:, None].repeat(2, axis=1))


@pytest.mark.parametrize(("n_groups", "rule"), [(3, 6), (4, 6), (5, 4)])
def test_the_planted_number_of_groups_is_the_most_stable_and_is_chosen(n_groups: int, rule: int) -> None:
    space, _ = blobs(150, n_groups)
    found = stability_curve(space, candidates(rule, 150))
    assert found.numbers[int(found.means.argmax())] == n_groups
    assert found.means.max() > 0.95
    assert choose(found, rule) == n_groups


def test_noise_without_groups_leaves_the_rule_of_thumb() -> None:
    space = np.random.default_rng(1).uniform(size=(400, 5)).astype(np.float32)
    found = stability_curve(space, candidates(9, 400))
    assert found.means.max() < 0.8
    assert abs(choose(found, 9) - 9) <= 2


def test_identical_texts_leave_the_rule_of_thumb() -> None:
    found = stability_curve(np.ones((40, 5), dtype=np.float32), candidates(5, 40))
    assert found.means.tolist() == [1.0] * len(found.numbers)
    assert choose(found, 5) == 5


def test_the_number_nearest_the_rule_of_thumb_wins_among_those_about_as_stable_as_the_best() -> None:
    assert choose(curve({4: 0.95, 6: 0.93, 8: 0.88, 12: 0.85}), 8) == 8
    assert choose(curve({4: 0.95, 6: 0.93, 8: 0.80, 12: 0.75}), 8) == 6
    assert choose(curve({4: 0.80, 8: 0.80, 13: 0.95}), 8) == 13
    assert choose(curve({4: 0.95, 6: 0.93, 8: 0.80}), 8, tolerance=0) == 4


def test_of_two_numbers_as_near_the_larger_one_is_chosen() -> None:
    assert choose(curve({4: 0.9, 8: 0.5, 16: 0.9}), 8) == 16
    assert choose(curve({6: 0.9, 8: 0.5, 10: 0.9}), 8) == 10  # 10/8 is nearer than 8/6


def test_numbers_outside_half_and_twice_the_rule_of_thumb_are_shown_and_not_chosen() -> None:
    assert choose(curve({2: 1.0, 5: 0.7, 8: 0.7, 17: 1.0}), 8) == 8
    assert choose(curve({2: 1.0}), 8) == 8
    assert choose(Curve((), np.empty((0, 10))), 4) == 4


@given(rule=st.integers(4, 20), n_texts=st.integers(0, 5000))
def test_candidates_hold_the_rule_of_thumb_and_nothing_that_cannot_be_chosen(rule: int, n_texts: int) -> None:
    found = candidates(rule, n_texts)
    assert len(found) <= 2 * STEPS + 1 and list(found) == sorted(set(found))
    assert all(2 <= k <= n_texts and rule <= 2 * k and k <= 2 * rule for k in found)
    assert (rule in found) == (n_texts >= rule)


def test_candidates_are_closer_where_numbers_are_small() -> None:
    assert candidates(4, 100) == (2, 3, 4, 5, 6, 7, 8)
    assert candidates(8, 300) == (4, 5, 6, 7, 8, 10, 11, 13, 16)
    assert candidates(16, 4000) == (8, 10, 11, 13, 16, 19, 23, 27, 32)
    assert candidates(16, 12) == (8, 10, 11)


def test_the_same_seed_gives_the_same_curve_and_another_one_other_samples() -> None:
    space, labels = blobs(80, 4, noise=0.4)
    first = stability_curve(space, [3, 4, 6])
    again = stability_curve(space.copy(), [6, 3, 4, 4])
    other = stability_curve(space, [3, 4, 6], random_state=7)
    assert first.numbers == again.numbers == (3, 4, 6)
    assert first.agreements.tobytes() == again.agreements.tobytes() != other.agreements.tobytes()
    assert topic_stability(space, labels).tobytes() == topic_stability(space, labels).tobytes()


def test_mean_spread_and_error_are_those_of_the_samples() -> None:
    found = Curve((2, 3), np.asarray([[0.5, 0.7, 0.9], [1.0, 1.0, 1.0]]))
    assert found.means == pytest.approx([0.7, 1.0])
    assert found.spreads == pytest.approx([0.2, 0.0])
    assert found.errors == pytest.approx([0.2 / 3**0.5, 0.0])
    assert Curve((2,), np.asarray([[0.5]])).spreads.tolist() == [0.0]


@pytest.mark.parametrize("n_rows", [0, 1, 2, 3, 5, 12])
def test_few_texts_give_a_short_curve_and_no_error(n_rows: int) -> None:
    space, _ = blobs(n_rows, 2)
    found = stability_curve(space, candidates(4, n_rows))
    assert np.isfinite(found.agreements).all() and found.agreements.shape == (len(found.numbers), 10)
    assert choose(found, 4) >= 2
    stable = topic_stability(space, np.zeros(n_rows, dtype=np.int64))
    assert stable.tolist() == [1.0] * min(n_rows, 1)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40))
def test_agreement_is_the_adjusted_mutual_information(pairs: list[tuple[int, int]]) -> None:
    first, second = np.asarray(pairs, dtype=np.int64).T
    assert _agreement(first, second) == pytest.approx(adjusted_mutual_info_score(first, second), abs=1e-6)


def test_a_theme_apart_is_sure_and_one_cut_out_of_noise_is_not() -> None:
    chance = np.random.default_rng(0)
    apart = chance.normal(size=(60, 5)) * 0.05 + 5
    noise = chance.uniform(size=(200, 5))
    labels = np.concatenate([np.zeros(60), 1 + (noise[:, 0] * 5).astype(int)]).astype(np.int64)
    stable = topic_stability(np.vstack([apart, noise]), labels)
    assert stable.shape == (6,)
    assert stable[0] > 0.95
    assert stable[1:].max() < 0.75


def test_texts_without_a_theme_and_empty_themes_do_not_count() -> None:
    space, labels = blobs(90, 3)
    whole = topic_stability(space, labels)
    assert whole == pytest.approx([1, 1, 1], abs=0.02)
    far = np.vstack([space, np.full((30, 5), 9, dtype=np.float32)])
    assert topic_stability(far, np.append(labels, np.full(30, -1))) == pytest.approx(whole)
    with_gap = np.where(labels == 2, 4, labels)
    found = topic_stability(space, with_gap)
    assert found[[0, 1, 4]] == pytest.approx(whole) and found[[2, 3]].tolist() == [0, 0]
    assert topic_stability(space, np.full(90, -1)).shape == (0,)


def test_a_theme_in_few_texts_is_judged_on_the_samples_that_hold_it() -> None:
    space, labels = blobs(60, 2)
    space = np.vstack([space, np.full((1, 5), 9, dtype=np.float32)])
    assert topic_stability(space, np.append(labels, 2))[2] > 0.8


def test_recovered_is_the_jaccard_similarity_of_the_best_group() -> None:
    labels = np.asarray([0, 0, 0, 0, 1, 1, 2, -1])
    found = np.asarray([5, 5, 5, 1, 1, 1, -1, 5])
    assert recovered(labels, found, 4) == pytest.approx([3 / 5, 2 / 3, 0, 0])
    assert recovered(labels, np.full(8, -1), 3).tolist() == [0, 0, 0]
    assert recovered(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0).shape == (0,)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.integers(5, 40), st.integers(1, 5))
def test_how_sure_a_theme_is_lies_between_0_and_1_whatever_its_number(seed: int, n_rows: int, n_topics: int) -> None:
    chance = np.random.default_rng(seed)
    space, labels = chance.normal(size=(n_rows, 5)), chance.integers(-1, n_topics, n_rows)
    stable = topic_stability(space, labels, resamples=3)
    assert len(stable) == labels.max(initial=-1) + 1
    assert ((stable >= 0) & (stable <= 1)).all()


def test_what_cannot_be_is_refused_in_a_line() -> None:
    space, labels = blobs(20, 2)
    with pytest.raises(ValueError, match="0 themes: at least 1"):
        stability_curve(space, [0, 3])
    with pytest.raises(ValueError, match="0 samples: at least 1"):
        stability_curve(space, [3], resamples=0)
    with pytest.raises(ValueError, match=r"share 1\.0 is not between 0 and 1"):
        topic_stability(space, labels, share=1.0)
    with pytest.raises(ValueError, match="3 labels for 20 texts"):
        topic_stability(space, labels[:3])
