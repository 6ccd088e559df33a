"""What fitting found, as arrays, on its way to a model folder. Knows numbers; knows nothing of files, text or scikit-learn."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """F terms and K outputs: the framings and then (last) the stance `contested`.

    terms: by `features.Kind`, each kind in alphabetical order. coefficients: (F, K);
    idf: (F,); intercepts, slopes, offsets: (K,). thresholds: (K, 2): unsure from, flagged from. quoted_phrase: what a phrase in
    quotation marks adds to the stance. The calibrated logit is `slope · (x · coefficients + intercept + quoted_phrase) + offset` (Platt 1999).
    """

    outputs: tuple[str, ...]
    terms: tuple[str, ...]
    idf: Floats
    coefficients: NDArray[np.floating[Any]]
    intercepts: Floats
    slopes: Floats
    offsets: Floats
    thresholds: Floats
    quoted_phrase: float = 0.0

    def rows(self) -> NDArray[np.float32]:
        """Return (F, K + 1): what each term adds to every calibrated logit, before scaling, and to the squared length."""
        idf = self.idf[:, None]
        rows = np.concatenate([self.coefficients * (self.slopes * idf), idf**2], axis=1).astype("<f4")
        if not np.isfinite(rows).all():
            raise ValueError("a weight is no finite number")
        return rows

    def calibration(self) -> dict[str, dict[str, float]]:
        """Return each output's intercept, sigmoid and thresholds, by their names in `model.Output`."""
        columns = {
            "intercept": self.intercepts,
            "slope": self.slopes,
            "offset": self.offsets,
            "quoted_phrase": np.append(np.zeros(len(self.outputs) - 1), self.quoted_phrase),
            "unsure_from": self.thresholds[:, 0],
            "flagged_from": self.thresholds[:, 1],
        }
        return {
            output: {name: float(column[k]) for name, column in columns.items()}
            for k, output in enumerate(self.outputs)
        }
