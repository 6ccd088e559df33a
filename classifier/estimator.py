"""The scikit-learn side of the model: TF-IDF, the sentence scaling, one logistic regression for each output.

Knows fitting only: nothing here is loaded for scoring. `Model` gives the same numbers without scikit-learn (a parity test
holds that).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from classifier.features import SHORTNESS, Analyser, FeatureSettings

REGULARISATION = 120.0  # inverse strength, `C`; docs/quality.md shows the neighbours


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
        lengths = np.sqrt(np.maximum(X @ self.idf_**2 + self.shortness, 1e-12))
        return (sparse.diags(1 / lengths) @ X @ sparse.diags(self.idf_)).tocsr()


def vectoriser(settings: FeatureSettings) -> TfidfVectorizer:
    """Return the counting part of the TF-IDF; `SentenceScaler` does the weighting."""
    return TfidfVectorizer(
        analyzer=Analyser(settings), norm=None, use_idf=False, min_df=settings.minimum_documents, dtype=np.float64
    )


def regression(regularisation: float = REGULARISATION) -> LogisticRegression:
    """Return one unfitted logistic regression; rare framings weigh as much as common ones until calibration."""
    return LogisticRegression(
        C=regularisation, class_weight="balanced", solver="liblinear", max_iter=2000, random_state=0
    )


def pipeline(settings: FeatureSettings) -> Pipeline:
    """Return the whole unfitted scikit-learn pipeline: sentences in, one decision value for each framing out."""
    return make_pipeline(vectoriser(settings), SentenceScaler(settings.shortness), OneVsRestClassifier(regression()))


def fit_outputs(
    X: sparse.csr_matrix, targets: NDArray[np.bool_], masks: Sequence[NDArray[np.bool_]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (terms, K) coefficients and (K,) intercepts; output k is fitted on the rows of `masks[k]`.

    An output that never, or always, holds on its rows gets zero weights: it can't be learned.
    """
    coefficients = np.zeros((X.shape[1], targets.shape[1]))
    intercepts = np.zeros(targets.shape[1])
    for k, mask in enumerate(masks):
        if len(np.unique(targets[mask, k])) == 2:
            fitted = regression().fit(X[mask], targets[mask, k])
            coefficients[:, k], intercepts[k] = fitted.coef_[0], fitted.intercept_[0]
        else:
            intercepts[k] = -10.0
    return coefficients, intercepts
