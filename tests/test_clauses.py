"""Clauses: what one of them says is heard above the rest of a long sentence, and nothing else changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from classifier.clause_scores import clauses_of
from classifier.clauses import FEWEST_WORDS, Blending, clause_edges
from classifier.explaining import explain
from classifier.features import FeatureSettings, word_spans
from classifier.storage import load_model, save_model, settings_record
from classifier.stretches import stretches_of
from classifier.weights import Weights
from cli import app

LONG = (
    "The council met in the town hall on Friday, claimants who refuse will be sanctioned, and the drains were repaired."
)
BOTH = LONG.replace("drains", "mill")
LOUD = "claimants who refuse will be sanctioned"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Work is good for you.", ["Work is good for you"]),
        ("It is fair, and it is kind to everyone.", ["It is fair, and it is kind to everyone"]),
        (
            "We will help people to work, cut the benefits bill - and protect those in need.",
            ["We will help people to work", "cut the benefits bill", "and protect those in need"],
        ),
        (
            "We will back you if you look for work, but not if you don’t.",
            ["We will back you", "if you look for work", "but not if you don’t"],
        ),
        ("A sum of 1,000,000 pounds at 10:30 is not cut up", ["A sum of 1,000,000 pounds at 10:30 is not cut up"]),
        ("", []),
    ],
)
def test_a_sentence_is_cut_at_its_marks_and_before_words_that_begin_a_clause(sentence, expected):
    assert clauses_of(sentence) == expected


@given(st.text(max_size=200) | st.lists(st.sampled_from(["and", "work,", "who", "-", "a", "; "])).map(" ".join))
def test_clauses_are_all_the_words_of_the_sentence_in_order(sentence):
    spans = word_spans(sentence)
    edges = clause_edges(sentence, spans)
    assert edges[0] == 0
    assert edges[-1] == len(spans)
    lengths = np.diff(edges)
    assert len(edges) == 2 or (lengths >= FEWEST_WORDS).all()


@pytest.fixture
def model(tmp_path):
    """A model that knows two words, of which one frames and one contests, as a clause is worth half."""
    weights = Weights(
        ("conditionality", "contested"),
        ("mill", "sanct"),
        idf=np.ones(2),
        coefficients=np.array([[0.0, 8.0], [8.0, 8.0]]),
        intercepts=np.array([-4.0, -4.0]),
        slopes=np.ones(2),
        offsets=np.zeros(2),
        thresholds=np.full((2, 2), 0.5),
    )
    settings = FeatureSettings(0, (), shortness=3.0, clause_share=0.5, clause_gate=-1.0)
    save_model(tmp_path / "model", weights, {"settings": settings_record(settings)}, {})
    return load_model(tmp_path / "model")


def logit(p):
    return np.log(p / (1 - p))


def test_the_clause_that_frames_is_heard_above_the_rest(model):
    """With 8 / sqrt(3 + 1) - 4 = 0 for a text with one known word, and 8 / sqrt(3 + 2) - 4 for one with both."""
    alone, whole = 0.0, 8 / np.sqrt(5) - 4
    share = 0.5 * min(1, whole + 1)
    assert logit(model.account(LOUD).probabilities[0]) == pytest.approx(alone)
    assert logit(model.account(BOTH).probabilities[0]) == pytest.approx((1 - share) * whole + share * alone)


def test_stance_is_that_of_the_whole_sentence(model):
    assert logit(model.account(BOTH).probabilities[1]) == pytest.approx(16 / np.sqrt(5) - 4)


def test_what_the_sentence_as_a_whole_rules_out_is_not_looked_for_in_its_clauses():
    blending = Blending.of(0.3, -2.5, [0.9, 0.9, -1.0, 1.0], [-1.5, -1.5, 0.0, 0.0])
    gate = 0.9 * -2.5 - 1.5
    assert blending.shares([gate, gate + 0.45, 9.0, 9.0]) == pytest.approx([0.0, 0.15, 0.0, 0.0])


def test_an_explanation_names_the_clause_and_still_adds_up(model):
    found = explain(model, BOTH, "conditionality")
    assert found.clause == LOUD
    assert 0 < found.clause_share < 0.5
    assert sum(part.value for part in found.contributions) + found.intercept == pytest.approx(found.logit)
    assert explain(model, "They will be sanctioned.", "conditionality").clause is None


def test_one_sentence_and_many_are_blended_alike(model):
    sentences = [LONG, BOTH, LOUD, "", "mill"]
    by_the_book = [model.account(sentence).probabilities for sentence in sentences]
    np.testing.assert_allclose(model.probabilities(sentences), by_the_book, atol=1e-12)
    bound = by_the_book[1][0] - 1e-6
    likely = [i for i, found in enumerate(by_the_book) if found[0] >= bound]
    assert model.scorer.likely(stretches_of(sentences), [bound]) == likely
    accounts = dict(model.reported_within(stretches_of(sentences), [bound]))
    for i in likely:
        np.testing.assert_allclose(accounts[i].probabilities, by_the_book[i], atol=1e-9)


def test_explain_prints_the_clause(model, tmp_path):
    done = CliRunner().invoke(app, ["explain", BOTH, "--framing", "conditionality", "--model", str(tmp_path / "model")])
    assert f"loudest clause: {LOUD}" in done.stdout
