"""Why a sentence got its score: the exact contribution of every term, and the spans that raised it. Knows one sentence at a time.

The contributions of a framing and its calibrated intercept add up to its log-odds.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from classifier.accounts import Account, sigmoid
from classifier.features import Analyser, scale
from classifier.model import Model
from classifier.quoted_phrases import quoted_phrases
from classifier.records import Cue

MAX_CUES = 3
QUOTED_PHRASE = "“…”"  # how a phrase in quotation marks is called where terms are listed
_CUE_SHARE = 0.12  # a word belongs to a cue when it brings at least this share of the strongest word's weight

_MARKED = re.compile(rb"\x01+")


@dataclass(frozen=True, slots=True)
class Contribution:
    """One term's part of a calibrated log-odds: `weight · count`, scaled, of the sentence and of its loudest clause."""

    term: str
    count: int
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything behind one probability: `sum(c.value) + intercept == logit`, exactly up to rounding.

    clause: the clause that was weighed beside the sentence, None for no clause; clause_share: its part in the log-odds, 0 to 1.
    """

    framing: str
    contributions: tuple[Contribution, ...]
    raw_intercept: float
    slope: float
    offset: float
    logit: float
    probability: float
    unsure_from: float
    flagged_from: float
    clause: str | None
    clause_share: float

    @property
    def intercept(self) -> float:
        """The calibrated intercept, `slope · raw_intercept + offset`."""
        return self.slope * self.raw_intercept + self.offset


def explain(model: Model, sentence: str, output: str) -> Explanation:
    """Return the exact account of `output`'s probability for one sentence; `output` names one of `model.outputs`."""
    k = [own.name for own in model.outputs].index(output)
    own = model.outputs[k]
    clause, share = model.loudest_clause(sentence, k)
    analyse = Analyser(model.settings)
    counts = Counter(analyse(sentence))
    of_clause = _values(model, Counter(analyse(clause)), k) if clause else {}
    found = [
        Contribution(term, counts[term], (1 - share) * value + share * of_clause.get(term, 0.0))
        for term, value in _values(model, counts, k).items()
    ]
    if own.quoted_phrase and (phrases := quoted_phrases(sentence)):
        found.append(Contribution(QUOTED_PHRASE, len(phrases), own.calibrated_quoted_phrase))
    contributions = tuple(sorted(found, key=lambda contribution: -abs(contribution.value)))
    logit = math.fsum(c.value for c in contributions) + own.calibrated_intercept
    return Explanation(
        output,
        contributions,
        *(own.intercept, own.slope, own.offset),
        *(logit, sigmoid(logit), own.unsure_from, own.flagged_from),
        clause,
        share,
    )


def _values(model: Model, counts: Mapping[str, int], k: int) -> dict[str, float]:
    """Return what each known one of some terms brings to output k, were they those of a whole sentence."""
    rows = {term: row for term in counts if (row := model.row(term))}
    size = scale(math.fsum(counts[term] * row[-1] for term, row in rows.items()), model.settings.shortness)
    return {term: counts[term] * row[k] / size for term, row in rows.items()}


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
