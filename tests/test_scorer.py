"""Three ways to the same probabilities: scikit-learn's sparse matrices, plain Python by the book, and numpy by the block."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import model as model_room
from classifier.clause_scores import clauses_of
from classifier.estimator import SentenceScaler, vectoriser
from classifier.explaining import explain
from classifier.features import FeatureSettings
from classifier.fitting import ordered_terms
from classifier.model import Model
from classifier.quoted_phrases import quoted_phrases
from classifier.scorer import sigmoid
from classifier.storage import load_model, save_model, settings_record
from classifier.stretches import stretches_of
from classifier.thesaurus import load_themes
from classifier.weights import Weights

SENTENCES = Path(__file__).resolve().parent.parent / "labelled" / "sentences.jsonl"
SETTINGS = FeatureSettings(themes=load_themes(SENTENCES.parent / "themes.toml"))
OUTPUTS = ("one", "two", "three", "contested")


@pytest.fixture(scope="module")
def texts():
    return [json.loads(line)["text"] for line in SENTENCES.read_text("utf-8").splitlines()[:2000]]


@pytest.fixture(scope="module")
def reference(texts):
    """The counting and scaling of scikit-learn, learned from real sentences, and weights drawn at random."""
    counter, scaler = vectoriser(SETTINGS), SentenceScaler(SETTINGS.shortness)
    order, terms = ordered_terms(counter.fit(texts).get_feature_names_out())
    scaler.fit(counter.transform(texts)[:, order])
    draw = np.random.default_rng(7).normal
    weights = Weights(
        OUTPUTS,
        terms,
        idf=scaler.idf_,
        coefficients=draw(scale=2.0, size=(len(terms), len(OUTPUTS))),
        intercepts=draw(size=len(OUTPUTS)),
        slopes=np.array([0.5, 1.0, 1.5, 0.7]),
        offsets=draw(size=len(OUTPUTS)),
        thresholds=np.full((len(OUTPUTS), 2), 0.5),
        quoted_phrase=1.3,
    )

    def decisions(sentences):
        return scaler.transform(counter.transform(sentences)[:, order]) @ weights.coefficients + weights.intercepts

    def blended(sentence, whole):
        clauses = clauses_of(sentence)
        if len(clauses) < 2:
            return whole
        share = SETTINGS.clause_share * np.clip(whole - SETTINGS.clause_gate, 0, 1)
        share[-1] = 0  # the stance is that of the whole sentence
        return (1 - share) * whole + share * decisions(clauses).max(axis=0)

    def probabilities(sentences):
        found = np.array([blended(*pair) for pair in zip(sentences, decisions(sentences), strict=True)])
        found[:, -1] += [1.3 * bool(quoted_phrases(sentence)) for sentence in sentences]
        return sigmoid(found * weights.slopes + weights.offsets)

    return weights, probabilities


@pytest.fixture(scope="module")
def model(reference, tmp_path_factory):
    folder = tmp_path_factory.mktemp("random") / "model"
    save_model(folder, reference[0], {"settings": settings_record(SETTINGS)}, {})
    return load_model(folder)


def assert_all_agree(sentences, model, reference):
    expected = reference[1](sentences)
    by_the_block = model.probabilities(sentences)
    by_the_book = [model.account(sentence).probabilities for sentence in sentences]
    np.testing.assert_allclose(by_the_block, expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(by_the_book, by_the_block, rtol=0, atol=1e-12)


def test_real_sentences_get_the_same_probabilities_in_all_three_ways(texts, model, reference):
    assert_all_agree(texts, model, reference)


HOSTILE = [
    "",
    " ",
    "\x00",
    "a",
    "Aa aA AA aa",
    "benefit " * 3000,
    "benefit\nsanction\r\nbenefit\tsanction",
    "supercalifragilisticexpialidociousness" * 20,
    "abcdefgh abcdefghi abcdefghabcdefgh abcdefghabcdefghi" + " abcdefgh" * 5,
    "naïve café’s №10 ＢＥＮＥＦＩＴ benefit\u0301 ſick Kelvin\u212a 1２3 ٣",
    "\ud800 \U0001f600work\U0001f600 is\u2028good",
    "“a”,“b” \"\" ‘’ '“’' so-called 'voluntary' and ‘work is good for you’ or \"" + "a" * 90 + "\" it's “́”",
    "1 22 333 4444 55555 1.5bn £20,000 2026-07-27",
    " ".join("0" * count + " " + "ab" * count for count in range(1, 40)),
    "x" * 31 + " " + "x" * 32 + " " + "x" * 33 + " " + "x" * 32 + "y",
]


def test_hostile_sentences_get_the_same_probabilities_in_all_three_ways(model, reference):
    assert_all_agree(HOSTILE, model, reference)


WORDS = st.sampled_from(
    [
        *[
            "a",
            "the",
            "of",
            "to",
            "and",
            "in",
            "work",
            "benefit",
            "sanction",
            "voluntary",
            "health",
            "people",
            "job",
            "sickness",
            "conditionality",
            "they",
        ],
        ".",
    ]
)
PROSE = st.lists(WORDS | st.text(max_size=12) | st.from_regex(r"[a-zA-Z0-9]{1,40}", fullmatch=True), max_size=60)


@given(st.lists(PROSE.map(" ".join), max_size=12))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_the_same_probabilities_in_all_three_ways(model, reference, sentences):
    assert_all_agree([sentence.replace("\ud800", "?") for sentence in sentences] + ["."], model, reference)


@given(PROSE.map(" ".join), st.sampled_from(OUTPUTS))
@settings(deadline=None, max_examples=100)
def test_what_words_and_terms_brought_adds_up_to_the_probability(model, sentence, output):
    account, found = model.account(sentence), explain(model, sentence, output)
    k = OUTPUTS.index(output)
    logit = sum(account.shares[k]) + model.outputs[k].calibrated_intercept
    assert account.probabilities[k] == pytest.approx(found.probability, abs=1e-12)
    assert logit == pytest.approx(found.logit, abs=1e-9)
    assert sum(part.value for part in found.contributions) + found.intercept == pytest.approx(found.logit, abs=1e-9)


def test_few_and_many_sentences_are_reported_alike(texts, model, monkeypatch):
    bounds = [0.6, 0.7, 0.8]
    many = model.reported(texts, bounds)
    monkeypatch.setattr(model_room, "FEW_CHARACTERS", 10**9)
    few = model.reported(texts, bounds)
    assert sum(map(len, texts)) > 40_000
    assert 0 < len(few) < len(texts)
    assert list(few) == list(many)
    for one, other in zip(few.values(), many.values(), strict=True):
        assert list(one.spans) == list(other.spans)
        np.testing.assert_allclose(one.shares, other.shares, atol=1e-12)
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-12)


def test_few_accounts_are_made_at_a_time(texts, model, monkeypatch):
    many = model.reported(texts, [0.6, 0.7, 0.8])
    made = []
    all_accounts = Model._accounts
    monkeypatch.setattr(model_room, "_ACCOUNTS_AT_A_TIME", 3)
    monkeypatch.setattr(Model, "_accounts", lambda own, some: made.append(len(some)) or all_accounts(own, some))
    found = model.reported_within(stretches_of(texts), [0.6, 0.7, 0.8])
    first = next(found)
    assert len(made) < 10
    again = dict([first, *found])
    assert max(made) == 3
    assert [(at, one.probabilities) for at, one in again.items()] == [
        (at, one.probabilities) for at, one in many.items()
    ]


def test_words_are_forgotten_when_too_many_are_remembered(texts, model, reference, monkeypatch):
    monkeypatch.setattr("classifier.stems.MAX_REMEMBERED_WORDS", 500)
    np.testing.assert_allclose(model.probabilities(texts), reference[1](texts), atol=1e-6)
    for text in texts[:50]:
        np.testing.assert_allclose(model.probabilities([text]), reference[1]([text]), atol=1e-6)


def test_a_model_of_very_many_stems_needs_longer_keys(texts, model, reference, monkeypatch):
    monkeypatch.setattr("classifier.scorer.type_of_keys", lambda _: np.uint64)
    other = Model(model.outputs, model.terms, model.rows, model.settings, model.manifest)
    np.testing.assert_array_equal(other.probabilities(texts[:200]), model.probabilities(texts[:200]))


def test_whatever_is_reported_was_not_ruled_out_by_the_rough_sums(texts, model, reference):
    expected = reference[1]([*texts, *HOSTILE, "sanction " * 400])[:, :-1]
    for bound in (0.001, 0.3, 0.5, 0.9, 0.999):
        likely = model.scorer.likely(stretches_of([*texts, *HOSTILE, "sanction " * 400]), [bound] * 3)
        missed = set(np.flatnonzero((expected >= bound + 1e-6).any(axis=1)).tolist()) - set(likely)
        assert not missed


def test_threads_that_share_a_model_get_what_one_alone_gets(model, texts):
    alone = model.probabilities(texts)
    shared = Model(model.outputs, model.terms, model.rows, model.settings, model.manifest)
    parts = [texts[start::8] for start in range(8)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(shared.probabilities, parts))
    for start, probabilities in enumerate(found):
        np.testing.assert_allclose(probabilities, alone[start::8], atol=1e-9)
