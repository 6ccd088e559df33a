"""Measures what each part of the model and of the labelled set is worth, on labelled sentences that it was not trained on.

    python benchmarks/quality.py ablation    --on FILE.jsonl     what each kind of term gains and costs
    python benchmarks/quality.py curve       --on FILE.jsonl     figures at 25, 50, 75 and 100 % of each part
    python benchmarks/quality.py reliability [--on FILE.jsonl]   do sentences with probability p carry the framing p of the time?
    python benchmarks/quality.py elsewhere   --answers FILE      false alarms out of fold in other departments' answers
    python benchmarks/quality.py all         --on FILE.jsonl     every other figure of docs/quality.md

Each prints Markdown tables; `--pictures DIR` draws them as well (needs `pip install -r benchmarks/requirements.txt`). Without
`--on`, reliability is that of sentences of the labelled set out of fold, weighted to the rate that the model is meant for.
"""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

import classifier.estimator
import classifier.features
from classifier.building import compare, evaluate_on, settings_for
from classifier.calibrating import weights_at_rate
from classifier.codebook import load_codebook
from classifier.commands.evaluate import comparison_table, figures_table
from classifier.estimator import SMOOTHING
from classifier.evaluating import Judged, evaluate, reliability
from classifier.features import FeatureSettings
from classifier.fitting import fit
from classifier.judging import judge, judge_out_of_fold
from classifier.labelled_set import LabelledSentence, load_labelled
from classifier.places import codebook_path, model_path
from classifier.readers import read_documents
from classifier.records import Document
from classifier.scorer import sigmoid
from classifier.scoring import load_model
from classifier.sentences import document_spans
from classifier.storage import save_model, settings_record
from classifier.training import calibrate, masks_of, out_of_fold, targets_of
from classifier.weights import Weights

ROOT = Path(__file__).resolve().parent.parent
Rows = Sequence[LabelledSentence]
ELSEWHERE = ("high_other_4", "high_other_5", "high_other_6")  # how doubtful sentences of other departments were chosen
OWN = "Work and Pensions"
Bins = Sequence[tuple[float, int, float, float]]


def figures_of(
    train: Rows, test: Rows, framings: Sequence[str], settings: FeatureSettings, smoothing: float = SMOOTHING
) -> dict[str, object]:
    """Return the figures on `test` of uncalibrated regressions fitted on `train`, one threshold for all framings; and the cost."""
    targets, truth = targets_of(train, framings), targets_of(test, framings)
    fitted = fit([row.text for row in train], targets, masks_of(targets), settings, smoothing)
    p = sigmoid(fitted.decisions([row.text for row in test])[:, :-1])
    called = p >= _best_threshold(p, truth[:, :-1])
    nothing = np.zeros(len(test), dtype=bool)
    judged = Judged(tuple(framings), p, called, truth[:, :-1], nothing, truth[:, -1], [row.group for row in test])
    ones = np.ones(len(framings) + 1)
    thresholds = np.full((len(ones), 2), 0.5)
    outputs = (*framings, "contested")
    learned = fitted.terms, fitted.idf, fitted.coefficients, fitted.intercepts
    weights = Weights(outputs, *learned, ones, 0 * ones, thresholds)
    return {**evaluate(judged, resamples=200), "terms": len(fitted.terms), **cost_of(weights, settings, test)}


def cost_of(weights: Weights, settings: FeatureSettings, test: Rows) -> dict[str, float]:
    """Return the size of the model in megabytes and how many sentences it scores a second (the best of three runs)."""
    texts = [row.text for row in test] * 20
    with tempfile.TemporaryDirectory() as folder:
        save_model(Path(folder) / "model", weights, {"settings": settings_record(settings)}, {})
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


