import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from classifier.evaluating import Judged, average_precision, evaluate, rank


def judged(probabilities, truth, contested=None, groups=None):
    p, y = np.array(probabilities, dtype=float), np.array(truth, dtype=bool)
    is_contested = np.zeros(len(y), bool) if contested is None else np.array(contested, dtype=bool)
    names = tuple(f"f{k}" for k in range(y.shape[1]))
    return Judged(names, p, p >= 0.5, y, is_contested, is_contested, groups or [str(i) for i in range(len(y))])


def test_figures_by_hand():
    figures = evaluate(judged([[0.9, 0.1], [0.8, 0.6], [0.2, 0.1]], [[1, 0], [0, 1], [1, 0]]), resamples=50)
    assert figures["micro_precision"] == pytest.approx(2 / 3)
    assert figures["micro_recall"] == pytest.approx(2 / 3)
    own = figures["per_framing"]["f1"]
    assert own.pop("intervals")["recall"] == [1.0, 1.0]
    assert own == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "ap": 1.0, "support": 1}
    assert figures["per_framing"]["f0"]["ap"] == pytest.approx((1 + 2 / 3) / 2)


def test_a_framing_without_support_has_no_figure():
    figures = evaluate(judged([[0.9, 0.9], [0.8, 0.1]], [[1, 0], [1, 0]]), resamples=50)
    assert figures["per_framing"]["f1"]["f1"] is None
    assert figures["per_framing"]["f1"]["false_flags"] == 1
    assert figures["micro_f1"] == 1.0
    assert figures["stance"] == {"contested_f1": None, "support": 0}


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0]), st.booleans()), min_size=1, max_size=40))
def test_average_precision_is_scikit_learns(pairs):
    p, y = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])
    found = average_precision(y, rank(p), np.ones(len(y)))
    assert found is None if not y.any() else found == pytest.approx(average_precision_score(y, p))


def test_perfect_probabilities_have_no_calibration_error():
    figures = evaluate(judged([[1.0], [0.0], [1.0]], [[1], [0], [1]]), resamples=20)
    assert figures["calibration"] == {"ece": 0.0, "brier": 0.0}


def test_the_bootstrap_resamples_documents():
    one_document = evaluate(judged([[0.9], [0.9], [0.1]], [[1], [0], [1]], groups=["a", "a", "a"]), resamples=30)
    low, high = one_document["intervals"]["micro_f1"]
    assert low == high
