"""How far annotators agree: Cohen's kappa, Krippendorff's alpha, percent, F1, with bootstrap intervals. Knows annotations, no files.

    {"annotator": "a", "id": "q00002", "labels": ["voluntary_claim"]}

For each framing a sentence is a yes-or-no question. Overall figures pool the questions of all framings. A sentence that an
annotator has no row for, or `null` labels, is missing for that annotator: never a no. With more than two annotators, kappa, percent
and F1 are means over the pairs in which they are defined. Where nothing varies a figure is undefined: None.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import LabelledSetError

Floats = NDArray[np.float64]
RESAMPLES = 1000
_AT_ONCE = 50
_FIGURES = ("kappa", "alpha", "percent", "f1")


@dataclass(frozen=True)
class Annotations:
    """Who said what: `answers[annotator, unit, framing]` is 1 for yes, 0 for no, -1 where `is_labelled[annotator, unit]` is false."""

    annotators: tuple[str, ...]
    units: tuple[str, ...]
    framings: tuple[str, ...]
    answers: NDArray[np.int8]
    is_labelled: NDArray[np.bool_]


def parse_annotations(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Annotations:
    """Return annotations from (place, row) pairs; raise `LabelledSetError` naming the place of the first bad row."""
    given: dict[tuple[str, str], list[str] | None] = {}
    for where, row in rows:
        annotator, unit, labels = row.get("annotator"), row.get("id"), row.get("labels")
        if not (isinstance(annotator, str) and annotator and isinstance(unit, str) and unit):
            raise LabelledSetError(f"{where}: needs 'annotator' and 'id', both text.")
        if labels is not None and not (isinstance(labels, list) and all(isinstance(label, str) for label in labels)):
            raise LabelledSetError(
                f"{where}: 'labels' must be a list of framing ids, or null if the sentence was skipped."
            )
        if "labels" not in row:
            raise LabelledSetError(f"{where}: needs 'labels', a list of framing ids.")
        if (annotator, unit) in given:
            raise LabelledSetError(f"{where}: annotator '{annotator}' labelled '{unit}' twice.")
        given[annotator, unit] = labels
    return _annotations(given)


def _annotations(given: Mapping[tuple[str, str], list[str] | None]) -> Annotations:
    annotators = tuple(sorted({annotator for annotator, _ in given}))
    units = tuple(sorted({unit for _, unit in given}))
    framings = tuple(sorted({label for labels in given.values() for label in labels or ()}))
    rows, columns = _places(annotators), _places(units)
    answers = np.full((len(annotators), len(units), len(framings)), -1, dtype=np.int8)
    is_labelled = np.zeros(answers.shape[:2], dtype=bool)
    for (annotator, unit), labels in given.items():
        if labels is not None:
            answers[rows[annotator], columns[unit]] = [framing in labels for framing in framings]
            is_labelled[rows[annotator], columns[unit]] = True
    return Annotations(annotators, units, framings, answers, is_labelled)


def _places(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def agreement(annotations: Annotations, seed: int = 0, resamples: int = RESAMPLES) -> dict[str, Any]:
    """Return every figure that `framing agreement --format json` prints.

    Intervals hold 95 % of `resamples` bootstrap samples of units (percentile method, Efron 1979). Only units that two
    annotators or more have labelled count; `positives` are those that at least one of them marked.
    """
    twice = annotations.is_labelled.sum(axis=0) >= 2
    answers = annotations.answers[:, twice]
    counts = _Counts(answers)
    everything = np.ones((1, answers.shape[1]))
    point = counts.figures(everything)
    draws = _resampled(counts, answers.shape[1], seed, resamples)
    names = (*annotations.framings, None)
    tables = [_table(point, draws, k) | _positives(answers, k, len(names) - 1) for k in range(len(names))]
    return {
        "annotators": list(annotations.annotators),
        "units": len(annotations.units),
        "units_labelled_twice": int(twice.sum()),
        "overall": tables[-1],
        "per_framing": dict(zip(annotations.framings, tables[:-1], strict=True)),
    }


def _positives(answers: NDArray[np.int8], k: int, framings: int) -> dict[str, int]:
    chosen = answers if k == framings else answers[:, :, k : k + 1]
    return {"positives": int((chosen == 1).any(axis=0).sum())}


def _table(point: Mapping[str, Floats], draws: Mapping[str, Floats], k: int) -> dict[str, Any]:
    """Return the figures of column `k`, each as its value and its interval."""
    return {
        name: {"value": _value(point[name][0, k]), "interval": _interval(point, draws, name, k)} for name in _FIGURES
    }


def _value(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def _interval(point: Mapping[str, Floats], draws: Mapping[str, Floats], name: str, k: int) -> list[float] | None:
    defined = draws[name][:, k]
    defined = defined[~np.isnan(defined)]
    if np.isnan(point[name][0, k]) or not len(defined):
        return None
    return [float(bound) for bound in np.percentile(defined, [2.5, 97.5])]


def _resampled(counts: "_Counts", units: int, seed: int, resamples: int) -> dict[str, Floats]:
    generator = np.random.default_rng(seed)
    parts = []
    for first in range(0, resamples if units else 0, _AT_ONCE):
        size = min(_AT_ONCE, resamples - first)
        weights = generator.multinomial(units, np.full(units, 1 / units), size=size).astype(float)
        parts.append(counts.figures(weights))
    empty = np.zeros((0, counts.columns))
    return {name: np.concatenate([part[name] for part in parts]) if parts else empty for name in _FIGURES}


class _Counts:
    """What each unit adds to the figures, so that a resample is a product with its weights."""

    def __init__(self, answers: NDArray[np.int8]) -> None:
        self.columns = answers.shape[2] + 1
        pairs = combinations(range(len(answers)), 2)
        self.pairs = [_with_overall(_crossed(answers[a], answers[b])) for a, b in pairs]
        self.coincidences = _with_overall(_coincidences(answers))

    def figures(self, weights: Floats) -> dict[str, Floats]:
        """Return each figure as (resamples, framings and overall), NaN where it is undefined; `weights` is (resamples, units)."""
        crossed = [np.einsum("ru,ukc->rkc", weights, pair, optimize=True) for pair in self.pairs]
        shape = (len(weights), self.columns)
        return {
            "kappa": _mean([kappa(table) for table in crossed], shape),
            "alpha": alpha(np.einsum("ru,ukc->rkc", weights, self.coincidences, optimize=True)),
            "percent": _mean([percent(table) for table in crossed], shape),
            "f1": _mean([f1(table) for table in crossed], shape),
        }


def _with_overall(counts: Floats) -> Floats:
    """Return (units, framings + 1, …): the last column pools the framings."""
    return np.concatenate([counts, counts.sum(axis=1, keepdims=True)], axis=1)


def _crossed(a: NDArray[np.int8], b: NDArray[np.int8]) -> Floats:
    """Return (units, framings, 4): yes-yes, yes-no, no-yes, no-no of two annotators, zero where one is missing."""
    return np.stack([(a == x) & (b == y) for x, y in ((1, 1), (1, 0), (0, 1), (0, 0))], axis=2).astype(float)


def _coincidences(answers: NDArray[np.int8]) -> Floats:
    """Return (units, framings, 3): yes with yes, yes with no, no with no, each pair of m answers counted 1 / (m - 1)."""
    yes, no = (answers == 1).sum(axis=0), (answers == 0).sum(axis=0)
    others = np.maximum(yes + no - 1, 1)
    counts: Floats = np.stack([yes * (yes - 1), yes * no, no * (no - 1)], axis=2) / others[:, :, None]
    return counts


def kappa(table: Floats) -> Floats:
    """Return Cohen's kappa (1960) of (…, 4) tables: agreement beyond what the two shares of yes would give by chance."""
    both, first, second, neither = np.moveaxis(table, -1, 0)
    n = both + first + second + neither
    by_chance = (both + first) * (both + second) + (second + neither) * (first + neither)
    return _ratio(n * (both + neither) - by_chance, n * n - by_chance)


