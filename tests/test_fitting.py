"""The weights of terms, and which terms of two words are kept."""

import numpy as np
import pytest

from classifier.features import FeatureSettings, Kind, kind_of
from classifier.fitting import fit, ordered_terms

TEXTS = [
    "the rain is good",
    "the rain is bad",
    "the sun is good",
    "the rain was good",
    "a sun was bad",
    "a rain is good",
]
IS_GOOD = np.array([["good" in text, False] for text in TEXTS])  # a framing, and no stance to learn
EVERYTHING = [np.ones(len(TEXTS), dtype=bool)] * 2


def fitted(most_of_two: int):
    themes = {"rain": "weather", "sun": "weather", "good": "praise"}
    return fit(TEXTS, IS_GOOD, EVERYTHING, FeatureSettings(2, (), 1, themes=themes, most_of_two=most_of_two))


def test_terms_of_one_word_stay_and_of_those_of_two_only_so_many():
    everything, some = fitted(1000), fitted(3)
    of_one = [term for term in everything.terms if kind_of(term) < Kind.PAIR]
    assert [term for term in some.terms if kind_of(term) < Kind.PAIR] == of_one
    assert len(some.terms) == len(of_one) + 3 < len(everything.terms)


def test_terms_of_two_words_that_are_kept_are_those_that_weigh_most():
    everything, some = fitted(1000), fitted(3)
    parts = dict(zip(everything.terms, np.abs(everything.coefficients[:, 0]) * everything.idf, strict=True))
    kept = {term for term in some.terms if kind_of(term) >= Kind.PAIR}
    others = {term for term in everything.terms if kind_of(term) >= Kind.PAIR} - kept
    assert min(parts[term] for term in kept) >= max(parts[term] for term in others)


def test_what_is_fitted_tells_the_rows_apart():
    decisions = fitted(3).decisions(TEXTS)[:, 0]
    assert min(decisions[IS_GOOD[:, 0]]) > max(decisions[~IS_GOOD[:, 0]])


@pytest.mark.parametrize("terms", [["b a", "@z", "#zzzzz", "a", "@a@z", "a @z", "@z a"]])
def test_terms_stand_by_their_kinds_each_kind_in_alphabetical_order(terms):
    order, names = ordered_terms(terms)
    assert names == ("a", "#zzzzz", "@z", "b a", "@z a", "a @z", "@a@z")
    assert [terms[i] for i in order] == list(names)
