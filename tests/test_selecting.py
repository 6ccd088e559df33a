import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import UsageError
from classifier.readers import ReadOptions, read_stream
from classifier.readers.apart import parse_apart
from classifier.readers.pages import parse_page
from classifier.records import Document, DocumentFailure
from classifier.scoring import score_documents
from classifier.selecting import Selection, contexts, ignored_lines, load_selection, select
from classifier.text import normalise
from classifier.writers import describe, encode_entries, sentence_id

TEXT = "Joining is voluntary.\nPlain words.\nA sanction may follow.\nAll voluntary, no sanction."
FRAMINGS = ("voluntary_claim", "sanctions")


def scored(model, text, name="a.txt"):
    return next(iter(score_documents([Document(name, text)], model)))


def framings(item):
    return [(result.sentence.text, [score.framing for score in result.framings]) for result in item.results]


def test_nothing_is_withheld_when_nothing_is_asked(tiny_model):
    item = scored(tiny_model, TEXT)
    assert select(item, Selection(FRAMINGS)) == (item, {})


def test_a_baseline_leaves_only_new_findings_wherever_their_line_is_now(tiny_model, tmp_path):
    path = tmp_path / "before.jsonl"
    failure = DocumentFailure("x", "InputError", "bad")
    before = [scored(tiny_model, "Joining is voluntary.\nA sanction may follow."), failure]
    path.write_bytes(encode_entries(describe(item, "m") for item in before))
    moved = scored(
        tiny_model, "New first line.\n\nA  SANCTION may follow. Joining is voluntary. A new sanction.", "b.txt"
    )
    item, withheld = select(moved, load_selection(FRAMINGS, path, None))
    assert framings(item) == [("A new sanction.", ["sanctions"])]
    assert withheld == {"baseline": 2}
    assert item.sentence_count == 4


def test_a_sentence_with_one_known_and_one_new_framing_stays_with_the_new_one(tiny_model, tmp_path):
    record = {"schema": 1, "type": "finding", "text": TEXT.split("\n")[3], "framings": [{"framing": "sanctions"}]}
    path = tmp_path / "before.jsonl"
    path.write_text(json.dumps(record) + "\n")
    item, _ = select(scored(tiny_model, TEXT), load_selection(FRAMINGS, path, None))
    assert framings(item)[-1] == ("All voluntary, no sanction.", ["voluntary_claim"])


@pytest.mark.parametrize(
    "line", ["not json", "[1]", "3", '{"type": "finding"}', '{"type": "finding", "text": 3, "framings": []}']
)
def test_a_baseline_that_is_none_is_refused_by_line(line, tmp_path):
    path = tmp_path / "before.jsonl"
    path.write_text(f"\n{line}\n")
    with pytest.raises(UsageError, match=r"before\.jsonl:2"):
        load_selection(FRAMINGS, path, None)


def test_an_ignore_file_takes_sentences_and_ids(tiny_model, tmp_path):
    path = tmp_path / ".framingignore"
    key = sentence_id("A sanction may follow.")
    path.write_text(
        f"# agreed\n\nvoluntary_claim  joining IS   voluntary.\nany {key}\nsanctions\tAll voluntary, no sanction.\n"
    )
    item, withheld = select(scored(tiny_model, TEXT), load_selection(FRAMINGS, None, path))
    assert framings(item) == [("All voluntary, no sanction.", ["voluntary_claim"])]
    assert withheld == {"ignored": 3}


@pytest.mark.parametrize(
    ("line", "message"), [("voluntary_clam Text.", "did you mean 'voluntary_claim'"), ("any", "give the sentence")]
)
def test_a_line_of_an_ignore_file_that_makes_no_sense_is_named(line, message, tmp_path):
    path = tmp_path / "ignored"
    path.write_text(f"# first\n{line}\n")
    with pytest.raises(UsageError, match=message) as caught:
        load_selection(FRAMINGS, None, path)
    assert "ignored:2" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_can_not_be_read_is_named(content, tmp_path):
    path = tmp_path / "ignored"
    if content:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="can't be read"):
        load_selection(FRAMINGS, None, path)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("All voluntary, no sanction. <!-- framing: ignore sanctions -->", [["voluntary_claim"]]),
        (
            "<!-- framing: ignore sanctions -->\n\nAll voluntary, no sanction.\nA sanction.",
            [["voluntary_claim"], ["sanctions"]],
        ),
        ("<!-- framing: ignore voluntary_claim, sanctions -->\nAll voluntary, no sanction.", []),
        ("<!--framing:ignore any-->\nAll voluntary, no sanction.", []),
        ("<!-- it is voluntary -->", [["voluntary_claim"]]),
    ],
)
def test_a_comment_ignores_framings_on_its_line_or_the_next(text, left, tiny_model):
    item, _ = select(scored(tiny_model, text), Selection(FRAMINGS))
    assert [found for _, found in framings(item)] == left