def alpha(coincidences: Floats) -> Floats:
    """Return Krippendorff's nominal alpha (2004) of (…, 3) coincidences: 1 - observed / expected disagreement."""
    yes_yes, yes_no, no_no = np.moveaxis(coincidences, -1, 0)
    yes, no = yes_yes + yes_no, no_no + yes_no
    return np.asarray(1 - _ratio((yes + no - 1) * yes_no, yes * no))


def percent(table: Floats) -> Floats:
    """Return the share of questions on which two annotators gave the same answer, 0 to 1."""
    return _ratio(table[..., 0] + table[..., 3], table.sum(axis=-1))


def f1(table: Floats) -> Floats:
    """Return the F1 of one annotator against the other (it is the same both ways)."""
    return _ratio(2 * table[..., 0], 2 * table[..., 0] + table[..., 1] + table[..., 2])


def _ratio(above: Floats, below: Floats) -> Floats:
    undefined = np.full(below.shape, np.nan)
    return np.asarray(np.divide(above, below, out=undefined, where=below > 0))


def _mean(figures: Sequence[Floats], shape: tuple[int, int]) -> Floats:
    """Return the mean over pairs of annotators, of those in which the figure is defined."""
    if not figures:
        return np.full(shape, np.nan)
    stacked = np.stack(figures)
    return _ratio(np.nansum(stacked, axis=0), (~np.isnan(stacked)).sum(axis=0).astype(float))
