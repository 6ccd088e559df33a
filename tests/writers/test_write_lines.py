import json
import re
from urllib.parse import unquote

from hostile import examples, inputs, texts
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from classifier.records import Document
from classifier.scoring import score_documents
from classifier.selecting import contexts
from classifier.text import printable
from classifier.writers import describe
from classifier.writers.lines import one_line
from classifier.writers.markdown import escape, marked
from classifier.writers.terminal import cells, clip, with_marks

LINE = re.compile(r"^(.*):(\d+):(\d+): (flagged|unsure|below) (\w+) (\d\.\d\d) (.+)$")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def finding_count(entries):
    return sum(len(finding["framings"]) for entry in entries for finding in entry.findings)


@examples
@given(inputs)
def test_line_format_has_a_line_for_each_framing_and_failure(entries_of, written, items):
    entries = entries_of(items)
    lines = written(entries, "line").split("\n")[:-1]
    failures = sum(entry.is_failure for entry in entries)
    assert len(lines) == finding_count(entries) + failures
    assert sum(bool(LINE.match(line)) for line in lines) >= finding_count(entries)
    assert all(printable(line) == line for line in lines)


@examples
@given(inputs, st.integers(40, 120), st.booleans())
def test_a_terminal_gets_no_control_character_that_is_not_ours(entries_of, written, items, width, colour):
    text = written(entries_of(items), "text", width=width, colour=colour)
    plain = COLOUR.sub("", text) if colour else text
    assert printable(plain) == plain
    assert "\t" not in plain


@examples
@given(inputs)
def test_a_terminal_line_fits_unless_one_word_does_not(entries_of, written, items):
    for line in written(entries_of(items), "text", width=80).split("\n"):
        words = line.split()
        assert cells(line) <= 80 or max(map(cells, words), default=0) > 40


def test_text_says_when_nothing_was_flagged(entries_of, written):
    plain, unsure = Document("a.txt", "Plain words."), Document("b.txt", "Perhaps voluntary.")
    assert written(entries_of([plain]), "text") == "a.txt · 1 sentence · nothing flagged\n"
    shown = written(entries_of([unsure]), "text", names={"voluntary_claim": "taking part is voluntary"})
    assert shown == (
        "b.txt · 1 sentence · nothing flagged · 1 unsure\n\n"
        "  1:1     Perhaps *voluntary*.\n"
        "          unsure   0.63  taking part is voluntary (voluntary_claim)\n\n"
    )


def test_cues_are_coloured_where_colour_is_wanted(entries_of, written):
    entries = entries_of([Document("a.txt", "It is voluntary.")])
    assert "It is \x1b[1;36mvoluntary\x1b[0m." in written(entries, "text", colour=True)
    assert "\x1b" not in written(entries, "text")


def test_a_sentence_of_megabytes_is_clipped_around_its_first_cue():
    text, spans = clip("x " * 1_000_000 + "voluntary" + " y" * 1_000_000, [(2_000_000, 2_000_009)])
    assert len(text) < 1300
    assert with_marks(text, spans, "*", "*").count("*voluntary*") == 1


@examples
@given(inputs)
def test_a_github_annotation_is_one_command_a_line(entries_of, written, items):
    entries = entries_of(items)
    lines = written(entries, "github").split("\n")[:-1]
    assert len(lines) == finding_count(entries) + sum(entry.is_failure for entry in entries)
    for line in lines:
        assert re.match(r"^::(warning|notice|error) file=[^,:]*,", line)
        properties = line.split("::")[1]
        assert all(re.match(r"^(\w+ )?\w+=[^:]*$", part) for part in properties.split(","))
        assert printable(line) == line


@examples
@given(texts)
def test_markdown_shows_exactly_the_words_it_was_given(text):
    for flavour in ("commonmark", "gfm-like"):
        parser = MarkdownIt(flavour, {"html": True, "linkify": False})
        tokens = parser.parse("> " + escape(text) + "\n\n")
        shown = [child for token in tokens if token.type == "inline" for child in token.children]
        assert {child.type for child in shown} <= {"text", "text_special"}
        assert "".join(child.content for child in shown) == one_line(text)


@examples
@given(inputs)
def test_markdown_quotes_each_finding_whole(entries_of, written, items):
    entries = entries_of(items)
    tokens = MarkdownIt("commonmark", {"html": True}).parse(written(entries, "markdown"))
    types = [token.type for token in tokens]
    assert "html_block" not in types
    assert types.count("blockquote_open") == sum(len(entry.findings) for entry in entries)
    assert types.count("heading_open") == sum(not entry.is_failure for entry in entries)
    assert types.count("list_item_open") == finding_count(entries)


def test_markdown_keeps_a_finding_apart_from_its_context(tiny_model, written):
    document = Document("a", "We met. It is voluntary.\nWe left.")
    (result,) = score_documents([document], tiny_model)
    shown = written([describe(result, "0" * 16, contexts=contexts(result, 1))], "markdown")
    assert "> We met.\n>\n> It is **voluntary**.\n>\n> We left.\n\n- flagged" in shown


def test_markdown_leaves_dates_and_figures_as_they_are():
    assert escape("2026-03-04") == "2026-03-04"
    assert escape("3.5 million") == r"3\.5 million"
    assert escape("- a") == r"\- a"


def test_markdown_marks_cues_in_bold():
    framing = {"cues": [{"start": 16, "end": 25}], "framing": "x", "probability": 1, "level": "flagged"}
    assert marked({"text": "It is *voluntary*.", "start": 9, "framings": [framing]}) == r"It is \***voluntary**\*."


@examples
@given(inputs)
def test_sarif_is_json_with_a_result_for_each_framing(entries_of, written, items):
    entries = entries_of(items)
    log = json.loads(written(entries, "sarif"))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert len(run["results"]) == finding_count(entries)
    assert {result["ruleId"] for result in run["results"]} == {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert len(notices) == sum(entry.is_failure for entry in entries)
    assert run["invocations"][0]["executionSuccessful"] is not bool(notices)
    for result in run["results"]:
        assert re.fullmatch(r"[A-Za-z0-9:/?#\[\]@!$&'()*+,;=%~._-]*", uri_of(result))


def uri_of(result):
    return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_sarif_locations_are_addresses(entries_of, written):
    names = ["texts/a b.txt", "/srv/a.txt", "https://www.gov.uk/x?y=1", "rows.jsonl:12"]
    log = json.loads(written(entries_of([Document(name, "Voluntary.") for name in names]), "sarif"))
    found = [uri_of(result) for result in log["runs"][0]["results"]]
    assert found == ["texts/a%20b.txt", "file:///srv/a.txt", "https://www.gov.uk/x?y=1", "rows.jsonl%3A12"]
    assert unquote(found[0]) == names[0]
