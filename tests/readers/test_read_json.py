"""GOV.UK pages, written questions, rows and everything else that is JSON."""

import json
from typing import Any

import pytest

from classifier.records import Document, DocumentFailure
from tests.readers.conftest import blocks, failure, read, read_one


def page(**changes: Any) -> dict[str, Any]:
    return {
        "base_path": "/government/news/letters",
        "content_id": "1",
        "title": "Letters &amp; forms",
        "description": "What will change.",
        "document_type": "press_release",
        "schema_name": "news_article",
        "locale": "en",
        "public_updated_at": "2025-03-18T12:00:00Z",
        "withdrawn_notice": None,
        "details": {"body": "<div class='govspeak'><h2>Aim</h2><p>We&rsquo;ll act&nbsp;now.</p></div>"},
        "links": {"organisations": [{"title": "Department for Forms", "base_path": "/x"}]},
        **changes,
    }


QUESTION = {
    "value": {
        "id": 12,
        "uin": "87",
        "house": "Commons",
        "dateTabled": "2025-11-04T00:00:00",
        "dateAnswered": "2025-11-11T00:00:00",
        "questionText": "To ask the Secretary of State, how many letters were late.",
        "answeringBodyName": "Department for Forms",
        "answerText": "<p>Half of them were.</p><p> </p><p>We are sorry.</p>",
        "heading": "Letters",
        "answerIsHolding": False,
    },
    "links": [],
}


def test_a_govuk_page_is_its_title_description_and_body():
    document = read_one(json.dumps(page()))
    assert blocks(document) == [
        ("heading", "Letters &amp; forms"),
        ("paragraph", "What will change."),
        ("heading", "Aim"),
        ("paragraph", "We’ll act now."),
    ]


def test_a_govuk_page_says_where_when_and_by_whom():
    document = read_one(json.dumps(page()), "a.json")
    assert document.name == "a.json"
    assert document.date == "2025-03-18"
    known = {
        "url": "https://www.gov.uk/government/news/letters",
        "document_type": "press_release",
        "organisations": ["Department for Forms"],
        "public_updated_at": "2025-03-18T12:00:00Z",
        "withdrawn": False,
    }
    assert known.items() <= document.metadata.items()


def test_a_withdrawn_page_is_marked():
    document = read_one(
        json.dumps(page(withdrawn_notice={"withdrawn_at": "2025-05-02T00:00:00Z", "explanation": "Old."}))
    )
    assert document.metadata["withdrawn"] is True
    assert document.notes == ("withdrawn on 2025-05-02",)


def test_parts_outcomes_and_feedback_are_read():
    details = {
        "parts": [{"title": "One", "body": "<p>First part.</p>"}, {"title": "Two", "body": "<p>Second part.</p>"}],
        "final_outcome_detail": "<p>We decided.</p>",
        "public_feedback_detail": "<p>They agreed.</p>",
    }
    text = read_one(json.dumps(page(details=details))).text
    assert text.split("\n")[2:] == ["They agreed.", "We decided.", "One", "First part.", "Two", "Second part."]


def test_a_body_in_several_renderings_is_read_once():
    body = [
        {"content_type": "text/govspeak", "content": "Act."},
        {"content_type": "text/html", "content": "<p>Act.</p>"},
    ]
    assert read_one(json.dumps(page(details={"body": body}))).text.count("Act.") == 1


def test_an_arabic_page_is_read_and_noted():
    body = "<p>ستنشر الحكومة التقرير في شهر يونيو وسيقرأه الجميع قبل نهاية العام</p>"
    document = read_one(json.dumps(page(details={"body": body}, title="تقرير", description="", locale="ar")))
    assert document.notes == ("not English: looks like Arabic",)


def test_attachments_footnote_marks_and_hidden_text_are_not_read():
    body = (
        "<p>It fell.<sup><a href='#fn:1'>[footnote 1]</a></sup> It rose.</p><section class='attachment'><p>PDF, 2MB</p></section>"
        "<p class='js-hidden'>If you use a screen reader</p><p hidden>Not here</p>"
    )
    assert read_one(json.dumps(page(details={"body": body}))).text.endswith("It fell. It rose.")


def test_a_written_question_gives_the_answer_and_keeps_the_question():
    document = read_one(json.dumps(QUESTION))
    assert document.text == "Half of them were.\nWe are sorry."
    assert (document.title, document.date) == ("Letters", "2025-11-11")
    assert document.metadata["question"].startswith("To ask the Secretary of State")
    assert document.metadata["department"] == "Department for Forms"
    assert document.metadata["url"].endswith("/questions/12")


@pytest.mark.parametrize("answer", [None, "", " \n"])
def test_an_unanswered_question_is_a_document_without_text(answer):
    document = read_one(json.dumps({"value": {**QUESTION["value"], "answerText": answer}}))
    assert (document.text, document.notes, document.title) == ("", ("not answered yet",), "Letters")


