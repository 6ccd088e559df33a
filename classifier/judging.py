"""Sentences with known labels → probabilities beside the truth, from a model or out of fold. Knows models and labelled rows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.calibrating import Calibration
from classifier.evaluating import Judged
from classifier.labelled_set import LabelledSentence
from classifier.model import Model
from classifier.scorer import sigmoid
from classifier.stance import at_share, own_share
from classifier.training import OutOfFold, targets_of

Floats = NDArray[np.float64]


def judge(model: Model, rows: Sequence[LabelledSentence]) -> Judged:
    """Return the model's probabilities for `rows`, beside their labels."""
    probabilities = model.probabilities([row.text for row in rows])
    probabilities[:, -1] = _in_its_document(model, probabilities, rows)
    thresholds = np.array([output.flagged_from for output in model.outputs])
    return _judged(model.framings, probabilities, thresholds, targets_of(rows, model.framings), rows)


def _in_its_document(model: Model, probabilities: Floats, rows: Sequence[LabelledSentence]) -> Floats:
    """Return (n,): how probably each row is contested, moved to the share of its document as scoring does."""
    usual = model.contested_share
    unsure_from = np.array([output.unsure_from for output in model.outputs[:-1]])
    is_reported = np.any(probabilities[:, :-1] >= unsure_from, axis=1).tolist()
    documents: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        documents.setdefault(row.document or row.id, []).append(i)
    found = probabilities[:, -1].copy()
    for members in documents.values():
        share = own_share([float(found[i]) for i in members if is_reported[i]], usual)
        found[members] = [at_share(float(found[i]), usual, share) for i in members]
    return found


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
