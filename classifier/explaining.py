"""Why a sentence got its score: the exact contribution of every term, and the spans that raised it. Knows one sentence at a time.

The contributions of a framing and its calibrated intercept add up to its log-odds.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifier.features import Analyser, scale
from classifier.model import Account, Model, sigmoid
from classifier.records import Cue

MAX_CUES = 3
_CUE_SHARE = 0.12  # a word belongs to a cue when it brings at least this share of the strongest word's weight

_MARKED = re.compile(rb"\x01+")


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
    """Return the exact account of `output`'s probability for one sentence; `output` names one of `model.outputs`."""
    k = [own.name for own in model.outputs].index(output)
    own = model.outputs[k]
    counts = Counter(Analyser(model.settings)(sentence))
    rows = {term: row for term in counts if (row := model.row(term))}
    size = scale(math.fsum(counts[term] * row[-1] for term, row in rows.items()), model.settings.shortness)
    found = [Contribution(term, counts[term], counts[term] * row[k] / size) for term, row in rows.items()]
    contributions = tuple(sorted(found, key=lambda contribution: -abs(contribution.value)))
    logit = math.fsum(c.value for c in contributions) + own.calibrated_intercept
    calibration = (own.intercept, own.slope, own.offset)
    return Explanation(output, contributions, *calibration, logit, sigmoid(logit), own.unsure_from, own.flagged_from)


def cues(account: Account, output: int, sentence: str, offset: int = 0) -> tuple[Cue, ...]:
    """Return the strongest spans of `sentence` for one output, by its place; `offset` is added to positions."""
    weights = list(map(float, account.shares[output]))
    strongest = max(weights, default=0.0)
    if strongest <= 0:
        return ()
    runs = _runs(weights, _CUE_SHARE * strongest)
    weighed = sorted(((math.fsum(weights[first:last]), first, last) for first, last in runs), key=lambda run: -run[0])
    spans = account.spans
    found = [
        _cue(sentence, spans[first][0], spans[last - 1][1], weight, offset)
        for weight, first, last in weighed[:MAX_CUES]
    ]
    return tuple(sorted(found, key=lambda cue: cue.start))


def _runs(weights: Sequence[float], least: float) -> Iterator[tuple[int, int]]:
    """Yield the first place of every run of weights that are no less than `least`, and the place after its last."""
    marks = bytes(map(least.__le__, weights))
    return (run.span() for run in _MARKED.finditer(marks))


def _cue(sentence: str, start: int, end: int, weight: float, offset: int) -> Cue:
    return Cue(start + offset, end + offset, sentence[start:end], round(weight, 4))
