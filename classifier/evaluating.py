"""How right a model is: precision, recall, average precision, calibration, with bootstrap intervals. Knows truth and numbers.

Micro and macro figures run over the framings with support. A framing without support is reported as `None`, never as 0 or 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
RESAMPLES = 1000
BINS = 10


@dataclass(frozen=True)
class Judged:
    """Probabilities beside the truth: (n, F) for framings; (n,) for stance, NaN where the truth has none.

    `groups` names the document (or family) of each sentence: the unit that the bootstrap resamples.
    """

    framings: tuple[str, ...]
    probabilities: Floats
    is_flagged: Booleans
    truth: Booleans
    is_called_contested: Booleans
    is_contested: Booleans
    groups: Sequence[str]

    def take(self, rows: NDArray[np.int64]) -> "Judged":
        """Return the same, for these rows only."""
        return Judged(
            self.framings,
            self.probabilities[rows],
            self.is_flagged[rows],
            self.truth[rows],
            self.is_called_contested[rows],
            self.is_contested[rows],
            [self.groups[i] for i in rows],
        )


def evaluate(judged: Judged, seed: int = 0, resamples: int = RESAMPLES) -> dict[str, Any]:
    """Return every figure that `framing evaluate --format json` prints, 95 % intervals of the overall ones included."""
    figures: dict[str, Any] = {"sentences": len(judged.groups), **overall(judged)}
    figures["per_framing"] = {name: _one_framing(judged, k) for k, name in enumerate(judged.framings)}
    figures["stance"] = _stance(judged)
    figures["calibration"] = calibration(judged)
    figures["intervals"] = _intervals(judged, seed, resamples)
    return figures


def overall(judged: Judged) -> dict[str, float | None]:
    """Return the micro and macro figures over the framings with support."""
    kept = judged.truth.any(axis=0)
    flagged, truth = judged.is_flagged[:, kept], judged.truth[:, kept]
    precision, recall, f1 = _precision_recall_f1(flagged, truth)
    per_framing = [_precision_recall_f1(flagged[:, k], truth[:, k])[2] or 0.0 for k in range(truth.shape[1])]
    aps = [average_precision(judged.probabilities[:, k], judged.truth[:, k]) for k in np.flatnonzero(kept)]
    return {
        "micro_f1": f1,
        "micro_precision": precision,
        "micro_recall": recall,
        "macro_f1": float(np.mean(per_framing)) if per_framing else None,
        "macro_ap": float(np.mean([ap for ap in aps if ap is not None])) if aps else None,
        "macro_ap_5": _macro_ap(judged, 5),
    }


def _macro_ap(judged: Judged, minimum: int) -> float | None:
    enough = np.flatnonzero(judged.truth.sum(axis=0) >= minimum)
    aps = [average_precision(judged.probabilities[:, k], judged.truth[:, k]) for k in enough]
    return float(np.mean([ap for ap in aps if ap is not None])) if aps else None


def average_precision(probabilities: Floats, truth: Booleans) -> float | None:
    """Return the mean precision at each true sentence, ranked by probability (ties share a rank); None without any."""
    if not truth.any():
        return None
    order = np.argsort(-probabilities, kind="stable")
    hits, values = truth[order], probabilities[order]
    last_of_tie = np.append(values[1:] != values[:-1], True)
    right = np.cumsum(hits)[last_of_tie]
    ranks = (np.arange(len(hits)) + 1)[last_of_tie]
    return float(np.sum(np.diff(np.concatenate([[0], right])) * right / ranks) / right[-1])


def calibration(judged: Judged) -> dict[str, float]:
    """Return the expected calibration error (ten equal-width bins, all framings pooled) and the Brier score."""
    p, y = judged.probabilities.ravel(), judged.truth.ravel()
    if not len(p):
        return {"ece": 0.0, "brier": 0.0}
    bins = reliability(judged)
    return {
        "ece": float(sum(n * abs(mean - share) for _, n, mean, share in bins) / len(p)),
        "brier": float(np.mean((p - y) ** 2)),
    }


def reliability(judged: Judged) -> list[tuple[float, int, float, float]]:
    """Return (lower edge, pairs, mean probability, share true) for each of the ten bins that holds any."""
    p, y = judged.probabilities.ravel(), judged.truth.ravel()
    bin_of = np.minimum((p * BINS).astype(int), BINS - 1)
    filled = [b for b in range(BINS) if (bin_of == b).any()]
    return [
        (b / BINS, int((bin_of == b).sum()), float(p[bin_of == b].mean()), float(y[bin_of == b].mean())) for b in filled
    ]


def _precision_recall_f1(called: Booleans, truth: Booleans) -> tuple[float | None, float | None, float | None]:
    both, calls, trues = int((called & truth).sum()), int(called.sum()), int(truth.sum())
    precision = both / calls if calls else None
    recall = both / trues if trues else None
    return precision, recall, 2 * both / (calls + trues) if calls + trues else None


def _one_framing(judged: Judged, k: int) -> dict[str, Any]:
    support = int(judged.truth[:, k].sum())
    if not support:
        return {
            "precision": None,
            "recall": None,
            "f1": None,
            "ap": None,
            "support": 0,
            "false_flags": int(judged.is_flagged[:, k].sum()),
        }
    precision, recall, f1 = _precision_recall_f1(judged.is_flagged[:, k], judged.truth[:, k])
    ap = average_precision(judged.probabilities[:, k], judged.truth[:, k])
    return {"precision": precision, "recall": recall, "f1": f1, "ap": ap, "support": support}


def _stance(judged: Judged) -> dict[str, Any]:
    framed = judged.truth.any(axis=1)
    support = int(judged.is_contested[framed].sum())
    f1 = _precision_recall_f1(judged.is_called_contested[framed], judged.is_contested[framed])[2] if support else None
    return {"contested_f1": f1, "support": support}


def _intervals(judged: Judged, seed: int, resamples: int) -> dict[str, list[float]]:
    """Return 95 % percentile intervals (Efron 1979), resampling whole groups with replacement."""
    generator = np.random.default_rng(seed)
    groups = np.unique(np.array(judged.groups), return_inverse=True)[1]
    order = np.argsort(groups, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(groups))[:-1])
    draws: dict[str, list[float]] = {}
    for _ in range(resamples):
        rows = np.concatenate([members[i] for i in generator.integers(len(members), size=len(members))])
        sample = judged.take(rows)
        figures = {**overall(sample), **calibration(sample), "contested_f1": _stance(sample)["contested_f1"]}
        for name, value in figures.items():
            if value is not None:
                draws.setdefault(name, []).append(value)
    return {name: [float(v) for v in np.percentile(values, [2.5, 97.5])] for name, values in sorted(draws.items())}
