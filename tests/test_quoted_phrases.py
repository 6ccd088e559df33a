"""Phrases in quotation marks: found in every kind of marks, and heard by the stance alone."""

import pytest

from classifier.explaining import QUOTED_PHRASE, explain
from classifier.quoted_phrases import quoted_phrases
from classifier.scoring import load_model


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The so-called 'voluntary' scheme is not.", ["'voluntary'"]),
        ("The ‘sick note culture’ of which he spoke", ["‘sick note culture’"]),
        ("They call it “work first”, and “tough love” too.", ["“work first”", "“tough love”"]),
        ('Work is said to be "good for you".', ['"good for you"']),
        ("‘The claimant’s choice’ is none.", ["‘The claimant’s choice’"]),
        ("It isn't the claimant's or the doctors' choice.", []),
        ("“We will help everyone who can work into a job that lasts,” she said.", []),
        ("He said “…” and “”.", []),
        ("An open “mark", []),
    ],
)
def test_short_phrases_in_marks_are_found_and_quotations_and_apostrophes_are_not(sentence, expected):
    assert [sentence[start:end] for start, end in quoted_phrases(sentence)] == expected


def test_marks_make_a_sentence_more_contested_and_change_no_framing():
    model = load_model()
    plain, marked = (
        model.account(f"Ministers say that the scheme is {word} for patients.").probabilities
        for word in ("voluntary", "‘voluntary’")
    )
    assert marked[-1] > plain[-1]
    assert marked[:-1] == pytest.approx(plain[:-1])


def test_an_explanation_of_the_stance_lists_the_marks():
    found = explain(load_model(), "Their ‘voluntary’ scheme was “optional” too.", "contested")
    assert [part.count for part in found.contributions if part.term == QUOTED_PHRASE] == [2]
    assert sum(part.value for part in found.contributions) + found.intercept == pytest.approx(found.logit)
