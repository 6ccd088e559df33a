"""Why a sentence got its score: the exact contribution of every term, and the spans that raised it. Knows one sentence at a time.

The contributions of a framing and its calibrated intercept add up to the log-odds that `Model.logits` returns.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.features import stem, words
from classifier.model import Model
from classifier.records import Cue

MAX_CUES = 3
_CUE_SHARE = 0.12  # a word belongs to a cue when it brings at least this share of the strongest word's weight


@dataclass(frozen=True, slots=True)
class Contribution:
    """One term's part of a calibrated log-odds: `weight · count` after scaling by the sentence's length."""

    term: str
    count: int
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything behind one probability: `sum(c.value) + intercept == logit`, exactly up to rounding."""

    framing: str
    contributions: tuple[Contribution, ...]
    raw_intercept: float
    slope: float
    offset: float
    logit: float
    probability: float
    unsure_from: float
    flagged_from: float

    @property
    def intercept(self) -> float:
        """The calibrated intercept, `slope · raw_intercept + offset`."""
        return self.slope * self.raw_intercept + self.offset


def explain(model: Model, sentence: str, output: str) -> Explanation:
    """Return the exact account of `output`'s probability for one sentence; `output` is one of `model.weights.outputs`."""
    weights = model.weights
    k = weights.outputs.index(output)
    columns = model.term_columns([stem(word) for word in words(sentence)])
    counts = Counter(columns)
    values = _values(model, list(counts), np.array(list(counts.values())), k)
    found = [Contribution(weights.terms[c], counts[c], float(v)) for c, v in zip(counts, values, strict=True)]
    contributions = tuple(sorted(found, key=lambda contribution: -abs(contribution.value)))
    raw, slope, offset = (float(a[k]) for a in (weights.intercepts, weights.slopes, weights.offsets))
    logit = float(sum(c.value for c in contributions) + slope * raw + offset)
    unsure_from, flagged_from = (float(v) for v in weights.thresholds[k])
    probability = float(1 / (1 + np.exp(-logit)))
    return Explanation(output, contributions, raw, slope, offset, logit, probability, unsure_from, flagged_from)


def _values(model: Model, columns: Sequence[int], counts: NDArray[np.int64], output: int) -> NDArray[np.float64]:
    """Return each term's part of the logit, all its occurrences together."""
    rows = model.weights.rows(np.array(columns, dtype=np.int64)) * counts[:, None]
    return np.asarray(rows[:, output] / model.scale(rows[:, -1].sum()))


def cues(model: Model, sentence: str, outputs: Sequence[int], offset: int = 0) -> list[tuple[Cue, ...]]:
    """Return, for each output column in `outputs`, the strongest spans of `sentence`; `offset` is added to positions.

    A pair's weight is shared equally by its two words, so the words' weights add up to the logit less its intercept.
    """
    spans, shares = model.shares(sentence)
    return [_spans_to_cues(sentence, spans, shares[:, k], offset) for k in outputs]


def _spans_to_cues(
    sentence: str, spans: Sequence[tuple[int, int]], weights: NDArray[np.float64], offset: int
) -> tuple[Cue, ...]:
    if not len(weights) or weights.max() <= 0:
        return ()
    strong = weights >= _CUE_SHARE * weights.max()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], strong, [False]]).astype(np.int8)))
    runs = [(first, last, float(weights[first:last].sum())) for first, last in edges.reshape(-1, 2)]
    runs.sort(key=lambda run: -run[2])
    found = [
        _cue(sentence, spans[first][0], spans[last - 1][1], weight, offset) for first, last, weight in runs[:MAX_CUES]
    ]
    return tuple(sorted(found, key=lambda cue: cue.start))


def _cue(sentence: str, start: int, end: int, weight: float, offset: int) -> Cue:
    return Cue(start + offset, end + offset, sentence[start:end], round(weight, 4))
