"""How right a model is: precision, recall, average precision, calibration, with bootstrap intervals. Knows truth and numbers.

Micro and macro figures run over the framings with support. A framing without support is reported as `None`, never as 0 or 1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
RESAMPLES = 1000
BINS = 10
FREQUENT = 5  # positives from which a framing counts in `macro_ap_5`


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


Ranking = tuple[NDArray[np.int64], NDArray[np.int64]]


def evaluate(judged: Judged, seed: int = 0, resamples: int = RESAMPLES) -> dict[str, Any]:
    """Return every figure that `framing evaluate --format json` prints, 95 % intervals of the overall ones included."""
    ones = np.ones(len(judged.groups))
    rankings = [rank(column) for column in judged.probabilities.T]
    figures: dict[str, Any] = {"sentences": len(judged.groups), **overall(judged, rankings, ones)}
    figures["per_framing"] = {name: _one_framing(judged, k, rankings[k]) for k, name in enumerate(judged.framings)}
    framed = judged.truth.any(axis=1)
    support = int(judged.is_contested[framed].sum())
    figures["stance"] = {"contested_f1": contested_f1(judged, ones), "support": support}
    figures["calibration"] = calibration(judged, ones)
    figures["intervals"], own = _intervals(judged, rankings, seed, resamples)
    for name, intervals in own.items():
        figures["per_framing"][name]["intervals"] = intervals
    return figures


def overall(judged: Judged, rankings: Sequence[Ranking], weights: Floats) -> dict[str, float | None]:
    """Return the micro and macro figures over the framings with support, each sentence counting `weights` times."""
    both, calls, trues = _counts(judged.is_flagged, judged.truth, weights)
    kept = np.flatnonzero(trues > 0)
    precision, recall, f1 = _precision_recall_f1(both[kept].sum(), calls[kept].sum(), trues[kept].sum())
    f1s = [_precision_recall_f1(both[k], calls[k], trues[k])[2] for k in kept]
    aps = {k: average_precision(judged.truth[:, k], rankings[k], weights) for k in map(int, kept)}
    frequent = [aps[int(k)] for k in kept if judged.truth[:, k].sum() >= FREQUENT]
    return {
        "micro_f1": f1,
        "micro_precision": precision,
        "micro_recall": recall,
        "macro_f1": _mean(f1s),
        "macro_ap": _mean(list(aps.values())),
        "macro_ap_5": _mean(frequent),
    }


def rank(probabilities: Floats) -> Ranking:
    """Return (order, ends): sentences from the most probable down, and where each run of equal values ends."""
    order = np.argsort(-probabilities, kind="stable")
    values = probabilities[order]
    return order, np.flatnonzero(np.append(values[1:] != values[:-1], True))


def average_precision(truth: Booleans, ranking: Ranking, weights: Floats) -> float | None:
    """Return the mean precision at each true sentence, ranked by probability (ties share a rank); None without any."""
    order, ends = ranking
    right = np.cumsum((weights * truth)[order])[ends]
    seen = np.cumsum(weights[order])[ends]
    if not len(right) or right[-1] <= 0:
        return None
    gains = np.diff(right, prepend=0.0)
    reached = gains > 0
    return float(np.sum(gains[reached] * right[reached] / seen[reached]) / right[-1])


def contested_f1(judged: Judged, weights: Floats) -> float | None:
    """Return F1 for `contested` among the sentences that carry a framing; None where none is contested."""
    framed = judged.truth.any(axis=1)
    both, calls, trues = _counts(judged.is_called_contested[framed], judged.is_contested[framed], weights[framed])
    return _precision_recall_f1(both, calls, trues)[2] if trues > 0 else None


def calibration(judged: Judged, weights: Floats) -> dict[str, float]:
    """Return the expected calibration error (ten equal-width bins, all framings pooled) and the Brier score."""
    p, y = judged.probabilities.ravel(), judged.truth.ravel()
    repeated = np.repeat(weights, judged.truth.shape[1])
    bin_of = np.minimum((p * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bin_of, repeated * (p - y), BINS)
    total = repeated.sum()
    return {"ece": float(np.abs(gaps).sum() / total), "brier": float((repeated * (p - y) ** 2).sum() / total)}


def reliability(judged: Judged, weights: Floats | None = None) -> list[tuple[float, int, float, float]]:
    """Return (lower edge, pairs, mean probability, share true) for each of the ten bins that holds any.

    A pair is a sentence and a framing; `weights`, (n, F), says what each counts for in the two means, by default the same.
    """
    p, y = judged.probabilities.ravel(), judged.truth.ravel()
    w = np.ones(len(p)) if weights is None else weights.ravel()
    bin_of = np.minimum((p * BINS).astype(np.int64), BINS - 1)
    pairs, *sums = (np.bincount(bin_of, values, BINS) for values in (np.ones(len(p)), w, w * p, w * y))
    weight, mean, share = sums
    filled = np.flatnonzero(weight).tolist()
    return [(b / BINS, int(pairs[b]), float(mean[b] / weight[b]), float(share[b] / weight[b])) for b in filled]


def _counts(called: Booleans, truth: Booleans, weights: Floats) -> tuple[Any, Any, Any]:
    """Return how many sentences are rightly called, called and true: numbers, or arrays by column where there are columns."""
    return weights @ (called & truth), weights @ called, weights @ truth


def _precision_recall_f1(both: float, calls: float, trues: float) -> tuple[float | None, float | None, float | None]:
    precision = float(both / calls) if calls else None
    recall = float(both / trues) if trues else None
    return precision, recall, float(2 * both / (calls + trues)) if calls + trues else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _one_framing(judged: Judged, k: int, ranking: Ranking) -> dict[str, Any]:
    ones = np.ones(len(judged.groups))
    both, calls, trues = _counts(judged.is_flagged[:, k], judged.truth[:, k], ones)
    if not trues:
        return {"precision": None, "recall": None, "f1": None, "ap": None, "support": 0, "false_flags": int(calls)}
    precision, recall, f1 = _precision_recall_f1(both, calls, trues)
    ap = average_precision(judged.truth[:, k], ranking, ones)
    return {"precision": precision, "recall": recall, "f1": f1, "ap": ap, "support": int(trues)}


def _intervals(
    judged: Judged, rankings: Sequence[Ranking], seed: int, resamples: int
) -> tuple[dict[str, list[float]], dict[str, dict[str, list[float]]]]:
    """Return 95 % percentile intervals (Efron 1979), overall and by framing, resampling whole groups with replacement."""
    groups = np.unique(np.array(judged.groups), return_inverse=True)[1]
    draws: dict[str, list[float]] = {}
    own: dict[str, dict[str, list[float]]] = {name: {} for name in judged.framings}
    for weights in _resampled(groups, seed, resamples):
        figures = {**overall(judged, rankings, weights), **calibration(judged, weights)}
        figures["contested_f1"] = contested_f1(judged, weights)
        _collect(draws, figures)
        counts = np.array(_counts(judged.is_flagged, judged.truth, weights)).T
        for name, (both, calls, trues) in zip(judged.framings, counts, strict=True):
            precision, recall, _ = _precision_recall_f1(both, calls, trues)
            _collect(own[name], {"precision": precision, "recall": recall})
    return _percentiles(draws), {name: _percentiles(values) for name, values in own.items()}


def _resampled(groups: NDArray[np.int64], seed: int, resamples: int) -> Iterator[Floats]:
    """Yield how often each sentence counts when its groups are drawn anew with replacement."""
    generator = np.random.default_rng(seed)
    count = int(groups.max()) + 1
    for _ in range(resamples):
        yield np.bincount(generator.integers(count, size=count), minlength=count)[groups].astype(np.float64)


def _collect(draws: dict[str, list[float]], figures: Mapping[str, float | None]) -> None:
    for name, value in figures.items():
        if value is not None:
            draws.setdefault(name, []).append(value)


def _percentiles(draws: dict[str, list[float]]) -> dict[str, list[float]]:
    return {name: [float(v) for v in np.percentile(values, [2.5, 97.5])] for name, values in sorted(draws.items())}
