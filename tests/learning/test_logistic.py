from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pipeline.learning.logistic import fit_logistic, log_loss, scale_and_shift

GENERATOR = np.random.default_rng(3)
MATRIX = GENERATOR.normal(size=(40, 6))
GIVEN = (MATRIX[:, :2] + GENERATOR.normal(0, 0.7, (40, 2)) > 0.3).astype(float)
NOTHING = np.zeros_like(GIVEN)


def test_the_fit_is_the_penalised_logistic_regression():
    scale = 2.0
    dual, _ = fit_logistic(scale * MATRIX @ MATRIX.T, GIVEN, NOTHING)
    for theme in range(2):
        model = LogisticRegression(C=scale, fit_intercept=False, tol=1e-8, max_iter=1000).fit(MATRIX, GIVEN[:, theme])
        assert scale * MATRIX.T @ dual[:, theme] == pytest.approx(model.coef_[0], abs=1e-3)


def test_what_is_left_out_is_near_to_what_a_fit_without_it_says():
    kernel = 0.5 * MATRIX @ MATRIX.T
    dual, left_out = fit_logistic(kernel, GIVEN, NOTHING)
    true = np.zeros_like(left_out)
    for i in range(len(MATRIX)):
        others = np.arange(len(MATRIX)) != i
        alone, _ = fit_logistic(kernel[np.ix_(others, others)], GIVEN[others], NOTHING[others])
        true[i] = kernel[i, others] @ alone
    assert np.abs(left_out - true).max() < 0.25 * np.abs(true).max()
    assert log_loss(left_out, GIVEN) == pytest.approx(log_loss(true, GIVEN), abs=0.02)
    assert log_loss(kernel @ dual, GIVEN) < log_loss(left_out, GIVEN)


def test_far_off_expectations_end_in_finite_numbers():
    dual, left_out = fit_logistic(30 * MATRIX @ MATRIX.T, GIVEN, np.where(GIVEN > 0, -60.0, 60.0))
    assert np.isfinite(dual).all() and np.isfinite(left_out).all()


def test_all_or_none_given_is_learned():
    for value in (0.0, 1.0):
        dual, left_out = fit_logistic(MATRIX @ MATRIX.T + 1, np.full_like(GIVEN, value), NOTHING)
        assert np.isfinite(dual).all() and (np.sign(left_out.mean()) == (1 if value else -1))


def test_scale_and_shift_find_what_logits_lack():
    logits = GENERATOR.normal(0, 2, (500, 8))
    given = (GENERATOR.random(logits.shape) < 1 / (1 + np.exp(-(0.5 * logits - 1)))).astype(float)
    scale, shift = scale_and_shift(logits, given)
    assert scale == pytest.approx(0.5, abs=0.1) and shift == pytest.approx(-1, abs=0.15)
