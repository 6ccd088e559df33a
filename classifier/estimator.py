"""The scikit-learn side of the model: TF-IDF, the sentence scaling, one logistic regression for each output.

Each regression sees its terms scaled by how far they tell its positives from the rest (a naive Bayes log-count ratio: Wang and
Manning 2012, "Baselines and Bigrams"): regularisation then spares the terms that say something, and those that speak for a
framing more than those that speak against it, for the labelled set holds little of all that lacks it. What it learns is a
plain weight for each term all the same.

Knows fitting only: nothing here is loaded for scoring. `Model` gives the same numbers without scikit-learn (a parity test
holds that).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.features import SHORTNESS, TINY, Analyser, FeatureSettings

Floats = NDArray[np.float64]

REGULARISATION = 30.0  # inverse strength, `C`; from 20 to 300 the figures hardly change
SMOOTHING = 0.1  # of the ratios, in mean counts of a term
POWER = 0.7  # of the ratios: below 1, terms that tell little are not held down as hard
AGAINST = 0.5  # what is left of the ratio of a term that is rarer in the positives: other texts lack a framing for other reasons
TOLERANCE = 0.01  # of the solver; a hundred times finer gives the same average precision to three digits


class SentenceScaler(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Divides each row of counts by the root of shortness + the sum of n · idf², then weights it by idf. Learns idf."""

    def __init__(self, shortness: float = SHORTNESS) -> None:
        self.shortness = shortness

    def fit(self, X: sparse.csr_matrix, y: object = None) -> "SentenceScaler":
        """Learn the smoothed inverse document frequency of every column of counts `X`."""
        counts = np.asarray((X > 0).sum(axis=0)).ravel()
        self.idf_ = np.log((1 + X.shape[0]) / (1 + counts)) + 1
        return self

    def transform(self, X: sparse.csr_matrix) -> sparse.csr_matrix:
        """Return the scaled rows, (sentences, terms)."""
        lengths = np.sqrt(np.maximum(X @ self.idf_**2 + self.shortness, TINY))
        return (sparse.diags(1 / lengths) @ X @ sparse.diags(self.idf_)).tocsr()


def vectoriser(settings: FeatureSettings) -> TfidfVectorizer:
    """Return the counting part of the TF-IDF; `SentenceScaler` does the weighting."""
    return TfidfVectorizer(
        analyzer=Analyser(settings), norm=None, use_idf=False, min_df=settings.minimum_documents, dtype=np.float64
    )


class RatioRegression(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Logistic regression on terms scaled by their log-count ratios; rare framings weigh as much as common ones until calibration.

    `coef_`, (1, terms), belongs to the unscaled terms; `beside_`, (m,), to columns that are no terms. `smoothing` 0 leaves every
    term as it is.
    """

    def __init__(self, regularisation: float = REGULARISATION, smoothing: float = SMOOTHING) -> None:
        self.regularisation = regularisation
        self.smoothing = smoothing

    def fit(self, X: sparse.csr_matrix, y: NDArray[np.bool_], beside: Floats | None = None) -> "RatioRegression":
        """Fit on rows `X`, (sentences, terms), of which `y` says whether they carry the framing; both kinds must be there.

        beside: (sentences, m), columns that are fitted as they are.
        """
        ratios = log_count_ratios(X, np.asarray(y, dtype=bool), self.smoothing)
        scaled = sparse.csr_matrix(
            sparse.hstack([X @ sparse.diags(ratios), np.zeros((len(y), 0)) if beside is None else beside])
        )
        inner = LogisticRegression(
            C=self.regularisation, class_weight="balanced", solver="liblinear", tol=TOLERANCE, random_state=0
        ).fit(scaled, y)
        self.classes_ = inner.classes_
        self.coef_ = inner.coef_[:, : X.shape[1]] * ratios
        self.beside_ = inner.coef_[0, X.shape[1] :]
        self.intercept_ = inner.intercept_
        return self

    def decision_function(self, X: sparse.csr_matrix) -> NDArray[np.float64]:
        """Return the log-odds, before calibration, of every row, (sentences,)."""
        return np.asarray(X @ self.coef_[0] + self.intercept_[0])

    def predict(self, X: sparse.csr_matrix) -> NDArray[Any]:
        """Return the more probable class of every row, (sentences,)."""
        return np.asarray(self.classes_[(self.decision_function(X) > 0).astype(int)])


def log_count_ratios(X: sparse.csr_matrix, y: NDArray[np.bool_], smoothing: float) -> NDArray[np.float64]:
    """Return (terms,): by what to multiply each term before fitting; ones without smoothing.

    With r = log (share of the term in the positives / in the rest), that is |r| to the power `POWER`, scaled to a mean square of
    1, and then times `AGAINST` where r is below 0.
    """
    if not smoothing:
        return np.ones(X.shape[1])
    shares = []
    for rows in (X[y], X[~y]):
        sums = np.asarray(rows.sum(axis=0)).ravel()
        sums += smoothing * sums.mean()
        shares.append(sums / sums.sum())
    logs = np.log(shares[0] / shares[1])
    sizes = np.abs(logs) ** POWER
    return np.asarray(np.where(logs < 0, AGAINST, 1.0) * sizes / max(np.sqrt(np.mean(sizes**2)), 1e-12))


def fit_outputs(
    X: sparse.csr_matrix,
    targets: NDArray[np.bool_],
    masks: Sequence[NDArray[np.bool_]],
    is_quoted: NDArray[np.bool_],
    smoothing: float = SMOOTHING,
) -> tuple[Floats, Floats, float]:
    """Return (terms, K) coefficients, (K,) intercepts and what a quoted phrase adds to the last output, the stance.

    Output k is fitted on the rows of `masks[k]`. One that never, or always, holds on its rows gets zero weights: it can't be learned.
    """
    last = len(masks) - 1
    learned = Parallel(n_jobs=-1, prefer="threads")(
        delayed(_fit_one)(
            X[mask], targets[mask, k], smoothing, is_quoted[mask, None].astype(float) if k == last else None
        )
        for k, mask in enumerate(masks)
    )
    coefficients, intercepts, beside = zip(*learned, strict=True)
    return np.array(coefficients).T, np.array(intercepts), float(beside[-1].sum())


def _fit_one(
    X: sparse.csr_matrix, y: NDArray[np.bool_], smoothing: float, beside: Floats | None
) -> tuple[Floats, float, Floats]:
    if len(np.unique(y)) < 2:
        return np.zeros(X.shape[1]), -10.0, np.zeros(0)
    fitted = RatioRegression(smoothing=smoothing).fit(X, y, beside)
    return fitted.coef_[0], float(fitted.intercept_[0]), fitted.beside_
