"""Labelled sentences → a model. Knows scikit-learn; scoring never needs this room.

The steps: decision values come out of fold, groups never straddling a fold; sigmoid and thresholds are fitted on them; the
coefficients are fitted on everything.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.calibrating import (
    Calibration,
    fit_sigmoid,
    threshold_for_f1,
    threshold_for_precision,
    weights_at_rate,
)
from classifier.features import FeatureSettings
from classifier.fitting import fit
from classifier.labelled_set import LabelledSentence
from classifier.scorer import sigmoid
from classifier.weights import Weights

FOLDS = 5
CONTESTED = "contested"
RATE = 0.02
NEVER = Calibration(1.0, 0.0, 2.0, 2.0)  # of an output with too few positives to learn from
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to fit. `rate`: the share of sentences that carry a framing, on average, in the text that probabilities should fit.

    A framing is flagged where, out of fold and at that rate, `flagged_precision` of what is flagged is right, and never below
    `flagged_floor`; it is unsure from `unsure_probability` on.
    """

    features: FeatureSettings = FeatureSettings()
    rate: float = RATE
    flagged_precision: float = 0.7
    flagged_floor: float = 0.5
    unsure_probability: float = 0.2
    minimum_positives: int = 10


@dataclass(frozen=True)
class OutOfFold:
    """Decision values of sentences that the fitted fold had not seen: (n, K) beside the (n, K) truth."""

    decisions: Floats
    targets: Booleans
    masks: list[Booleans]


def targets_of(rows: Sequence[LabelledSentence], framings: Sequence[str]) -> Booleans:
    """Return (n, K): which framings each row carries and, last, whether it is contested."""
    return np.array([[f in row.labels for f in framings] + [row.stance == CONTESTED] for row in rows], dtype=bool)


def masks_of(targets: Booleans) -> list[Booleans]:
    """Return the rows that each output learns from: all for a framing, those with a framing for stance."""
    everything = np.ones(len(targets), dtype=bool)
    is_framed: Booleans = np.asarray(targets[:, :-1].any(axis=1))
    return [everything] * (targets.shape[1] - 1) + [is_framed]


def fold_of(group: str) -> int:
    """Return the fold of a group, from its SHA-256: the same on every machine and whatever else is in the set."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") % FOLDS


def out_of_fold(rows: Sequence[LabelledSentence], framings: Sequence[str], settings: TrainingSettings) -> OutOfFold:
    """Return every row's decision values from a model fitted without its fold."""
    targets = targets_of(rows, framings)
    masks = masks_of(targets)
    folds = np.array([fold_of(row.group) for row in rows])
    texts = np.array([row.text for row in rows], dtype=object)
    decisions = np.zeros(targets.shape)
    for fold in range(FOLDS):
        held, kept = folds == fold, folds != fold
        if held.any() and kept.any():
            fitted = fit(texts[kept], targets[kept], [mask[kept] for mask in masks], settings.features)
            decisions[held] = fitted.decisions(texts[held])
    return OutOfFold(decisions, targets, masks)


def calibrate(found: OutOfFold, rows: Sequence[LabelledSentence], settings: TrainingSettings) -> list[Calibration]:
    """Return the sigmoid and thresholds of every output, from out-of-fold decisions at the stated rate.

    All framings share one sigmoid, fitted on their decisions together: a framing that is spoken of more often stays more
    probable, and none rests on its own few positives. Each has its own threshold.
    """
    weights = np.array([row.weight for row in rows])
    framings = found.targets.shape[1] - 1
    shared = _Pooled.of(found, [k for k in range(framings) if _is_learnable(found, k, settings)], weights, settings)
    return [shared.calibration(found, k, settings) for k in range(framings)] + [
        _calibrate_stance(found, weights, settings)
    ]


def _is_learnable(found: OutOfFold, k: int, settings: TrainingSettings) -> bool:
    is_positive = found.targets[found.masks[k], k]
    return bool(is_positive.sum() >= settings.minimum_positives and not is_positive.all())


@dataclass(frozen=True)
class _Pooled:
    """The sigmoid that the framings in `columns` share, and the (n, framings) weights that bring them to the stated rate."""

    columns: tuple[int, ...]
    slope: float
    offset: float
    weights: Floats

    @classmethod
    def of(cls, found: OutOfFold, columns: Sequence[int], row_weights: Floats, settings: TrainingSettings) -> "_Pooled":
        if not columns:
            return cls((), 1.0, 0.0, row_weights[:, None])
        decisions, is_positive = found.decisions[:, columns], found.targets[:, columns]
        weights = weights_at_rate(is_positive, np.repeat(row_weights[:, None], len(columns), axis=1), settings.rate)
        slope, offset = fit_sigmoid(decisions.ravel(), is_positive.ravel(), weights.ravel())
        return cls(tuple(columns), slope, offset, weights)

    def calibration(self, found: OutOfFold, k: int, settings: TrainingSettings) -> Calibration:
        if k not in self.columns:
            return NEVER
        probabilities = sigmoid(self.slope * found.decisions[:, k] + self.offset)
        weights = self.weights[:, self.columns.index(k)]
        own = threshold_for_precision(probabilities, found.targets[:, k], weights, settings.flagged_precision)
        flagged = max(own, settings.flagged_floor)
        return Calibration(self.slope, self.offset, min(settings.unsure_probability, flagged), flagged)


def _calibrate_stance(found: OutOfFold, row_weights: Floats, settings: TrainingSettings) -> Calibration:
    k = found.targets.shape[1] - 1
    if not _is_learnable(found, k, settings):
        return NEVER
    mask = found.masks[k]
    decisions, is_contested, weights = found.decisions[mask, k], found.targets[mask, k], row_weights[mask]
    slope, offset = fit_sigmoid(decisions, is_contested, weights)
    threshold = threshold_for_f1(sigmoid(slope * decisions + offset), is_contested, weights)
    return Calibration(slope, offset, threshold, threshold)


def contested_share(found: OutOfFold, rows: Sequence[LabelledSentence]) -> float:
    """Return the weighted share of contested sentences among those with a framing: what stance is calibrated to."""
    weights = np.array([row.weight for row in rows]) * found.masks[-1]
    return float((weights * found.targets[:, -1]).sum() / max(weights.sum(), 1e-12))


def fit_weights(
    rows: Sequence[LabelledSentence],
    framings: Sequence[str],
    calibrations: Sequence[Calibration],
    settings: TrainingSettings,
) -> Weights:
    """Return the weights fitted on all `rows`, with their calibration."""
    targets = targets_of(rows, framings)
    fitted = fit([row.text for row in rows], targets, masks_of(targets), settings.features)
    return Weights(
        outputs=(*framings, CONTESTED),
        terms=fitted.terms,
        idf=fitted.idf,
        coefficients=fitted.coefficients,
        intercepts=fitted.intercepts,
        quoted_phrase=fitted.quoted_phrase,
        slopes=np.array([c.slope for c in calibrations]),
        offsets=np.array([c.offset for c in calibrations]),
        thresholds=np.array([[c.unsure_from, c.flagged_from] for c in calibrations]),
    )