@pytest.mark.parametrize("row", ['{"id": "a", "text": ""}', '{"id": "a", "text": null}', '{"id": "a", "text": " "}'])
def test_an_empty_row_is_a_document_without_text(row):
    document = read_one(row, "a.jsonl")
    assert (document.name, document.text.strip(), document.notes) == ("a", "", ("holds no text",))


def test_a_row_whose_text_is_no_text_is_a_failure():
    assert failure('{"id": "a", "text": 12}', "a.jsonl") == "field 'text' holds int, not text."


def test_a_list_of_results_is_read_one_by_one():
    found = read(json.dumps({"results": [QUESTION, page(), {"title": "nothing here"}], "total": 3}), "s.json")
    assert [type(item) for item in found] == [Document, Document, DocumentFailure]
    assert [item.name for item in found] == ["s.json:1", "s.json:2", "s.json:3"]


def test_other_json_is_a_clear_failure():
    message = failure(json.dumps({"title": "a", "items": [1]}))
    assert "unknown shape" in message
    assert "title, items" in message
    assert "unknown shape" in failure("[[]]") or "each item must be one" in failure("[[]]")


def test_an_array_of_rows_is_read_with_other_fields_kept():
    found = read(json.dumps([{"id": "a", "text": "One.", "n": 1}, {"id": "b", "text": "Two."}]))
    assert [(d.name, d.text) for d in found if isinstance(d, Document)] == [("a", "One."), ("b", "Two.")]
    assert found[0].metadata == {"id": "a", "n": 1}  # type: ignore[union-attr]


def test_broken_json_says_where():
    assert "line 2" in failure('{"a": 1,\n "b": }')


def test_json_lines_are_recognised_without_their_name():
    rows = "\n".join(json.dumps({"text": f"Sentence {n}.", "pad": "x" * 9000}) for n in range(3))
    assert [item.name for item in read(rows, "<stdin>")] == ["<stdin>:1", "<stdin>:2", "<stdin>:3"]


def test_pretty_printed_json_is_one_document():
    assert read_one(json.dumps(page(), indent=2)).title == "Letters &amp; forms"


def test_a_bad_line_is_a_failure_that_names_it_and_the_rest_goes_on():
    lines = b'{"text": "One."}\n{"text": \n[1]\n\n{"text": "  "}\n{"other": 1}\n{"id": 7, "text": "Two."}\n'
    found = read(lines, "a.jsonl")
    assert [item.name for item in found] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3", "a.jsonl:5", "a.jsonl:6", "7"]
    assert [isinstance(item, Document) for item in found] == [True, False, False, True, False, True]
    assert "--text-column (found: other)" in found[4].message  # type: ignore[union-attr]


def test_a_named_text_column_is_used():
    assert read_one('{"speech_body": "We act.", "text": "No."}', "a.jsonl", text_column="speech_body").text == "We act."
    assert "no text column 'x'" in failure('{"text": "No."}', "a.jsonl", text_column="x")


def test_rows_with_surrogates_nan_and_other_encodings_are_read():
    assert read_one('{"text": "a \\ud800 b", "n": NaN}', "a.jsonl").text == "a ? b"
    assert read_one('{"text": "caf\u00e9"}'.encode("cp1252"), "a.jsonl").text == "café"


def test_a_row_of_ten_megabytes_is_read_and_a_larger_one_is_passed_over():
    row = json.dumps({"text": "We act. " * 1_250_000})
    assert len(read_one(row, "a.jsonl").text) == 10_000_000
    found = read('{"text": "A."}\n' + row + '\n{"text": "B."}\n', "a.jsonl", max_document_bytes=1000)
    assert [type(item) for item in found] == [Document, DocumentFailure, Document]
    assert found[2].name == "a.jsonl:3"


def test_rows_that_are_govuk_pages_are_read_as_such():
    assert read_one(json.dumps(page()), "a.jsonl").metadata["document_type"] == "press_release"


def test_deep_nesting_is_a_failure():
    assert failure("[" * 100_000)
    assert failure('{"text":' + "[" * 100_000, "a.jsonl")


@pytest.mark.parametrize("name", ["speech.txt", "<stdin>", "speech.md", "https://office.example/speech"])
@pytest.mark.parametrize(
    "opening", ["[Check against delivery]", "[1] See the plan.", "[The plan](/plan) is out.", "{draft} of 2 May"]
)
def test_a_text_that_begins_with_a_bracket_is_no_json(opening, name):
    assert "We will act." in read_one(f"{opening}\n\nWe will act.\n", name).text


@pytest.mark.parametrize("name", ["a.txt", "<stdin>", "https://office.example/a"])
@pytest.mark.parametrize("data", ['{"text": "We act."}', '\n[ {"text": "We act."} ]', '{\n "text": "We act." }'])
def test_json_is_known_by_what_it_holds(data, name):
    assert read_one(data, name).text == "We act."


def test_json_that_is_broken_from_its_beginning_is_known_by_its_name():
    assert "not valid JSON" in failure("{'text': 'We act.'}", "a.json")
    assert "unknown shape" in failure("{}", "a")
