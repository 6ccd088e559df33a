"""What a model says, and why: its outputs, and one sentence word by word. Knows numbers; knows no term."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]
Shares = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Output:
    """A framing, or the stance: `probability = sigmoid(slope · decision + offset)`, unsure and flagged from there.

    quoted_phrase: what a phrase in quotation marks adds to the decision.
    """

    name: str
    intercept: float
    slope: float
    offset: float
    unsure_from: float
    flagged_from: float
    quoted_phrase: float = 0.0

    @property
    def calibrated_intercept(self) -> float:
        """The part of the calibrated logit that is the same for every sentence."""
        return self.slope * self.intercept + self.offset

    @property
    def calibrated_quoted_phrase(self) -> float:
        """What a phrase in quotation marks adds to the calibrated logit."""
        return self.slope * self.quoted_phrase


@dataclass(frozen=True, slots=True)
class Account:
    """One sentence, word by word: where its words stand, and what each brought to every logit (`shares[output][word]`).

    A stem that stands there again brings nothing; the part of a term of two words is shared equally by them, that of two themes
    by the first word of each, that of a phrase in quotation marks by its words. The shares of an output and its calibrated intercept add up to its logit.
    """

    spans: Sequence[Span]
    shares: Shares
    probabilities: Sequence[float]


def sigmoid(logit: float) -> float:
    """Return 1 / (1 + exp(-logit)) without overflow."""
    return 1 / (1 + math.exp(-logit)) if -500 < logit < 500 else float(logit > 0)
