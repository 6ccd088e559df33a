"""Sentences and their labels → a weight of each term for each output. Knows scikit-learn; knows nothing of probabilities.

Terms of two words are many, and most say next to nothing. So all are fitted once, those of two words that weigh least are left
out, and what remains is fitted again: half as much to look up and to add, and as good (docs/quality.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.clause_scores import blend
from classifier.clauses import Blending
from classifier.estimator import SMOOTHING, SentenceScaler, fit_outputs, vectoriser
from classifier.features import FeatureSettings, Kind, kind_of
from classifier.quoted_phrases import are_quoted

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Fitted:
    """F terms, by their kinds, with their idf (F,) and coefficients (F, K); K intercepts; what a quoted phrase adds to the stance."""

    settings: FeatureSettings
    terms: tuple[str, ...]
    idf: Floats
    coefficients: Floats
    intercepts: Floats
    quoted_phrase: float

    @cached_property
    def _counter(self) -> TfidfVectorizer:
        return vectoriser(self.settings).set_params(min_df=1, vocabulary={term: i for i, term in enumerate(self.terms)})

    def decisions(self, texts: Sequence[str]) -> Floats:
        """Return (n, K): the log-odds of every output for every text, before calibration, blended with those of its clauses."""
        count = len(self.intercepts)
        blending = Blending.of(self.settings.clause_share, self.settings.clause_gate, [1.0] * count, [0.0] * count)
        blended = blend(self._decisions(texts), texts, self._decisions, blending)
        blended[:, -1] += self.quoted_phrase * np.array(are_quoted(texts))
        return blended

    def _decisions(self, texts: Sequence[str]) -> Floats:
        scaler = SentenceScaler(self.settings.shortness)
        scaler.idf_ = self.idf
        return np.asarray(scaler.transform(self._counter.fit_transform(texts)) @ self.coefficients + self.intercepts)


def fit(
    texts: Sequence[str],
    targets: Booleans,
    masks: Sequence[Booleans],
    settings: FeatureSettings,
    smoothing: float = SMOOTHING,
) -> Fitted:
    """Return the regressions of (n, K) `targets` on the terms of `texts`; output k is fitted on the rows of `masks[k]`."""
    counter, is_quoted = vectoriser(settings), np.array(are_quoted(texts))
    counts = counter.fit_transform(texts)
    order, terms = ordered_terms(counter.get_feature_names_out())
    counts = sparse.csr_matrix(counts[:, order])
    first = _fit(counts, terms, targets, masks, is_quoted, settings, smoothing)
    kept = strongest(first, settings.most_of_two)
    if len(kept) == len(terms):
        return first
    chosen = tuple(terms[i] for i in kept)
    return _fit(sparse.csr_matrix(counts[:, kept]), chosen, targets, masks, is_quoted, settings, smoothing)


def _fit(
    counts: sparse.csr_matrix,
    terms: tuple[str, ...],
    targets: Booleans,
    masks: Sequence[Booleans],
    is_quoted: Booleans,
    settings: FeatureSettings,
    smoothing: float,
) -> Fitted:
    scaler = SentenceScaler(settings.shortness)
    learned = fit_outputs(scaler.fit_transform(counts), targets, masks, is_quoted, smoothing)
    return Fitted(settings, terms, scaler.idf_, *learned)


def strongest(fitted: Fitted, most_of_two: int) -> NDArray[np.int64]:
    """Return which terms to keep, ascending: all of one word and, of two, those with the largest part in some output.

    `most_of_two` are kept for the framings and a fifth as many for the stance, which is the last output.
    """
    parts = np.abs(fitted.coefficients) * fitted.idf[:, None]
    first_of_two = sum(kind_of(term) < Kind.PAIR for term in fitted.terms)
    of_framings, of_stance = parts[first_of_two:, :-1].max(axis=1, initial=0.0), parts[first_of_two:, -1]
    ranked = [np.argsort(-own, kind="stable") for own in (of_framings, of_stance)]
    of_two = np.union1d(ranked[0][:most_of_two], ranked[1][: most_of_two // 5])
    return np.concatenate([np.arange(first_of_two), first_of_two + of_two])


def ordered_terms(names: Sequence[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the order of columns that puts terms by their kind, each kind alphabetical; and the names so."""
    order = sorted(range(len(names)), key=lambda i: (kind_of(names[i]), names[i]))
    return np.array(order, dtype=np.int64), tuple(names[i] for i in order)
