"""Blocks of texts are split into the sentences that each has alone, and scored as if these had been cut out."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.records import Block, Document
from classifier.scoring import load_model
from classifier.sentences import document_spans, spans
from classifier.splitting import split, split_documents
from classifier.stretches import stretches_of

HERE = Path(__file__).parent
CASES = (HERE / "sentences" / "cases.txt").read_text(encoding="utf-8").split("\n")
PARTS = st.one_of(
    st.sampled_from([".", ". ", "?", "! ", "…", "… ", " ", "  ", "\n", "\t", "”", '"', ")", "(", "[", "1", "²", "[3]"]),
    st.sampled_from(["No", "Rt", "Hon", "e.g", "U.K", "etc", "The", "We", "A", "iPhone", "word", "2019", "Ltd", "iv"]),
    st.sampled_from(
        ["–", "•", "\x85", "\xa0", "\u2003", "\U0001f600", "\ud800", "£5", "1.5", "gov.uk", "approximately"]
    ),
    st.text(max_size=4),
)
TEXTS = st.lists(PARTS, max_size=40).map("".join)


def spans_of_all(documents, begins):
    """Return what the text-by-text way finds, counted from where each text begins."""
    pairs = zip(documents, begins, strict=False)
    return [(begin + start, begin + end) for document, begin in pairs for start, end in document_spans(document)]


def assert_all_are_split_alike(texts):
    documents = [Document("a", text) for text in texts]
    found, begins = split_documents(documents)
    assert list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == spans_of_all(documents, begins)
    assert len(found.data) == len(found.text)


def test_every_hand_made_case_is_split_alike():
    assert_all_are_split_alike(CASES)
    for case in CASES:
        assert_all_are_split_alike([case])


@given(st.lists(TEXTS, max_size=6))
@settings(deadline=None, max_examples=300)
def test_any_texts_are_split_alike(texts):
    assert_all_are_split_alike(texts)


@pytest.mark.parametrize(
    "piece",
    [".", "?!", ". ", "a. ", ".)", ". (", "[1]", ".[1]", "1.", "\n ", "… ", "No. ", "x" * 30 + ".\t", "No. 1 No. A "],
)
def test_monotonous_text_is_split_alike_in_linear_time(piece):
    assert_all_are_split_alike([piece * (200_000 // len(piece)), "\n" + " " * 200_000 + piece * (50_000 // len(piece))])


@pytest.mark.parametrize("text", ["word " * 4000, "x" * 20_000, "ab " * 1666 + "x" * 9000 + ". The end.", "Mr. X", ""])
def test_what_is_too_long_or_too_short_is_split_alike(text):
    assert_all_are_split_alike([text])
    assert_all_are_split_alike(["One. Two.", text, "Three. Four."])


def test_texts_with_blocks_keep_to_them():
    blocks = (Block(0, 10, "heading"), Block(11, 23, "item", 3))
    documents = [Document("a", "One. Two."), Document("b", "Next steps\nWe will act.", blocks=blocks)]
    found, begins = split_documents(documents)
    assert list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == spans_of_all(documents, begins)


def test_sentences_of_a_block_are_scored_as_if_they_had_been_cut_out():
    lines = (HERE.parent / "labelled" / "sentences.jsonl").read_text("utf-8").splitlines()[:500]
    text = "\n".join([*(json.loads(line)["text"] for line in lines), "sanction" * 3000, "Ends here.There it goes on."])
    whole, model = split(text), load_model()
    cut = [text[start:end] for start, end in spans(text)]
    bounds = [0.2] * len(model.framings)
    within, apart = dict(model.reported_within(whole, bounds)), model.reported(cut, bounds)
    assert list(within) == list(apart)
    assert 0 < len(within) < len(cut)
    for one, other in zip(within.values(), apart.values(), strict=True):
        assert list(one.spans) == list(other.spans)
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-12)
    assert model.scorer.likely(whole, bounds) == model.scorer.likely(stretches_of(cut), bounds)
