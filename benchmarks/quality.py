"""Measures what each part of the model and of the labelled set is worth, on labelled sentences that it was not trained on.

    python benchmarks/quality.py ablation    --on FILE.jsonl     what each kind of term gains and costs
    python benchmarks/quality.py curve       --on FILE.jsonl     figures at 25, 50, 75 and 100 % of each part
    python benchmarks/quality.py reliability --on FILE.jsonl     do sentences with probability p carry the framing p of the time?

Each prints a Markdown table; `--picture FILE.png` draws it as well (needs `pip install -r benchmarks/requirements.txt`).
"""

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

import classifier.features
from classifier.codebook import load_codebook
from classifier.estimator import SMOOTHING, SentenceScaler, fit_outputs, vectoriser
from classifier.evaluating import Judged, evaluate, reliability
from classifier.features import FeatureSettings
from classifier.judging import judge
from classifier.labelled_set import LabelledSentence, load_labelled
from classifier.scorer import sigmoid
from classifier.scoring import load_model
from classifier.storage import save_model
from classifier.training import masks_of, ordered_terms, targets_of
from classifier.weights import Weights

ROOT = Path(__file__).resolve().parent.parent
Rows = Sequence[LabelledSentence]


def figures_of(
    train: Rows, test: Rows, framings: Sequence[str], settings: FeatureSettings, smoothing: float = SMOOTHING
) -> dict[str, object]:
    """Return the figures on `test` of uncalibrated regressions fitted on `train`, one threshold for all framings; and the cost."""
    counter, scaler = vectoriser(settings), SentenceScaler(settings.shortness)
    counts = counter.fit_transform([row.text for row in train])
    order, terms = ordered_terms(counter.get_feature_names_out())
    X = scaler.fit_transform(counts[:, order])
    targets, truth = targets_of(train, framings), targets_of(test, framings)
    coefficients, intercepts = fit_outputs(X, targets, masks_of(targets), smoothing)
    decisions = scaler.transform(counter.transform([row.text for row in test])[:, order]) @ coefficients + intercepts
    p = sigmoid(decisions[:, :-1])
    called = p >= _best_threshold(p, truth[:, :-1])
    nothing = np.zeros(len(test), dtype=bool)
    judged = Judged(tuple(framings), p, called, truth[:, :-1], nothing, truth[:, -1], [row.group for row in test])
    ones = np.ones(len(framings) + 1)
    thresholds = np.full((len(ones), 2), 0.5)
    outputs = (*framings, "contested")
    weights = Weights(outputs, terms, scaler.idf_, coefficients, intercepts, ones, 0 * ones, thresholds)
    return {**evaluate(judged, resamples=200), "terms": X.shape[1], **cost_of(weights, settings, test)}


def cost_of(weights: Weights, settings: FeatureSettings, test: Rows) -> dict[str, float]:
    """Return the size of the model in megabytes and how many sentences it scores a second (the best of three runs)."""
    texts = [row.text for row in test] * 20
    with tempfile.TemporaryDirectory() as folder:
        manifest = {"settings": asdict(settings)}
        save_model(Path(folder) / "model", weights, manifest, {})
        model = load_model(Path(folder) / "model")
        size = sum(path.stat().st_size for path in (Path(folder) / "model").iterdir())
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        model.probabilities(texts)
        seconds.append(time.perf_counter() - started)
    return {"megabytes": size / 1e6, "sentences_per_second": len(texts) / min(seconds)}


def _best_threshold(p: np.ndarray, truth: np.ndarray) -> float:
    def f1(threshold: float) -> float:
        called = p >= threshold
        return float(2 * (called & truth).sum() / max(called.sum() + truth.sum(), 1))

    return max(np.linspace(0.05, 0.95, 91), key=f1)


