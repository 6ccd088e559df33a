"""Shared by all tests: a model that is small enough to know by heart."""

import numpy as np
import pytest

from classifier.features import FeatureSettings, stem
from classifier.model import Model
from classifier.storage import load_model, save_model, settings_record
from classifier.weights import Weights

TINY_MANIFEST = {
    "settings": settings_record(
        FeatureSettings(0, (), 1, 0.0, near_distance=0, most_of_two=100, clause_share=0.0, clause_gate=0.0)
    ),
    "names": {"voluntary_claim": "taking part is voluntary"},
}


def tiny_weights() -> Weights:
    """Weights by hand, of stems: 'voluntary' and 'sanction' flag a framing, 'perhaps' makes 'voluntary' unsure, 'critics' contests."""
    terms = tuple(stem(word) for word in ("critics", "perhaps", "sanction", "voluntary"))
    rows = [[0, 0, 9], [-4, 0, 0], [0, 9, 0], [9, 0, 0]]
    thresholds = [[0.25, 0.7], [0.25, 0.7], [0.5, 0.5]]
    return Weights(
        outputs=("voluntary_claim", "sanctions", "contested"),
        terms=terms,
        idf=np.ones(4),
        coefficients=np.array(rows, dtype=float),
        intercepts=np.full(3, -3.0),
        slopes=np.ones(3),
        offsets=np.zeros(3),
        thresholds=np.array(thresholds),
    )


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    save_model(folder, tiny_weights(), TINY_MANIFEST, {})
    assert load_model(folder).framings == ("voluntary_claim", "sanctions")
    return folder


@pytest.fixture(scope="session")
def tiny_model(tiny_folder) -> Model:
    return load_model(tiny_folder)
