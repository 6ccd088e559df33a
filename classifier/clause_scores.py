"""Log-odds of many sentences, blended with those of their clauses (`clauses`). Knows numbers; knows no weight.

Few sentences are looked at again, so that their clauses may be found one by one; what scores them is handed in.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.clauses import Blending, clause_edges, clauses_at
from classifier.features import word_spans

Floats = NDArray[np.float64]


def blend(
    whole: Floats, sentences: Sequence[str], score: Callable[[Sequence[str]], Floats], blending: Blending
) -> Floats:
    """Return (n, K): the log-odds of n sentences, of which `whole` are those without clauses; `score` returns those of clauses."""
    shares = blending.share * np.clip((whole - blending.gates) / blending.widths, 0.0, 1.0)
    clauses: list[str] = []
    begins: list[int] = []
    again: list[int] = []
    for i in np.flatnonzero(shares.any(axis=1)).tolist():
        own = clauses_of(sentences[i])
        if len(own) > 1:
            again.append(i)
            begins.append(len(clauses))
            clauses += own
    if again:
        best = np.maximum.reduceat(score(clauses), begins, axis=0)
        whole = whole.copy()
        whole[again] += shares[again] * (best - whole[again])
    return whole


def clauses_of(sentence: str) -> list[str]:
    """Return the text of each clause of a sentence."""
    spans = word_spans(sentence)
    return clauses_at(sentence, spans, clause_edges(sentence, spans))
