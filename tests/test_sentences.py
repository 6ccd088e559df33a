"""Sentences: 300 hand-made cases in `sentences/cases.txt`, offsets of anything, roles and quotations."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.records import Block, Document
from classifier.sentences import document_spans, quotations, sentence_at, spans

CASES = [
    line
    for line in (Path(__file__).parent / "sentences" / "cases.txt").read_text(encoding="utf-8").split("\n")
    if line.strip() and not line.startswith(("# One", "## "))
]
MARK = re.compile(r" \| |‖|⏎")
MARKS = {" | ": " ", "‖": "", "⏎": "\n"}


def found_in(text):
    return [text[start:end] for start, end in spans(text)]


@pytest.mark.parametrize("case", CASES)
def test_a_hand_made_case_is_split_as_marked(case):
    text = MARK.sub(lambda mark: MARKS[mark.group()], case)
    assert found_in(text) == [part.strip() for part in MARK.split(case) if part.strip()]


def test_there_are_many_cases_and_none_twice():
    assert len(CASES) == len(set(CASES)) >= 200


HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [".", "!", "?", "…", " ", "  ", "\n", "\t", "”", '"', ")", "(", "[", "1", "²", "[3]", "•", "–"]
        ),
        st.sampled_from(["No", "Rt", "Hon", "e.g", "U.K", "etc", "The", "We", "A", "iPhone", "word", "12", "Ltd"]),
        st.text(max_size=4),
    ),
    max_size=40,
).map("".join)


@given(HOSTILE)
def test_sentences_are_in_order_and_leave_out_nothing_but_white_space(text):
    at = 0
    for start, end in spans(text):
        assert not text[at:start].strip()
        assert at <= start < end
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@given(HOSTILE, HOSTILE)
def test_no_sentence_crosses_a_line_end_and_lines_are_split_alike_wherever_they_stand(one, two):
    apart = [*spans(one), *((start + len(one) + 1, end + len(one) + 1) for start, end in spans(two))]
    assert spans(f"{one}\n{two}") == apart


@pytest.mark.parametrize(
    "piece", [".", "?!", ". ", "a. ", ".)", ". (", "[1]", ".[1]", "1.", "\n ", "… ", "No. ", "x" * 30 + ".\t"]
)
def test_monotonous_text_is_split_in_linear_time(piece):
    text = piece * (2_000_000 // len(piece))
    assert sum(end - start for start, end in spans(text)) <= len(text)


@pytest.mark.parametrize(
    "text", ["word " * 4000, "x" * 20_000, ("word" + " " * 9000) * 3 + "end", "ab " * 1666 + "x" * 9000 + ". The end."]
)
def test_what_is_far_too_long_for_a_sentence_is_divided_at_blanks(text):
    found = spans(text)
    assert len(found) > 1
    assert all(text[start:end].strip() and end - start <= 5000 for start, end in found)
    assert "".join(found_in(text)).replace(" ", "") == text.replace(" ", "")
    assert "word" not in text or set(" ".join(found_in(text)).split()) <= {"word", "end"}


def test_sentences_of_a_document_keep_to_its_blocks():
    text = "Next steps\nWe will act. We must.\n“It is time.”"
    blocks = (Block(0, 10, "heading"), Block(11, 32, "item", 3), Block(33, 46, "quote"))
    document = Document("a", text, blocks=blocks)
    found = [sentence_at(document, span) for span in document_spans(document)]
    assert [(s.text, s.role, s.page, s.quoted) for s in found] == [
        ("Next steps", "heading", None, False),
        ("We will act.", "item", 3, False),
        ("We must.", "item", 3, False),
        ("“It is time.”", "quote", None, True),
    ]
    assert all(text[s.start : s.end] == s.text for s in found)


def test_a_sentence_mostly_inside_quotation_marks_is_quoted():
    text = "“We will act. We must act soon,” he said, leaving the room. “No”, she said to all of them."
    marks = quotations(text)
    found = [sentence_at(Document("a", text), span, marks) for span in spans(text)]
    assert [s.quoted for s in found] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “we will” and left.", ["“we will”"]),
        ('He said "we will" and left.', ['"we will"']),
        ("“One.\n“Two.”\nThree", ["“One.", "“Two.”"]),
        ("“One.\nTwo.", ["“One."]),
        ("A stray ” mark", []),
        ("“Open to the end", ["“Open to the end"]),
    ],
)
def test_quotations_are_found_across_sentences_and_paragraphs(text, quoted):
    assert [text[start:end] for start, end in quotations(text)] == quoted
