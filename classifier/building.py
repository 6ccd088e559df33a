"""The labelled folder → a model folder, or figures. Ties the labelled set, fitting, judging and storage together."""

import platform
from pathlib import Path
from typing import Any

import numpy as np

from classifier.baselines import judge_baselines
from classifier.codebook import Codebook, load_codebook
from classifier.errors import LabelledSetError
from classifier.evaluating import evaluate
from classifier.features import FeatureSettings
from classifier.judging import judge, judge_out_of_fold
from classifier.labelled_set import LabelledSentence, fingerprint, load_labelled
from classifier.reporting import model_card, weights_table
from classifier.storage import load_model, save_model, settings_record
from classifier.thesaurus import load_themes
from classifier.training import RATE, TrainingSettings, calibrate, contested_share, fit_weights, out_of_fold

WRITTEN = "sentences.jsonl"
HYDRATED = "hydrated.jsonl"
THEMES = "themes.toml"


def load_folder(folder: Path, codebook: Codebook) -> list[LabelledSentence]:
    """Return the written sentences of a labelled folder, then the real ones whose text has been hydrated."""
    rows = load_labelled(folder / WRITTEN, codebook)
    if (folder / HYDRATED).exists():
        rows += load_labelled(folder / HYDRATED, codebook)
    if len(rows) < 2:
        raise LabelledSetError(f"{folder / WRITTEN}: holds no labelled sentences to learn from.")
    return rows


def settings_for(folder: Path, rate: float = RATE) -> TrainingSettings:
    """Return how to train on a labelled folder: with its themes, for texts in which a framing is as common as `rate` says."""
    return TrainingSettings(FeatureSettings(themes=load_themes(folder / THEMES)), rate=rate)


def build_model(folder: Path, codebook_path: Path, out: Path, rate: float) -> str:
    """Train on `folder` and write the model to `out`; return a summary for people."""
    codebook = load_codebook(codebook_path)
    rows = load_folder(folder, codebook)
    settings = settings_for(folder, rate)
    found = out_of_fold(rows, codebook.ids, settings)
    calibrations = calibrate(found, rows, settings)
    figures = evaluate(judge_out_of_fold(found, codebook.ids, calibrations, rows))
    weights = fit_weights(rows, codebook.ids, calibrations, settings)
    manifest = _manifest(codebook, rows, settings, figures)
    manifest["contested_share"] = contested_share(found, rows)
    texts = {"weights.tsv": weights_table(weights), "card.md": model_card(codebook, weights, manifest)}
    save_model(out, weights, manifest, texts)
    return f"{out}: {len(weights.terms)} terms from {len(rows)} sentences, cross-validated micro-F1 {figures['micro_f1']:.3f}"


def cross_validate(folder: Path, codebook_path: Path) -> dict[str, Any]:
    """Return the figures of grouped cross-validation on `folder`."""
    codebook = load_codebook(codebook_path)
    rows = load_folder(folder, codebook)
    settings = settings_for(folder)
    found = out_of_fold(rows, codebook.ids, settings)
    return evaluate(judge_out_of_fold(found, codebook.ids, calibrate(found, rows, settings), rows))


def evaluate_on(path: Path, model_folder: Path, codebook_path: Path) -> dict[str, Any]:
    """Return the figures of a model on the labelled rows of one file."""
    rows = load_labelled(path, load_codebook(codebook_path))
    if not rows:
        raise LabelledSetError(f"{path}: holds no rows to judge.")
    return evaluate(judge(load_model(model_folder), rows))


def compare(on: Path, folder: Path, model_folder: Path, codebook_path: Path) -> dict[str, dict[str, Any]]:
    """Return the figures of every baseline, trained on `folder`, and of the model, all on the rows of `on`."""
    codebook = load_codebook(codebook_path)
    test = load_labelled(on, codebook)
    figures = judge_baselines(codebook, load_folder(folder, codebook), test)
    return {**figures, "this model": evaluate(judge(load_model(model_folder), test))}


def _manifest(
    codebook: Codebook, rows: list[LabelledSentence], settings: TrainingSettings, figures: dict[str, Any]
) -> dict[str, Any]:
    import nltk
    import scipy
    import sklearn

    versions = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
    versions |= {"scikit-learn": sklearn.__version__, "nltk": nltk.__version__}
    return {
        "codebook": {"title": codebook.title, "version": codebook.version},
        "names": {framing.id: framing.name for framing in codebook.framings},
        "training": {
            "written": sum(row.route == "written" for row in rows),
            "real": sum(row.route != "written" for row in rows),
            "positives": {name: sum(name in row.labels for row in rows) for name in codebook.ids},
            "contested": sum(row.stance == "contested" for row in rows),
            "sha256": fingerprint(rows),
        },
        "settings": {
            **settings_record(settings.features),
            "rate": settings.rate,
            "flagged_precision": settings.flagged_precision,
            "flagged_floor": settings.flagged_floor,
            "unsure_probability": settings.unsure_probability,
        },
        "cross_validated": _rounded(figures),
        "versions": versions,
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value
