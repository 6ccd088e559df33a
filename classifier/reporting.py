"""What people read beside a model: the weights as a table, and the model card. Knows layout only."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from classifier.codebook import Codebook
from classifier.weights import Weights

TOP_TERMS = 40


def weights_table(weights: Weights) -> str:
    """Return, as tab-separated text, the terms that weigh most for and against each output."""
    lines = ["output\tdirection\tterm\tcoefficient\tidf"]
    for k, output in enumerate(weights.outputs):
        column = weights.coefficients[:, k]
        order = np.argsort(column, kind="stable")
        for direction, chosen in (("for", order[::-1][:TOP_TERMS]), ("against", order[:TOP_TERMS])):
            lines += [
                f"{output}\t{direction}\t{weights.terms[i]}\t{column[i]:.4f}\t{weights.idf[i]:.3f}" for i in chosen
            ]
    return "\n".join(lines) + "\n"


def model_card(codebook: Codebook, weights: Weights, manifest: Mapping[str, Any]) -> str:
    """Return the model card: what it was trained on, what it can tell, how right it was out of fold."""
    training, figures = manifest["training"], manifest["cross_validated"]
    lines = [
        f"# Model card: {codebook.title}",
        "",
        f"TF-IDF and logistic regression, {len(weights.terms):,} terms, {len(codebook.framings)} framings and a stance.",
        f"Trained on {training['written']:,} sentences written for the purpose and {training['real']:,} real ones, labelled by hand.",
        f"Probabilities are meant for text in which a given framing stands in {manifest['settings']['rate']:.1%} of sentences.",
        "",
        "Figures below are out of fold, on the labelled set itself, which is enriched and harder than ordinary text;",
        "figures on real text are in `docs/quality.md`.",
        "",
        "| framing | positives | precision | recall | F1 | average precision | unsure from | flagged from |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for k, framing in enumerate(codebook.framings):
        row = figures["per_framing"][framing.id]
        cells = " | ".join(
            "-" if row[key] is None else f"{row[key]:.2f}" for key in ("precision", "recall", "f1", "ap")
        )
        low, high = weights.thresholds[k]
        levels = "too few positives to flag | -" if high > 1 else f"{low:.2f} | {high:.2f}"
        lines.append(f"| {framing.name} | {training['positives'][framing.id]} | {cells} | {levels} |")
    return "\n".join(lines) + "\n"