def ablation(train: Rows, test: Rows, framings: Sequence[str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (what, figures) for the model and for versions that lack a part or have another."""
    full = FeatureSettings()
    versions = {
        "the model": full,
        "stems alone": FeatureSettings(0, ()),
        "no pieces": FeatureSettings(full.pair_distance, ()),
        "no pairs": FeatureSettings(0),
        "pairs of neighbours only": FeatureSettings(1),
        "terms from two sentences on": FeatureSettings(minimum_documents=2),
        "terms from six sentences on": FeatureSettings(minimum_documents=6),
        "short sentences not scaled down": FeatureSettings(shortness=0.0),
    }
    for name, settings in versions.items():
        yield name, figures_of(train, test, framings, settings)
    yield "terms not scaled by their ratios", figures_of(train, test, framings, full, smoothing=0.0)
    stem, classifier.features.stem = classifier.features.stem, lambda word: word
    yield "whole words, no stems", figures_of(train, test, framings, full)
    classifier.features.stem = stem


def curve(written: Rows, real: Rows, test: Rows, framings: Sequence[str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (what, figures) for growing shares of the written and of the real sentences."""
    for share in (25, 50, 75, 100):
        yield f"written {share} %", figures_of(part(written, share), test, framings, FeatureSettings())
    for share in (25, 50, 75, 100):
        both = [*written, *part(real, share)]
        yield f"written + real {share} %", figures_of(both, test, framings, FeatureSettings())
    yield "real alone", figures_of(real, test, framings, FeatureSettings())


def part(rows: Rows, share: int) -> list[LabelledSentence]:
    """Return about `share` per cent of the groups of `rows`, the same ones each time, smaller shares within larger."""
    return [row for row in rows if hashlib.sha256(row.group.encode()).digest()[5] * 100 < share * 256]


def table(results: Sequence[tuple[str, dict[str, object]]]) -> str:
    """Return the results as a Markdown table."""
    lines = [
        "| | terms | megabytes | sentences/s | micro-F1 | 95 % | macro AP | 95 % |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, figures in results:
        f1, ap = figures["intervals"]["micro_f1"], figures["intervals"]["macro_ap_5"]  # type: ignore[index]
        lines.append(
            f"| {name} | {figures['terms']:,} | {figures['megabytes']:.1f} | {figures['sentences_per_second']:,.0f} "
            f"| {figures['micro_f1']:.3f} | {f1[0]:.2f}-{f1[1]:.2f} "
            f"| {figures['macro_ap_5']:.3f} | {ap[0]:.2f}-{ap[1]:.2f} |"
        )
    return "\n".join(lines)


def draw_curve(results: Sequence[tuple[str, dict[str, object]]], path: Path) -> None:
    """Draw macro average precision against the share of each part."""
    import matplotlib.pyplot as plt

    shares = [25, 50, 75, 100]
    values = [figures["macro_ap_5"] for _, figures in results]
    figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
    axes.plot(shares, values[:4], "o-", label="written sentences")
    axes.plot(shares, values[4:8], "s--", label="all written + real sentences")
    axes.set(xlabel="share used for training (%)", ylabel="macro average precision", xticks=shares)
    axes.set_title("More labelled sentences, better ranking")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=150)


def draw_reliability(bins: Sequence[tuple[float, int, float, float]], path: Path) -> None:
    """Draw the share that carries a framing against the mean probability, bin by bin."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 4.6), layout="constrained")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1, label="perfect")
    axes.plot([b[2] for b in bins], [b[3] for b in bins], "o-", label="this model")
    for _, count, mean, share in bins:
        axes.annotate(f"{count:,}", (mean, share), textcoords="offset points", xytext=(6, -10), fontsize=8)
    axes.set(xlabel="mean probability of the bin", ylabel="share that carries the framing", xlim=(0, 1), ylim=(0, 1))
    axes.set_title("Reliability on real sentences (pairs in each bin)")
    axes.legend()
    figure.savefig(path, dpi=150)


def main() -> None:
    """Run one of the three measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("ablation", "curve", "reliability"))
    parser.add_argument("--on", type=Path, required=True)
    parser.add_argument("--labelled", type=Path, default=ROOT / "labelled")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    codebook = load_codebook(options.labelled / "codebook.toml")
    test = load_labelled(options.on, codebook)
    if options.what == "reliability":
        bins = reliability(judge(load_model(options.model), test))
        print("| probability from | pairs | mean probability | share true |\n|---|---|---|---|")
        print("\n".join(f"| {low:.1f} | {count:,} | {mean:.3f} | {share:.3f} |" for low, count, mean, share in bins))
        if options.picture:
            draw_reliability(bins, options.picture)
        return
    written = load_labelled(options.labelled / "sentences.jsonl", codebook)
    real = load_labelled(options.labelled / "hydrated.jsonl", codebook)
    found = (
        ablation([*written, *real], test, codebook.ids)
        if options.what == "ablation"
        else curve(written, real, test, codebook.ids)
    )
    results = list(found)
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.picture and options.what == "curve":
        draw_curve(results, options.picture)


if __name__ == "__main__":
    main()
