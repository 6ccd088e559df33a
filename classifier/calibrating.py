"""Decision values → probabilities that are right at a stated rate, and the thresholds that follow. Knows numbers only.

The labelled set is enriched: framings are far commoner in it than in what government publishes. Each side is therefore
reweighted before the sigmoid is fitted (Platt 1999; prior shift after Saerens, Latinne and Decaestecker 2002): the positives
together weigh `rate`, the negatives `1 - rate`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Calibration:
    """`probability = sigmoid(slope · decision + offset)`; flagged and unsure from these probabilities."""

    slope: float
    offset: float
    unsure_from: float
    flagged_from: float


def weights_at_rate(is_positive: Booleans, weights: Floats, rate: float) -> Floats:
    """Return `weights` rescaled so that the positives sum to `rate` and the negatives to `1 - rate`."""
    scaled = weights.astype(np.float64).copy()
    scaled[is_positive] *= rate / scaled[is_positive].sum()
    scaled[~is_positive] *= (1 - rate) / scaled[~is_positive].sum()
    return scaled


def fit_sigmoid(decisions: Floats, is_positive: Booleans, weights: Floats) -> tuple[float, float]:
    """Return (slope, offset) by weighted maximum likelihood; the slope is never negative."""
    scaled = weights * len(weights) / weights.sum()
    fitted = LogisticRegression(C=1e6, solver="lbfgs", max_iter=1000, tol=1e-8)
    fitted.fit(decisions[:, None], is_positive, sample_weight=scaled)
    return max(float(fitted.coef_[0, 0]), 0.0), float(fitted.intercept_[0])


def threshold_for_precision(probabilities: Floats, is_positive: Booleans, weights: Floats, precision: float) -> float:
    """Return the lowest threshold at and above which the weighted precision is at least `precision`; 1.0 if none is."""
    order = np.argsort(-probabilities, kind="stable")
    right = np.cumsum((weights * is_positive)[order])
    share = right / np.cumsum(weights[order])
    good = np.flatnonzero(share >= precision)
    return float(probabilities[order][good[-1]]) if len(good) else 1.0


def threshold_for_f1(probabilities: Floats, is_positive: Booleans, weights: Floats) -> float:
    """Return the threshold at and above which the weighted F1 is greatest."""
    order = np.argsort(-probabilities, kind="stable")
    right = np.cumsum((weights * is_positive)[order])
    f1 = 2 * right / (np.cumsum(weights[order]) + (weights * is_positive).sum())
    return float(probabilities[order][np.argmax(f1)])
