"""The regressions and the calibration, on numbers small enough to check."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from classifier.estimator import RatioRegression, fit_outputs, log_count_ratios
from classifier.training import OutOfFold, TrainingSettings, calibrate

X = sparse.csr_matrix([[4.0, 0, 1], [3, 0, 1], [0, 2, 1], [0, 1, 1], [0, 3, 1], [1, 0, 1]])
Y = np.array([True, True, False, False, False, False])


def test_a_term_that_tells_nothing_apart_gets_the_smallest_ratio():
    ratios = log_count_ratios(X, Y, 0.3)
    assert ratios[2] == min(ratios)
    assert log_count_ratios(X, Y, 0.0).tolist() == [1, 1, 1]


def test_a_term_that_speaks_against_a_framing_counts_for_half_of_one_that_speaks_as_clearly_for_it():
    for_it, against = log_count_ratios(sparse.csr_matrix([[3.0, 1], [1, 3]]), np.array([True, False]), 0.3)
    assert for_it == pytest.approx(1)
    assert against == pytest.approx(0.5)


def test_what_is_learned_on_scaled_terms_are_weights_of_the_plain_terms():
    ratios = log_count_ratios(X, Y, 0.3)
    scaled = sparse.csr_matrix(X @ sparse.diags(ratios))
    peer = LogisticRegression(C=5.0, class_weight="balanced", solver="liblinear", random_state=0, tol=0.01)
    expected = peer.fit(scaled, Y).decision_function(scaled)
    fitted = RatioRegression(5.0, 0.3).fit(X, Y)
    np.testing.assert_allclose(fitted.decision_function(X), expected, atol=1e-12)
    np.testing.assert_allclose(X @ fitted.coef_[0] + fitted.intercept_[0], expected, atol=1e-12)
    assert (fitted.predict(X) == peer.predict(scaled)).all()


def test_an_output_that_never_holds_gets_no_weight_at_all():
    targets = np.stack([Y, np.zeros(6, dtype=bool)], axis=1)
    coefficients, intercepts, _ = fit_outputs(X, targets, [np.ones(6, dtype=bool)] * 2, np.zeros(6, dtype=bool))
    assert coefficients.shape == (3, 2)
    assert not coefficients[:, 1].any()
    assert intercepts[1] == -10


class Row:
    weight = 1.0


def decided(positives: int, seed: int = 0) -> OutOfFold:
    """Decisions on 4,000 sentences: a framing with 400 positives, one with `positives`, and no stance to learn."""
    draw = np.random.default_rng(seed).normal
    targets = np.zeros((4000, 3), dtype=bool)
    targets[:400, 0] = targets[400 : 400 + positives, 1] = True
    decisions = np.where(targets, draw(3, 1.5, targets.shape), draw(-3, 1.5, targets.shape))
    everything = np.ones(4000, dtype=bool)
    return OutOfFold(decisions, targets, [everything, everything, targets[:, :2].any(axis=1)])


def test_framings_share_a_sigmoid_and_keep_thresholds_of_their_own():
    common, rare, stance = calibrate(decided(20), [Row()] * 4000, TrainingSettings())
    assert (common.slope, common.offset) == (rare.slope, rare.offset)
    assert rare.flagged_from > common.flagged_from >= 0.5
    assert stance.flagged_from > 1


def test_probabilities_are_right_at_the_stated_rate():
    found = decided(400)
    calibrations = calibrate(found, [Row()] * 4000, TrainingSettings(rate=0.1))
    probabilities = 1 / (1 + np.exp(-(found.decisions[:, 0] * calibrations[0].slope + calibrations[0].offset)))
    assert probabilities.mean() == pytest.approx(0.1, abs=0.01)


def test_a_framing_with_too_few_positives_is_never_called():
    common, rare, _ = calibrate(decided(9), [Row()] * 4000, TrainingSettings())
    assert common.flagged_from <= 1
    assert rare.unsure_from > 1
