"""What a model must beat, judged on the same sentences: saying nothing, looking for key words, and the plain pipeline.

Knows scikit-learn and the codebook's key words; knows nothing of our own features.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from classifier.codebook import Codebook
from classifier.evaluating import Judged, evaluate
from classifier.labelled_set import LabelledSentence
from classifier.training import targets_of

Floats = NDArray[np.float64]
Rows = Sequence[LabelledSentence]


def majority(codebook: Codebook, train: Rows, test: Rows) -> Floats:
    """Return each framing's share among the training sentences, for every sentence: nothing is ever flagged."""
    shares = targets_of(train, codebook.ids)[:, :-1].mean(axis=0)
    return np.asarray(np.minimum(np.tile(shares, (len(test), 1)), 0.49))


def keywords(codebook: Codebook, train: Rows, test: Rows) -> Floats:
    """Return 1 where a sentence holds a key word of the framing, case aside, else 0."""
    lowered = [row.text.lower() for row in test]
    return np.array(
        [[float(any(k in text for k in framing.keywords)) for framing in codebook.framings] for text in lowered]
    )


def plain_pipeline(codebook: Codebook, train: Rows, test: Rows) -> Floats:
    """Return what scikit-learn's usual recipe says: word and pair TF-IDF, balanced one-against-rest logistic regression."""
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", max_iter=1000)),
    )
    learnable = targets_of(train, codebook.ids)[:, :-1]
    model.fit([row.text for row in train], learnable)
    return np.asarray(model.predict_proba([row.text for row in test]))


BASELINES: dict[str, Callable[[Codebook, Rows, Rows], Floats]] = {
    "majority": majority,
    "key words": keywords,
    "plain pipeline": plain_pipeline,
}


def judge_baselines(codebook: Codebook, train: Rows, test: Rows) -> dict[str, dict[str, Any]]:
    """Return the figures of every baseline on `test`, flagging from 0.5; those that learn do so from `train`."""
    return {name: evaluate(_judged(codebook, find(codebook, train, test), test)) for name, find in BASELINES.items()}


def _judged(codebook: Codebook, probabilities: Floats, test: Rows) -> Judged:
    truth = targets_of(test, codebook.ids)
    nothing = np.zeros(len(test), dtype=bool)
    groups = [row.group for row in test]
    return Judged(codebook.ids, probabilities, probabilities >= 0.5, truth[:, :-1], nothing, truth[:, -1], groups)
