"""Sentence → clauses, and how much the one that speaks loudest counts. Knows words, marks and log-odds; knows no weight.

A long sentence says many things, and what frames is diluted by the rest of it. So a framing that the sentence as a whole does
not rule out is looked for in each clause again, as if that were a sentence, and the two are blended:

    log-odds = (1 - s) · of the sentence + s · of the clause in which they are highest,    s = share · (sentence - gate), 0 to share

where the log-odds less the gate, before calibration, count from 0 to 1: what is hopeless as a whole costs no second look, and
nothing jumps at the gate. The stance stays with the sentence as a whole.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from classifier.accounts import Shares, Span

FEWEST_WORDS = 4  # of a clause
_BEGINNERS = "and|but|which|who|that|by|because|while|if|when|where|so|as"
_CUT = re.compile(rf"[,;:]\s|\s[-–—]\s|\s(?=(?:{_BEGINNERS})\s)", re.IGNORECASE)


def clause_edges(sentence: str, spans: Sequence[Span]) -> list[int]:
    """Return where clauses begin, as places of words, and the number of words; `spans` are the words of `sentence`.

    >>> sentence = "We will help people who are ill, and ask more of those who can work."
    >>> spans = [match.span() for match in re.finditer("[A-Za-z]+", sentence)]
    >>> [sentence[spans[i][0]:spans[j - 1][1]] for i, j in zip(*(clause_edges(sentence, spans)[n:] for n in (0, 1)))]
    ['We will help people', 'who are ill, and ask more of those who can work']
    """
    starts = [start for start, _ in spans]
    edges = [0]
    for cut in _CUT.finditer(sentence):
        place = bisect_right(starts, cut.start())
        if place - edges[-1] >= FEWEST_WORDS and len(spans) - place >= FEWEST_WORDS:
            edges.append(place)
    return [*edges, len(spans)]


def clauses_at(sentence: str, spans: Sequence[Span], edges: Sequence[int]) -> list[str]:
    """Return the text of each clause, from its first word to its last."""
    return [sentence[spans[first][0] : spans[last - 1][1]] for first, last in pairwise(edges) if first < last]


@dataclass(frozen=True, slots=True)
class Blending:
    """How much of a clause goes into each output. gates, widths: (K,), in log-odds, from where on, and over how much it grows."""

    share: float
    gates: tuple[float, ...]
    widths: tuple[float, ...]

    @classmethod
    def of(cls, share: float, gate: float, slopes: Sequence[float], offsets: Sequence[float]) -> "Blending":
        """Return the blending of calibrated log-odds; the last output, the stance, and one that was not learned have none."""
        framings = list(zip(slopes, offsets, strict=True))[:-1]
        gates = [slope * gate + offset if share > 0 and slope > 0 else math.inf for slope, offset in framings]
        return cls(share, (*gates, math.inf), tuple(slope if slope > 0 else 1.0 for slope in slopes))

    def shares(self, logits: Iterable[float]) -> list[float]:
        """Return for each output how much of its log-odds is to be those of its best clause."""
        above = (
            min((own - gate) / width, 1.0) for own, gate, width in zip(logits, self.gates, self.widths, strict=True)
        )
        return [self.share * max(0.0, most) for most in above]


class SecondLook(NamedTuple):
    """Where the clauses of a sentence begin, and the number of its words; and the share of a clause in each output."""

    edges: Sequence[int]
    shares: Sequence[float]


class Part(NamedTuple):
    """A sentence or a clause: what each of its words brings to each output, (K, words), and these added up, (K,)."""

    shares: Shares
    sums: Sequence[float]


def blended(whole: Part, clauses: Sequence[Part], look: SecondLook) -> Part:
    """Return a sentence of which every output is blended with the clause that brings it most."""
    shares, sums = list(whole.shares), list(whole.sums)
    for k, share in enumerate(look.shares):
        if share:
            loudest = loudest_of(clauses, k)
            row = [(1 - share) * value for value in shares[k]]
            for place, value in enumerate(clauses[loudest].shares[k], look.edges[loudest]):
                row[place] += share * value
            shares[k] = row
            sums[k] += share * (clauses[loudest].sums[k] - sums[k])
    return Part(shares, sums)


def loudest_of(clauses: Sequence[Part], output: int) -> int:
    """Return which clause brings most to one output, the first of those that do."""
    sums = [clause.sums[output] for clause in clauses]
    return sums.index(max(sums))
