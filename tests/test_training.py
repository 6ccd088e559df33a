"""A small invented codebook, about weather: the code must know no framing by name."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from classifier.codebook import load_codebook
from classifier.estimator import SentenceScaler, fit_outputs, vectoriser
from classifier.features import FeatureSettings
from classifier.labelled_set import load_labelled
from classifier.scorer import sigmoid
from classifier.scoring import load_model, score_text
from classifier.training import fold_of, masks_of, targets_of
from cli import app

CODEBOOK = """
title = "Talk of weather"
version = 1
[[framing]]
id = "rain_is_good"
name = "rain is good"
definition = "praises rain"
keywords = ["rain"]
[[framing]]
id = "sun_is_cruel"
name = "the sun is cruel"
definition = "complains of the sun"
keywords = ["sun"]
"""
PLACES = ["field", "garden", "valley", "village", "orchard", "meadow", "harbour", "hill", "market", "park"]
PRAISE = ["blessed", "refreshed", "healed", "rescued"]
BLAME = ["scorched", "withered", "punished", "parched"]


def weather_rows():
    for i, place in enumerate(PLACES):
        for j, (praise, blame) in enumerate(zip(PRAISE, BLAME, strict=True)):
            yield f"The rain {praise} the {place}.", ["rain_is_good"], "asserted"
            yield f"A merciless sun {blame} our {place}.", ["sun_is_cruel"], "contested" if j == 3 else "asserted"
            yield f"The {place} has {i + j} benches and a gate.", [], None


@pytest.fixture(scope="module")
def weather(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("weather")
    (folder / "codebook.toml").write_text(CODEBOOK)
    rows = [
        {"id": f"s{n}", "text": text, "labels": labels, "stance": stance}
        for n, (text, labels, stance) in enumerate(weather_rows())
    ]
    (folder / "sentences.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def run(*arguments: object):
    return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def trained(weather) -> Path:
    assert run("train", "--labelled", weather, "--out", weather / "model").exit_code == 0
    return weather / "model"


def test_another_codebook_trains_a_working_model_without_touching_the_code(trained):
    model = load_model(trained)
    result = score_text("Last night the rain refreshed the garden. The bench is green.", model)
    assert result.count("flagged") == {"rain_is_good": 1}
    assert result.results[0].sentence.text == "Last night the rain refreshed the garden."


def test_two_runs_write_the_same_bytes(weather, trained):
    assert run("train", "--labelled", weather, "--out", weather / "again").exit_code == 0
    for path in trained.iterdir():
        assert path.read_bytes() == (weather / "again" / path.name).read_bytes()


def test_the_scorer_agrees_with_scikit_learn(weather, trained):
    model = load_model(trained)
    rows = load_labelled(weather / "sentences.jsonl", load_codebook(weather / "codebook.toml"))
    texts = [row.text for row in rows] + ["", "Rain rain RAIN rained on the café's garden!", "日本 sun \x00 2026"]
    counter, scaler = vectoriser(FeatureSettings()), SentenceScaler()
    targets = targets_of(rows, model.framings)
    X = scaler.fit_transform(counter.fit_transform([row.text for row in rows]))
    coefficients, intercepts, _ = fit_outputs(X, targets, masks_of(targets), np.zeros(len(targets), dtype=bool))
    raw = scaler.transform(counter.transform(texts)) @ coefficients + intercepts
    calibrated = raw * [o.slope for o in model.outputs] + [o.offset for o in model.outputs]
    np.testing.assert_allclose(model.probabilities(texts), sigmoid(calibrated), atol=1e-6)


def test_a_family_never_straddles_a_fold():
    assert fold_of("pair-7") == fold_of("pair-7")
    assert len({fold_of(f"group {n}") for n in range(100)}) == 5


def test_the_manifest_says_what_the_model_was_trained_on(trained):
    manifest = json.loads((trained / "manifest.json").read_text())
    assert manifest["training"]["written"] == 120
    assert manifest["training"]["real"] == 0
    assert len(manifest["training"]["sha256"]) == 64
    assert set(manifest["files"]) == {"terms.txt", "rows.f32", "weights.tsv", "card.md"}
    assert "scikit-learn" in manifest["versions"]


def test_evaluating_gives_the_documented_figures(weather, trained):
    args = ("--labelled", weather, "--codebook", weather / "codebook.toml")
    crossed = json.loads(run("evaluate", *args, "--format", "json").stdout)
    on_file = ("--on", weather / "sentences.jsonl", "--model", trained, "--codebook", weather / "codebook.toml")
    judged = json.loads(run("evaluate", *on_file, "--format", "json").stdout)
    for figures in (crossed, judged):
        assert figures["sentences"] == 120
        assert figures["micro_f1"] > 0.9
        assert set(figures["per_framing"]) == {"rain_is_good", "sun_is_cruel"}
        assert figures["stance"]["support"] == 10
        assert set(figures["calibration"]) == {"ece", "brier"}
        low, high = figures["intervals"]["micro_f1"]
        assert low <= figures["micro_f1"] <= high
    table = run("evaluate", *on_file, "--baselines", *args).stdout
    assert [line.split("  ")[0] for line in table.splitlines()[1:]] == [
        "majority",
        "key words",
        "plain pipeline",
        "this model",
    ]


def test_a_framing_with_too_few_positives_is_never_flagged(weather, tmp_path):
    (tmp_path / "codebook.toml").write_text(CODEBOOK)
    rows = [json.loads(line) for line in (weather / "sentences.jsonl").read_text().splitlines()]
    kept = [row for n, row in enumerate(rows) if "sun_is_cruel" not in row["labels"] or n < 9]
    (tmp_path / "sentences.jsonl").write_text("".join(json.dumps(row) + "\n" for row in kept))
    assert run("train", "--labelled", tmp_path, "--out", tmp_path / "model").exit_code == 0
    assert "too few positives" in (tmp_path / "model" / "card.md").read_text()
    assert score_text("A merciless sun scorched our field.", load_model(tmp_path / "model")).results == ()