def ablation(
    train: Rows, test: Rows, framings: Sequence[str], full: FeatureSettings
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (what, figures) for the model, which has all of `full`, and for versions that lack a part or have another."""
    versions = {
        "the model": full,
        "stems alone": FeatureSettings(0, ()),
        "no themes": replace(full, themes={}),
        "no stems near a theme": replace(full, near_distance=0),
        "no look at clauses": replace(full, clause_share=0.0),
        "no pieces": replace(full, piece_lengths=()),
        "no pairs": replace(full, pair_distance=0),
        "pairs up to three words apart": replace(full, pair_distance=3),
        "every term of two words": replace(full, most_of_two=10**6),
        "terms from two sentences on": replace(full, minimum_documents=2),
        "short sentences not scaled down": replace(full, shortness=0.0),
    }
    for name, settings in versions.items():
        yield name, figures_of(train, test, framings, settings)
    yield "terms not scaled by their ratios", figures_of(train, test, framings, full, smoothing=0.0)
    with changed(classifier.estimator, "AGAINST", 1.0):
        yield "terms against a framing as strong as those for it", figures_of(train, test, framings, full)
    with changed(classifier.features, "stem", lambda word: word):
        yield "whole words, no stems, no themes", figures_of(train, test, framings, replace(full, themes={}))


@contextmanager
def changed(module: object, name: str, value: object) -> Iterator[None]:
    """Let a module have another `value` under `name` for as long as this lasts."""
    old = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, old)


def curve(
    written: Rows, real: Rows, test: Rows, framings: Sequence[str], features: FeatureSettings
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (what, figures) for growing shares of the written and of the real sentences."""
    for share in (25, 50, 75, 100):
        yield f"written {share} %", figures_of(part(written, share), test, framings, features)
    for share in (25, 50, 75, 100):
        both = [*written, *part(real, share)]
        yield f"written + real {share} %", figures_of(both, test, framings, features)
    yield "real alone", figures_of(real, test, framings, features)


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


def draw_reliability(bins: Bins, path: Path) -> None:
    """Draw the share that carries a framing against the mean probability, bin by bin."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 4.6), layout="constrained")
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1, label="perfect")
    axes.plot([b[2] for b in bins], [b[3] for b in bins], "o-", label="this model")
    for _, count, mean, share in bins:
        axes.annotate(f"{count:,}", (mean, share), textcoords="offset points", xytext=(6, -10), fontsize=8)
    axes.set(xlabel="mean probability of the bin", ylabel="share that carries the framing", xlim=(0, 1), ylim=(0, 1))
    axes.set_title("Reliability (sentences x framings in each bin)")
    axes.legend()
    figure.savefig(path, dpi=150)


def out_of_fold_bins(judged: Judged, rows: Rows, rate: float) -> Bins:
    """Return the reliability of what the labelled set's own sentences are said to be, out of fold, at the stated rate."""
    own = np.repeat(np.array([row.weight for row in rows])[:, None], len(judged.framings), axis=1)
    return reliability(judged, weights_at_rate(judged.truth, own, rate))


def false_alarms(judged: Judged, rows: Rows) -> int:
    """Return how many of the sentences picked from other departments' answers are flagged wrongly, out of fold."""
    picked = np.array([row.route in ELSEWHERE for row in rows])
    return int((judged.is_flagged & ~judged.truth)[picked].any(axis=1).sum())


def sentences_elsewhere(answers: Path) -> int:
    """Return how many distinct sentences the answers of other departments than Work and Pensions hold."""
    documents = (item for item in read_documents([str(answers)]) if isinstance(item, Document))
    others = (document for document in documents if OWN not in str(document.metadata.get("department", "")))
    return len({document.text[start:end] for document in others for start, end in document_spans(document)})


def print_reliability(bins: Bins, picture: Path | None) -> None:
    """Print the bins as a Markdown table; draw them if `picture` says where."""
    print("| probability from | pairs | mean probability | share true |\n|---|---|---|---|")
    print("\n".join(f"| {low:.1f} | {count:,} | {mean:.3f} | {share:.3f} |" for low, count, mean, share in bins))
    if picture:
        draw_reliability(bins, picture)


class Measurements:
    """What the program measures, from its options; each prints a table and draws its picture where one is asked for."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.codebook = load_codebook(options.labelled / "codebook.toml")
        self.framings = self.codebook.ids
        self.settings = settings_for(options.labelled)

    @cached_property
    def test(self) -> Rows:
        """The sentences to measure on."""
        return load_labelled(self.options.on, self.codebook)

    @cached_property
    def written(self) -> Rows:
        """Part A of the labelled set."""
        return load_labelled(self.options.labelled / "sentences.jsonl", self.codebook)

    @cached_property
    def real(self) -> Rows:
        """Part B of the labelled set."""
        return load_labelled(self.options.labelled / "hydrated.jsonl", self.codebook)

    @cached_property
    def rows(self) -> Rows:
        """The whole labelled set."""
        return [*self.written, *self.real]

    @cached_property
    def out_of_fold(self) -> Judged:
        """What models that have not seen a sentence's fold say of it."""
        found = out_of_fold(self.rows, self.framings, self.settings)
        return judge_out_of_fold(found, self.framings, calibrate(found, self.rows, self.settings), self.rows)

    def picture(self, name: str) -> Path | None:
        """Return where a picture goes, if one is wanted."""
        return self.options.pictures and self.options.pictures / name

    def ablation(self) -> None:
        """Print what each kind of term gains and costs."""
        print(table(list(ablation(self.rows, self.test, self.framings, self.settings.features))))

    def curve(self) -> None:
        """Print the figures at growing shares of the labelled set."""
        results = list(curve(self.written, self.real, self.test, self.framings, self.settings.features))
        print(table(results))
        if path := self.picture("curve.png"):
            draw_curve(results, path)

    def reliability(self) -> None:
        """Print how far probabilities can be believed: on `--on`, or out of fold."""
        if self.options.on:
            bins = reliability(judge(load_model(self.options.model), self.test))
            print_reliability(bins, self.picture("reliability.png"))
        else:
            bins = out_of_fold_bins(self.out_of_fold, self.rows, self.settings.rate)
            print_reliability(bins, self.picture("reliability-out-of-fold.png"))

    def elsewhere(self) -> None:
        """Print the false alarms in the answers of other departments, all of whose doubtful sentences are labelled."""
        false, count = false_alarms(self.out_of_fold, self.rows), sentences_elsewhere(self.options.answers)
        print(f"{false} false alarms in {count:,} distinct sentences: {1000 * false / count:.2f} in 1,000")

    def all(self) -> None:
        """Print every table of docs/quality.md."""
        model = self.options.model or model_path()
        print(figures_table(evaluate_on(self.options.on, model, codebook_path())), "\n")
        print(comparison_table(compare(self.options.on, self.options.labelled, model, codebook_path())), "\n")
        for measure in (self.reliability, self.ablation, self.curve):
            measure()
            print()
        self.options.on = None
        self.reliability()


def main() -> None:
    """Run the measurement that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("ablation", "curve", "reliability", "elsewhere", "all"))
    parser.add_argument("--on", type=Path)
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--labelled", type=Path, default=ROOT / "labelled")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    if options.on is None and options.what not in ("reliability", "elsewhere"):
        parser.error("name the sentences to measure on: --on FILE.jsonl")
    if options.answers is None and options.what == "elsewhere":
        parser.error("name the answers: --answers FILE, JSON lines with department and text")
    getattr(Measurements(options), options.what)()


if __name__ == "__main__":
    main()
