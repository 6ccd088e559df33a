import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.model import Model
from classifier.records import Document
from classifier.scoring import score_documents
from classifier.stance import FEWEST, at_share, own_share

SHARES = st.floats(0.01, 0.99)
PROBABILITIES = st.lists(st.floats(0, 1), max_size=40)


@given(PROBABILITIES, SHARES)
def test_a_document_keeps_a_share_between_nothing_and_everything(probabilities, usual):
    assert 0 < own_share(probabilities, usual) < 1


@given(st.floats(0.001, 0.999), SHARES, SHARES)
def test_moving_there_and_back_changes_nothing(probability, usual, share):
    assert at_share(at_share(probability, usual, share), share, usual) == pytest.approx(probability, abs=1e-6)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9), SHARES, SHARES)
def test_the_order_of_sentences_stays(probabilities, usual, share):
    moved = [at_share(p, usual, share) for p in sorted(probabilities)]
    assert moved == sorted(moved)


def test_too_few_sentences_say_nothing_of_their_document():
    assert own_share([0.9] * (FEWEST - 1), 0.2) == 0.2


def test_a_critical_document_lifts_its_doubtful_sentences_and_a_release_does_not():
    doubtful = 0.3
    critical, release = own_share([0.9, 0.8, 0.9, 0.7, doubtful], 0.13), own_share([0.02] * 8 + [doubtful], 0.13)
    assert at_share(doubtful, 0.13, critical) > 0.6
    assert at_share(doubtful, 0.13, release) < doubtful


def test_scoring_judges_stance_in_the_light_of_the_document(tiny_model):
    alone = Document("a", "Voluntary.")
    among_critics = Document("b", "Voluntary.\n" + "Critics: voluntary.\n" * 9)
    parts = (tiny_model.outputs, tiny_model.terms, tiny_model.rows, tiny_model.settings)
    model = Model(*parts, {**tiny_model.manifest, "contested_share": 0.2})
    quiet, loud = (found.results[0] for found in score_documents([alone, among_critics], model))
    assert quiet.contested_probability < loud.contested_probability
