"""What people read beside a model: the weights as a table, and the model card. Knows layout only."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from classifier.codebook import Codebook
from classifier.weights import Weights

TOP_TERMS = 40
_LIMITS = (
    "## What it can tell a reader, and what not",
    "",
    "- Which sentences of an English text by or about UK government sound like a framing of the codebook, how surely, and by which words.",
    "- Not whether a claim is true, whether its author meant harm, or what a policy does. Read the sentence before you publish.",
    "- Not that a framing is absent: claims made in none of the usual words are missed.",
    "- Stance rests on the words of a sentence and on how much of its document is contested; irony is often taken at face value.",
    "- Texts in other languages, poetry, fiction and other countries' politics are outside what it has learned.",
    "",
    "## When language changes",
    "",
    "New programmes bring new words. Label a hundred fresh sentences (`docs/labelling.md`), run `framing evaluate --on` them, add what",
    "was missed to the labelled set and run `framing train`. `framing evaluate` measures everything below again.",
)


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
        "Each regression sees its terms scaled by how far they tell its positives from the rest (Wang and Manning 2012).",
        f"Probabilities are meant for text in which a framing stands in {manifest['settings']['rate']:.1%} of sentences on average;",
        "all framings share one calibration and each has its own threshold.",
        "",
        *_LIMITS,
        "",
        "## Figures",
        "",
        "Out of fold, on the labelled set itself, which is enriched and harder than ordinary text, with 95 % intervals from a bootstrap",
        "over passages. Figures on real text, with known failures, are in `docs/quality.md`.",
        "",
        "| framing | positives | precision | recall | F1 | average precision | unsure from | flagged from |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for k, framing in enumerate(codebook.framings):
        row = figures["per_framing"][framing.id]
        cells = " | ".join(_cell(row, key) for key in ("precision", "recall", "f1", "ap"))
        low, high = weights.thresholds[k]
        levels = "too few positives to flag | -" if high > 1 else f"{low:.2f} | {high:.2f}"
        lines.append(f"| {framing.name} | {training['positives'][framing.id]} | {cells} | {levels} |")
    return "\n".join(lines) + "\n"


def _cell(row: Mapping[str, Any], key: str) -> str:
    if row[key] is None:
        return "-"
    low, high = row.get("intervals", {}).get(key, (None, None))
    return f"{row[key]:.2f}" if low is None else f"{row[key]:.2f} [{low:.2f}, {high:.2f}]"
