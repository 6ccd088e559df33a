import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from classifier.codebook import load_codebook
from classifier.errors import LabelledSetError
from classifier.places import codebook_path, labelled_path
from classifier.references import Reference, find, hash_of, load_references, on_one_line, words_of

ANSWER = """Nobody is made to come. The adviser’s offer (see Guidance) stands for a year; “we will wait”, she said.
£5 million was set aside in 2019. It paid for 40% of places"""
hostile = st.text(st.characters(exclude_categories=()), max_size=200)


def reference_to(sentence, **fields):
    words = words_of(sentence)
    return Reference(
        "q1", "https://example.org/1", len(words), hash_of(words), (), None, "random", 1.0, ("a",), **fields
    )


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Nobody is made to come", "Nobody is made to come."),
        ("NOBODY is... made, to come!", "Nobody is made to come."),
        ("we will wait she said", "“we will wait”, she said."),
        ("5 million was set aside in 2019", "£5 million was set aside in 2019."),
        ("It paid for 40% of places", "It paid for 40% of places"),
        ("see Guidance stand", None),
        ("It paid for 41% of places", None),
    ],
)
def test_a_sentence_is_found_by_its_words_and_given_back_with_its_marks(sentence, found):
    assert find(reference_to(sentence), ANSWER) == found


def test_white_space_and_what_tags_leave_behind_change_nothing():
    copy = "It is here: Fit  note\u00a0guidance \n(on GOV.UK ). \nNext."
    assert find(reference_to("It is here: Fit note guidance (on GOV.UK)."), copy) == (
        "It is here: Fit note guidance (on GOV.UK)."
    )


def test_letters_that_grow_in_lower_case_do_not_move_the_sentence():
    text = "In İzmir, İstanbul and İzmit they wait. The offer is open. Then it ends."
    assert find(reference_to("The offer is open"), text) == "The offer is open."
    assert (
        find(reference_to("In İzmir, İstanbul and İzmit they wait."), text) == "In İzmir, İstanbul and İzmit they wait."
    )


def test_a_document_shorter_than_the_sentence_holds_it_not():
    assert find(reference_to("one two three"), "one two") is None
    assert find(reference_to("one two three"), "") is None


@given(hostile, st.data())
def test_any_window_of_any_text_is_found_again(text, data):
    words = words_of(on_one_line(text))
    assume(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    found = find(reference_to(" ".join(words[first : last + 1])), text)
    assert found is not None
    assert words_of(found) == words[first : last + 1]
    assert found in on_one_line(text)


GOOD = {
    "id": "q1",
    "url": "https://example.org/1",
    "words": 4,
    "sha256": "0" * 64,
    "labels": ["voluntary_claim"],
    "stance": "asserted",
    "route": "random_domain",
    "share": 0.04,
    "annotators": ["a", "b"],
}


def load(tmp_path, *rows):
    path = tmp_path / "references.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return load_references(path, load_codebook(codebook_path()))


def test_a_reference_is_read_as_it_stands(tmp_path):
    (reference,) = load(tmp_path, GOOD, "")
    assert (reference.labels, reference.share, reference.annotators) == (("voluntary_claim",), 0.04, ("a", "b"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": ""}, "'id' must be"),
        ({"id": None}, "'id' must be"),
        ({"url": "ftp://example.org/1"}, "'url' must be"),
        ({"words": 0}, "'words' must be"),
        ({"words": True}, "'words' must be"),
        ({"words": 4.0}, "'words' must be"),
        ({"sha256": "A" * 64}, "'sha256' must be"),
        ({"sha256": "0" * 63}, "'sha256' must be"),
        ({"labels": ["voluntary_claims"]}, "did you mean 'voluntary_claim'"),
        ({"labels": "voluntary_claim"}, "'labels' must be"),
        ({"labels": ["incentives", "incentives"]}, "'labels' must be"),
        ({"stance": None}, "needs a stance"),
        ({"labels": []}, "has no stance"),
        ({"route": " "}, "'route' must be"),
        ({"share": 0}, "'share' must be"),
        ({"share": 1.5}, "'share' must be"),
        ({"share": "all"}, "'share' must be"),
        ({"annotators": []}, "'annotators' must be"),
        ({"annotators": ["a", "a"]}, "'annotators' must be"),
        ({"annotators": [1]}, "'annotators' must be"),
        ({"text": "Nobody is made to come."}, "must not hold the text"),
    ],
)
def test_a_bad_reference_is_refused_by_file_line_and_field(tmp_path, change, message):
    with pytest.raises(LabelledSetError, match=rf"references\.jsonl:2: .*{re.escape(message)}"):
        load(tmp_path, {**GOOD, "id": "q0", "sha256": "1" * 64}, {**GOOD, **change})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((GOOD, {**GOOD, "sha256": "1" * 64}), "id 'q1' stands twice"),
        ((GOOD, {**GOOD, "id": "q2"}), "this sentence of https://example.org/1 stands twice"),
        ((GOOD, "{"), "not valid JSON"),
        ((GOOD, "[]"), "not a JSON object"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path, rows, message):
    with pytest.raises(LabelledSetError, match=rf"references\.jsonl:2: {message}"):
        load(tmp_path, *rows)


def test_the_references_that_ship_keep_every_rule():
    references = load_references(labelled_path() / "references.jsonl", load_codebook(codebook_path()))
    assert len(references) >= 4000
    assert sum(len(reference.annotators) > 1 for reference in references) > 0
