import json
import re
from pathlib import Path

import jsonschema
import pytest
from hostile import examples, inputs
from hypothesis import given

from classifier.records import Document, DocumentFailure
from classifier.scoring import ScoreOptions, score_documents
from classifier.selecting import contexts
from classifier.writers import Entry, decode_entries, describe, encode_entries, model_fingerprint, sentence_id

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "output.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ACTED_ON = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def strict(text):
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_the_schema_is_itself_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@examples
@given(inputs)
def test_every_line_is_valid_against_the_schema_and_holds_nothing_a_terminal_acts_on(entries_of, written, items):
    text = written(entries_of(items), "jsonl")
    lines = text.split("\n")[:-1]
    assert len(lines) == len(text.splitlines())
    for line in lines:
        VALIDATOR.validate(strict(line))
        assert not ACTED_ON.search(line)
        line.encode("utf-8")


@examples
@given(inputs)
def test_lines_come_back_as_the_entries_they_were(entries_of, written, items):
    text = written(entries_of(items), "jsonl")
    entries = list(decode_entries(text.encode().splitlines()))
    assert len(entries) == len(items)
    assert encode_entries(entries).decode() == text


@examples
@given(inputs)
def test_the_json_of_a_run_is_valid_and_holds_the_same_as_the_lines(entries_of, written, items):
    run = strict(written(entries_of(items), "json"))
    VALIDATOR.validate(run)
    records = [strict(line) for line in written(entries_of(items), "jsonl").split("\n")[:-1]]
    assert run["failures"] == [record for record in records if record["type"] == "failure"]
    found = [finding for document in run["documents"] for finding in document["findings"]]
    assert found == [record for record in records if record["type"] == "finding"]


@examples
@given(inputs)
def test_positions_point_at_the_text_that_is_given(entries_of, items):
    for entry in entries_of(items):
        for finding in entry.findings:
            text = entry.head["text"]
            assert text[finding["start"] : finding["end"]] == finding["text"]
            line = text.split("\n")[finding["line"] - 1]
            assert line[finding["column"] - 1 :].startswith(finding["text"])
            for cue in (cue for framing in finding["framings"] for cue in framing["cues"]):
                assert text[cue["start"] : cue["end"]] == cue["text"]


def test_every_kind_of_record_and_option_is_in_the_schema(tiny_model):
    document = Document(
        "a", "Critics call it voluntary.\nPerhaps voluntary.\nPlain.", metadata={"deep": [[[{"x": 1.5}]]]}
    )
    item = next(iter(score_documents([document], tiny_model, ScoreOptions(everything=True))))
    entry = describe(item, "0" * 16, with_text=True, contexts=contexts(item, 2), withheld={"ignored": 1})
    for record in (entry.head, *entry.findings):
        VALIDATOR.validate(record)
    levels = {framing["level"] for finding in entry.findings for framing in finding["framings"]}
    assert levels == {"flagged", "unsure", "below"}
    assert entry.head["flagged_sentences"] == entry.head["unsure_sentences"] == 1
    assert entry.findings[1]["context"] == {"before": ["Critics call it voluntary."], "after": ["Plain."]}


def test_metadata_that_strict_json_can_not_hold_is_made_plain(tiny_model):
    deep = {}
    for _ in range(500):
        deep = {"in": deep}
    metadata = {"nan": float("nan"), "deep": deep, 3: "three", "set": {1}}
    item = next(iter(score_documents([Document("a", "Plain.", metadata=metadata)], tiny_model)))
    record = strict(encode_entries([describe(item, "0" * 16)]))
    assert record["metadata"]["nan"] is None
    assert record["metadata"]["3"] == "three"
    assert record["metadata"]["set"] == "{1}"


def test_a_failure_is_a_failure_and_never_a_score():
    entry = describe(DocumentFailure("a.pdf", "InputError", "damaged"), "m")
    assert entry.is_failure
    assert entry.head == {"schema": 1, "type": "failure", "name": "a.pdf", "error": "InputError", "message": "damaged"}


def test_the_model_fingerprint_follows_the_files_alone():
    one, two = {"files": {"a": "1"}, "x": 1}, {"files": {"a": "2"}, "x": 1}
    assert model_fingerprint(one) == model_fingerprint({**one, "x": 2}) != model_fingerprint(two)


def test_a_sentence_keeps_its_id_when_only_its_white_space_or_capitals_change():
    assert sentence_id("Work\xa0is  GOOD.\n") == sentence_id("work is good.") != sentence_id("work is good")


@examples
@given(inputs)
def test_lines_made_together_are_those_made_one_by_one(entries_of, items):
    entries = entries_of(items)
    assert encode_entries(entries) == b"".join(encode_entries([entry]) for entry in entries)


@pytest.mark.parametrize("odd", [1 << 70, float("nan"), "\x7f", "\u2028", "\ud800"])
def test_metadata_that_looks_like_our_own_records_stays_in_its_line(odd):
    ours = {"schema": 1, "type": "document"}
    metadata = [{"a": [ours, ours, {}]}, {"b": '},{"schema":1,"type":"'}, {"c": odd}, {}]
    entries = [Entry({**ours, "name": f"{n}", "metadata": own}) for n, own in enumerate(metadata)]
    for some in (entries[:2], entries[1:2], entries[1:3], entries, entries[::-1], []):
        lines = encode_entries(some).split(b"\n")
        assert [strict(line)["name"] for line in lines[:-1]] == [entry.head["name"] for entry in some]
        assert lines[-1] == b""
