"""Sentences with known labels → probabilities beside the truth, from a model or out of fold. Knows models and labelled rows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.calibrating import Calibration, sigmoid
from classifier.evaluating import Judged
from classifier.labelled_set import LabelledSentence
from classifier.model import Model
from classifier.training import OutOfFold, targets_of

Floats = NDArray[np.float64]


def judge(model: Model, rows: Sequence[LabelledSentence]) -> Judged:
    """Return the model's probabilities for `rows`, beside their labels."""
    probabilities = model.probabilities([row.text for row in rows])
    thresholds = np.array([output.flagged_from for output in model.outputs])
    return _judged(model.framings, probabilities, thresholds, targets_of(rows, model.framings), rows)


def judge_out_of_fold(
    found: OutOfFold, framings: Sequence[str], calibrations: Sequence[Calibration], rows: Sequence[LabelledSentence]
) -> Judged:
    """Return out-of-fold probabilities beside the labels: what the model says of sentences that it has not seen."""
    logits = found.decisions * [c.slope for c in calibrations] + [c.offset for c in calibrations]
    thresholds = np.array([c.flagged_from for c in calibrations])
    return _judged(tuple(framings), sigmoid(logits), thresholds, found.targets, rows)


def _judged(
    framings: tuple[str, ...],
    probabilities: Floats,
    thresholds: Floats,
    targets: NDArray[np.bool_],
    rows: Sequence[LabelledSentence],
) -> Judged:
    called = probabilities >= thresholds
    groups = [row.group for row in rows]
    return Judged(
        framings, probabilities[:, :-1], called[:, :-1], targets[:, :-1], called[:, -1], targets[:, -1], groups
    )