def test_a_comment_is_itself_no_finding_and_an_unknown_name_in_it_is_noted(tiny_model):
    item, _ = select(scored(tiny_model, "<!-- framing: ignore sanction -->\nPlain."), Selection(FRAMINGS))
    assert item.results == ()
    assert item.document.notes == ("line 1: there is no framing 'sanction'; did you mean 'sanctions'?",)


PAGE = """<html><body><main><h1>All voluntary</h1>
<!-- framing: ignore sanctions --><p>All voluntary, no sanction.</p><p>A sanction.</p>
<p>No sanction: <!-- framing: ignore any --> all voluntary.</p>
<ul><li>It is voluntary.<!-- framing: ignore voluntary_claim --></li><li>Quite voluntary.</li></ul>
<!-- framing: ignore nothing -->
<table><tr><td>Voluntary</td><td>Sanction<!-- framing: ignore sanctions --></td></tr></table></main></body></html>"""
MARKDOWN = """# All voluntary

<!-- framing: ignore sanctions -->

All voluntary, no sanction.

A sanction.

No sanction: <!-- framing: ignore any --> all voluntary.

- It is voluntary. <!-- framing: ignore voluntary_claim -->
- Quite voluntary.

<!-- framing: ignore nothing -->
Voluntary
"""
MAIL = "From: a@b\nTo: c@d\nSubject: e\nContent-Type: text/html\n\n" + PAGE
GOVUK = json.dumps({"title": "Release", "details": {"body": PAGE}, "base_path": "/a", "schema_name": "news"})
LEFT = [["voluntary_claim"], ["voluntary_claim"], ["sanctions"], ["voluntary_claim"], ["voluntary_claim"]]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.html", PAGE), ("a.md", MARKDOWN), ("a.eml", MAIL), ("a.json", GOVUK)],
    ids=lambda text: text[:6],
)
def test_a_comment_in_a_page_ignores_framings_in_its_paragraph_or_the_next(name, content, tiny_model):
    [document] = read_stream(io.BytesIO(content.encode()), name, ReadOptions())
    assert "<!--" not in document.text
    [found] = score_documents([document], tiny_model)
    item, withheld = select(found, Selection(FRAMINGS))
    assert [names for _, names in framings(item)] == LEFT
    assert withheld["ignored"] >= 4
    assert any("no framing 'nothing'" in note for note in item.document.notes)


def test_a_comment_in_a_page_survives_the_separate_process():
    data = PAGE.encode()
    assert parse_apart("page", data, ReadOptions()) == parse_page(data)


def test_failures_pass_through():
    failure = DocumentFailure("x", "InputError", "bad")
    assert select(failure, Selection()) == (failure, {})
    assert contexts(failure, 2) == []


def test_context_gives_the_sentences_around_a_finding(tiny_model):
    item = scored(tiny_model, TEXT)
    assert contexts(item, 0) == []
    assert contexts(item, 1)[1] == (["Plain words."], ["All voluntary, no sanction."])
    assert contexts(item, 9)[0] == ([], TEXT.split("\n")[1:])


@given(st.text().map(normalise))
def test_comments_never_break_on_any_text(text):
    document = Document("a", text + "<!-- framing: ignore any -->")
    lines, notes = ignored_lines(document, FRAMINGS)
    assert all(0 < number <= document.text.count("\n") + 1 for number in lines)
    assert notes == [] or "framing: ignore" in text


def test_withheld_findings_are_counted_in_the_record(tiny_model):
    item, withheld = select(
        scored(tiny_model, TEXT),
        Selection(FRAMINGS, ignored=frozenset({("any", sentence_id("A sanction may follow."))})),
    )
    head = describe(replace(item), "m", withheld=withheld).head
    assert head["withheld"] == {"ignored": 1}
    assert head["flagged"] == {"sanctions": 1, "voluntary_claim": 2}
